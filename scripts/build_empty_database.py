#!/usr/bin/env python3
"""Builds the database that a new data directory begins with: every migration, and no row.

    build_empty_database.py --output build/empty_database MIGRATION.sql ...

The server writes these bytes instead of running all migrations at its first start. A test holds them
against what the migrations make.

Nearly all of an empty database is zeros, so the file is packed: its size, the checksum of its
schema, then of each part that is something else the offset, the length and the bytes; numbers have
four bytes, the lowest first.
"""

import argparse
import re
import sqlite3
import struct
import sys
from pathlib import Path

# Offsets 18 and 19 of the file say by which journal it is written and read; 2 is WAL.
JOURNAL_VERSION_OFFSET = 18
WAL_VERSION = 2
# Fewer zeros than that between two parts cost less than the head of another part.
PART = re.compile(rb"(?:[^\0]|\0{1,8}(?=[^\0]))+")


def build(scripts):
    """The bytes of the database after `scripts`, whose number is its user_version."""
    database = sqlite3.connect(":memory:")
    for script in scripts:
        try:
            database.executescript(script.read_text(encoding="utf-8"))
        except sqlite3.Error as error:
            raise SystemExit(f"build_empty_database.py: {script}: {error}") from error
    database.execute(f"PRAGMA user_version = {len(scripts)}")
    image = bytearray(database.serialize())
    image[JOURNAL_VERSION_OFFSET] = WAL_VERSION
    image[JOURNAL_VERSION_OFFSET + 1] = WAL_VERSION
    return bytes(image)


def crc32c(text):
    remainder = 0xFFFFFFFF
    for byte in text:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0x82F63B78 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def schema_checksum(image):
    """The sum of the CRC-32Cs of how each table and the rest is made, as storage/metadata/catalogue
    adds them up: no order counts."""
    database = sqlite3.connect(":memory:")
    image = bytearray(image)
    image[JOURNAL_VERSION_OFFSET] = image[JOURNAL_VERSION_OFFSET + 1] = 1  # memory has no WAL
    database.deserialize(bytes(image))
    made = database.execute("SELECT type || ' ' || name, ifnull(sql, '') FROM sqlite_schema")
    return sum(crc32c(f"{name}\0{sql}".encode()) for name, sql in made) % 2**32


def packed(image):
    parts = [struct.pack("<II", len(image), schema_checksum(image))]
    for part in PART.finditer(image):
        parts += [struct.pack("<II", part.start(), len(part[0])), part[0]]
    return b"".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("migrations", type=Path, nargs="+", metavar="MIGRATION.sql")
    options = parser.parse_args()
    options.output.write_bytes(packed(build(options.migrations)))


if __name__ == "__main__":
    sys.exit(main())
