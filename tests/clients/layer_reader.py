"""Reads disks out of a data directory that no server has open, by docs/formats.md alone."""

import re
import sqlite3
import struct
import zlib
from pathlib import Path

BLOCK = 64 << 10
SEGMENT = 1 << 40
BLOCKS_PER_SEGMENT = SEGMENT // BLOCK
HEADER = 4096
PAGE = 4096
LIVE_MAP, DURABLE_MAP, INDEX = 1, 2, 3
ABSENT, DATA, ZERO, PARTIAL = 0, 1, 2, 3
UNIT = 4096
UNITS_AT = HEADER + (4 << 20)
UNITS_VERSION = 3
OWNERS_PER_PAGE = 1024
OWNERS_AT = 69_632
TABLE_AT = 67_178_496
ZEROS = bytes(BLOCK)


def boot_id():
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Damaged(Exception):
    """A file that is not what the document says."""


def header_of(data, path, kind, layer, segment):
    """The checked header: its boot id, and of an index how long the table is, its checksum and the
    segments that have anything."""
    if len(data) < HEADER or struct.unpack_from("<I", data, 508)[0] != zlib.crc32(data[:508]):
        raise Damaged(f"{path}: header")
    found = struct.unpack_from("<8sIIQIIQ", data, 0)
    if found not in [(b"AMILABLY", version, kind, layer, segment, BLOCK, SEGMENT)
                     for version in (1, 2, *([UNITS_VERSION] if kind == LIVE_MAP else []))]:
        raise Damaged(f"{path}: {found}")
    if kind != INDEX and len(data) < HEADER + PAGE * struct.unpack_from("<I", data, 120)[0]:
        raise Damaged(f"{path}: shorter than it was")
    boot = data[40:104].rstrip(b"\0").decode()
    return boot, *struct.unpack_from("<IIQ", data, 104)


class Segment:
    """The map of one segment of one layer, and its bytes."""

    def __init__(self, folder, layer, number):
        self.stem = folder / f"{layer:016x}.{number:02x}"
        self.data = self.stem.with_suffix(self.stem.suffix + ".data")
        self.units = b""  # of partial blocks, two bytes each
        self.states = self._live(layer, number)
        if self.states is None:
            self.states = self._durable(layer, number)

    def _file(self, ending):
        path = self.stem.with_suffix(self.stem.suffix + ending)
        return path, path.read_bytes() if path.exists() else None

    def _live(self, layer, number):
        path, data = self._file(".live")
        if data is None or len(data) < HEADER or not any(data[:512]):
            return None  # none, or what power loss left behind
        boot, *_ = header_of(data, path, LIVE_MAP, layer, number)
        if boot != boot_id():
            return None
        if struct.unpack_from("<I", data, 8)[0] == UNITS_VERSION:
            self.units = data[UNITS_AT:]
        return data[HEADER:UNITS_AT]

    def _durable(self, layer, number):
        path, data = self._file(".map")
        if data is None:
            return b""
        boot, *_ = header_of(data, path, DURABLE_MAP, layer, number)
        if boot == boot_id():
            raise Damaged(f"{path}: the live map is missing")
        return data[HEADER:]

    def state(self, block):
        return self.states[block // 4] >> 2 * (block % 4) & 3 if block // 4 < len(self.states) else 0

    def known(self):
        """The blocks of the segment that are not absent: {block: state}."""
        states = {}
        for found in re.finditer(rb"[^\0]", self.states, re.DOTALL):
            for place in range(4):
                state = found[0][0] >> (2 * place) & 3
                if state == PARTIAL and not self.units_of(found.start() * 4 + place):
                    raise Damaged(f"{self.stem}: block {found.start() * 4 + place} has state 3")
                if state != ABSENT:
                    states[found.start() * 4 + place] = state
        return states

    def units_of(self, block):
        """One bit for each unit of a partial block that is this layer's, the first the lowest."""
        return int.from_bytes(self.units[2 * block:2 * block + 2], "little")

    def read(self, block):
        with open(self.data, "rb") as file:
            file.seek(block * BLOCK)
            return file.read(BLOCK).ljust(BLOCK, b"\0")

    def over(self, below, block):
        """What a partial block reads as over the bytes below it."""
        ours, units = self.read(block), self.units_of(block)
        return b"".join((ours if units >> number & 1 else below)[number * UNIT:(number + 1) * UNIT]
                        for number in range(BLOCK // UNIT))


class Store:
    """A data directory."""

    def __init__(self, folder):
        generation = Path(folder) / (Path(folder) / "current").read_text().strip()
        self.layers = generation / "layers"
        self._db = sqlite3.connect(generation / "metadata.sqlite")

    def close(self):
        self._db.close()

    def disk(self, name):
        """The layers of a snapshot or volume, top first, and its size in bytes."""
        table, size = (("snapshot", "volume_size_gib") if name.startswith("snap-")
                       else ("volume", "size_gib"))
        layer, gib = self._db.execute(f"SELECT layer_id, {size} FROM {table} WHERE id = ?",
                                      (name,)).fetchone()
        chain = []
        while layer is not None:
            chain.append(layer)
            (layer,) = self._db.execute("SELECT parent_id FROM layer WHERE id = ?",
                                        (layer,)).fetchone()
        return chain, gib << 30

    def segments(self, layer):
        names = self.layers.glob(f"{layer:016x}.??.data")
        return {number: Segment(self.layers, layer, number)
                for number in sorted(int(name.name[17:19], 16) for name in names)}

    def owners(self, chain):
        """Of each block that any layer has, by its number on the disk: layer and state."""
        found = {}
        for layer in reversed(chain):
            for number, segment in self.segments(layer).items():
                for block, state in segment.known().items():
                    found[number * BLOCKS_PER_SEGMENT + block] = (layer, state)
        return found

    def blocks(self, name):
        """What a snapshot or volume holds: {block: bytes}, without those that read as zeros."""
        chain, size = self.disk(name)
        segments = {layer: self.segments(layer) for layer in chain}
        blocks = {}
        for block in self.owners(chain):
            data = self._read(chain, segments, block)
            if block * BLOCK < size and data != ZEROS:
                blocks[block] = data
        return blocks

    def _read(self, chain, segments, block):
        number, place = divmod(block, BLOCKS_PER_SEGMENT)
        for index, layer in enumerate(chain):
            segment = segments[layer].get(number)
            state = segment.state(place) if segment else ABSENT
            if state == DATA:
                return segment.read(place)
            if state == PARTIAL:
                return segment.over(self._read(chain[index + 1:], segments, block), place)
            if state == ZERO:
                break
        return ZEROS

    def indexed(self, chain):
        """The layers of a chain that have a resolved index."""
        return [layer for layer in chain if (self.layers / f"{layer:016x}.00.index").exists()]

    def index_owners(self, layer):
        """What the resolved index of a layer says, as owners() does: (owners, its layers)."""
        owners, path = {}, self.layers / f"{layer:016x}.00.index"
        table, segments = self._index(path, layer, 0, owners)
        for number in range(1, 64):
            path = self.layers / f"{layer:016x}.{number:02x}.index"
            if segments >> number & 1:
                self._index(path, layer, number, owners)
            elif path.exists():
                raise Damaged(f"{path} is there for nothing")
        return owners, table

    def _index(self, path, layer, number, owners):
        with open(path, "rb") as file:
            _, length, checksum, segments = header_of(file.read(HEADER), path, INDEX, layer, number)
            checksums = struct.unpack("<16384I", file.read(4 * 16384))
            file.seek(TABLE_AT)
            table = file.read(8 * length)
            if zlib.crc32(table) != checksum:
                raise Damaged(f"{path}: table")
            layers = struct.unpack(f"<{length}Q", table)
            for page, wanted in enumerate(checksums):
                if wanted == 0:
                    continue
                file.seek(OWNERS_AT + page * 4096)
                data = file.read(4096)
                if (zlib.crc32(data) or 1) != wanted:
                    raise Damaged(f"{path}: page {page}")
                for place, word in enumerate(struct.unpack("<1024I", data)):
                    if word != 0:
                        block = number * BLOCKS_PER_SEGMENT + page * OWNERS_PER_PAGE + place
                        owners[block] = (layers[(word - 2) // 2], ZERO if word % 2 else DATA)
        return list(layers), segments
