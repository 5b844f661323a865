"""coldsnap, which uploads a disk through the EBS direct APIs and downloads it again."""

import pytest

import disks
import published
import tool

pytestmark = pytest.mark.needs("coldsnap")


@pytest.fixture
def coldsnap(server, tmp_path):
    """Runs one of coldsnap's commands, which must succeed; returns what it printed."""
    def run(*arguments):
        return tool.run(server, tmp_path, "coldsnap", "--endpoint", server.endpoint,
                        *arguments).strip()

    return run


# Without the option coldsnap sends each byte of the disk, which takes minutes for eight GiB.
@pytest.mark.parametrize("options, kind", [
    ([], "odd"), *((["--omit-zero-blocks"], kind) for kind in published.KINDS)])
def test_what_is_uploaded_is_downloaded(coldsnap, tmp_path, dice, options, kind):
    disk = published.make_disk(tmp_path / "disk", kind, dice)
    snapshot = coldsnap("upload", "--wait", "--no-progress", *options, disk)
    again = tmp_path / "again"
    coldsnap("download", "--no-progress", snapshot, again)
    assert disks.same_disk(disk, again)
