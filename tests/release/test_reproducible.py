"""Each package comes out the same a second time: at another time, in another folder, by somebody with
other habits. What is packed is a small stand-in for the static file, which needs no build for that."""

import hashlib
import os
import shutil
import subprocess
import sys

import pytest

import made

SCRIPTS = made.ROOT / "scripts"
# Makes packages of what lies in a folder, there.
MAKE = """
import dataclasses, importlib, pathlib, sys, time
from release import facts
now = time.time
time.time = lambda: now() + 86400 * int(sys.argv[3])
facts.OUTPUT = pathlib.Path(sys.argv[1])
architecture = dataclasses.replace(facts.ARCHITECTURES[sys.argv[2]], runner=())
for kind in sys.argv[4:]:
    for file in importlib.import_module("release." + kind).make(architecture):
        print(file.name)
"""
# Of who makes them: the second is far away, a year later, lets nobody else read, and hashes in another
# order.
HABITS = (
    {"environment": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}, "umask": 0o022,
     "days": "0"},
    {"environment": {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "2"}, "umask": 0o077,
     "days": "365"},
)
ARCHITECTURES = ("x86_64", "aarch64")


def program():
    """One that says what commands there are: of the release build, else the static file."""
    built = made.ROOT / "build/release/amilab"
    return os.environ.get("AMILAB_BINARY") or str(built if built.exists() else made.binary())


def put_binary(folder, architecture):
    """A small program that says what amilab says, and what lies beside it."""
    name = f"amilab-{made.version()}-linux-{architecture}"
    file = folder / name
    file.write_text('#!/bin/sh\nexec "$PACKED_PROGRAM" "$@"\n')
    file.chmod(0o755)
    (folder / f"{name}.notices.txt").write_text("notices\n")
    (folder / f"{name}.cdx.json").write_text("{}\n")


def packages(folder, architecture, habits, kinds):
    """{name: SHA-256} of what is made there."""
    folder.mkdir(parents=True)
    put_binary(folder, architecture)
    kept = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", MAKE, str(folder), architecture, habits["days"], *kinds],
        text=True, check=False, capture_output=True, timeout=900, umask=habits["umask"],
        env=kept | habits["environment"] | {"PYTHONPATH": str(SCRIPTS), "PACKED_PROGRAM": program()})
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in done.stdout.split()}


def made_twice(tmp_path, architecture, kinds):
    first, second = (packages(tmp_path / place, architecture, habits, kinds)
                     for place, habits in zip(("here", "there/below"), HABITS))
    assert first and first.keys() == second.keys()
    return first, second


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("kind", ["wheel", "npm", "archive", "debian"])
def test_a_package_is_the_same_a_second_time(tmp_path, kind, architecture):
    if kind == "debian" and shutil.which("dpkg-deb") is None:
        pytest.skip("there is no dpkg-deb")
    first, second = made_twice(tmp_path, architecture, [kind])
    assert first == second


@pytest.mark.needs("javac", "mvn")
def test_the_jar_is_the_same_a_second_time(tmp_path):
    made.package("amilab-junit-*-linux-x86_64.jar")  # whoever has it has what Maven wants
    first, second = made_twice(tmp_path, "x86_64", ["jar"])
    assert first == second


@made.only_root
@pytest.mark.needs("buildah", "mmdebstrap")
def test_images_are_the_same_a_second_time(tmp_path):
    first, second = made_twice(tmp_path, "x86_64", ["images"])
    assert first == second
    assert {name.partition(f"-{made.version()}")[0] for name in first} == {
        "amilab", "amilab-tools", "compose.yaml"}
