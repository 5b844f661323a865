"""docs/formats.md is enough to write a reader of layer files from: layer_reader.py is one, and reads
the bytes that amilab export gives."""

import os

import pytest

import disks
import layer_reader
import servers
import snapshot_blocks

UPLOAD_BLOCK = snapshot_blocks.BLOCK
# Block 0 of the second segment.
FAR = layer_reader.SEGMENT // UPLOAD_BLOCK
FAR_GIB = 1025


def exported_blocks(folder, name, path):
    """The blocks of a snapshot or volume, as amilab exports it."""
    done = servers.run_amilab("export", name, path, "--data", folder)
    assert done.returncode == 0, done.stderr
    blocks = {}
    with open(path, "rb") as disk:
        end = disk.seek(0, os.SEEK_END)
        at = 0
        while at < end:
            try:
                at = os.lseek(disk.fileno(), at, os.SEEK_DATA)
            except OSError:
                break  # nothing but holes
            block = at // layer_reader.BLOCK
            disk.seek(block * layer_reader.BLOCK)
            data = disk.read(layer_reader.BLOCK)
            if data != layer_reader.ZEROS:
                blocks[block] = data
            at = (block + 1) * layer_reader.BLOCK
    path.unlink()
    return blocks


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state"


def make_disks(server, dice, tmp_path):
    """Snapshots of many kinds: uploads on each other, and of a volume of a file."""
    ebs = server.client("ebs")
    names = []
    parent = {}
    for number in range(36):
        places = {dice.randrange(12): dice.randbytes(UPLOAD_BLOCK) for _ in range(2)}
        places[dice.choice((0, 3, FAR))] = dice.randbytes(UPLOAD_BLOCK)
        if number % 5 == 4:
            places[dice.randrange(12)] = bytes(UPLOAD_BLOCK)
        parent = {"ParentSnapshotId":
                  snapshot_blocks.upload(ebs, places, VolumeSize=FAR_GIB, **parent)}
        names.append(parent["ParentSnapshotId"])
    raw = tmp_path / "raw"
    with open(raw, "wb") as disk:
        disk.truncate(disks.GIB)
        for offset in (0, 65_536 * 7 + 512, disks.GIB - 512):
            disk.seek(offset)
            disk.write(dice.randbytes(512))
    image = servers.run_amilab("import", raw, "--name", "file", endpoint=server.endpoint,
                               text=True).stdout.strip()
    ec2 = server.client("ec2")
    mapping = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]
    names.append(mapping["Ebs"]["SnapshotId"])
    names.append(ec2.create_volume(AvailabilityZone="us-east-1a", SnapshotId=names[3])["VolumeId"])
    return names


def expect_same(folder, names, tmp_path):
    store = layer_reader.Store(folder)
    try:
        read = {name: store.blocks(name) for name in names}
        expect_indexes_say_what_maps_say(store, names[35])
    finally:
        store.close()
    assert sum(map(len, read.values())) > 100
    for name in (names[0], names[17], *names[34:]):
        assert read[name] == exported_blocks(folder, name, tmp_path / "exported"), name


def expect_indexes_say_what_maps_say(store, name):
    chain, _ = store.disk(name)
    indexed = store.indexed(chain)
    for layer in indexed:
        owners, table = store.index_owners(layer)
        below = chain[chain.index(layer):]
        assert table == list(reversed(below))
        assert owners == store.owners(below)
    return indexed


def test_a_store_that_was_closed_is_read_by_the_document(start_server, folder, tmp_path, dice):
    server = start_server("--data", folder)
    names = make_disks(server, dice, tmp_path)
    # Indexes are written in the background; a stop drops what is not.
    servers.wait_until(lambda: any((folder / "generation-1/layers").glob("*.00.index")))
    server.stop()
    expect_same(folder, names, tmp_path)
    store = layer_reader.Store(folder)
    assert expect_indexes_say_what_maps_say(store, names[35]), "a long chain has an index"
    store.close()


def test_a_store_whose_server_was_killed_is_read_by_the_document(start_server, folder, tmp_path,
                                                                 dice):
    server = start_server("--data", folder)
    names = make_disks(server, dice, tmp_path)
    server.kill()
    expect_same(folder, names, tmp_path)


def test_a_damaged_header_is_refused_by_the_document(start_server, folder, tmp_path, dice):
    server = start_server("--data", folder)
    names = make_disks(server, dice, tmp_path)
    server.stop()
    for path in (folder / "generation-1/layers").glob("*.map"):
        with open(path, "r+b") as file:
            file.seek(20)
            file.write(b"\xff")
    store = layer_reader.Store(folder)
    with pytest.raises(layer_reader.Damaged):
        store.blocks(names[35])
    store.close()
