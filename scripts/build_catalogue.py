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


# What a family may say beside the columns of `image_facts`.
FAMILY_KEYS = {"key", "architectures", "versions", "mappings", "product_codes", "regions",
               "version", "created", "deprecated_after_years", "debian_architecture",
               "fedora_architecture", "release", "respin", "ssm_architecture", "ssm_latest",
               "ssm_each", "ssm_recommended", "ssm_data_type"}

# Stays in a parameter's value; each region's id takes its place.
IMAGE_ID = "{image_id}"


def fill_in(facts):
    """Facts in which every text has its braces filled with other facts."""
    def filled(text):
        try:
            names = [field for _, field, _, _ in string.Formatter().parse(text) if field]
            return text.format(**{name: facts[name] for name in names if name != "image_id"},
                               image_id=IMAGE_ID)
        except KeyError as error:
            raise FixtureError(f"images.json: {facts['key']}: unknown {error}") from error

    def filled_all(value):
        if isinstance(value, str):
            return filled(value)
        if isinstance(value, list):
            return [filled_all(entry) for entry in value]
        if isinstance(value, dict):
            return {key: filled_all(entry) for key, entry in value.items()}
        return value

    facts = dict(facts)
    for key in ("name", *sorted(facts)):  # `name` first, for others speak of it
        facts[key] = filled_all(facts.get(key))
    return facts


def images_of(family, fixture):
    """Each image of a family, region left open: its facts, from the general to the particular."""
    newest = max(version["created"] for version in family["versions"])
    for version in family["versions"]:
        for architecture in family["architectures"]:
            facts = fill_in({**fixture["defaults"], **family, **architecture, **version})
            facts["is_newest"] = version["created"] == newest
            facts["version_count"] = len(family["versions"])
            yield facts


def add_images(database, fixture):
    regions = [row[0] for row in database.execute("SELECT name FROM region ORDER BY name")]
    columns = {column[1] for column in database.execute("PRAGMA table_info(image_facts)")}
    number = 0
    for family in fixture["families"]:
        for facts in images_of(family, fixture):
            parameters = parameters_of(facts, facts.pop("is_newest"), facts.pop("version_count"))
            unknown = sorted(set(facts) - columns - FAMILY_KEYS)
            if unknown:
                raise FixtureError(f"images.json: {family['key']}: unknown {', '.join(unknown)}")
            number += 1
            add_facts(database, number, facts, parameters, columns, fixture)
            for region in facts.get("regions") or regions:
                add_place(database, region, number, facts)


def parameters_of(facts, is_newest, version_count):
    """(name, value, version) of the public SSM parameters that point to an image; what points to a
    family's newest image has changed with each one before."""
    parameters = []
    if is_newest:
        parameters += [(name, IMAGE_ID, version_count) for name in facts.get("ssm_latest") or []]
        recommended = facts.get("ssm_recommended")
        if recommended:
            whole = json.dumps(recommended["facts"], separators=(",", ":"))
            parts = [("", whole), *((f"/{key}", str(value))
                                    for key, value in recommended["facts"].items())]
            parameters += [(recommended["name"] + suffix, value, version_count)
                           for suffix, value in parts]
    facts["public_ssm_parameter_name"] = next(
        (name.lstrip("/") for name, value, _ in parameters if value == IMAGE_ID), None)
    return parameters + [(name, IMAGE_ID, 1) for name in facts.get("ssm_each") or []]


def add_facts(database, number, facts, parameters, columns, fixture):
    created_ms, created = parse_time(facts["created"])
    row = {key: value for key, value in facts.items() if key in columns}
    row["number"] = number
    row["creation_time_ms"] = created_ms
    if facts.get("deprecated_after_years"):
        row["deprecation_time_ms"] = add_years(created, facts["deprecated_after_years"])
    insert(database, "image_facts", row)
    facts["mappings"] = mappings_of(facts, fixture)
    for position, mapping in enumerate(facts["mappings"]):
        insert(database, "mapping_facts", {"facts": number, "position": position, **mapping})
    for position, code in enumerate(facts.get("product_codes") or []):
        insert(database, "product_code_facts", {"facts": number, "position": position, **code})
    for name, value, version in parameters:
        insert(database, "parameter_facts", {
            "name": name, "facts": number, "value": value, "version": version,
            "last_modified_ms": created_ms, "data_type": data_type_of(value, facts)})


def data_type_of(value, facts):
    return facts["ssm_data_type"] if value == IMAGE_ID else "text"


def mappings_of(facts, fixture):
    """A family's mappings; a text stands for one of the fixture's lists."""
    mappings = []
    for entry in facts["mappings"]:
        mappings += fixture["mapping_lists"][entry] if isinstance(entry, str) else [entry]
    return [{**fixture["mapping_defaults"], **mapping} if "volume_size_gib" in mapping
            else {"no_device": False, **mapping} for mapping in mappings]


def add_place(database, region, number, facts):
    key = (region, facts["owner"], facts["name"])
    insert(database, "image_place",
           {"id": resource_id("ami", *key), "region": region, "facts": number})
    for position, mapping in enumerate(facts["mappings"]):
        if "volume_size_gib" in mapping:
            insert(database, "snapshot_place", {
                "region": region, "facts": number, "position": position, "defines": True,
                "id": resource_id("snap", *key, mapping["device_name"])})


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
        # Without numbers SQLite takes a region for a better way in than a name.
        database.execute("ANALYZE")
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
