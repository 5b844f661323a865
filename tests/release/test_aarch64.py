"""The static file for arm64, under qemu's emulation of a user's program."""

import json
import subprocess

import pytest

import made

QEMU = "qemu-aarch64-static"

pytestmark = pytest.mark.needs(QEMU)


def run(*words):
    return subprocess.run([QEMU, made.binary("aarch64"), *words], capture_output=True, text=True,
                          check=False, timeout=made.SECONDS)


def test_it_is_for_arm64_and_wants_nothing_of_the_machine():
    shown = subprocess.run(["readelf", "--file-header", "--program-headers", "--wide",
                            made.binary("aarch64")], capture_output=True, text=True,
                           check=True).stdout
    assert "AArch64" in shown
    assert "INTERP" not in shown and "DYNAMIC" not in shown


def test_it_says_its_version():
    assert run("--version").stdout.startswith(f"amilab {made.version()} (")


def test_it_serves_and_imports(tmp_path):
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"bytes" + bytes(made.MIB - 5))
    with made.serve(QEMU, made.binary("aarch64")) as server:
        at = ("--endpoint", f"http://localhost:{server.port}")
        assert run("status", *at).returncode == 0
        image = run("import", disk, "--name", "golden", *at).stdout.strip()
        assert image.startswith("ami-")
        assert run("export", image, tmp_path / "out.raw", *at).returncode == 0
        with (tmp_path / "out.raw").open("rb") as exported:
            assert exported.read(5) == b"bytes"


def test_its_sbom_is_of_arm64_packages():
    file = made.binary("aarch64")
    document = json.loads(file.with_name(file.name + ".cdx.json").read_text())
    assert {part["purl"].partition("?arch=")[2] for part in document["components"]} == {
        "arm64&distro=debian-12"}
