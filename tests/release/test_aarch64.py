"""The static file for arm64, under qemu's emulation of a user's program."""

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


def test_it_gives_the_ids_that_x86_64_gives_and_opens_its_data_directories(tmp_path):
    """What it keeps does not hang on the machine, nor do ids on what its char or its long is."""
    made.need_one_commit()
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"bytes" + bytes(made.MIB - 5))
    ids = {}
    for name, command in (("x86_64", [made.binary()]), ("aarch64", [QEMU, made.binary("aarch64")])):
        data = tmp_path / name
        with made.serve(*command, arguments=("serve", "--listen", "127.0.0.1:0", "--seed", "7",
                                             "--data", data)) as server:
            imported = run("import", disk, "--name", "golden", "--endpoint", server.endpoint)
            assert imported.returncode == 0, imported.stderr
            ids[name] = imported.stdout.strip()
    assert ids["aarch64"] == ids["x86_64"]
    assert run("check", "--data", tmp_path / "x86_64").returncode == 0
    for name in ids:
        out = tmp_path / f"{name}.raw"
        exported = run("export", ids[name], out, "--data", tmp_path / name)
        assert exported.returncode == 0, exported.stderr
        assert out.read_bytes()[:5] == b"bytes"
    other = subprocess.run([made.binary(), "export", ids["aarch64"], tmp_path / "back.raw", "--data",
                            tmp_path / "aarch64"], capture_output=True, text=True, check=False)
    assert other.returncode == 0, other.stderr


def test_its_sbom_is_of_arm64_packages():
    assert {part["purl"].partition("?arch=")[2] for part in made.sbom("aarch64")["components"]} == {
        "arm64&distro=debian-12"}
