"""dsnap, which downloads snapshots through the EBS direct APIs."""

import pytest

import resources
import snapshot_blocks
import tool

pytestmark = pytest.mark.needs("dsnap")


@pytest.fixture
def dsnap(server, tmp_path):
    def run(*arguments):
        return tool.run(server, tmp_path, "dsnap", *arguments)

    return run


def test_what_was_uploaded_is_downloaded(dsnap, server, tmp_path, dice):
    blocks = snapshot_blocks.some_blocks(dice)
    snapshot = snapshot_blocks.upload(server.client("ebs"), blocks)
    dsnap("get", snapshot)
    assert snapshot_blocks.is_disk(tmp_path / f"{snapshot}.img", blocks)


def test_a_snapshot_is_taken_listed_and_deleted(dsnap, ec2):
    volume = resources.make_volume(ec2)
    assert "Created snapshot" in dsnap("create", volume)
    (taken,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert taken["VolumeId"] == volume
    assert taken["SnapshotId"] in dsnap("list")
    dsnap("delete", taken["SnapshotId"])
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
