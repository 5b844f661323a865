"""Saves of a running server: `amilab save` and `amilab serve --from`, and servers that are killed
in the middle of either."""

import hashlib
import http.client
import os
import pathlib
import signal
import struct
import subprocess

import pytest

import servers
import snapshot_blocks
from resources import make_snapshot, make_volume
from test_durability import checked, fill_up, tmpfs

MIB = 1 << 20


def save(server, path, *arguments, **options):
    return servers.run_amilab("save", path, *arguments, endpoint=server.endpoint, text=True,
                              **options)


def bring(server, folder, dice, name="one", size=4 * MIB):
    """An image of random bytes; its id."""
    disk = folder / "disk.raw"
    disk.write_bytes(dice.randbytes(size))
    done = servers.run_amilab("import", disk, "--name", name, endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def sum_of(server, identifier, folder):
    target = folder / "exported.raw"
    done = servers.run_amilab("export", identifier, target, endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    return hashlib.sha256(target.read_bytes()).hexdigest()


def shown(server):
    ec2 = server.client()
    return (ec2.describe_images(Owners=["self"])["Images"], ec2.describe_volumes()["Volumes"],
            ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"])


LAYER_KINDS = (2, 3, 4, 8)


def saved_frames(whole):
    """Kind, number and bytes of each frame but the end; docs/formats.md has the form."""
    frames, at = [], 64
    while at < len(whole):
        kind, size, number = struct.unpack_from("<IIQ", whole, at)
        frames.append((kind, number, whole[at:at + 32 + size]))
        at += 32 + size + 4
    assert frames.pop()[0] == 7
    return frames


def crc32c(content):
    check = 0xFFFFFFFF
    for byte in content:
        check = check >> 8 ^ CRC_TABLE[(check ^ byte) & 0xFF]
    return check ^ 0xFFFFFFFF


def crc_entry(index):
    for _ in range(8):
        index = index >> 1 ^ (0x82F63B78 if index & 1 else 0)
    return index


CRC_TABLE = [crc_entry(index) for index in range(256)]


def put_together(header, frames):
    """A save of these; its checksums are right."""
    check = crc32c(header)
    parts = [header, struct.pack("<I", check)]
    for frame in (*frames, struct.pack("<IIQQQ", 7, 0, len(frames), 0, 0)):
        check = crc32c(struct.pack("<I", check) + frame)
        parts += [frame, struct.pack("<I", check)]
    return b"".join(parts)


def refused_start(*arguments):
    """A start that must fail; its one line."""
    done = servers.run_amilab("serve", "--listen", "127.0.0.1:0", *arguments, text=True)
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_a_server_that_was_saved_is_put_back_as_it_was(start_server, tmp_path, dice):
    server = start_server()
    image = bring(server, tmp_path, dice)
    make_snapshot(server.client())
    done = save(server, tmp_path / "class.save")
    assert done.returncode == 0, done.stderr
    before = shown(server), sum_of(server, image, tmp_path)
    make_volume(server.client())
    for arguments in ((), ("--data", tmp_path / "data")):
        again = start_server("--from", tmp_path / "class.save", *arguments)
        assert (shown(again), sum_of(again, image, tmp_path)) == before
        assert again.stop() == 0
    code, text = checked(tmp_path / "data")
    assert code == 0, text


def test_a_save_is_small_where_disks_are_empty(server, tmp_path, dice):
    server.client().create_volume(AvailabilityZone="us-east-1a", Size=1000)
    bring(server, tmp_path, dice, size=MIB)
    assert save(server, tmp_path / "one.save").returncode == 0
    assert os.path.getsize(tmp_path / "one.save") < 8 * MIB


def test_a_save_is_its_owners_alone(server, tmp_path):
    assert save(server, tmp_path / "one.save").returncode == 0
    (tmp_path / "one.save").chmod(0o644)
    assert save(server, tmp_path / "one.save").returncode == 0
    assert (tmp_path / "one.save").stat().st_mode & 0o777 == 0o600


def test_an_earlier_save_and_an_empty_file_are_replaced(start_server, server, tmp_path):
    path = tmp_path / "one.save"
    path.touch()
    assert save(server, path).returncode == 0
    volume = make_volume(server.client())
    with path.open("rb") as earlier:
        assert save(server, path).returncode == 0
        # Another file has its name: what the earlier one had was never written over.
        assert os.fstat(earlier.fileno()).st_ino != path.stat().st_ino
    (found,) = start_server("--from", path).client().describe_volumes()["Volumes"]
    assert found["VolumeId"] == volume


def test_an_earlier_save_stays_where_a_new_one_fails(start_server, server, tmp_path):
    path = tmp_path / "one.save"
    assert save(server, path).returncode == 0
    before = path.read_bytes()
    server.stop()
    assert save(server, path).returncode != 0
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["one.save"]


def test_a_link_stays_one_and_what_leads_nowhere_is_one_line(server, tmp_path):
    (tmp_path / "link").symlink_to("one.save")
    for _ in range(2):    # which is yet to be made, and which is there
        assert save(server, tmp_path / "link").returncode == 0
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "one.save").is_file()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("loop", "x" * 300):
        done = save(server, tmp_path / name)
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        assert f"cannot write {tmp_path / name}: " in line


@pytest.mark.parametrize("content", [b"#!/bin/sh\n", b"AMILAB", b"AMILABS" + b"x" * 100])
def test_a_file_that_is_no_save_is_left_alone(server, tmp_path, content):
    path = tmp_path / "notes"
    path.write_bytes(content)
    (tmp_path / "link").symlink_to(path)
    for name in ("notes", "link"):
        done = save(server, tmp_path / name)
        assert done.returncode == 1 and done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert f"{path} is there and no save" in line
        assert path.read_bytes() == content
    assert {one.name for one in tmp_path.iterdir()} == {"notes", "link"}


def test_an_upload_that_is_open_goes_on(start_server, tmp_path, dice):
    server = start_server()
    blocks = {index: dice.randbytes(snapshot_blocks.BLOCK) for index in (0, 5)}
    ebs = server.client("ebs")
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    snapshot_blocks.put(ebs, snapshot, 0, blocks[0])
    assert save(server, tmp_path / "one.save").returncode == 0
    for one in (server, start_server("--from", tmp_path / "one.save")):
        ebs = one.client("ebs")
        snapshot_blocks.put(ebs, snapshot, 5, blocks[5])
        ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=2)
        one.client().get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
        assert snapshot_blocks.download(ebs, snapshot) == blocks


def test_objects_are_in_a_save(start_server, tmp_path, dice):
    server = start_server()
    s3 = server.client("s3")
    s3.create_bucket(Bucket="disks")
    content = dice.randbytes(MIB + 17)
    s3.put_object(Bucket="disks", Key="one", Body=content)
    assert save(server, tmp_path / "one.save").returncode == 0
    s3 = start_server("--from", tmp_path / "one.save").client("s3")
    assert s3.get_object(Bucket="disks", Key="one")["Body"].read() == content


@pytest.mark.parametrize("folder", ["objects", "layers"])
def test_a_pipe_in_a_files_place_is_not_waited_for(start_server, tmp_path, dice, folder):
    server = start_server("--data", tmp_path / "data")
    bring(server, tmp_path, dice, size=MIB)
    s3 = server.client("s3")
    s3.create_bucket(Bucket="disks")
    s3.put_object(Bucket="disks", Key="one", Body=dice.randbytes(MIB))
    assert server.stop() == 0
    for path in (tmp_path / "data/generation-1" / folder).iterdir():
        if folder == "objects" or path.suffix == ".data":
            path.unlink()
            os.mkfifo(path)
    server = start_server("--data", tmp_path / "data")
    server.expected_errors = f"/{folder}/"
    done = save(server, tmp_path / "one.save")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "one.save").exists()
    assert server.client().describe_images(Owners=["self"])["Images"]
    assert server.stop() == 0


@pytest.mark.parametrize("name", ["lock", "current", "generation-1/metadata.sqlite",
                                  "generation-1/metadata.sqlite-journal", "generation-1/rows"])
def test_a_pipe_in_the_data_directory_ends_a_start_a_check_and_a_save(start_server, tmp_path, name):
    data = tmp_path / "data"
    assert start_server("--data", data).stop() == 0
    (data / name).unlink(missing_ok=True)
    os.mkfifo(data / name)
    refused_start("--data", data)
    for arguments in (("check", data), ("save", "--data", data, tmp_path / "one.save")):
        done = servers.run_amilab(*arguments, text=True)
        assert done.returncode in (1, 3), done.stderr
        assert str(data) in done.stdout + done.stderr
    assert not (tmp_path / "one.save").exists()


def test_a_save_of_a_directory_that_lacks_an_object_says_what_to_ask(start_server, tmp_path, dice):
    data = tmp_path / "data"
    server = start_server("--data", data)
    s3 = server.client("s3")
    s3.create_bucket(Bucket="disks")
    s3.put_object(Bucket="disks", Key="one", Body=dice.randbytes(MIB))
    assert server.stop() == 0
    (lost,) = (data / "generation-1/objects").iterdir()
    lost.unlink()
    done = servers.run_amilab("save", "--data", data, tmp_path / "one.save", text=True)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"`amilab check {data}`" in line
    assert not (tmp_path / "one.save").exists()


def test_a_directory_that_no_server_holds_is_saved_too(start_server, tmp_path, dice):
    server = start_server("--data", tmp_path / "data")
    image = bring(server, tmp_path, dice)
    before = sum_of(server, image, tmp_path)
    assert server.stop() == 0
    done = servers.run_amilab("save", tmp_path / "one.save", "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert sum_of(start_server("--from", tmp_path / "one.save"), image, tmp_path) == before


def test_a_save_goes_to_standard_output(start_server, tmp_path, dice):
    server = start_server()
    image = bring(server, tmp_path, dice)
    before = sum_of(server, image, tmp_path)
    done = servers.run_amilab("save", "-", endpoint=server.endpoint, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    assert not (tmp_path / "-").exists()
    (tmp_path / "one.save").write_bytes(done.stdout)
    assert sum_of(start_server("--from", tmp_path / "one.save"), image, tmp_path) == before


def test_a_save_that_is_none_is_one_line_and_leaves_nothing(start_server, tmp_path, dice):
    server = start_server()
    bring(server, tmp_path, dice)
    assert save(server, tmp_path / "one.save").returncode == 0
    whole = (tmp_path / "one.save").read_bytes()
    wrong = {"no save": b"#!/bin/sh\n" * 100, "empty": b"", "cut": whole[:-7],
             "longer": whole + b"\0",
             "flipped": whole[:len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1])
             + whole[len(whole) // 2 + 1:],
             "newer": whole[:8] + (99).to_bytes(4, "little") + whole[12:]}
    for name, content in wrong.items():
        path = tmp_path / "wrong.save"
        path.write_bytes(content)
        line = refused_start("--from", path, "--data", tmp_path / "data")
        assert str(path) in line, name
        assert not (tmp_path / "data").exists(), name
    path.unlink()
    os.mkfifo(path)
    assert "it is a pipe" in refused_start("--from", path, "--data", tmp_path / "data")
    assert not (tmp_path / "data").exists()
    assert "no-such-file" in refused_start_of_usage("--from", tmp_path / "no-such-file")


def test_a_save_that_lacks_a_layer_is_one_line_and_leaves_nothing(start_server, tmp_path, dice):
    """Put together by hand, with checksums that are right."""
    server = start_server()
    bring(server, tmp_path, dice, size=MIB)
    assert save(server, tmp_path / "one.save").returncode == 0
    whole = (tmp_path / "one.save").read_bytes()
    frames = saved_frames(whole)
    layer = next(number for kind, number, _ in frames if kind in LAYER_KINDS)
    (tmp_path / "less.save").write_bytes(put_together(
        whole[:60], [frame for kind, number, frame in frames
                     if (kind in LAYER_KINDS, number) != (True, layer)]))
    line = refused_start("--from", tmp_path / "less.save", "--data", tmp_path / "data")
    assert str(tmp_path / "less.save") in line
    assert f"layer {layer:016x} of snap-" in line and "is missing" in line
    assert not (tmp_path / "data").exists()


def refused_start_of_usage(*arguments):
    done = servers.run_amilab("serve", *arguments, text=True)
    assert done.returncode != 0 and done.stdout == ""
    return done.stderr


def test_a_folder_with_state_is_not_written_over(start_server, tmp_path):
    server = start_server("--data", tmp_path / "data")
    volume = make_volume(server.client())
    assert save(server, tmp_path / "one.save").returncode == 0
    assert server.stop() == 0
    line = refused_start("--from", tmp_path / "one.save", "--data", tmp_path / "data")
    assert str(tmp_path / "data") in line
    server = start_server("--data", tmp_path / "data")
    (found,) = server.client().describe_volumes()["Volumes"]
    assert found["VolumeId"] == volume


def test_a_save_onto_a_full_disk_is_one_line_and_leaves_nothing(server, tmp_path, dice):
    bring(server, tmp_path, dice, size=16 * MIB)
    with tmpfs(tmp_path / "mount", 4) as mount:
        done = save(server, mount / "one.save")
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert str(mount / "one.save") in line and "No space left" in line
        assert list(mount.iterdir()) == []


def test_a_server_without_room_for_the_copy_of_its_rows_says_so(start_server, tmp_path):
    with tmpfs(tmp_path / "mount", 32) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        volume = make_volume(server.client())
        fill_up(mount)
        done = save(server, tmp_path / "one.save")
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert str(mount / "data") in line
        assert not (tmp_path / "one.save").exists()
        assert not list(mount.glob("data/generation-*/saving.sqlite"))
        (mount / "filler").unlink()
        assert save(server, tmp_path / "one.save").returncode == 0
        (found,) = server.client().describe_volumes()["Volumes"]
        assert found["VolumeId"] == volume
        assert server.stop() == 0


def test_a_save_put_back_onto_a_full_disk_leaves_nothing(server, tmp_path, dice):
    bring(server, tmp_path, dice, size=16 * MIB)
    assert save(server, tmp_path / "one.save").returncode == 0
    with tmpfs(tmp_path / "mount", 4) as mount:
        line = refused_start("--from", tmp_path / "one.save", "--data", mount / "data")
        assert str(mount / "data") in line
        assert list(mount.iterdir()) == []


def begin_save(server):
    """A save of which a little has come; the rest waits."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/_amilab/save")
    answer = connection.getresponse()
    assert answer.status == 200
    return connection, answer


def test_the_copy_of_the_rows_is_its_owners_alone(start_server, tmp_path, dice):
    server = start_server("--data", tmp_path / "data")
    bring(server, tmp_path, dice, size=64 * MIB)
    connection, answer = begin_save(server)
    answer.read(64)
    rows = tmp_path / "data" / "generation-1" / "saving.sqlite"
    assert rows.stat().st_mode & 0o777 == 0o600
    connection.close()
    answer.close()
    servers.wait_until(lambda: not rows.exists())


def test_only_one_save_goes_on_at_a_time(server, tmp_path, dice):
    bring(server, tmp_path, dice, size=64 * MIB)
    connection, answer = begin_save(server)
    answer.read(64)
    status, refusal = server.refused_control("save")
    assert status == 409 and "another save" in refusal["error"]
    connection.close()
    answer.close()
    servers.wait_until(lambda: save(server, tmp_path / "one.save").returncode == 0)


@pytest.mark.parametrize("read", [0, 64, 3 * MIB, 20 * MIB])
def test_a_server_that_is_killed_while_it_saves_loses_nothing(start_server, tmp_path, dice, read):
    data = tmp_path / "data"
    server = start_server("--data", data)
    image = bring(server, tmp_path, dice, size=32 * MIB)
    before = shown(server), sum_of(server, image, tmp_path)
    connection, answer = begin_save(server)
    answer.read(read)
    server.kill()
    connection.close()
    answer.close()
    server = start_server("--data", data)
    assert (shown(server), sum_of(server, image, tmp_path)) == before
    assert not list(data.glob("generation-*/saving.sqlite"))
    assert save(server, tmp_path / "one.save").returncode == 0
    assert server.stop() == 0
    code, text = checked(data)
    assert code == 0, text


def test_a_save_whose_command_is_killed_leaves_nothing(server, tmp_path, dice):
    bring(server, tmp_path, dice, size=64 * MIB)
    folder = tmp_path / "saves"
    folder.mkdir()
    environment = os.environ | {"AWS_ENDPOINT_URL": server.endpoint}
    for number in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen([servers.binary(), "save", folder / "one.save"], env=environment,
                              stderr=subprocess.DEVNULL) as process:
            process.send_signal(number)
            process.wait(servers.HANG_SECONDS)
        assert {path.name for path in folder.iterdir()} <= {"one.save"}
    servers.wait_until(lambda: save(server, folder / "one.save").returncode == 0)


PHASES = {
    "before anything": lambda data: data.exists(),
    "with the mark": lambda data: (data / "generation-1/restoring").exists(),
    "with rows": lambda data: (data / "generation-1/metadata.sqlite").exists(),
    "with layers": lambda data: any(data.glob("generation-1/layers/*.data")),
    "when it is whole": lambda data: (data / "current").exists(),
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_start_that_is_killed_while_it_puts_a_save_back_is_begun_anew(start_server, tmp_path,
                                                                        dice, phase):
    server = start_server()
    image = bring(server, tmp_path, dice, size=32 * MIB)
    before = shown(server), sum_of(server, image, tmp_path)
    path = tmp_path / "one.save"
    assert save(server, path).returncode == 0
    data = tmp_path / "data"
    process = subprocess.Popen(
        [servers.binary(), "serve", "--listen", "127.0.0.1:0", "--data", data, "--from", path],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not PHASES[phase](data) and process.poll() is None:
            pass
    finally:
        process.kill()
        process.wait(servers.HANG_SECONDS)
    is_whole = (data / "current").exists()
    again = start_server("--data", data, *(() if is_whole else ("--from", path)))
    assert (shown(again), sum_of(again, image, tmp_path)) == before
    assert sorted(one.name for one in data.iterdir()) == ["current", "generation-1", "lock"]
    assert not (data / "generation-1/restoring").exists()
    assert again.stop() == 0


def test_what_a_killed_start_left_is_no_state(start_server, tmp_path):
    data = pathlib.Path(tmp_path / "data")
    (data / "generation-1/layers").mkdir(parents=True)
    (data / "generation-1/restoring").touch()
    (data / "generation-1/layers/0000000000000001.00.data").write_bytes(b"half")
    server = start_server("--data", data)
    assert server.client().describe_volumes()["Volumes"] == []
    assert not list(data.glob("generation-1/layers/*"))
