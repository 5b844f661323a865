#!/usr/bin/env python3
"""Prints how long each part of the client tests took, and what was left out of them.

usage: tests/clients/times.py REPORT

REPORT is what `ctest --output-junit` wrote. Nothing is printed when no client test was run.
"""

import re
import sys
import xml.etree.ElementTree

PREFIX = "clients_"


def parts(report):
    """(name, seconds, what was skipped) of each file of tests/clients that ran, slowest first."""
    found = []
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if not case.get("name").startswith(PREFIX):
            continue
        output = case.findtext("system-out") or ""
        skipped = re.findall(r"^SKIPPED \[\d+\] (.*)$", output, re.M)
        if case.find("skipped") is not None and not skipped:
            skipped = [output.strip().split("\n")[-1] or case.find("skipped").get("message", "")]
        found.append((case.get("name")[len(PREFIX):], float(case.get("time")), skipped))
    return sorted(found, key=lambda part: -part[1])


def clock(seconds):
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"


def table(found):
    """Lines; parts run side by side, so that their sum is more than the time that passed."""
    if not found:
        return
    yield "clients: minutes by part"
    for name, seconds, skipped in found:
        yield f"  {name:<16} {clock(seconds):>6}"
        yield from (f"    left out: {reason}" for reason in skipped)
    yield f"  {'together':<16} {clock(sum(seconds for _, seconds, _ in found)):>6}"


def main():
    for line in table(parts(sys.argv[1])):
        print(line)


if __name__ == "__main__":
    main()
