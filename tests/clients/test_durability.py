"""State that outlives its server: kill -9 and reopen, and every way to be kept from it."""

import contextlib
import hashlib
import itertools
import os
import pathlib
import socket
import sqlite3
import subprocess
import threading
import urllib.error

import botocore.exceptions
import pytest

import calls
import servers
from resources import instance_of, make_snapshot, make_volume, register_form, root_volume, run


def folder_sums(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in pathlib.Path(folder).rglob("*") if path.is_file()}


def refused_start(folder):
    """Starts a server that must refuse to; returns its one line."""
    done = servers.run_amilab("serve", "--listen", "127.0.0.1:0", "--data", folder, text=True)
    assert done.returncode not in (0, -6, -11), done.returncode
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert str(folder) in line
    return line


def tmpfs(folder, size_mib):
    """A small file system of its own."""
    return mounted(folder, "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs")


@contextlib.contextmanager
def mounted(folder, *what):
    """A file system, by mount's arguments, while the test runs."""
    folder.mkdir()
    done = subprocess.run(["mount", *what, folder], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip("this user may not mount")
    try:
        yield folder
    except BaseException:
        subprocess.run(["umount", "-l", folder], check=True)
        raise
    # Refused while a server runs on it: what it does in the background would miss its files.
    subprocess.run(["umount", folder], check=True)


def test_what_was_acknowledged_survives_kill_9(start_server, tmp_path, dice):
    acknowledged = set()
    numbers = itertools.count()
    for _ in range(3):
        server = start_server("--data", tmp_path / "data")
        enough = threading.Event()
        wanted = len(acknowledged) + dice.randrange(20, 120)

        def work():
            while True:
                name = f"image-{next(numbers)}"
                try:
                    answer = calls.call(server, "RegisterImage", **register_form(name, snapshot))
                except (OSError, calls.http.client.HTTPException):
                    return
                assert answer.status == 200, answer.body
                acknowledged.add((answer.xml.findtext("imageId"), name))
                if len(acknowledged) >= wanted:
                    enough.set()

        snapshot = make_snapshot(server.client())
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert enough.wait(servers.HANG_SECONDS)
        server.kill()
        for thread in threads:
            thread.join()
        reopened = start_server("--data", tmp_path / "data")
        images = reopened.client().describe_images(Owners=["self"])["Images"]
        assert acknowledged <= {(image["ImageId"], image["Name"]) for image in images}
        assert reopened.stop() == 0


def test_bytes_that_were_acknowledged_survive_kill_9(start_server, tmp_path, dice):
    content = dice.randbytes(3 << 20)
    disk = tmp_path / "disk.raw"
    disk.write_bytes(content)
    server = start_server("--data", tmp_path / "data")
    done = servers.run_amilab("import", disk, "--name", "bytes", endpoint=server.endpoint,
                              text=True)
    assert done.returncode == 0, done.stderr
    instance_id = run(server.client(), done.stdout.strip())["Instances"][0]["InstanceId"]
    server.kill()
    server = start_server("--data", tmp_path / "data")
    volume = root_volume(instance_of(server.client(), instance_id))
    out = tmp_path / "out.raw"
    assert servers.run_amilab("export", volume, out, endpoint=server.endpoint).returncode == 0
    with open(out, "rb") as exported:
        assert exported.read(len(content)) == content


def test_an_upload_that_kill_9_broke_off_leaves_nothing(start_server, tmp_path, dice):
    server = start_server("--data", tmp_path / "data")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"POST /_amilab/import?name=half HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Length: 100000000\r\n\r\n")
        connection.sendall(dice.randbytes(8 << 20))
        servers.wait_until(lambda: list(tmp_path.glob("data/generation-*/layers/*.data")))
        server.kill()
    server = start_server("--data", tmp_path / "data")
    assert server.client().describe_images(Owners=["self"])["Images"] == []
    servers.wait_until(lambda: not list(tmp_path.glob("data/generation-*/layers/*")))


def test_clock_delays_and_regions_survive_a_restart(start_server, tmp_path):
    server = start_server("--data", tmp_path / "data")
    server.control("clock", {"freeze": True, "set": "2030-01-01T00:00:00Z"})
    server.set_delays(instance_pending=4000)
    server.control("regions", {"af-south-1": "not-opted-in"})
    assert server.stop() == 0
    server = start_server("--data", tmp_path / "data")
    assert server.control("regions")["af-south-1"] == "not-opted-in"
    assert server.control("clock")["now"].startswith("2030-01-01T00:00:00")
    assert server.control("delays")["instance.pending"] == 4000


def test_without_data_nothing_is_left_behind(start_server, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = start_server()
    make_volume(server.client())
    assert len(list(tmp_path.iterdir())) == 1
    assert server.stop() == 0
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_server_left_is_swept_by_the_next(start_server, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    killed = start_server()
    killed.kill()
    (left,) = tmp_path.iterdir()
    start_server()
    servers.wait_until(lambda: not left.exists())


def test_a_second_server_on_the_same_directory_is_refused(start_server, tmp_path):
    server = start_server("--data", tmp_path / "data")
    volume = make_volume(server.client())
    line = refused_start(tmp_path / "data")
    assert str(server.process.pid) in line
    assert server.client().describe_volumes(VolumeIds=[volume])["Volumes"]
    assert server.stop() == 0
    assert start_server("--data", tmp_path / "data").client().describe_volumes()["Volumes"]


def test_a_newer_database_is_refused_untouched(start_server, tmp_path):
    data = tmp_path / "data"
    server = start_server("--data", data)
    make_volume(server.client())
    assert server.stop() == 0
    (database,) = data.glob("generation-*/metadata.sqlite")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = folder_sums(data)
    assert "newer" in refused_start(data)
    after = folder_sums(data)
    assert {name: after[name] for name in before if not name.endswith(("lock", "-shm", "-wal"))} \
        == {name: before[name] for name in before if not name.endswith(("lock", "-shm", "-wal"))}
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    assert len(start_server("--data", data).client().describe_volumes()["Volumes"]) == 1


def test_a_read_only_directory_is_refused(start_server, tmp_path):
    with tmpfs(tmp_path / "mount", 32) as mount:
        data = mount / "data"
        server = start_server("--data", data)
        make_volume(server.client())
        assert server.stop() == 0
        before = folder_sums(data)
        subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
        refused_start(data)
        refused_start(mount / "new")
        subprocess.run(["mount", "-o", "remount,rw", mount], check=True)
        assert folder_sums(data) == before
        server = start_server("--data", data)
        assert len(server.client().describe_volumes()["Volumes"]) == 1
        assert server.stop() == 0


def checked(folder):
    """What amilab check says of a folder: exit code and text."""
    done = servers.run_amilab("check", folder, text=True)
    return done.returncode, done.stdout + done.stderr


def test_check_looks_at_what_nobody_may_write_to(start_server, tmp_path):
    with tmpfs(tmp_path / "mount", 64) as mount:
        data = mount / "data"
        server = start_server("--data", data)
        make_volume(server.client())
        server.kill()
        before = folder_sums(data)
        assert any(name.endswith("-wal") for name in before)
        subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
        code, text = checked(data)
        assert (code, "1 layers" in text) == (0, True), text
        assert folder_sums(data) == before


def test_check_tells_damage_from_what_it_cannot_look_at(start_server, tmp_path):
    data = tmp_path / "data"
    assert checked(tmp_path)[0] == 3
    server = start_server("--data", data)
    assert checked(data)[0] == 3
    make_volume(server.client())
    server.kill()
    assert checked(data)[0] == 0
    (wal,) = data.glob("generation-*/metadata.sqlite-wal")
    wal.unlink()
    code, text = checked(data)
    assert code == 1
    assert "metadata.sqlite" in text
    assert "metadata.sqlite" in refused_start(data)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_the_right_to_write_is_refused(tmp_path):
    (tmp_path / "data").mkdir(mode=0o555)
    refused_start(tmp_path / "data")


def fill_up(folder):
    """Leaves no byte free on the file system."""
    with contextlib.suppress(OSError), open(folder / "filler", "wb", buffering=0) as filler:
        for size in (1 << 20, 4096, 512, 1):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(b"x" * size)


def test_a_full_disk_refuses_writes_and_nothing_else(start_server, tmp_path, dice):
    with tmpfs(tmp_path / "mount", 32) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        ec2 = server.client()
        disk = tmp_path / "disk.raw"
        disk.write_bytes(dice.randbytes(2 << 20))
        for name in ("first", "second", "third"):
            assert servers.run_amilab("import", disk, "--name", name,
                                      endpoint=server.endpoint).returncode == 0
        fill_up(mount)

        disk.write_bytes(dice.randbytes(4 << 20))
        done = servers.run_amilab("import", disk, "--name", "large", endpoint=server.endpoint,
                                  text=True)
        assert done.returncode != 0
        assert "503" in done.stderr and str(mount / "data") in done.stderr

        def create_until_refused():
            while True:
                make_volume(ec2)

        images = ec2.describe_images(Owners=["self"])["Images"]
        assert len(images) == 3
        for image in images:
            with pytest.raises(botocore.exceptions.ClientError) as caught:
                create_until_refused()
            answer = caught.value.response
            assert answer["Error"]["Code"] == "Unavailable"
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503
            assert str(mount / "data") in answer["Error"]["Message"]
            ec2.deregister_image(ImageId=image["ImageId"])
            ec2.delete_snapshot(
                SnapshotId=image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"])
        (mount / "filler").unlink()
        make_volume(ec2)
        volumes = {volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]}
        server.kill()
        server = start_server("--data", mount / "data")
        assert {volume["VolumeId"] for volume in server.client().describe_volumes()["Volumes"]} \
            == volumes
        assert server.stop() == 0


def test_a_reset_of_the_account_that_filled_the_disk_gives_it_back(start_server, tmp_path, dice):
    with tmpfs(tmp_path / "mount", 32) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        disk = tmp_path / "disk.raw"
        disk.write_bytes(dice.randbytes(4 << 20))
        assert servers.run_amilab("import", disk, "--name", "first",
                                  endpoint=server.endpoint).returncode == 0
        ec2 = server.client()
        fill_up(mount)
        with pytest.raises(botocore.exceptions.ClientError, match="Unavailable"):
            while True:
                make_volume(ec2)
        server.control("reset", {"account": "123456789012"})
        assert ec2.describe_images(Owners=["self"])["Images"] == []
        # Its files go in the background.
        servers.wait_until(lambda: calls.call(server, "CreateVolume", Size="1",
                                              AvailabilityZone="us-east-1a").status == 200)
        assert server.stop() == 0


def reserve_in(data):
    """Of the state in force; a reset that meets a full disk tries more than one folder."""
    return data / (data / "current").read_text().strip() / "reserve"


def test_a_full_disk_is_reset(start_server, tmp_path, dice):
    with tmpfs(tmp_path / "mount", 32) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        disk = tmp_path / "disk.raw"
        disk.write_bytes(dice.randbytes(2 << 20))

        def fill_and_reset():
            assert servers.run_amilab("import", disk, "--name", "golden",
                                      endpoint=server.endpoint).returncode == 0
            fill_up(mount)
            assert server.control("reset", method="POST") == {"status": "ok"}
            assert not server.client().describe_images(Owners=["self"])["Images"]

        fill_and_reset()
        servers.wait_until(lambda: reserve_in(mount / "data").exists())
        # Without the reserve the layers of what is thrown away make room.
        reserve_in(mount / "data").unlink()
        (mount / "filler").unlink()
        fill_and_reset()
        (mount / "filler").unlink()
        make_volume(server.client())
        assert server.stop() == 0
        server = start_server("--data", mount / "data")
        assert len(server.client().describe_volumes()["Volumes"]) == 1
        assert server.stop() == 0


def test_reads_go_on_when_a_full_disk_keeps_what_is_due(start_server, tmp_path):
    with tmpfs(tmp_path / "mount", 32) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        server.set_delays(volume_creating=500)
        ec2 = server.client()
        volume = make_volume(ec2)
        fill_up(mount)
        before = server.control("clock")
        fill_up_log(server)
        status, answer = server.refused_control("clock", {"freeze": True})
        assert (status, answer["code"]) == (503, "Unavailable")
        assert server.control("clock")["frozen"] is False
        servers.wait_until(lambda: server.control("clock")["now_ms"] > before["now_ms"] + 500)
        assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
        (mount / "filler").unlink()
        ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 0})
        assert server.stop() == 0


def fill_up_log(server):
    """Changes the clock until the database's log has no room left."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        while True:
            server.control("clock", {"freeze": False})
    caught.value.close()
