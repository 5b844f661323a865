#!/usr/bin/env python3
"""The rules of scripts/update_instance_types.py; CTest runs this file."""

import copy
import gzip
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CARD = {"NetworkCardIndex": 0, "NetworkPerformance": "Up to 10 Gigabit",
        "MaximumNetworkInterfaces": 3, "BaselineBandwidthInGbps": 0.75,
        "PeakBandwidthInGbps": 10.0, "InterfaceTypes": ["interface"]}
ANSWER = {
    "InstanceType": "x1.large", "CurrentGeneration": True, "InstanceStorageSupported": True,
    "SupportedInRegion": True, "MemoryInfo": {"SizeInMiB": 8192},
    "VCpuInfo": {"DefaultCores": 2, "DefaultThreadsPerCore": 2, "DefaultVCpus": 4,
                 "ValidCores": [2, 4, 6], "ValidThreadsPerCore": [1, 2]},
    "ProcessorInfo": {"SupportedFeatures": ["metal-compatibility", "amd-sev-snp"]},
    "EbsInfo": {"EbsOptimizedInfo": {"BaselineBandwidthInMbps": 650,
                                     "BaselineThroughputInMBps": 81.25,
                                     "MaximumBandwidthInMbps": 1000,
                                     "MaximumThroughputInMBps": 124.5}},
    "InstanceStorageInfo": {"TotalSizeInGB": 150,
                            "Disks": [{"SizeInGB": 75, "Count": 2, "Type": "ssd"}]},
    "NetworkInfo": {"NetworkPerformance": "Up to 10 Gigabit", "MaximumNetworkInterfaces": 3,
                    "NetworkCards": [CARD, *({**CARD, "NetworkCardIndex": number}
                                             for number in (1, 2, 3))]},
}


def answer(**changes):
    return {**copy.deepcopy(ANSWER), **changes}


class UpdateInstanceTypes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.output = self.folder / "output"
        self.output.mkdir()
        (self.output / "instance_type_offerings.json").write_text('{"like": {"ape2": "apse5"}}')

    def write(self, path, content):
        path = self.folder / "ec2" / "resources" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(content).encode()))

    def update(self, answers, offered=None):
        """What the run prints on stderr; files go to `output`."""
        self.write("instance_types.json.gz", {one["InstanceType"]: one for one in answers})
        offered = offered or {one["InstanceType"]: ["use1-az1", "use1-az4"] for one in answers}
        self.write("instance_type_offerings/availability-zone-id/us-east-1.json.gz",
                   [{"InstanceType": name, "Location": zone, "LocationType": "availability-zone-id"}
                    for name, zones in offered.items() for zone in zones])
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / "update_instance_types.py", self.folder,
             "--output", self.output], capture_output=True, text=True, check=False).stderr

    def types(self):
        return json.loads((self.output / "instance_types.json").read_text())

    def facts(self, answers):
        """Everything that is said of the family x1."""
        self.assertEqual(self.update(answers), "")
        content = self.types()
        return {**content["defaults"], **content["families"]["x1"]}

    def test_what_follows_from_other_facts_is_left_out(self):
        facts = self.facts([answer()])
        for name in ("default_vcpus", "ebs_baseline_throughput_mbytes",
                     "instance_storage_total_gb", "card_network_performance"):
            self.assertNotIn(name, facts)
        self.assertEqual(facts["ebs_maximum_throughput_mbytes"], 124.5)
        self.assertEqual(facts["valid_cores"], "2-6/2")
        self.assertEqual(facts["valid_threads_per_core"], "1,2")

    def test_a_feature_that_the_service_model_lacks_is_left_out(self):
        self.assertEqual(self.facts([answer()])["processor_supported_features"], "amd-sev-snp")

    def test_cards_that_differ_in_their_number_alone_are_one(self):
        ((card,),) = self.facts([answer()])["network_cards"]
        self.assertEqual(card["network_card_index"], "1-3")
        self.assertEqual(card["interface_types"], "interface")

    def test_sizes_that_differ_have_a_list(self):
        facts = self.facts([answer(), answer(InstanceType="x1.xlarge",
                                             MemoryInfo={"SizeInMiB": 16384}),
                            answer(InstanceType="x1.metal", MemoryInfo={"SizeInMiB": 8192})])
        self.assertEqual(facts["sizes"], ["large", "xlarge", "metal"])
        self.assertEqual(facts["memory_mib"], [8192, 16384, 8192])
        self.assertEqual(facts["default_cores"], 2)

    def test_a_size_without_a_default_says_so(self):
        others = [answer(InstanceType=f"y1.{size}", Hypervisor="nitro") for size in "abc"]
        self.assertIsNone(self.facts([answer(), *others])["hypervisor"])

    def test_a_member_that_is_not_known_stops_it(self):
        self.assertIn("x1.large: unknown members: QuantumInfo.Qubits",
                      self.update([answer(QuantumInfo={"Qubits": 3})]))
        self.assertFalse((self.output / "instance_types.json").exists())

    def test_offerings_are_sets_and_what_is_written_by_hand_stays(self):
        self.assertEqual(self.update([answer(), answer(InstanceType="x1.metal")]), "")
        content = json.loads((self.output / "instance_type_offerings.json").read_text())
        self.assertEqual(content, {"like": {"ape2": "apse5"}, "sets": [
            {"zones": ["use1:14"], "types": ["x1.large", "x1.metal"]}]})

    def test_what_is_described_must_be_offered(self):
        self.assertIn("described or offered, not both: ['x2.large']",
                      self.update([answer()], {"x1.large": ["use1-az1"], "x2.large": ["use1-az1"]}))


if __name__ == "__main__":
    unittest.main()
