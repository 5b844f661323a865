"""scripts/bench prints a row for what it measured. Looks at no figure."""

import argparse
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import fair
import nbd

SKIPPED = 77
BENCH = Path(__file__).with_name("bench.py")
build = Path()


def bench(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-B", BENCH, "--build", build, *arguments],
                          capture_output=True, text=True)


class Bench(unittest.TestCase):
    def test_prints_a_row_for_each_figure(self):
        done = bench("--quick", "--no-moto", "--markdown", "--operation", "DescribeImages",
                     "--operation", "CreateTags", "--operation", "RunInstances by template")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
        names = [row[0] for row in rows[1:]]
        self.assertEqual(names[:2], ["| exec → first answered call", "| resident memory after it"])
        for operation in ("DescribeImages by id", "CreateTags", "RunInstances by template"):
            for connections in ("1 connection", "8 connections"):
                for figure in ("server CPU", "calls a second", "p50", "p99"):
                    self.assertIn(f"| {operation}, {connections}: {figure}", names)
        # A reset has no floor that it is held against.
        for row in (row for row in rows[3:] if "reset" not in row[0]):
            self.assertRegex(row[1], r"^[\d,.e+]+ (µs|ms|/s)$")
            self.assertRegex(row[4], r"^[\d,.e+]+ (µs|ms|/s)$")

    @unittest.skipIf(nbd.missing_tools(), "fio or qemu-nbd is not installed")
    def test_prints_a_row_for_each_job_on_a_block_device(self):
        names = self.names("--nbd")
        for place in ("fresh volume", "of a snapshot", "of a snapshot, written"):
            self.assertTrue(any(name.startswith(f"| {place}: ") for name in names), names)
        self.assertIn("| of a snapshot: first 4 KiB write to each block, depth 1", names)

    def test_prints_rows_for_blocks_and_the_largest_volume(self):
        names = self.names("--ebs")
        for operation in ("GetSnapshotBlock", "PutSnapshotBlock"):
            for connections in ("1 connection", "8 connections"):
                for figure in ("blocks a second", "server CPU"):
                    self.assertIn(f"| {operation}, {connections}: {figure}", names)
        self.assertIn("| open a volume of 64 TiB and read at both ends", names)
        self.assertIn("| most memory of the process that did it", names)

    def test_prints_rows_of_objects_and_keys(self):
        names = self.names("--s3")
        for method in ("GET", "PUT"):
            for size in ("4 KiB", "1 MiB", "64 MiB"):
                for figure in ("server CPU", "calls a second"):
                    self.assertIn(f"| {method} of {size}, 8 connections: {figure}", names)
        self.assertIn("| ListObjectsV2, a page of 1,000 keys: p50", names)
        self.assertIn("| ImportSnapshot of 32 MiB of data", names)

    def test_prints_a_row_for_each_load_beside_a_quiet_account(self):
        self.assertEqual(self.names("--fair")[1:], [f"| {load}" for load in fair.LOADS])

    def test_prints_rows_of_writers_beside_a_save(self):
        self.assertEqual(self.names("--save")[1:],
                         [f"| {what}, {load}"
                          for load in ("saves of 8 MiB",
                                       "saves that begin, of 3 volumes written since")
                          for what in ("CreateTags", "4 KiB by NBD")])

    def test_prints_rows_of_snapshots_with_checksums(self):
        self.assertEqual(self.names("--data-checksums")[1:],
                         [f"| CreateSnapshot of 1 MiB: {figure}"
                          for figure in ("the call", "server CPU, the background's included",
                                         "until the background has done it")])

    def test_prints_rows_of_a_server_at_rest(self):
        self.assertEqual(self.names("--idle")[1:], ["| processor time", "| wake-ups of threads"])

    def test_prints_a_row_for_each_class(self):
        self.assertEqual(self.names("--class")[1:], ["| 8, each a call a second",
                                                     "| 8, as fast as they can",
                                                     "| 8, key pairs of RSA as fast as they can"])

    def test_prints_rows_of_many_instances(self):
        names = self.names("--instances")
        for what in ("DescribeInstances by id: p50", "DescribeInstances by private address: p50",
                     "DescribeNetworkInterfaces of all in one answer: memory above idle",
                     "RunInstances of 1,000 with key, group and interface: server CPU"):
            self.assertIn(f"| {what}", names)

    def test_prints_rows_beside_an_earlier_amilab(self):
        names = self.names("--beside", str(build), "--operation", "CreateTags")
        self.assertEqual(names[1:], ["| exec → first answered call",
                                     "| CreateTags, 1 connection: server CPU",
                                     "| CreateTags, 8 connections: server CPU"])

    def names(self, *options: str) -> list[str]:
        done = bench("--quick", "--no-moto", "--markdown", "--only", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
        return [row[0] for row in rows]

    def test_refuses_an_operation_that_it_does_not_know(self):
        done = bench("--operation", "TerminateEverything")
        self.assertEqual(done.returncode, 2)
        self.assertTrue(re.search("invalid choice.*TerminateEverything", done.stderr), done.stderr)

    def test_says_in_one_line_what_it_cannot_start(self):
        done = subprocess.run([sys.executable, "-B", BENCH, "--build", BENCH.parent / "nothing"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    build = parser.parse_args().build
    if shutil.which("wrk") is None:
        print("wrk is not installed; scripts/setup --bench installs it")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
