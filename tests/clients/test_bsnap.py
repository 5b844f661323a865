"""bsnap, which downloads a snapshot through the EBS direct APIs, and goes on where it stopped."""

import pytest

import snapshot_blocks
import tool

pytestmark = pytest.mark.needs("bsnap")


def test_what_was_uploaded_is_downloaded(server, tmp_path, dice):
    blocks = snapshot_blocks.some_blocks(dice)
    snapshot = snapshot_blocks.upload(server.client("ebs"), blocks)
    printed = tool.run(server, tmp_path, "bsnap", "--snapshot-id", snapshot,
                       "--output-file", "disk")
    assert "All blocks have been successfully retrieved" in printed
    assert snapshot_blocks.is_disk(tmp_path / "disk", blocks)
