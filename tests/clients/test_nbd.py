"""Volumes and snapshots as network block devices, with the clients that people have: libnbd's tools
and qemu's. An ext4 file system made over NBD goes through the whole line."""

import contextlib
import json
import os
import shutil
import subprocess

import pytest

import disks
import programs
import servers
from resources import instance_of, make_volume, newest_image, root_volume, run

pytestmark = pytest.mark.needs("nbdinfo", "nbdcopy", "qemu-img", "qemu-io")


@pytest.fixture
def server(start_server, tmp_path):
    return start_server("--nbd", "127.0.0.1:0", "--nbd-unix", tmp_path / "socket")


def tool(*arguments, check=True):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=120)
    assert not check or done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done


def nbdinfo(*arguments):
    return json.loads(tool("nbdinfo", "--json", *arguments).stdout)


def snapshot_of(ec2, volume):
    return ec2.create_snapshot(VolumeId=volume)["SnapshotId"]


def same(*paths, formats=("raw", "raw")):
    """qemu-img compare: whether two disks read the same, the shorter filled up with zeros."""
    options = ["-f", formats[0], "-F", formats[1]]
    return tool("qemu-img", "compare", *options, *paths, check=False).returncode == 0


def random_disk(path, dice, size=20 * disks.MIB):
    """Data with a hole in it."""
    with open(path, "wb") as file:
        file.write(dice.randbytes(size))
        file.seek(8 * disks.MIB, os.SEEK_CUR)
        file.write(dice.randbytes(disks.MIB + 512))
    return path


def test_nbdinfo_lists_what_there_is_and_tells_what_it_can_do(server, ec2):
    volume = make_volume(ec2, Size=3)
    snapshot = snapshot_of(ec2, volume)
    for uri in server.nbd_uris:
        exports = {export["export-name"]: export
                   for export in nbdinfo("--list", uri)["exports"]}
        assert set(exports) == {volume, snapshot}
        assert exports[volume]["export-size"] == 3 * disks.GIB
        assert not exports[volume]["is_read_only"]
        assert exports[snapshot]["is_read_only"]
    (info,) = nbdinfo(server.disk(volume))["exports"]
    for ability in ("can_flush", "can_fua", "can_trim", "can_zero", "can_fast_zero", "can_df",
                    "can_multi_conn"):
        assert info[ability], ability
    assert info["block_size_minimum"] == 1
    assert info["contexts"] == ["base:allocation"]


def test_clients_are_told_why_they_are_refused(server, ec2):
    server.freeze()
    server.set_delays(volume_creating=1000)
    for name, reason in (("vol-00000000000000000", "no volume or snapshot has this id"),
                         (make_volume(ec2), "is creating")):
        assert tool("nbdinfo", server.disk(name), check=False).returncode != 0
        done = tool("qemu-img", "info", server.disk(name), check=False)
        assert done.returncode != 0
        assert reason in done.stderr


def test_nbdcopy_brings_a_disk_in_and_out_and_keeps_its_holes(server, ec2, tmp_path, dice):
    disk = random_disk(tmp_path / "disk", dice)
    for number, uri in enumerate(server.nbd_uris):
        volume = make_volume(ec2)
        tool("nbdcopy", disk, server.disk(volume, uri))
        out = tmp_path / f"out-{number}"
        tool("nbdcopy", server.disk(snapshot_of(ec2, volume), uri), out)
        assert disks.same_disk(disk, out)
        assert disks.allocated_bytes(out) <= disks.allocated_bytes(disk) + disks.MIB
        kinds = json.loads(tool("nbdinfo", "--json", "--map", server.disk(volume, uri)).stdout)
        assert {kind["description"] for kind in kinds} == {"data", "hole,zero"}


def test_nbdcopy_copies_from_volume_to_volume(server, ec2, tmp_path, dice):
    disk = random_disk(tmp_path / "disk", dice)
    first, second = make_volume(ec2), make_volume(ec2)
    tool("nbdcopy", disk, server.disk(first))
    tool("nbdcopy", server.disk(first), server.disk(second))
    assert same(server.disk(first), server.disk(second))
    assert same(disk, server.disk(second))


def test_qemu_img_converts_and_compares(server, ec2, tmp_path, dice):
    disk = random_disk(tmp_path / "disk", dice)
    volume = make_volume(ec2)
    tool("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", disk, server.disk(volume))
    assert same(disk, server.disk(volume))
    snapshot = snapshot_of(ec2, volume)
    image = tmp_path / "disk.qcow2"
    tool("qemu-img", "convert", "-f", "raw", "-O", "qcow2", server.disk(snapshot), image)
    assert same(image, server.disk(volume), formats=("qcow2", "raw"))
    tool("qemu-io", "-f", "raw", "-c", "write -P 7 1M 4k", server.disk(volume))
    assert not same(image, server.disk(volume), formats=("qcow2", "raw"))
    assert same(image, server.disk(snapshot), formats=("qcow2", "raw"))


def test_qemu_io_reads_what_each_kind_of_write_left(server, ec2):
    volume = server.disk(make_volume(ec2))
    steps = ["write -P 1 0 1M", "write -f -P 2 64k 512", "write -z 128k 64k", "write -z -u 256k 64k",
             "discard 384k 64k", "flush", "read -P 1 0 64k", "read -P 2 64k 512",
             "read -P 1 65k 63k", "read -P 0 128k 64k", "read -P 0 256k 64k", "read -P 0 384k 64k",
             "read -P 1 448k 576k", "aio_write -P 3 1M 1M", "aio_read 0 1M", "aio_flush",
             "read -P 3 1M 1M"]
    done = tool("qemu-io", "-f", "raw", *(part for step in steps for part in ("-c", step)), volume)
    assert "verification failed" not in done.stdout
    assert "error" not in done.stdout + done.stderr


def test_qemu_io_moves_any_range_of_bytes(server, ec2):
    volume = server.disk(make_volume(ec2))
    steps = ["write -P 1 0 1M", "write -P 2 511 3", "write -P 3 65535 65538", "write -z 100 300",
             "flush", "read -P 1 0 100", "read -P 0 100 300", "read -P 1 400 111",
             "read -P 2 511 3", "read -P 1 514 65021", "read -P 3 65535 65538",
             "read -P 1 131073 917503"]
    done = tool("qemu-io", "-f", "raw", *(part for step in steps for part in ("-c", step)), volume)
    assert "verification failed" not in done.stdout
    assert "error" not in done.stdout + done.stderr


def test_a_snapshot_takes_no_writes(server, ec2):
    snapshot = server.disk(snapshot_of(ec2, make_volume(ec2)))
    done = tool("qemu-io", "-f", "raw", "-c", "write 0 4k", snapshot, check=False)
    assert "Permission denied" in done.stdout + done.stderr
    assert tool("qemu-io", "-r", "-f", "raw", "-c", "read -P 0 0 4k", snapshot)


def test_a_clients_disk_ends_with_its_volume(server, ec2):
    volume = make_volume(ec2)
    with subprocess.Popen(["qemu-io", "-f", "raw", server.disk(volume)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as client:
        def ask(command, answer):
            client.stdin.write(command + "\n")
            client.stdin.flush()
            while (line := client.stdout.readline()) and answer not in line:
                assert "failed" not in line, line

        ask("write -P 1 0 4k", "wrote 4096")
        ec2.delete_volume(VolumeId=volume)
        ask("read 0 4k", "read failed: Cannot send after transport endpoint shutdown")
        client.stdin.close()


def test_what_was_acknowledged_survives_kill_9(start_server, tmp_path, dice):
    data = ("--data", tmp_path / "data", "--nbd-unix", tmp_path / "socket")
    server = start_server(*data)
    volume = make_volume(server.client())
    disk = random_disk(tmp_path / "disk", dice)
    tool("nbdcopy", disk, server.disk(volume))
    snapshot = snapshot_of(server.client(), volume)
    tool("qemu-io", "-f", "raw", "-c", "write -P 9 3M 1M", server.disk(volume))
    server.kill()
    server = start_server(*data)  # the socket that was left is no hindrance
    assert same(disk, server.disk(snapshot))
    done = tool("qemu-io", "-r", "-f", "raw", "-c", "read -P 9 3M 1M", server.disk(volume))
    assert "verification failed" not in done.stdout


@contextlib.contextmanager
def mounted(uri, folder):
    """A disk as a file, by nbdfuse."""
    folder.mkdir()
    process = subprocess.Popen(["nbdfuse", folder, uri], stderr=subprocess.PIPE)
    try:
        servers.wait_until(lambda: (folder / "nbd").exists() or process.poll() is not None)
        if process.poll() is not None:
            pytest.skip("nbdfuse cannot mount here")
        yield folder / "nbd"
    finally:
        if process.poll() is None:
            subprocess.run(["fusermount3", "-u", folder], check=False)
        process.terminate()
        process.wait(20)
        process.stderr.close()


def capture_and_launch(ec2, instance_id):
    """An image of the instance, and an instance of that; its root volume."""
    image_id = ec2.create_image(InstanceId=instance_id, Name="captured")["ImageId"]
    launched = run(ec2, image_id)["Instances"][0]["InstanceId"]
    return root_volume(instance_of(ec2, launched))


needs_ext4 = pytest.mark.needs("mke2fs", "debugfs", "e2fsck")


@needs_ext4
def test_a_file_system_copied_over_nbd_is_on_the_next_instance(server, ec2, tmp_path, dice):
    folder = disks.fill_folder(tmp_path / "root", dice)
    disk = disks.make_ext4(tmp_path / "disk", folder)
    instance_id = run(ec2, newest_image(ec2)["ImageId"])["Instances"][0]["InstanceId"]
    tool("nbdcopy", disk, server.disk(root_volume(instance_of(ec2, instance_id))))
    volume = capture_and_launch(ec2, instance_id)
    out = tmp_path / "out"
    tool("nbdcopy", server.disk(volume), out)
    assert disks.ext4_sums(out, tmp_path / "files") == disks.folder_sums(folder)


@needs_ext4
@pytest.mark.needs("nbdfuse", "fusermount3")
def test_a_file_system_made_over_nbd_is_on_the_next_instance(server, ec2, tmp_path, dice):
    folder = disks.fill_folder(tmp_path / "root", dice)
    instance_id = run(ec2, newest_image(ec2)["ImageId"])["Instances"][0]["InstanceId"]
    volume = root_volume(instance_of(ec2, instance_id))
    with mounted(server.disk(volume), tmp_path / "before") as disk:
        subprocess.run([programs.find("mke2fs"), "-q", "-t", "ext4", "-F", "-d", folder, disk],
                       check=True)
        subprocess.run([programs.find("e2fsck"), "-f", "-n", disk], check=True, capture_output=True)
        # debugfs writes single bytes of a superblock.
        (tmp_path / "late").write_bytes(dice.randbytes(100_001))
        done = subprocess.run(
            [programs.find("debugfs"), "-w", "-f", "-", disk], check=True, capture_output=True,
            input=f"write {tmp_path / 'late'} late\nrm etc/empty\n".encode())
        assert b"error" not in done.stderr.lower(), done.stderr
        shutil.copy(tmp_path / "late", folder / "late")
        (folder / "etc/empty").unlink()
    with mounted(server.disk(capture_and_launch(ec2, instance_id)), tmp_path / "after") as disk:
        assert disks.ext4_sums(disk, tmp_path / "files") == disks.folder_sums(folder)


def test_serve_says_in_one_line_where_it_cannot_listen(tmp_path):
    (tmp_path / "file").write_text("precious")
    for arguments, exit_code in ((["--nbd", "127.0.0.1:1x"], 2),
                                 (["--nbd-unix", tmp_path / "file"], 1),
                                 (["--nbd-unix", tmp_path / ("x" * 200)], 2)):
        done = servers.run_amilab("serve", "--listen", "127.0.0.1:0", *arguments, text=True)
        assert done.returncode == exit_code
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1, done.stderr
    assert (tmp_path / "file").read_text() == "precious"
