"""Each file call of a whole server fails once: it goes on, what it acknowledged is there after the
next start, and nothing is damaged."""

import errno
import os

import botocore.exceptions
import pytest

import failing_files
import servers
import snapshot_blocks
from nbd_requests import Disk
from resources import make_volume

BLOCK = 64 * 1024
MANY = 1 << 40


@pytest.fixture(autouse=True)
def needs_the_library():
    if failing_files.library() is None:
        pytest.skip("this build has no failing_files.so")


class Acknowledged:
    """What a server has said is so."""

    def __init__(self):
        self.volumes = {}  # id: {offset: data}
        self.snapshots = {}  # id: {offset: data}
        self.deleted = set()
        self.tags = {}
        self._number = 0

    def next_data(self):
        self._number += 1
        return self._number.to_bytes(4, "big") * (BLOCK // 4)


def tried(step, *arguments):
    """What the step gives; nothing when the server refuses it, which it does with a 5xx."""
    try:
        return step(*arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500, error
    except OSError as error:
        assert error.errno in (None, errno.EIO, errno.ENOSPC, errno.ENXIO, errno.EINVAL), error
    return None


def nbd_address(server):
    host, port = server.nbd_uris[0].removeprefix("nbd://").rsplit(":", 1)
    return host, int(port)


def write_disk(server, known, volume):
    """Some blocks, each of which counts when it is acknowledged."""
    with Disk(nbd_address(server), volume) as disk:
        for block in (0, 40, 3 << 14):
            data = known.next_data()
            offset = block * BLOCK
            known.volumes[volume].pop(offset, None)  # old or new, if it fails
            disk.write(offset, data)
            known.volumes[volume][offset] = data
        disk.flush()


def story(server, known):
    """A bit of everything that touches files; every step may be refused."""
    ec2, ebs = server.client(), server.client("ebs")
    volume = tried(make_volume, ec2)
    if volume:
        known.volumes[volume] = {}
    for volume, content in list(known.volumes.items()):
        tried(write_disk, server, known, volume)
        kept = dict(content)
        snapshot = tried(lambda: ec2.create_snapshot(VolumeId=volume)["SnapshotId"])
        if snapshot:
            known.snapshots[snapshot] = kept
            tried(write_disk, server, known, volume)
        if snapshot and tried(lambda: ec2.create_tags(
                Resources=[snapshot], Tags=[{"Key": "name", "Value": snapshot}])):
            known.tags[snapshot] = snapshot
    data = known.next_data() * (snapshot_blocks.BLOCK // BLOCK)
    snapshot = tried(snapshot_blocks.upload, ebs, {1: data})
    if snapshot:
        known.snapshots[snapshot] = {snapshot_blocks.BLOCK: data}
    for snapshot in list(known.snapshots)[:-3]:
        content = known.snapshots.pop(snapshot)  # in doubt until the answer
        if tried(lambda: ec2.delete_snapshot(SnapshotId=snapshot)):
            known.deleted.add(snapshot)
        del content


def check_all(server, known):
    """All that was acknowledged is so."""
    ec2 = server.client()
    snapshots = {one["SnapshotId"]: one for one in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    volumes = {one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]}
    assert known.volumes.keys() <= volumes
    assert known.snapshots.keys() <= snapshots.keys()
    assert not known.deleted & snapshots.keys()
    for snapshot in known.snapshots:
        assert snapshots[snapshot]["State"] == "completed"
        if snapshot in known.tags:
            assert {"Key": "name", "Value": snapshot} in snapshots[snapshot]["Tags"]
    for disk_id, content in [*known.volumes.items(), *known.snapshots.items()]:
        with Disk(nbd_address(server), disk_id) as disk:
            for offset, data in content.items():
                assert disk.read(offset, len(data)) == data, (disk_id, offset)


class Trial:
    def __init__(self, start_server, tmp_path, name):
        self.folder = tmp_path / name
        self._start = start_server
        self.files = failing_files.FailingFiles(self.folder, tmp_path / f"{name}.control")
        self.known = Acknowledged()

    def start(self):
        server = self._start("--data", self.folder, "--nbd", "127.0.0.1:0", "--data-checksums",
                             environment=self.files.environment)
        server.expected_errors = r""  # a log that says what the disk refused
        return server

    def judge(self):
        """The next server, whose disk is whole, has all; and nothing is damaged."""
        self.files.mend()
        server = self.start()
        check_all(server, self.known)
        story(server, self.known)
        check_all(server, self.known)
        assert server.stop() == 0
        done = servers.run_amilab("check", self.folder, "--data", text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def calls_of_a_story(start_server, tmp_path):
    trial = Trial(start_server, tmp_path, "counted")
    server = trial.start()
    story(server, trial.known)
    before = trial.files.seen
    story(server, trial.known)
    assert server.stop() == 0
    count = trial.files.seen - before
    assert count > 50, "the library is not asked"
    print(f"{count} file calls in a story")
    return count


def sampled(dice, count, few=6):
    """Which calls fail: a few, or with AMILAB_LONG=1 all."""
    every = range(1, count + 1)
    return every if os.environ.get("AMILAB_LONG") else sorted(dice.sample(every, min(count, few)))


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=errno.errorcode.get)
@pytest.mark.parametrize("how_many", [1, 25])
def test_a_running_server_goes_on(start_server, tmp_path, dice, error, how_many):
    for first in sampled(dice, calls_of_a_story(start_server, tmp_path)):
        print(f"call {first}, and {how_many} in all, fail with {errno.errorcode[error]}")
        trial = Trial(start_server, tmp_path, f"{first}")
        server = trial.start()
        story(server, trial.known)
        trial.files.fail(first, how_many, error)
        story(server, trial.known)
        trial.files.mend()
        check_all(server, trial.known)  # without a restart
        story(server, trial.known)
        check_all(server, trial.known)
        assert server.stop() == 0
        trial.judge()


def test_a_killed_server_has_lost_nothing(start_server, tmp_path, dice):
    for first in sampled(dice, calls_of_a_story(start_server, tmp_path)):
        print(f"from call {first} on all fail, and the server is killed")
        trial = Trial(start_server, tmp_path, f"{first}")
        server = trial.start()
        story(server, trial.known)
        trial.files.fail(first, MANY, errno.EIO)
        story(server, trial.known)
        server.kill()
        trial.judge()


def test_a_start_that_fails_damages_nothing(start_server, tmp_path, dice):
    trial = Trial(start_server, tmp_path, "data")
    server = trial.start()
    story(server, trial.known)
    server.kill()
    for first in sampled(dice, 60):
        print(f"call {first} of a start fails")
        trial.files.fail(first, 1, errno.EIO)
        try:
            server = trial.start()
        except RuntimeError as refused:
            assert "amilab:" in str(refused)
            trial.files.mend()
            server = trial.start()
        trial.files.mend()
        check_all(server, trial.known)
        server.kill()
    trial.judge()
