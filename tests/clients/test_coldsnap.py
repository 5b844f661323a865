"""coldsnap, which uploads a disk through the EBS direct APIs and downloads it again."""

import pytest

import disks
import tool

pytestmark = pytest.mark.needs("coldsnap")


@pytest.fixture
def coldsnap(server, tmp_path):
    """Runs one of coldsnap's commands, which must succeed; returns what it printed."""
    def run(*arguments):
        return tool.run(server, tmp_path, "coldsnap", "--endpoint", server.endpoint,
                        *arguments).strip()

    return run


@pytest.mark.parametrize("options", [[], ["--omit-zero-blocks"]])
def test_what_is_uploaded_is_downloaded(coldsnap, tmp_path, dice, options):
    disk = disks.scattered(tmp_path / "disk", 64 * disks.MIB + 4096, dice)
    snapshot = coldsnap("upload", "--wait", "--no-progress", *options, disk)
    again = tmp_path / "again"
    coldsnap("download", "--no-progress", snapshot, again)
    assert disks.same_disk(disk, again)
