"""EBS direct APIs with boto3 and the AWS CLI, over the snapshots that EC2 shows."""

import concurrent.futures
import datetime
import json

import botocore.exceptions
import pytest

import aws_cli
import calls
import snapshot_blocks
from resources import make_volume
from snapshot_blocks import BLOCK

OTHER = "210987654321"


@pytest.fixture
def ebs(server):
    return server.client("ebs", max_pool_connections=32)


def refusal(call, **request):
    """(status, code, reason) of a call that must be refused."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**request)
    response = caught.value.response
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]
    return (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"],
            response.get("Reason"))


def test_what_is_uploaded_is_read_again(ebs, ec2, dice):
    blocks = {index: dice.randbytes(BLOCK) for index in (0, 1, 7, 2047)}
    snapshot = snapshot_blocks.upload(ebs, blocks, Description="uploaded",
                                      Tags=[{"Key": "Name", "Value": "golden"}])
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    shown = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert shown["Description"] == "uploaded" and shown["VolumeSize"] == 1
    assert shown["Tags"] == [{"Key": "Name", "Value": "golden"}]
    assert snapshot_blocks.download(ebs, snapshot) == blocks


def test_many_connections_upload_at_once(ebs, dice):
    blocks = {index: dice.randbytes(BLOCK) for index in range(0, 96, 2)}
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda item: snapshot_blocks.put(ebs, snapshot, *item), blocks.items()))
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(blocks),
                          Checksum=snapshot_blocks.linear_checksum(blocks),
                          ChecksumAlgorithm="SHA256", ChecksumAggregationMethod="LINEAR")
    tokens = snapshot_blocks.listed(ebs, snapshot)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        read = pool.map(lambda item: snapshot_blocks.read(ebs, snapshot, *item), tokens.items())
        assert dict(zip(tokens, read)) == blocks


def test_a_chain_of_increments_tells_what_changed(ebs, dice):
    blocks = {index: dice.randbytes(BLOCK) for index in range(4)}
    parent = snapshot_blocks.upload(ebs, blocks)
    for step in range(1, 4):
        change = {step: dice.randbytes(BLOCK), 100 + step: dice.randbytes(BLOCK)}
        child = snapshot_blocks.upload(ebs, change, ParentSnapshotId=parent)
        blocks.update(change)
        assert sorted(snapshot_blocks.changed(ebs, parent, child)) == sorted(change)
        assert snapshot_blocks.download(ebs, child) == blocks
        parent = child


def test_snapshots_of_volumes_are_read_too(ebs, ec2, dice):
    blocks = {3: dice.randbytes(BLOCK)}
    volume = make_volume(ec2, SnapshotId=snapshot_blocks.upload(ebs, blocks))
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    assert snapshot_blocks.download(ebs, snapshot) == blocks


def test_long_lists_come_in_pages(ebs):
    block = bytes([1]) * BLOCK
    blocks = {index: block for index in range(230)}
    snapshot = snapshot_blocks.upload(ebs, blocks)
    assert sorted(snapshot_blocks.listed(ebs, snapshot, MaxResults=100)) == sorted(blocks)
    page = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100)
    assert len(page["Blocks"]) == 100 and page["BlockSize"] == BLOCK and page["VolumeSize"] == 1
    left = page["ExpiryTime"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(days=6) < left < datetime.timedelta(days=8)


def test_refusals_have_codes_and_reasons(ebs, server, dice):
    data = dice.randbytes(BLOCK)
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    put = {"SnapshotId": snapshot, "BlockIndex": 0, "BlockData": data, "DataLength": BLOCK,
           "Checksum": snapshot_blocks.checksum(b"other"), "ChecksumAlgorithm": "SHA256"}
    assert refusal(ebs.put_snapshot_block, **put) == \
        (400, "ValidationException", "INVALID_PARAMETER_VALUE")
    snapshot_blocks.put(ebs, snapshot, 0, data)
    assert refusal(ebs.complete_snapshot, SnapshotId=snapshot, ChangedBlocksCount=2) == \
        (400, "ValidationException", "INVALID_PARAMETER_VALUE")
    assert refusal(ebs.list_snapshot_blocks, SnapshotId=snapshot) == \
        (400, "ValidationException", "INVALID_SNAPSHOT_ID")
    assert ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=1)["Status"] == "pending"
    token = snapshot_blocks.listed(ebs, snapshot)[0]
    assert refusal(ebs.get_snapshot_block, SnapshotId=snapshot, BlockIndex=1, BlockToken=token) == \
        (400, "ValidationException", "INVALID_BLOCK_TOKEN")
    assert refusal(ebs.list_snapshot_blocks, SnapshotId="snap-00000000000000000") == \
        (404, "ResourceNotFoundException", "SNAPSHOT_NOT_FOUND")
    assert refusal(server.client("ebs", account=OTHER).get_snapshot_block, SnapshotId=snapshot,
                   BlockIndex=0, BlockToken=token) == \
        (403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT")
    assert refusal(ebs.start_snapshot, VolumeSize=65537) == \
        (400, "ValidationException", "INVALID_VOLUME_SIZE")
    ebs.start_snapshot(VolumeSize=1, ClientToken="t")
    assert refusal(ebs.start_snapshot, VolumeSize=2, ClientToken="t")[:2] == \
        (409, "ConflictException")


def test_acknowledged_blocks_survive_a_kill(start_server, tmp_path, dice):
    blocks = {index: dice.randbytes(BLOCK) for index in range(6)}
    server = start_server("--data", tmp_path / "data")
    ebs = server.client("ebs")
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    for index in (0, 1, 2):
        snapshot_blocks.put(ebs, snapshot, index, blocks[index])
    server.kill()
    server = start_server("--data", tmp_path / "data")
    ebs = server.client("ebs")
    for index in (3, 4, 5):
        snapshot_blocks.put(ebs, snapshot, index, blocks[index])
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=6,
                          Checksum=snapshot_blocks.linear_checksum(blocks),
                          ChecksumAlgorithm="SHA256", ChecksumAggregationMethod="LINEAR")
    tokens = snapshot_blocks.listed(ebs, snapshot)
    server.kill()
    server = start_server("--data", tmp_path / "data")
    ebs = server.client("ebs")
    # Tokens outlive their server, too.
    assert {index: snapshot_blocks.read(ebs, snapshot, index, token)
            for index, token in tokens.items()} == blocks


def test_requests_without_a_signature_are_known_by_their_path(server):
    answer = calls.send(server, "POST", "/snapshots", json.dumps({"VolumeSize": 1}),
                        {"Content-Type": "application/json"})
    assert answer.status == 201
    started = json.loads(answer.body)
    assert started["OwnerId"] == "123456789012"
    assert answer.headers["x-amzn-RequestId"]
    answer = calls.send(server, "GET", f"/snapshots/{started['SnapshotId']}/blocks")
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (400, "ValidationException")
    assert json.loads(answer.body)["Reason"] == "INVALID_SNAPSHOT_ID"


@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_aws_cli_uploads_and_downloads(version, server, tmp_path, dice):
    data = dice.randbytes(BLOCK)
    (tmp_path / "block").write_bytes(data)
    cli = aws_cli.AwsCli(version, server, tmp_path)

    def aws(*arguments):
        code, output, errors = cli.run("ebs", *arguments, "--output", "json")
        assert code == 0, errors
        return json.loads(output) if output.strip() else None

    snapshot = aws("start-snapshot", "--volume-size", "1")["SnapshotId"]
    aws("put-snapshot-block", "--snapshot-id", snapshot, "--block-index", "5", "--data-length",
        BLOCK, "--block-data", tmp_path / "block", "--checksum",
        snapshot_blocks.checksum(data), "--checksum-algorithm", "SHA256")
    aws("complete-snapshot", "--snapshot-id", snapshot, "--changed-blocks-count", "1")
    (block,) = aws("list-snapshot-blocks", "--snapshot-id", snapshot)["Blocks"]
    assert block["BlockIndex"] == 5
    aws("get-snapshot-block", "--snapshot-id", snapshot, "--block-index", "5", "--block-token",
        block["BlockToken"], tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == data
