"""Disks through the EBS direct APIs: uploaded and read block by block."""

import base64
import hashlib
import os

BLOCK = 512 * 1024


def checksum(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def linear_checksum(blocks):
    """Of {index: data}: over the checksums in the order of the indexes."""
    digests = b"".join(hashlib.sha256(blocks[index]).digest() for index in sorted(blocks))
    return base64.b64encode(hashlib.sha256(digests).digest()).decode()


def put(ebs, snapshot, index, data, **changes):
    request = {"SnapshotId": snapshot, "BlockIndex": index, "BlockData": data,
               "DataLength": len(data), "Checksum": checksum(data), "ChecksumAlgorithm": "SHA256"}
    return ebs.put_snapshot_block(**{**request, **changes})


def upload(ebs, blocks, **request):
    """A completed snapshot of 1 GiB that has these blocks: {index: data}."""
    snapshot = ebs.start_snapshot(**{"VolumeSize": 1, **request})["SnapshotId"]
    for index, data in blocks.items():
        put(ebs, snapshot, index, data)
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(blocks),
                          Checksum=linear_checksum(blocks), ChecksumAlgorithm="SHA256",
                          ChecksumAggregationMethod="LINEAR")
    return snapshot


def some_blocks(dice, count=40):
    """Blocks here and there in a snapshot of 1 GiB, as upload() takes them: {index: data}."""
    return {index: dice.randbytes(BLOCK) for index in dice.sample(range(2048), count)}


def is_disk(path, blocks):
    """Whether a file of 1 GiB holds these blocks at their places, and holes elsewhere."""
    data = path.stat()
    with open(path, "rb") as disk:
        return (data.st_size == 1 << 30 and data.st_blocks * 512 < (len(blocks) + 1) * BLOCK
                and all(os.pread(disk.fileno(), BLOCK, index * BLOCK) == block
                        for index, block in blocks.items()))


def listed(ebs, snapshot, **request):
    """All pages: {index: token}."""
    return dict(_pages(ebs.list_snapshot_blocks, "Blocks", "BlockToken",
                       {"SnapshotId": snapshot, **request}))


def changed(ebs, first, second, **request):
    """All pages: {index: token of the second}."""
    return dict(_pages(ebs.list_changed_blocks, "ChangedBlocks", "SecondBlockToken",
                       {"FirstSnapshotId": first, "SecondSnapshotId": second, **request}))


def _pages(call, member, token, request):
    while True:
        page = call(**request)
        for block in page[member]:
            yield block["BlockIndex"], block[token]
        if "NextToken" not in page:
            return
        request = {**request, "NextToken": page["NextToken"]}


def read(ebs, snapshot, index, token):
    block = ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockToken=token)
    data = block["BlockData"].read()
    assert block["DataLength"] == len(data) == BLOCK
    assert block["ChecksumAlgorithm"] == "SHA256"
    assert block["Checksum"] == checksum(data)
    return data


def download(ebs, snapshot):
    """{index: data} of the blocks that have data."""
    return {index: read(ebs, snapshot, index, token)
            for index, token in listed(ebs, snapshot).items()}
