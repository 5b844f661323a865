#!/usr/bin/env python3
"""Proves that tests/fuzz/run sees failures: it must fail with the fuzzer that has planted faults, and
keep an input that fails again."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
FUZZER = ROOT / "build/fuzz/fuzz_planted_fault"


def run(*command, **environment):
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


class PlantedFaults(unittest.TestCase):
    def test_are_found_and_kept_as_an_input_that_fails_again(self):
        ended = run("tests/fuzz/run", "60", FUZZERS="planted_fault")
        self.assertEqual(ended.returncode, 1, ended.stdout)
        self.assertRegex(ended.stdout, r"fuzz: planted_fault, seed \d+: failed")
        again = re.search(r"^fuzz: again: (\S+) (\S+)$", ended.stdout, re.M)
        self.assertIsNotNone(again, ended.stdout)
        finding = ROOT / again[2]
        self.assertEqual(finding.read_bytes()[:3], b"ami")
        self.assertNotEqual(run(*again.groups()).returncode, 0)
        finding.unlink()

    def test_of_each_kind_end_the_fuzzer(self):
        for content, word in {b"amia": "AddressSanitizer", b"amiu": "runtime error",
                              b"amit": "what():  planted"}.items():
            with self.subTest(word):
                path = ROOT / "build/fuzz/planted"
                path.write_bytes(content)
                ended = run(str(FUZZER), str(path))
                self.assertNotEqual(ended.returncode, 0)
                self.assertIn(word, ended.stdout)

    def test_elsewhere_are_none(self):
        path = ROOT / "build/fuzz/planted"
        path.write_bytes(b"ami.")
        self.assertEqual(run(str(FUZZER), str(path)).returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=0)
