"""coldsnap, which uploads a disk through the EBS direct APIs and downloads it again."""

import os
import subprocess

import pytest

import disks
import programs

pytestmark = pytest.mark.needs("coldsnap")


@pytest.fixture
def coldsnap(server):
    """Runs one of coldsnap's commands, which must succeed; returns what it printed."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "123456789012",
                   "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1",
                   "AWS_ENDPOINT_URL": server.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}

    def run(*arguments):
        command = [programs.find("coldsnap"), "--endpoint", server.endpoint, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture
def disk(tmp_path, dice):
    """Data between holes; its size is no multiple of a block's."""
    path = tmp_path / "disk"
    with open(path, "wb") as file:
        file.truncate(64 * disks.MIB + 4096)
        for _ in range(12):
            file.seek(dice.randrange(60 * disks.MIB))
            file.write(dice.randbytes(dice.randrange(1, 2 * disks.MIB)))
    return path


@pytest.mark.parametrize("options", [[], ["--omit-zero-blocks"]])
def test_what_is_uploaded_is_downloaded(coldsnap, disk, tmp_path, options):
    snapshot = coldsnap("upload", "--wait", "--no-progress", *options, str(disk))
    again = tmp_path / "again"
    coldsnap("download", "--no-progress", snapshot, str(again))
    assert disks.same_disk(disk, again)
