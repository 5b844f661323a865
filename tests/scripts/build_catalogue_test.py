#!/usr/bin/env python3
"""The rules of scripts/build_catalogue.py; CTest runs this file."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class BuildCatalogue(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.fixtures = self.folder / "fixtures"
        shutil.copytree(ROOT / "fixtures" / "catalog", self.fixtures)

    def build(self, name="catalogue.sqlite", **environment):
        output = self.folder / name
        finished = subprocess.run(
            [sys.executable, ROOT / "scripts" / "build_catalogue.py",
             "--fixtures", self.fixtures, "--output", output],
            capture_output=True, text=True, check=False, env={**os.environ, **environment})
        return finished, output

    def change(self, file, change):
        path = self.fixtures / file
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    def assert_refused(self, words):
        finished, output = self.build()
        self.assertNotEqual(finished.returncode, 0)
        self.assertIn(words, finished.stderr)
        self.assertNotIn("Traceback", finished.stderr)
        self.assertFalse(output.exists())

    def query(self, output, sql):
        with contextlib.closing(sqlite3.connect(output)) as database:
            return database.execute(sql).fetchall()

    def test_the_same_fixtures_give_the_same_bytes(self):
        first, one = self.build("one.sqlite", PYTHONHASHSEED="1", TZ="Asia/Tokyo")
        second, two = self.build("two.sqlite", PYTHONHASHSEED="2", TZ="America/Lima")
        self.assertEqual((first.returncode, second.returncode), (0, 0), first.stderr)
        self.assertEqual(one.read_bytes(), two.read_bytes())

    def test_a_new_version_leaves_the_ids_of_the_others(self):
        _, before = self.build("before.sqlite")
        self.change("images.json", lambda content: content["families"][0]["versions"].append(
            {"version": "2.0.20991231.0", "created": "2099-12-31T00:00:00Z"}))
        _, after = self.build("after.sqlite")
        # Elsewhere a family's newest version takes the place of the one before.
        ids = ("SELECT region, name, id FROM image WHERE region NOT GLOB 'cn-*'"
               " AND region NOT GLOB 'us-gov-*'")
        old = set(self.query(before, ids))
        new = set(self.query(after, ids))
        self.assertTrue(old < new, f"{len(old - new)} are gone")
        self.assertEqual(self.query(after, "SELECT DISTINCT name FROM image WHERE"
                                    " public_ssm_parameter_name LIKE '%/amzn2-ami-hvm-arm64-gp2'"),
                         [("amzn2-ami-hvm-2.0.20991231.0-arm64-gp2",)])

    def test_a_family_may_be_in_some_regions_only_and_have_product_codes_and_windows(self):
        def change(content):
            content["families"][0].update({
                "regions": ["us-east-1"], "platform": "windows", "platform_details": "Windows",
                "usage_operation": "RunInstances:0002", "tpm_support": "v2.0",
                "product_codes": [{"code": "abc123", "type": "marketplace"}]})
        self.change("images.json", change)
        _, output = self.build()
        self.assertEqual(self.query(output, "SELECT DISTINCT region, platform, code, type FROM image"
                                    " JOIN image_product_code ON image_id = id"
                                    " WHERE name LIKE 'amzn2-%'"),
                         [("us-east-1", "windows", "abc123", "marketplace")])

    def test_an_instance_store_image_needs_no_snapshot(self):
        def change(content):
            content["families"][0].update({
                "root_device_type": "instance-store", "root_device_name": "/dev/sda1",
                "deprecated_after_years": None, "kernel_id": "aki-88aa75e1",
                "location": "bucket/{name}.manifest.xml",
                "mappings": [{"device_name": "/dev/sda2", "virtual_name": "ephemeral0"}]})
        self.change("images.json", change)
        _, output = self.build()
        self.assertEqual(self.query(output, "SELECT DISTINCT location, deprecation_time_ms,"
                                    " (SELECT count(*) FROM image_mapping WHERE image_id = id AND"
                                    " snapshot_id IS NOT NULL) FROM image WHERE kernel_id NOTNULL"
                                    " AND name LIKE '%0930.0-arm64%'"),
                         [("bucket/amzn2-ami-hvm-2.0.20260930.0-arm64-gp2.manifest.xml", None, 0)])

    def test_parameters_point_to_the_newest_and_keep_pointing_to_each(self):
        self.change("images.json", lambda c: c["families"][0].update({
            "ssm_latest": ["/aws/service/x/{architecture}/latest"],
            "ssm_each": ["/aws/service/x/{architecture}/{version}"],
            "ssm_data_type": "aws:ec2:image",
            "ssm_recommended": {"name": "/aws/service/x/{architecture}/recommended",
                                "facts": {"image_id": "{image_id}", "schema_version": 1}}}))
        _, output = self.build()
        rows = self.query(output, "SELECT p.name, f.name, value, version, data_type"
                          " FROM parameter_facts AS p JOIN image_facts AS f ON f.number = p.facts"
                          " WHERE p.name LIKE '/aws/service/x/arm64/%'"
                          " AND f.owner = '137112412989' ORDER BY p.name")
        image = "amzn2-ami-hvm-2.0.{}.0-arm64-gp2".format
        name = "/aws/service/x/arm64/{}".format
        newest = image("20260930")
        self.assertEqual(rows, [
            *((name(f"2.0.{day}.0"), image(day), "{image_id}", 1, "aws:ec2:image")
              for day in ("20260710", "20260817", "20260930")),
            (name("latest"), newest, "{image_id}", 3, "aws:ec2:image"),
            (name("recommended"), newest, '{"image_id":"{image_id}","schema_version":1}', 3,
             "text"),
            (name("recommended/image_id"), newest, "{image_id}", 3, "aws:ec2:image"),
            (name("recommended/schema_version"), newest, "1", 3, "text")])

    def test_a_publisher_is_another_account_in_another_partition_or_nobody(self):
        def change(content):
            content["publishers"] = {"137112412989": {"aws-us-gov": "111111111111",
                                                      "us-gov-east-1": "222222222222"}}
        self.change("images.json", change)
        _, output = self.build()
        self.assertEqual(self.query(output, "SELECT DISTINCT region, owner, location FROM image"
                                    " WHERE (region GLOB 'cn-*' OR region GLOB 'us-gov-*')"
                                    " AND name GLOB 'amzn2-ami-hvm-*arm64-gp2' ORDER BY region"),
                         [(region, owner, "amazon/amzn2-ami-hvm-2.0.20260930.0-arm64-gp2")
                          for region, owner in (("us-gov-east-1", "222222222222"),
                                                ("us-gov-west-1", "111111111111"))])

    def test_variants_of_a_family_have_facts_and_parameters_of_their_own(self):
        self.change("images.json", lambda c: c["families"][0].update({
            "name": "x-{variant}-{version}-{architecture}", "ssm_latest": None,
            "variants": [{"variant": "one"}, {"variant": "two", "imds_support": "v2.0"}],
            "ssm_each_fact": {"/aws/service/{variant}/{version}/{architecture}": "{image_id}"},
            "ssm_facts": {"name": "/aws/service/{variant}/{architecture}/latest",
                          "facts": {"image_id": "{image_id}", "image_version": "{version}"}}}))
        _, output = self.build()
        self.assertEqual(self.query(output, "SELECT DISTINCT substr(name, 1, 5), imds_support"
                                    " FROM image WHERE name GLOB 'x-*' ORDER BY 1"),
                         [("x-one", None), ("x-two", "v2.0")])
        self.assertEqual(self.query(output, "SELECT DISTINCT name, value FROM parameter_facts"
                                    " WHERE name GLOB '/aws/service/two/*0930*' OR name GLOB"
                                    " '/aws/service/two/arm64/*' ORDER BY name"),
                         [("/aws/service/two/2.0.20260930.0/arm64", "{image_id}"),
                          ("/aws/service/two/2.0.20260930.0/x86_64", "{image_id}"),
                          ("/aws/service/two/arm64/latest/image_id", "{image_id}"),
                          ("/aws/service/two/arm64/latest/image_version", "2.0.20260930.0")])

    def test_a_fact_that_nothing_reads_is_refused(self):
        self.change("images.json", lambda c: c["families"][0].update({"boot_mod": "uefi"}))
        self.assert_refused("boot_mod")

    def test_a_mapping_with_an_unknown_key_is_refused(self):
        self.change("images.json", lambda c: c["families"][0]["mappings"][0].update({"size": 8}))
        self.assert_refused("no such column: size")

    def test_an_unknown_placeholder_is_refused(self):
        self.change("images.json", lambda c: c["families"][0].update({"name": "x-{serial}"}))
        self.assert_refused("serial")

    def test_two_images_of_one_name_are_refused(self):
        self.change("images.json", lambda c: c["families"][0].update({"name": "same"}))
        self.assert_refused("UNIQUE")

    def test_an_instance_type_with_an_unknown_key_is_refused(self):
        self.change("instance_types.json", lambda c: c["families"]["t3"].update({"vcpus": 1}))
        self.assert_refused("no such column: vcpus")

    def test_a_fact_is_one_for_all_sizes_or_one_for_each(self):
        self.change("instance_types.json",
                    lambda c: c["families"]["t3"].update({"memory_mib": [512, 1024]}))
        self.assert_refused("t3: memory_mib: not one for each size")

    def test_what_follows_from_other_facts_is_not_said(self):
        _, output = self.build()
        self.assertEqual(self.query(output, "SELECT default_vcpus, valid_cores,"
                                    " ebs_maximum_throughput_mbytes, instance_storage_total_gb,"
                                    " (SELECT count(*) FROM network_card_facts WHERE network ="
                                    " t.network) FROM instance_type AS t"
                                    " WHERE name = 'm5d.2xlarge'"),
                         [(8, "2,4", 593.75, 300, 1)])
        self.assertEqual(self.query(output, "SELECT valid_cores FROM instance_type"
                                    " WHERE name = 'c7g.2xlarge'"), [("1,2,3,4,5,6,7,8",)])

    def test_every_type_is_offered_and_what_is_offered_exists(self):
        self.change("instance_type_offerings.json",
                    lambda c: c["sets"][0]["types"].append("t9.micro"))
        self.assert_refused("t9.micro")
        self.change("instance_type_offerings.json",
                    lambda c: c["sets"][0].update({"types": c["sets"][0]["types"][:-2]}))
        self.assert_refused("described or offered, not both")

    def test_offerings_must_name_zones_that_exist(self):
        self.change("instance_type_offerings.json",
                    lambda c: c["sets"][0]["zones"].append("mars1:1"))
        self.assert_refused("no zone: mars1-az1")

    def test_every_zone_must_offer_something(self):
        self.change("instance_type_offerings.json", lambda c: c["like"].pop("mxc1"))
        self.assert_refused("nothing in mxc1-az1, mxc1-az2, mxc1-az3")

    def test_a_region_like_another_offers_the_same_in_each_zone(self):
        self.change("instance_type_offerings.json", lambda c: c["like"].update({"mxc1": "use2"}))
        _, output = self.build()
        self.assertEqual(*(self.query(output, "SELECT instance_type FROM instance_type_offering"
                                      f" WHERE location = '{zone}' ORDER BY 1")
                           for zone in ("mxc1-az2", "use2-az2")))

    def test_an_instance_costs_what_its_size_does_unless_said_otherwise(self):
        self.change("prices.json", lambda c: (
            c["instance_hours"]["us-east-1"]["families"].update({"t3": 0.05}),
            c["instance_hours"]["us-east-1"]["types"].update({"t3.large": 0.123456,
                                                               "t3.small": None})))
        _, output = self.build()
        ((number,),) = self.query(output, "SELECT number FROM region WHERE name = 'us-east-1'")
        prices = dict(self.query(output, "SELECT name, prices FROM instance_price"))
        hours = {name: int.from_bytes(prices[name][4 * number - 4:4 * number], "big")
                 for name in ("t3.2xlarge", "t3.large", "t3.small")}
        self.assertEqual(hours, {"t3.2xlarge": 400000, "t3.large": 123456, "t3.small": 0})

    def test_a_price_of_nothing_is_refused(self):
        self.change("prices.json",
                    lambda c: c["storage"]["us-east-1"].update({"volume-gp3": 0}))
        self.assert_refused("us-east-1 volume-gp3")

    def test_prices_of_a_region_that_is_not_there_are_refused(self):
        self.change("prices.json", lambda c: c["storage"].update({"mars-1": {}}))
        self.assert_refused("mars-1")

    def test_every_price_has_a_page_and_a_date(self):
        self.change("prices.json", lambda c: c["transfer"].pop("date"))
        self.assert_refused("date")

    def test_a_region_with_an_unknown_key_is_refused(self):
        self.change("regions.json", lambda c: c["regions"][0].update({"optin": True}))
        self.assert_refused("optin")

    def test_broken_json_is_one_line_naming_the_file(self):
        (self.fixtures / "regions.json").write_text("{")
        self.assert_refused("regions.json")

    def test_a_failed_build_keeps_the_old_database(self):
        _, output = self.build()
        before = output.read_bytes()
        (self.fixtures / "images.json").write_text("{}")
        finished, _ = self.build()
        self.assertNotEqual(finished.returncode, 0)
        self.assertEqual(output.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
