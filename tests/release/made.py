"""What scripts/package has made, and servers of it."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import socket
import subprocess
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = ROOT / "build/package"
READY = re.compile(r"amilab ready on (http://127\.0\.0\.1:(\d+))\n")
SECONDS = 60
MIB = 1 << 20
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the root, or installs")


def version():
    return (ROOT / "VERSION").read_text().strip()


def package(pattern):
    """The one file of that name; where it has not been made the test is left out, or with
    AMILAB_CLIENTS=all fails."""
    found = sorted(FOLDER.glob(pattern))
    if not found:
        told = pytest.fail if os.environ.get("AMILAB_CLIENTS") == "all" else pytest.skip
        told(f"scripts/package has made no {pattern}")
    (file,) = found
    return file


def binary(architecture="x86_64"):
    return package(f"amilab-{version()}-linux-{architecture}")


def sbom(architecture="x86_64"):
    """What lies beside the static file, as it reads."""
    file = binary(architecture)
    return json.loads(file.with_name(file.name + ".cdx.json").read_text())


def commit(architecture="x86_64"):
    """Of which the static file is; all 40 digits."""
    (said,) = sbom(architecture)["metadata"]["component"]["properties"]
    return said["value"]


def need_one_commit():
    """Leaves a test out where the machines' files are of two: not both are made each time."""
    if commit("x86_64") != commit("aarch64"):
        pytest.skip("the files of the two machines are of two commits")


@dataclasses.dataclass(frozen=True)
class Server:
    endpoint: str
    port: str


@contextlib.contextmanager
def serve(*command, arguments=("serve", "--listen", "127.0.0.1:0")):
    """A server, by default of the static file, on a free port; a command says how it is started."""
    with subprocess.Popen([*(command or [binary()]), *arguments], stdout=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL) as process:
        try:
            ready = READY.fullmatch(process.stdout.readline())
            assert ready, "the server ended before it was ready"
            yield Server(ready[1], ready[2])
        finally:
            process.terminate()
            process.wait(SECONDS)
    assert process.returncode == 0


@contextlib.contextmanager
def ending(endpoint):
    """What is done inside must end the server there."""
    place = urllib.parse.urlsplit(endpoint)
    with socket.create_connection((place.hostname, place.port), SECONDS) as connection:
        yield
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""  # its end, which the kernel tells
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.hostname, place.port), SECONDS)
