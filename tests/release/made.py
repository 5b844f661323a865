"""What scripts/package has made, and servers of it."""

import contextlib
import dataclasses
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
