#!/usr/bin/env python3
"""Builds the seeded public catalogue, a read-only SQLite database, from fixtures/catalog.

    build_catalogue.py --fixtures fixtures/catalog --output build/catalogue.sqlite

The same fixtures give the same bytes. A key in a fixture that nothing reads is an error, so that a
misspelt fact cannot be lost in silence. fixtures/catalog/README.md describes the files.
"""

import argparse
import calendar
import fnmatch
import hashlib
import json
import os
import re
import sqlite3
import string
import sys
import time
from pathlib import Path


class FixtureError(Exception):
    """What is wrong in which fixture, in one line."""


def load(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FixtureError(f"{path.name}: {error}") from error


def insert(database, table, row):
    """Inserts one row; a key that is no column of `table` is a mistake in a fixture."""
    columns = {column[1] for column in database.execute(f"PRAGMA table_info({table})")}
    unknown = sorted(set(row) - columns)
    if unknown:
        raise FixtureError(f"{table}: no such column: {', '.join(unknown)} (in {row})")
    names = ", ".join(row)
    places = ", ".join("?" for _ in row)
    try:
        database.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
    except sqlite3.Error as error:
        raise FixtureError(f"{table}: {error} (in {row})") from error


def resource_id(prefix, *key):
    """An id that stays the same from build to build, for it depends on names alone."""
    digest = hashlib.sha256("\n".join(("amilab catalogue", prefix, *key)).encode()).hexdigest()
    return f"{prefix}-0{digest[:16]}"


def parse_time(text):
    """Milliseconds since 1970 and the broken-down time of 2026-07-10T05:02:03Z."""
    broken_down = time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return calendar.timegm(broken_down) * 1000, broken_down


def add_years(broken_down, years):
    year, month, day = broken_down[0] + years, broken_down[1], broken_down[2]
    if (month, day) == (2, 29) and not calendar.isleap(year):
        day = 28
    return calendar.timegm((year, month, day, *broken_down[3:6])) * 1000


def add_regions(database, fixture):
    for region in fixture["regions"]:
        row = dict(region)
        name = row["name"]
        zones = row.pop("zones")
        sub_geography = row.pop("sub_geography", None)
        opt_in = row.pop("opt_in")
        row["endpoint"] = f"ec2.{name}.amazonaws.com"
        row["opt_in_status"] = "not-opted-in" if opt_in else "opt-in-not-required"
        insert(database, "region", row)
        for zone, zone_id in zones.items():
            insert(database, "availability_zone", {
                "name": zone,
                "zone_id": zone_id,
                "region": name,
                "state": "available",
                "opt_in_status": "opt-in-not-required",
                "zone_type": "availability-zone",
                "group_name": f"{name}-zg-1",
                "group_long_name": f"{row['long_name']} 1",
                "network_border_group": name,
                "geography": row.get("geography"),
                "sub_geography": sub_geography,
            })


def add_instance_types(database, fixture):
    for instance_type in fixture["types"]:
        row = {**fixture["defaults"], **instance_type}
        children = {
            "instance_type_disk": row.pop("disks", []),
            "instance_type_gpu": row.pop("gpus", []),
            "instance_type_network_card": row.pop("network_cards"),
        }
        insert(database, "instance_type", row)
        for table, entries in children.items():
            for position, entry in enumerate(entries):
                place = {} if "network_card_index" in entry else {"position": position}
                insert(database, table, {"instance_type": row["name"], **place, **entry})
    add_offerings(database, fixture)


def add_offerings(database, fixture):
    types = {entry["name"] for entry in fixture["types"]}
    zones = database.execute("SELECT name, zone_id FROM availability_zone ORDER BY name").fetchall()
    missing = set()
    for rule in fixture["not_offered"]:
        for pattern in rule["zones"]:
            matches = [name for name, zone_id in zones if fnmatch.fnmatchcase(zone_id, pattern)]
            if not matches:
                raise FixtureError(f"instance_types.json: not_offered names no zone: {pattern}")
            missing.update((kind, zone) for kind in rule["types"] for zone in matches)
    unknown = sorted({kind for kind, _ in missing} - types)
    if unknown:
        raise FixtureError(f"instance_types.json: not_offered names no type: {', '.join(unknown)}")
    for kind in sorted(types):
        for zone, _ in zones:
            if (kind, zone) not in missing:
                insert(database, "instance_type_offering",
                       {"instance_type": kind, "availability_zone": zone})


# What a family may say beside the columns of `image`.
FAMILY_KEYS = {"key", "architectures", "versions", "mappings", "product_codes", "regions",
               "version", "created", "deprecated_after_years", "debian_architecture"}


def fill_in(facts):
    """Replaces {version}, {architecture}, {name} and whatever else a family names."""
    def filled(text):
        fields = {field for _, field, _, _ in string.Formatter().parse(text) if field}
        unknown = sorted(fields - set(facts))
        if unknown:
            raise FixtureError(f"images.json: {text}: nothing says what {', '.join(unknown)} is")
        return text.format(**{field: facts[field] for field in fields})

    facts = dict(facts)
    for key in ("name", *sorted(facts)):  # `name` first, for others speak of it
        if isinstance(facts.get(key), str):
            facts[key] = filled(facts[key])
    return facts


def images_of(family, fixture):
    """Each image of a family, region left open: its facts, from the general to the particular."""
    newest = max(version["created"] for version in family["versions"])
    for version in family["versions"]:
        for architecture in family["architectures"]:
            facts = {**fixture["defaults"], **family, **architecture, **version}
            if version["created"] != newest:
                facts["public_ssm_parameter_name"] = None
            yield fill_in(facts)


def add_images(database, fixture):
    regions = [row[0] for row in database.execute("SELECT name FROM region ORDER BY name")]
    columns = {column[1] for column in database.execute("PRAGMA table_info(image)")}
    for family in fixture["families"]:
        for facts in images_of(family, fixture):
            unknown = sorted(set(facts) - columns - FAMILY_KEYS)
            if unknown:
                raise FixtureError(f"images.json: {family['key']}: unknown {', '.join(unknown)}")
            for region in facts.get("regions", regions):
                add_image(database, region, facts, columns, fixture["mapping_defaults"])


def add_image(database, region, facts, columns, mapping_defaults):
    created_ms, created = parse_time(facts["created"])
    row = {key: value for key, value in facts.items() if key in columns}
    row["id"] = resource_id("ami", region, facts["owner"], facts["name"])
    row["region"] = region
    row["creation_time_ms"] = created_ms
    if facts.get("deprecated_after_years"):
        row["deprecation_time_ms"] = add_years(created, facts["deprecated_after_years"])
    insert(database, "image", row)
    for position, mapping in enumerate(facts["mappings"]):
        entry = {"image_id": row["id"], "position": position, "no_device": False, **mapping}
        if "volume_size_gib" in mapping:
            entry = {**mapping_defaults, **entry}
            entry["snapshot_id"] = add_snapshot(database, row, entry)
        insert(database, "image_mapping", entry)
    for position, code in enumerate(facts.get("product_codes", [])):
        insert(database, "image_product_code",
               {"image_id": row["id"], "position": position, **code})


def add_snapshot(database, image, mapping):
    snapshot_id = resource_id("snap", image["region"], image["owner"], image["name"],
                              mapping["device_name"])
    insert(database, "snapshot", {
        "id": snapshot_id,
        "region": image["region"],
        "owner": image["owner"],
        "owner_alias": image.get("owner_alias"),
        "volume_size_gib": mapping["volume_size_gib"],
        "description": "",
        "start_time_ms": image["creation_time_ms"],
        "encrypted": mapping["encrypted"],
    })
    return snapshot_id


def build(fixtures, output):
    temporary = output.with_name(output.name + ".new")
    temporary.unlink(missing_ok=True)
    database = sqlite3.connect(temporary, isolation_level=None)
    try:
        # A rollback journal's header, not WAL's: a database in memory cannot be WAL.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA page_size = 4096")
        database.execute("PRAGMA foreign_keys = ON")
        schema = (fixtures / "schema.sql").read_text(encoding="utf-8")
        # The prose stays in the file: SQLite would keep it in sqlite_schema otherwise.
        database.executescript(re.sub(r"\s*--[^\n]*", "", schema))
        database.execute("BEGIN")
        database.execute("PRAGMA defer_foreign_keys = ON")
        add_regions(database, load(fixtures / "regions.json"))
        add_instance_types(database, load(fixtures / "instance_types.json"))
        add_images(database, load(fixtures / "images.json"))
        database.execute("COMMIT")
        database.execute("VACUUM")
    finally:
        database.close()
    os.replace(temporary, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fixtures", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        build(arguments.fixtures, arguments.output)
    except (FixtureError, KeyError, OSError, sqlite3.Error) as error:
        sys.exit(f"build_catalogue.py: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
