#!/usr/bin/env python3
"""Measures amilab beside moto server and beside floors, and prints the figures as tables.

Ratios count, not times: every figure comes with one taken in the same round, next to it. Nothing is
asserted about time; the exit code is 1 when a call failed, else 0.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from beside import beside_rows
from calls import call_rows, start_times
from chains import chain_rows
from checksums import FEW_SIZES_MIB, FEW_VOLUMES, SIZES_MIB, VOLUMES, checksum_rows
from checksums import HEADER as CHECKSUM_HEADER
from classroom import FULL as FULL_CLASS
from classroom import HEADER as CLASS_HEADER
from classroom import QUICK as QUICK_CLASS
from classroom import class_rows
from ebs import ebs_rows
from fair import FULL, QUICK, fair_rows
from fair import HEADER as FAIR_HEADER
from idle import FEW as FEW_AT_REST
from idle import MUCH as MANY_AT_REST
from idle import header as idle_header
from idle import idle_rows
from imports import import_rows
from instances import MUCH as MUCH_INSTANCES
from instances import instance_rows
from large import LITTLE, MUCH, large_rows
from nbd import HEADER as NBD_HEADER
from nbd import missing_tools, nbd_rows
from open_volume import open_rows
from operations import OPERATIONS
from processes import BenchError, Programs, end_on_signals, machine
from s3 import FEW_KEYS, MANY_KEYS, list_rows, s3_rows
from saves import FULL as FULL_SAVE
from saves import HEADER as SAVE_HEADER
from saves import QUICK as QUICK_SAVE
from saves import save_rows
from table import HEADER, Row, as_markdown, as_text
from written import written_rows


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--operation", action="append", choices=OPERATIONS, metavar="NAME",
                        help="only this one, of " + ", ".join(OPERATIONS) + "; may be repeated")
    parser.add_argument("--rounds", type=int, default=5, help="how many of each; default 5")
    parser.add_argument("--quick", action="store_true",
                        help="one round: whether it works, not what it costs")
    parser.add_argument("--no-moto", action="store_true", help="amilab and the floors only")
    parser.add_argument("--large", action="store_true",
                        help="also 1,000 against 1,000,000 images")
    parser.add_argument("--instances", action="store_true",
                        help=f"also {LITTLE:,} against {MUCH_INSTANCES:,} instances")
    parser.add_argument("--written", action="store_true",
                        help="also volumes with 256 MiB against 4 GiB written")
    parser.add_argument("--chains", action="store_true",
                        help="also a volume after 1 against after 1,000 kept snapshots")
    parser.add_argument("--full", action="store_true",
                        help="with --written: 1 GiB against 16 GiB, 35 GiB of disk")
    parser.add_argument("--nbd", action="store_true",
                        help="also block devices beside qemu-nbd, driven by fio")
    parser.add_argument("--ebs", action="store_true",
                        help="also blocks by the EBS direct APIs beside Boost.Beast alone, and "
                             "opening a volume of 64 TiB")
    parser.add_argument("--s3", action="store_true",
                        help="also objects beside Boost.Beast alone and moto, an import of 1 GiB "
                             f"beside cp, and lists of {FEW_KEYS:,} against {MANY_KEYS:,} keys")
    parser.add_argument("--fair", action="store_true",
                        help="also one quiet account's calls beside loads of another's")
    parser.add_argument("--save", action="store_true",
                        help="also how long writers wait beside saves of the server")
    parser.add_argument("--data-checksums", action="store_true",
                        help="also snapshots with checksums of their data beside some without")
    parser.add_argument("--idle", action="store_true",
                        help=f"also what {MANY_AT_REST:,} instances and volumes at rest cost, "
                             "beside nothing")
    parser.add_argument("--class", action="store_true", dest="classroom",
                        help="also one server with 30 to 1,000 students on it")
    parser.add_argument("--beside", type=Path, metavar="FOLDER",
                        help="also the calls beside those of an earlier amilab in that folder")
    parser.add_argument("--only", action="store_true",
                         help="with --large, --instances, --written, --chains, --nbd, --ebs, --s3, "
                              "--fair, --save, --data-checksums, --idle, --class or --beside: nothing "
                              "but these")
    parser.add_argument("--markdown", action="store_true", help="tables for docs/performance.md")
    parser.add_argument("--build", type=Path, default=Path("build/release"),
                        help="the folder of the programs; default build/release")
    parser.add_argument("--moto", type=Path, default=Path("build/bench/moto/bin/moto_server"),
                        help="moto's server")
    return parser.parse_args()


def print_table(markdown: bool, title: str, header: list[str], rows: list) -> None:
    if rows:
        cells = [row.cells() for row in rows]
        table = as_markdown(header, cells) if markdown else as_text(header, cells)
        print(f"{'### ' if markdown else ''}{title}\n\n{table}\n", flush=True)


def print_missed(rows: list[Row]) -> None:
    for row in rows:
        if row.is_met() is False:
            print(f"missed: {row.what}, {row.target.text}", flush=True)


def run(options: argparse.Namespace, programs: Programs, failures: list[str]) -> None:
    rounds = 1 if options.quick else options.rounds
    print(f"{machine()}; {rounds} rounds of a second, medians of paired ratios.\n", flush=True)
    if not options.only:
        names = options.operation or list(OPERATIONS)
        print("bench: cold start", file=sys.stderr)
        rows = start_times(programs, rounds)
        rows += call_rows(programs, [OPERATIONS[name] for name in names], rounds, 1, failures)
        print_table(options.markdown, "Calls", HEADER, rows)
        print_missed(rows)
    if options.beside:
        earlier = Programs(options.beside, None, programs.work)
        header = ["what", "earlier", "now", "ratio", "target", "met"]
        names = options.operation or list(OPERATIONS)
        rows = beside_rows(earlier, programs, [OPERATIONS[name] for name in names], rounds, 1)
        earlier.close()
        print_table(options.markdown, "Beside an earlier amilab", header, rows)
    if options.large:
        header = ["what", f"{LITTLE:,} images", f"{MUCH:,} images", "ratio", "target", "met"]
        print_table(options.markdown, "Many images", header, large_rows(programs, rounds, 1))
    if options.instances:
        much = 2 * LITTLE if options.quick else MUCH_INSTANCES
        header = ["what", f"{LITTLE:,} instances", f"{much:,} instances", "ratio", "target", "met"]
        print_table(options.markdown, "Many instances", header,
                    instance_rows(programs, rounds, 1, much))
    if options.written:
        little, much, samples = (1024, 16384, 1) if options.full else (256, 4096, 3)
        header = ["what", f"{little:,} MiB written", f"{much:,} MiB written", "ratio", "target",
                  "met"]
        print_table(options.markdown, "Many bytes", header,
                    written_rows(programs, little, much, samples))
    if options.nbd:
        if missing := missing_tools():
            raise BenchError(f"--nbd needs {' and '.join(missing)}; scripts/setup --bench has them")
        seconds, size_gib = (0.1, 1) if options.quick else (2, 2)
        print_table(options.markdown, "Block devices", NBD_HEADER,
                    nbd_rows(programs, rounds, seconds, size_gib, not options.quick))
    if options.ebs:
        print_table(options.markdown, "EBS direct", HEADER, ebs_rows(programs, rounds, 1, failures))
        print_table(options.markdown, "64 TiB", HEADER, open_rows(programs, rounds))
    if options.s3:
        many = 2 * FEW_KEYS if options.quick else MANY_KEYS
        rows = s3_rows(programs, rounds, 1, failures)
        rows += import_rows(programs, rounds, 32 if options.quick else 1024)
        print_table(options.markdown, "Objects", HEADER, rows)
        print_missed(rows)
        header = ["what", f"{FEW_KEYS:,} keys", f"{many:,} keys", "ratio", "target", "met"]
        print_table(options.markdown, "Many keys", header,
                    list_rows(programs, FEW_KEYS, many, rounds, 1))
    if options.fair:
        print_table(options.markdown, "One account beside another", FAIR_HEADER,
                    fair_rows(programs, QUICK if options.quick else FULL))
    if options.save:
        print_table(options.markdown, "Writers beside a save", SAVE_HEADER,
                    save_rows(programs, QUICK_SAVE if options.quick else FULL_SAVE))
    if options.data_checksums:
        volumes, sizes = (FEW_VOLUMES, FEW_SIZES_MIB) if options.quick else (VOLUMES, SIZES_MIB)
        print_table(options.markdown, "Checksums of data", CHECKSUM_HEADER,
                    checksum_rows(programs, rounds, volumes, sizes))
    if options.idle:
        count, seconds = (FEW_AT_REST, 1) if options.quick else (MANY_AT_REST, 60)
        print_table(options.markdown, "At rest", idle_header(count),
                    idle_rows(programs, count, seconds))
    if options.classroom:
        print_table(options.markdown, "A class", CLASS_HEADER,
                    class_rows(programs, QUICK_CLASS if options.quick else FULL_CLASS))
    if options.chains:
        few, many, samples = (1, 50, 3) if options.quick else (1, 1000, 20)
        header = ["what", f"after {few:,}", f"after {many:,} snapshots", "ratio", "target", "met"]
        print_table(options.markdown, "Many snapshots", header,
                    chain_rows(programs, few, many, samples))


def main() -> int:
    options = parse_arguments()
    end_on_signals()
    if not (options.build / "amilab").exists():
        print(f"scripts/bench: no amilab in {options.build}; build it first", file=sys.stderr)
        return 1
    if options.beside and not (options.beside / "amilab").exists():
        print(f"scripts/bench: no amilab in {options.beside}", file=sys.stderr)
        return 1
    work = options.build / "bench"
    work.mkdir(exist_ok=True)
    failures: list[str] = []
    with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
        programs = Programs(options.build, None if options.no_moto else options.moto,
                            Path(folder))
        try:
            run(options, programs, failures)
        except BenchError as error:
            failures.append(str(error))
        finally:
            programs.close()
    for failure in failures:
        print(f"scripts/bench: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
