"""Disks in and out as qcow2, vmdk, vhd and vhdx, of folders, and without a server."""

import os
import signal
import subprocess

import pytest

import disks
import programs
import servers

FORMATS = {"qcow2": "qcow2", "vmdk": "vmdk", "vhd": "vpc", "vhdx": "vhdx"}

needs_qemu = pytest.mark.needs("qemu-img")
needs_mke2fs = pytest.mark.needs("mke2fs")


def qemu_img(*arguments):
    return subprocess.run([programs.find("qemu-img"), *map(str, arguments)], check=True,
                          capture_output=True, text=True).stdout


def make_image(path, qemu_name, raw):
    options = ("-o", "force_size=on") if qemu_name == "vpc" else ()
    qemu_img("convert", "-f", "raw", "-O", qemu_name, *options, raw, path)
    return path


@pytest.fixture
def raw(tmp_path, dice):
    """A raw disk of 1 GiB with something at its begin, in its middle and at its end."""
    path = tmp_path / "source.raw"
    with open(path, "wb") as disk:
        disk.truncate(disks.GIB)
        for offset in (0, 5 * disks.MIB + 512, disks.GIB - 512):
            disk.seek(offset)
            disk.write(dice.randbytes(512))
    return path


def amilab(*arguments, **options):
    done = servers.run_amilab(*arguments, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refused(*arguments, **options):
    done = servers.run_amilab(*arguments, text=True, **options)
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    return line


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@needs_qemu
@pytest.mark.parametrize("extension", FORMATS)
def test_a_disk_goes_through_every_format(server, tmp_path, raw, extension):
    image_file = make_image(tmp_path / f"disk.{extension}", FORMATS[extension], raw)
    image = amilab("import", image_file, "--name", extension, endpoint=server.endpoint)
    amilab("export", image, tmp_path / "out.raw", endpoint=server.endpoint)
    assert disks.same_disk(raw, tmp_path / "out.raw")

    exported = tmp_path / f"out.{extension}"
    amilab("export", image, exported, endpoint=server.endpoint)
    qemu_img("compare", "-f", "raw", "-F", FORMATS[extension], raw, exported)
    assert [name.name for name in tmp_path.iterdir() if name.name.startswith("amilab-")] == []


@needs_qemu
def test_formats_travel_through_standard_input_and_output(server, tmp_path, raw):
    image_file = make_image(tmp_path / "disk.qcow2", "qcow2", raw)
    with open(image_file, "rb") as stdin:
        done = servers.run_amilab("import", "-", "--format", "qcow2", "--name", "piped",
                                  endpoint=server.endpoint, stdin=stdin)
    assert done.returncode == 0, done.stderr
    image = done.stdout.decode().strip()
    out = servers.run_amilab("export", image, "-", "--format", "vmdk", endpoint=server.endpoint)
    assert out.returncode == 0, out.stderr
    (tmp_path / "out.vmdk").write_bytes(out.stdout)
    qemu_img("compare", "-f", "raw", "-F", "vmdk", raw, tmp_path / "out.vmdk")


@needs_qemu
def test_the_format_that_is_named_wins_over_the_name(server, tmp_path, raw):
    misnamed = make_image(tmp_path / "disk.raw", "qcow2", raw)
    image = amilab("import", misnamed, "--format", "qcow2", "--name", "misnamed",
                   endpoint=server.endpoint)
    amilab("export", image, tmp_path / "out.qcow2", "--format", "raw", endpoint=server.endpoint)
    assert disks.same_disk(raw, tmp_path / "out.qcow2")
    # Raw bytes are never looked at for another format.
    image = amilab("import", misnamed, "--name", "as it is", endpoint=server.endpoint)
    amilab("export", image, tmp_path / "out.raw", endpoint=server.endpoint)
    assert disks.same_disk(misnamed, tmp_path / "out.raw")


@needs_qemu
def test_images_that_lean_on_other_files_are_refused(server, tmp_path, raw):
    def try_to_import(path):
        return refused("import", path, "--name", "never", endpoint=server.endpoint)

    base = make_image(tmp_path / "base.qcow2", "qcow2", raw)
    overlay = tmp_path / "overlay.qcow2"
    qemu_img("create", "-f", "qcow2", "-b", base, "-F", "qcow2", overlay)
    assert "backing file" in try_to_import(overlay)

    apart = tmp_path / "apart.qcow2"
    qemu_img("create", "-f", "qcow2", "-o", f"data_file={tmp_path}/data,data_file_raw=on", apart,
             "1G")
    assert "another file" in try_to_import(apart)

    flat = tmp_path / "flat.vmdk"
    qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=monolithicFlat", raw, flat)
    assert "other files" in try_to_import(flat)

    parent = make_image(tmp_path / "parent.vmdk", "vmdk", raw)
    child = tmp_path / "child.vmdk"
    qemu_img("create", "-f", "vmdk", "-b", parent, "-F", "vmdk", child)
    assert "parent" in try_to_import(child)

    differencing = tmp_path / "differencing.vhd"
    differencing.write_bytes(bytes(512) + b"conectix" + bytes(52) + b"\0\0\0\x04" + bytes(448))
    assert "parent" in try_to_import(differencing)

    assert "never" not in str(server.client().describe_images(Owners=["self"]))


@needs_qemu
@pytest.mark.parametrize("extension", FORMATS)
def test_files_of_another_format_are_refused_by_name(server, tmp_path, raw, extension):
    path = tmp_path / f"wrong.{extension}"
    raw.rename(path)
    assert str(path) in refused("import", path, "--name", "wrong", endpoint=server.endpoint)
    assert "no-such" in refused("import", tmp_path / f"no-such.{extension}", "--name", "x",
                                endpoint=server.endpoint)


@needs_qemu
@pytest.mark.parametrize("extension", ["qcow2", "vmdk"])
def test_a_file_that_lacks_its_end_is_refused(server, tmp_path, dice, extension):
    whole = tmp_path / "whole.raw"
    whole.write_bytes(dice.randbytes(8 * disks.MIB))
    image = make_image(tmp_path / f"half.{extension}", FORMATS[extension], whole)
    with open(image, "r+b") as file:
        file.truncate(image.stat().st_size // 2)
    line = refused("import", image, "--name", "never", endpoint=server.endpoint)
    assert str(image) in line and "damaged" in line


@needs_qemu
def test_an_encrypted_file_is_refused_by_name(server, tmp_path):
    image = tmp_path / "secret.qcow2"
    # Not LUKS: for its key qemu-img measures the processor, and gives up beside other programs.
    qemu_img("create", "-f", "qcow2", "--object", "secret,id=s,data=abc", "-o",
             "encrypt.format=aes,encrypt.key-secret=s", image, "1M")
    assert "decrypt it" in refused("import", image, "--name", "x", endpoint=server.endpoint)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_import_that_is_interrupted_leaves_nothing_behind(server, tmp_path, number):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = dict(os.environ, TMPDIR=str(scratch), AWS_ENDPOINT_URL=server.endpoint)
    process = subprocess.Popen([servers.binary(), "import", "-", "--name", "never", "--format",
                                "qcow2"], stdin=subprocess.PIPE, env=environment)
    process.stdin.write(bytes(4 * disks.MIB))
    process.stdin.flush()
    servers.wait_until(lambda: any(scratch.glob("amilab-*/image")))
    process.send_signal(number)
    assert process.wait(servers.HANG_SECONDS) == -number
    process.stdin.close()
    assert list(scratch.iterdir()) == []


@needs_mke2fs
def test_what_an_interrupted_import_had_started_ends_with_it(server, tmp_path, monkeypatch):
    scratch, tools = tmp_path / "scratch", tmp_path / "tools"
    scratch.mkdir()
    tools.mkdir()
    slow = tools / "mke2fs"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec tail -f /dev/null\n")
    slow.chmod(0o755)
    environment = dict(os.environ, TMPDIR=str(scratch), AWS_ENDPOINT_URL=server.endpoint,
                       PATH=f"{tools}:{os.environ['PATH']}")
    process = subprocess.Popen([servers.binary(), "import", "--from-dir", tools, "--name", "never"],
                               env=environment)
    servers.wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    process.terminate()
    assert process.wait(servers.HANG_SECONDS) == -signal.SIGTERM
    helper = int((tmp_path / "pid").read_text())
    servers.wait_until(lambda: not is_running(helper))
    assert list(scratch.iterdir()) == []


def test_without_qemu_img_the_refusal_says_what_is_missing(server, tmp_path, monkeypatch):
    path = tmp_path / "disk.vhdx"
    path.write_bytes(b"vhdxfile" + bytes(1 << 20))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "qemu-img is not installed" in refused("import", path, "--name", "x",
                                                  endpoint=server.endpoint)


@pytest.mark.needs("/sbin/mke2fs")
def test_mke2fs_is_found_where_the_path_of_a_user_does_not_lead(server, tmp_path, monkeypatch):
    (tmp_path / "tree").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert amilab("import", "--from-dir", tmp_path / "tree", "--name", "tree",
                  endpoint=server.endpoint).startswith("ami-")


@needs_mke2fs
def test_a_folder_becomes_an_ext4_disk(server, tmp_path, dice):
    folder = disks.fill_folder(tmp_path / "tree", dice)
    image = amilab("import", "--from-dir", folder, "--name", "tree", endpoint=server.endpoint)
    amilab("export", image, tmp_path / "out.raw", endpoint=server.endpoint)
    assert (tmp_path / "out.raw").stat().st_size == disks.GIB
    assert disks.ext4_sums(tmp_path / "out.raw", tmp_path / "back") == disks.folder_sums(folder)

    larger = amilab("import", "--from-dir", folder, "--size-gib", 3, "--name", "larger",
                    endpoint=server.endpoint)
    (mapping,) = server.client().describe_images(
        ImageIds=[larger])["Images"][0]["BlockDeviceMappings"]
    assert mapping["Ebs"]["VolumeSize"] == 3


def test_a_source_is_a_file_or_a_folder(server, tmp_path):
    for arguments in (("--name", "x"), ("disk.raw", "--from-dir", tmp_path, "--name", "x"),
                      ("disk.raw", "--size-gib", "3", "--name", "x"),
                      ("disk.raw", "--format", "floppy", "--name", "x")):
        done = servers.run_amilab("import", *arguments, endpoint=server.endpoint)
        assert done.returncode != 0
    assert "no folder" in refused("import", "--from-dir", tmp_path / "no-such", "--name", "x",
                                  endpoint=server.endpoint)
    assert "--from-dir" in refused("import", tmp_path, "--name", "x", endpoint=server.endpoint)


def test_a_closed_data_directory_takes_and_gives_disks(start_server, tmp_path, raw):
    data = tmp_path / "state"
    image = amilab("import", raw, "--name", "offline", "--data", data)
    amilab("export", image, tmp_path / "out.raw", "--data", data)
    assert disks.same_disk(raw, tmp_path / "out.raw")
    assert "offline" in refused("import", raw, "--name", "offline", "--data", data)

    server = start_server("--data", data)
    (found,) = server.client().describe_images(ImageIds=[image])["Images"]
    assert found["Name"] == "offline"
    assert str(data) in refused("import", raw, "--name", "second", "--data", data)
    assert str(data) in refused("export", image, tmp_path / "x.raw", "--data", data)
    assert server.stop() == 0


def test_a_data_directory_and_a_server_exclude_each_other(server, tmp_path):
    line = refused("export", "ami-00000000", "x", "--data", tmp_path, "--endpoint",
                   server.endpoint)
    assert "--data and --endpoint" in line
    assert "no data directory" in refused("export", "ami-00000000", tmp_path / "x", "--data",
                                          tmp_path)
