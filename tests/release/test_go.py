"""The files of docs/go.md: its tests pass, what does not start says why, the server ends with the run.

They take what tests/clients/go pins, and what is compiled of it already."""

import os
import shutil
import subprocess

import pytest

import documented
import made
import programs

PINS = made.ROOT / "tests/clients/go"
# Who has this has the modules.
pytestmark = pytest.mark.needs("go", "amilab-life-go")


def start(folder, *arguments, **variables):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_"))}
    kept |= {"AMILAB_BINARY": str(made.binary()), "AWS_PROFILE": "real"}
    return subprocess.Popen([programs.find("go"), "test", "-mod=readonly", "-v", *arguments, "."],
                            cwd=folder, text=True, env=kept | variables, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run(folder, *arguments, fails=False, **variables):
    with start(folder, *arguments, **variables) as process:
        printed, _ = process.communicate(timeout=600)
    assert (process.returncode != 0) == fails, printed
    return printed


@pytest.fixture
def package(tmp_path):
    """A package with the files of the documentation, and no others."""
    for name in ("go.mod", "go.sum"):
        shutil.copy(PINS / name, tmp_path)
    for text in documented.blocks("go.md", "go", 2):
        name = text.split()[1].rstrip(":")
        (tmp_path / name).write_text(text)
    return tmp_path


def test_documented_tests_pass(package):
    printed = run(package, "-count=2")
    assert printed.count("--- PASS: Test") == 6


def test_the_documented_files_are_formatted_and_vetted(package):
    done = subprocess.run(["gofmt", "-l", package], check=True, capture_output=True, text=True)
    assert done.stdout == ""
    subprocess.run([programs.find("go"), "vet", "-mod=readonly", "."], cwd=package, check=True)


@pytest.mark.parametrize("program, said", [
    ("/nowhere/amilab", "/nowhere/amilab: not found"), ("/bin/false", "amilab does not start")])
def test_a_server_that_does_not_start_says_why(package, program, said):
    assert said in run(package, fails=True, AMILAB_BINARY=program)


def test_the_server_ends_with_a_run_that_is_killed(package):
    (package / "images_test.go").write_text(
        'package images\n\nimport (\n\t"fmt"\n\t"os"\n\t"testing"\n)\n\n'
        "func TestWaits(t *testing.T) {\n"
        '\tfmt.Println("at", endpoint, os.Getpid())\n'
        "\tos.Stdin.Read(make([]byte, 1))\n}\n")
    subprocess.run([programs.find("go"), "test", "-mod=readonly", "-c", "-o", "waits", "."],
                   cwd=package, check=True)
    with subprocess.Popen([package / "waits"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=os.environ | {"AMILAB_BINARY": str(made.binary())}) as process:
        endpoint = next(line.split()[1] for line in process.stdout if line.startswith("at "))
        with made.ending(endpoint):
            process.kill()
