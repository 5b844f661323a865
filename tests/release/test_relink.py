"""The GNU C library is LGPL: whoever has the static file may change that library and link anew, as
docs/notices.md says. Here its link is made so, of the objects that the release build has, with a library
in which one message is another."""

import os
import pathlib
import re
import shlex
import subprocess

import pytest

import documented
import made

BUILD = made.ROOT / "build/release"
RIGHT, CHANGED = b"Read-only file system", b"Read-only file sYstem"
# Where the page has the changed library.
FOLDER = "/path/to/changed/glibc"

pytestmark = pytest.mark.skipif(os.environ.get("AMILAB_CLIENTS") != "all",
                                reason="of scripts/test --clients all alone")


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300, **options)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def configure_command():
    """The page's, as words."""
    (block,) = documented.blocks("notices.md", "sh", 1)
    (line,) = [line for line in block.splitlines() if line.startswith("cmake ")]
    assert "scripts/build release amilab_static " in block
    return shlex.split(line, comments=True)


@pytest.fixture
def library(tmp_path):
    """A folder with a libc.a in which that message is another."""
    original = pathlib.Path(run("gcc", "-print-file-name=libc.a").strip())
    data = original.read_bytes()
    assert data.count(RIGHT + b"\0") == 1
    folder = tmp_path / "glibc"
    folder.mkdir()
    (folder / "libc.a").write_bytes(data.replace(RIGHT + b"\0", CHANGED + b"\0"))
    return folder


def link_command(words, build):
    """What links the static file in a build folder that these words have configured."""
    run(*words, "-B", build, cwd=made.ROOT)
    return run("ninja", "-C", build, "-t", "commands", "-s", "amilab-static").splitlines()[-1]


def test_the_documented_recipe_links_another_c_library(tmp_path, library):
    words = [word.replace(FOLDER, str(library)) for word in configure_command()]
    assert any(str(library) in word for word in words)
    other = tmp_path / "build"
    command = link_command(words, other).replace(str(other), str(BUILD))
    file = tmp_path / "amilab-static"
    command, count = re.subn(r" -o amilab-static ", f" -o {file} ", command)
    assert count == 1
    run("sh", "-c", command)
    assert CHANGED in file.read_bytes() and RIGHT + b"\0" not in file.read_bytes()
    assert CHANGED not in made.binary().read_bytes()
    with made.serve(file) as server:
        assert run(made.binary(), "status", "--endpoint", server.endpoint)
