#!/usr/bin/env python3
"""Builds the seeded public catalogue, a read-only SQLite database, from fixtures/catalog.

    build_catalogue.py --fixtures fixtures/catalog --output build/catalogue.sqlite

The same fixtures give the same bytes. A key in a fixture that nothing reads is an error, so that a
misspelt fact cannot be lost in silence. fixtures/catalog/README.md describes the files.
"""

import argparse
import calendar
import fractions
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


# The domain of the hosts of each partition.
DOMAINS = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


def add_regions(database, fixture):
    for number, region in enumerate(fixture["regions"], start=1):
        row = dict(region)
        name = row["name"]
        row["number"] = number
        domain = DOMAINS[row.pop("partition", "aws")]
        zones = row.pop("zones")
        edge_zones = row.pop("edge_zones", [])
        sub_geography = row.pop("sub_geography", None)
        opt_in = row.pop("opt_in")
        row["endpoint"] = f"ec2.{name}.{domain}"
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
        for zone in edge_zones:
            add_edge_zone(database, name, zone, zones)


def add_edge_zone(database, region, zone, zones):
    """A local or wavelength zone, which has to be opted in."""
    is_local = zone["zone_type"] == "local-zone"
    insert(database, "availability_zone", {
        "region": region,
        "state": "available",
        "opt_in_status": "not-opted-in",
        "network_border_group": zone["group_name"] if is_local else zone["name"],
        "parent_zone_id": zones[zone["parent_zone_name"]],
        **zone,
    })


def add_prefix_lists(database, fixture, partitions):
    """AWS's own lists of each region. An id that is not known is made of the names."""
    for entry in fixture["lists"]:
        for region, partition in partitions.items():
            if partition not in entry.get("partitions", DOMAINS):
                continue
            name = entry["name"].format(region=region)
            row_id = entry["ids"].get(region) or resource_id("pl", region, name)
            insert(database, "prefix_list", {
                "region": region, "id": row_id, "name": name, "address_family": "IPv4",
                "max_entries": entry["weight"]})
            for cidr in entry["cidrs"]:
                insert(database, "prefix_list_entry",
                       {"region": region, "prefix_list_id": row_id, "cidr": cidr})


def add_endpoint_services(database, fixture):
    for service in fixture["services"]:
        row = dict(service)
        name, types = row.pop("name"), row.pop("types")
        facts = {"hosts": ",".join(row.pop("hosts", [name])),
                 "policy_supported": int(row.pop("policy", True)), **row}
        for one in types:
            insert(database, "endpoint_service", {"suffix": name, "type": one, **facts})


class Shared:
    """A table of facts that several rows have in common: the same facts have the same number."""

    def __init__(self, database, table, key=None, children=None):
        self.database = database
        self.table = table
        self.key, self.children = key, children
        self.columns = [column[1] for column in database.execute(f"PRAGMA table_info({table})")
                        if column[1] != "number"]
        self.numbers = {}

    def number_of(self, row, children=()):
        """Takes its columns out of `row`; `children` are rows of the table that hangs on this."""
        facts = {name: row.pop(name) for name in self.columns if name in row}
        identity = json.dumps([facts, children], sort_keys=True, default=bytes.decode)
        if identity not in self.numbers:
            number = self.numbers[identity] = len(self.numbers) + 1
            insert(self.database, self.table, {"number": number, **facts})
            for child in children:
                insert(self.database, self.children, {self.key: number, **child})
        return self.numbers[identity]


def instance_types_of(fixture):
    """Each type's facts, as the fixture has them: defaults, then the family's; where that has a
    list, the size's entry of it."""
    for family, said in fixture["families"].items():
        sizes = said["sizes"]
        for key, values in said.items():
            if isinstance(values, list) and len(values) != len(sizes):
                raise FixtureError(f"instance_types.json: {family}: {key}: not one for each size")
        for place, size in enumerate(sizes):
            own = {key: values[place] if isinstance(values, list) else values
                   for key, values in said.items() if key != "sizes"}
            yield {**fixture["defaults"], **own, "name": f"{family}.{size}"}


def counted(text):
    """1,2,3 of "1-3" and 2,4,6 of "2-6/2"; other texts as they are."""
    found = re.fullmatch(r"(\d+)-(\d+)(?:/(\d+))?", text or "")
    if not found:
        return text
    first, last, step = int(found[1]), int(found[2]), int(found[3] or 1)
    return ",".join(map(str, range(first, last + 1, step)))


def numbered_cards(cards, index):
    """The cards, one for each number of texts like "1-31"."""
    return [{**card, index: int(number)} for card in cards
            for number in counted(str(card[index])).split(",")]


def take_network_cards(row):
    """The first card is told by the type's own facts and those that begin with card_."""
    first = {"network_card_index": 0, "network_performance": row["network_performance"],
             "maximum_network_interfaces": row["maximum_network_interfaces"]}
    for key in [key for key in row if key.startswith("card_")]:
        value = row.pop(key)
        if value is not None:
            first[key.removeprefix("card_")] = value
    return numbered_cards([first, *(row.pop("network_cards", None) or [])], "network_card_index")


def add_what_is_implied(row, disks):
    """What update_instance_types.py leaves out, because it follows."""
    if row.get("default_vcpus") is None:
        row["default_vcpus"] = row["default_cores"] * row["default_threads_per_core"]
    for which in ("ebs_baseline", "ebs_maximum"):
        bandwidth = row.get(f"{which}_bandwidth_mbps")
        if bandwidth and row.get(f"{which}_throughput_mbytes") is None:
            row[f"{which}_throughput_mbytes"] = bandwidth / 8
    if disks and row.get("instance_storage_total_gb") is None:
        row["instance_storage_total_gb"] = sum(disk["size_gb"] * disk["count"] for disk in disks)
    row["valid_cores"] = counted(row.get("valid_cores"))


def exact(dollars):
    """A price as it is written, without what binary fractions would add to it."""
    return fractions.Fraction(str(dollars))


def whole(dollars, unit, what):
    """A price in whole units of a dollar's `unit`th part."""
    count = exact(dollars) * unit
    if count.denominator != 1 or count <= 0:
        raise FixtureError(f"prices.json: {what}: {dollars} is no price of 1/{unit} dollars")
    return int(count)


# What a size is of its family's medium, where prices go by size.
WEIGHTS = {"nano": "0.125", "micro": "0.25", "small": "0.5", "medium": "1", "large": "2",
           "xlarge": "4"}


def weight_of(size):
    """Nothing for a size that is not of the scale, such as metal."""
    several = re.fullmatch(r"(\d+)xlarge", size)
    if several:
        return 4 * fractions.Fraction(several[1])
    return exact(WEIGHTS[size]) if size in WEIGHTS else None


def hourly_prices(fixture, region):
    """{instance type: dollars an hour} of a region."""
    its = fixture["instance_hours"][region]
    prices = {f"{family}.{size}": exact(unit) * weight_of(size)
              for family, unit in its["families"].items() for size in fixture["sizes"][family]
              if weight_of(size)}
    prices.update(its["types"])
    return {name: price for name, price in prices.items() if price is not None}


def add_prices(database, fixture, regions):
    unknown = sorted(set(fixture) - {"price_list", "transfer", "storage", "sizes",
                                     "instance_hours"})
    unknown += sorted({*fixture["storage"], *fixture["instance_hours"],
                       *fixture["transfer"]["regions"]} - set(regions))
    if unknown:
        raise FixtureError(f"prices.json: unknown {', '.join(unknown)}")
    for number, key in enumerate(("price_list", "transfer"), start=1):
        source = {name: fixture[key][name] for name in ("page", "date")}
        insert(database, "price_source", {"number": number, **source})
    for region, prices in fixture["storage"].items():
        for item, dollars in prices.items():
            insert(database, "price", {"region": regions[region], "item": item, "source": 1,
                                       "nano_usd": whole(dollars, 10**9, f"{region} {item}")})
    for region, prices in fixture["transfer"]["regions"].items():
        for other, dollars in prices.items():
            item = "transfer" if other == "other" else f"transfer-{other}"
            insert(database, "price", {"region": regions[region], "item": item, "source": 2,
                                       "nano_usd": whole(dollars, 10**9, f"{region} {item}")})
    add_instance_prices(database, fixture, regions)


def add_instance_prices(database, fixture, regions):
    """Types that nothing else is known of are left out."""
    known = {name for name, in database.execute("SELECT name FROM instance_type_place")}
    prices = {}
    for region in fixture["instance_hours"]:
        for name, dollars in hourly_prices(fixture, region).items():
            prices.setdefault(name, {})[regions[region]] = dollars
    for name in sorted(known & set(prices)):
        cells = [0] * max(regions.values())
        for region, dollars in prices[name].items():
            cells[region - 1] = whole(dollars, 10**6, f"{name} in region {region}")
        insert(database, "instance_price", {
            "name": name, "source": 1,
            "prices": b"".join(cell.to_bytes(4, "big") for cell in cells)})


def add_instance_types(database, fixture, offerings):
    facts = Shared(database, "instance_type_facts")
    cores = Shared(database, "instance_cores_facts")
    ebs = Shared(database, "instance_ebs_facts", "ebs", "ebs_card_facts")
    network = Shared(database, "instance_network_facts", "network", "network_card_facts")
    storage = Shared(database, "instance_storage_facts", "storage", "disk_facts")
    places = offering_places(database, fixture, offerings)
    offering = Shared(database, "offering_facts")
    for row in instance_types_of(fixture):
        disks = [{"position": position, **disk}
                 for position, disk in enumerate(row.pop("disks", None) or [])]
        accelerators = row.pop("accelerators", None) or []
        add_what_is_implied(row, disks)
        cards = take_network_cards(row)
        ebs_cards = numbered_cards(row.pop("ebs_cards", None) or [], "ebs_card_index")
        row["facts"] = facts.number_of(row)
        row["cores"] = cores.number_of(row)
        row["ebs"] = ebs.number_of(row, ebs_cards)
        row["network"] = network.number_of(row, cards)
        row["offering"] = offering.number_of({"places": places[row["name"]]})
        if disks:
            row["storage"] = storage.number_of(row, disks)
        insert(database, "instance_type_place", row)
        add_accelerators(database, row["name"], accelerators)


def add_accelerators(database, instance_type, accelerators):
    positions = {}
    for device in accelerators:
        position = positions[device["kind"]] = positions.get(device["kind"], -1) + 1
        insert(database, "instance_type_accelerator",
               {"instance_type": instance_type, "position": position, **device})


def offering_places(database, fixture, offerings):
    """{instance type: a byte for each bit of offering_place}."""
    zones = database.execute("SELECT name, zone_id, region FROM availability_zone"
                             " WHERE zone_type = 'availability-zone' ORDER BY region, name").fetchall()
    known = {row["name"] for row in instance_types_of(fixture)}
    offered = offered_zones(offerings, {zone_id for _, zone_id, _ in zones})
    wrong = sorted(known ^ set(offered))
    if wrong:
        raise FixtureError("instance_type_offerings.json: described or offered, not both:"
                           f" {', '.join(wrong)}")
    bits = []
    for region in sorted({region for _, _, region in zones}):
        ids = {zone_id: name for name, zone_id, its in zones if its == region}
        add_offering_place(database, region, "region", region, bits, set(ids))
        for zone_id, name in ids.items():
            add_offering_place(database, region, "availability-zone", name, bits, {zone_id})
            insert(database, "offering_place", {
                "region": region, "location_type": "availability-zone-id", "location": zone_id,
                "bit": len(bits)})
    return {name: "".join("1" if has & bit else "0" for bit in bits).encode()
            for name, has in offered.items()}


def add_offering_place(database, region, location_type, location, bits, zone_ids):
    """A place with the next bit, which stands for these zones."""
    bits.append(zone_ids)
    insert(database, "offering_place", {
        "region": region, "location_type": location_type, "location": location,
        "bit": len(bits)})


def offered_zones(offerings, zone_ids):
    """{instance type: ids of zones that offer it}. A region among `like` that is there offers in
    its zones, in the order of their ids, what those of the other offer."""
    offered = {}
    copies = {}
    for copy, original in offerings["like"].items():
        for zone, its_original in zip(zones_of(copy, zone_ids), zones_of(original, zone_ids)):
            copies.setdefault(its_original, []).append(zone)
    for entry in offerings["sets"]:
        zones = {f"{region}-az{number}" for region, numbers
                 in (text.split(":") for text in entry["zones"]) for number in numbers}
        unknown = sorted(zones - zone_ids)
        if unknown:
            raise FixtureError(f"instance_type_offerings.json: no zone: {', '.join(unknown)}")
        zones.update(copy for zone in sorted(zones) for copy in copies.get(zone, []))
        for name in entry["types"]:
            offered[name] = zones
    lacking = sorted(zone_ids - set().union(*offered.values()))
    if lacking:
        raise FixtureError(f"instance_type_offerings.json: nothing in {', '.join(lacking)}")
    return offered


def zones_of(prefix, zone_ids):
    return sorted(zone for zone in zone_ids if zone.startswith(f"{prefix}-"))


# What a family may say beside the columns of `image_facts`.
FAMILY_KEYS = {"key", "variants", "architectures", "versions", "mappings", "product_codes",
               "regions", "not_regions", "region", "public_snapshots", "version", "created",
               "deprecated_after_years", "debian_architecture", "fedora_architecture",
               "macos_suffix", "variant", "kubernetes", "system", "release", "respin", "commit",
               "stream", "dlami", "product", "codename", "volume", "ssm_architecture",
               "ssm_latest", "ssm_each", "ssm_each_fact", "ssm_recommended", "ssm_facts",
               "ssm_data_type"}

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
            return {filled(key): filled_all(entry) for key, entry in value.items()}
        return value

    facts = dict(facts)
    for key in ("name", *sorted(facts)):  # `name` first, for others speak of it
        facts[key] = filled_all(facts.get(key))
    return facts


def images_of(family, fixture):
    """Each image of a family, region left open: its facts, from the general to the particular."""
    newest = max(version["created"] for version in family["versions"])
    for variant in family.get("variants") or [{}]:
        for version in family["versions"]:
            for architecture in family["architectures"]:
                facts = fill_in({**fixture["defaults"], **family, **variant, **architecture,
                                 **version})
                facts["is_newest"] = version["created"] == newest
                facts["version_count"] = len(family["versions"])
                yield facts


def owners_of(family, fixture, regions):
    """{(owner, region that the name tells or None): the regions}: who publishes the family where.
    Outside of the partition `aws` a publisher is another account, or nobody."""
    abroad = fixture["publishers"].get(family["owner"], {})
    tells_region = "{region}" in family["name"]
    places = {}
    for region, partition in regions.items():
        if region in family.get("not_regions", []):
            continue
        if region not in (family.get("regions") or regions):
            continue
        at_home = family["owner"] if partition == "aws" else None
        owner = abroad.get(region) or abroad.get(partition) or at_home
        if owner:
            places.setdefault((owner, region if tells_region else None), []).append(region)
    return places


def add_images(database, fixture, partitions):
    numbers = dict(database.execute("SELECT name, number FROM region"))
    columns = {column[1] for column in database.execute("PRAGMA table_info(image_facts)")}
    number = 0
    for family in fixture["families"]:
        for (owner, region), regions in owners_of(family, fixture, partitions).items():
            mine = {**family, "owner": owner, "region": region}
            if partitions[regions[0]] != "aws":
                mine["versions"] = [max(family["versions"], key=lambda one: one["created"])]
            for facts in images_of(mine, fixture):
                parameters = parameters_of(facts, facts.pop("is_newest"),
                                           facts.pop("version_count"))
                unknown = sorted(set(facts) - columns - FAMILY_KEYS)
                if unknown:
                    raise FixtureError(
                        f"images.json: {family['key']}: unknown {', '.join(unknown)}")
                number += 1
                add_facts(database, number, facts, parameters, columns, fixture)
                for name in regions:
                    add_place(database, name, numbers[name], number, facts)


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
        parts = facts.get("ssm_facts") or {}
        parameters += [(f"{parts['name']}/{key}", value, version_count)
                       for key, value in parts.get("facts", {}).items()]
    facts["public_ssm_parameter_name"] = next(
        (name.lstrip("/") for name, value, _ in parameters if value == IMAGE_ID), None)
    parameters += [(name, IMAGE_ID, 1) for name in facts.get("ssm_each") or []]
    return parameters + [(name, value, 1)
                         for name, value in (facts.get("ssm_each_fact") or {}).items()]


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


def add_place(database, region, region_number, number, facts):
    key = (region, facts["owner"], facts["name"])
    insert(database, "image_place",
           {"id": resource_id("ami", *key), "region": region_number, "facts": number})
    for position, mapping in enumerate(facts["mappings"]):
        if "volume_size_gib" in mapping:
            insert(database, "snapshot_place", {
                "region": region_number, "facts": number, "position": position,
                "defines": True, "public": facts.get("public_snapshots", False),
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
        regions = load(fixtures / "regions.json")
        add_regions(database, regions)
        add_endpoint_services(database, load(fixtures / "endpoint_services.json"))
        add_instance_types(database, load(fixtures / "instance_types.json"),
                           load(fixtures / "instance_type_offerings.json"))
        partitions = {region["name"]: region.get("partition", "aws")
                      for region in regions["regions"]}
        add_images(database, load(fixtures / "images.json"), partitions)
        add_prefix_lists(database, load(fixtures / "prefix_lists.json"), partitions)
        add_prices(database, load(fixtures / "prices.json"),
                   {row["name"]: number
                    for number, row in enumerate(regions["regions"], start=1)})
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
