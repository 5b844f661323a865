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
    made.package("amilab-tools-*-image-x86_64.tar")  # they take minutes: for who makes them
    first, second = made_twice(tmp_path, "x86_64", ["images"])
    assert first == second
    assert {name.partition(f"-{made.version()}")[0] for name in first} == {
        "amilab", "amilab-tools", "compose.yaml"}


# Instead of scripts/package: each kind is a file or two, and the npm package has NOISE in it.
PACKAGE = """#!/bin/sh
set -e
echo "$*"
mkdir -p build/package
cd build/package
name="amilab-7.0.0-linux-x86_64"
for kind in "$@"; do
    case "$kind" in
      binary)
        for file in "$name" "$name.sha256" "$name.notices.txt"; do echo file >"$file"; done
        echo "\\"$(git rev-parse HEAD)\\"" >"$name.cdx.json" ;;
      wheel) echo wheel >amilab-7.0.0-py3-none-musllinux_1_1_x86_64.whl ;;
      npm) echo "npm $NOISE" >amilab-7.0.0-npm-linux-x86_64.tgz ;;
      images) echo tools >amilab-tools-7.0.0-image-x86_64.tar; echo >amilab-7.0.0-image-x86_64.tar ;;
    esac
done
"""


@pytest.fixture
def checkout(tmp_path):
    """A small repository with scripts/release/twice; returns what runs a program in it."""
    def run(*words, **variables):
        return subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True,
                              timeout=made.SECONDS, env=os.environ | variables)

    (tmp_path / "scripts/release").mkdir(parents=True)
    shutil.copy(SCRIPTS / "release/twice", tmp_path / "scripts/release/twice")
    (tmp_path / "scripts/package").write_text(PACKAGE)
    (tmp_path / "scripts/package").chmod(0o755)
    (tmp_path / "VERSION").write_text("7.0.0\n")
    (tmp_path / ".gitignore").write_text("/build/\n")
    for words in (("init", "-q"), ("add", "."),
                  ("-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "All")):
        assert run("git", *words).returncode == 0
    return run


def test_twice_makes_again_what_lies_there_and_compares_all_of_it(checkout):
    checkout("scripts/package", "binary", "wheel", "npm", "images", NOISE="none")
    done = checkout("scripts/release/twice", NOISE="none")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "binary wheel npm images --arch x86_64",
        "twice: of binary wheel npm images for x86_64 each file has the same bytes"]
    done = checkout("scripts/release/twice", NOISE="some")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "twice: not the same, or left of an earlier commit: amilab-7.0.0-npm-linux-x86_64.tgz")


def test_twice_takes_the_file_of_this_commit_alone(checkout):
    assert "scripts/package binary makes it" in checkout("scripts/release/twice").stderr
    checkout("scripts/package", "binary")
    done = checkout("scripts/release/twice")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "binary --arch x86_64"), done.stderr
    checkout("sh", "-c", "echo >>VERSION")
    done = checkout("scripts/release/twice")
    assert done.returncode == 1 and "is not of this commit, unchanged" in done.stderr
    assert checkout("scripts/release/twice", "arm64").returncode == 2
