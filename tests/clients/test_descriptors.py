"""Servers that may have few files open."""

import functools
import resource

import pytest

import servers
import snapshot_blocks

FEWEST = 64


@pytest.mark.parametrize("descriptors", [FEWEST, 128, 256])
def test_more_disks_than_descriptors_are_written_and_read(start_server, tmp_path, descriptors):
    server = start_server("--data", tmp_path / "data", "--nbd", "127.0.0.1:0",
                          descriptors=descriptors)
    ebs = server.client("ebs")
    blocks = [number.to_bytes(4, "big") * (snapshot_blocks.BLOCK // 4)
              for number in range(1, descriptors + 1)]  # zeros are no block
    snapshots = [snapshot_blocks.upload(ebs, {0: block}) for block in blocks]
    for snapshot, block in zip(snapshots, blocks):
        token = snapshot_blocks.listed(ebs, snapshot)[0]
        answer = ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=0, BlockToken=token)
        assert answer["BlockData"].read() == block
    others = [server.client(), server.client("ssm"), server.client("sts")]
    others[2].get_caller_identity()
    assert len(others[0].describe_snapshots(OwnerIds=["self"])["Snapshots"]) == descriptors
    server.control("reset", {}, "POST")
    assert not others[0].describe_snapshots(OwnerIds=["self"])["Snapshots"]


def test_a_server_that_may_have_too_few_refuses_in_one_line(tmp_path):
    few = FEWEST - 1
    done = servers.run_amilab(
        "serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "data", text=True,
        preexec_fn=functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE, (few, few)))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"amilab: a process may have {few} files open here, and a server needs "
                           f"{FEWEST}; raise the limit (ulimit -n)\n")
    assert not (tmp_path / "data").exists()
