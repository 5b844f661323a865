#!/usr/bin/env python3
"""Refuses objects that would look up names or load libraries: in a static program the C library
does so by files and libraries of the machine that it runs on. Refuses mathematics too, which are not
in it (no_mathematics.cpp).

usage: server/link/check_names.py [--nm NM] OBJECT_OR_ARCHIVE...

Ends with 1 and a line for each reference where there are any.
"""

import argparse
import re
import subprocess
import sys

REFUSED = re.compile(
    r"(getaddrinfo(_a)?|getnameinfo|get(host|serv|proto|net)by\w+|get(pw|gr)\w+|getgrouplist|initgroups"
    r"|dlopen|dlmopen|iconv_open"
    r"|acosh?|asinh?|atan[2h]?|cosh?|exp|log|pow|sinh?|tanh?)(@.*)?")


def references(nm, files):
    """(object, name) of each undefined symbol that is refused."""
    printed = subprocess.run([nm, "-A", "-u", "--format=posix", *files], check=True, text=True,
                             capture_output=True).stdout
    found = []
    for line in printed.splitlines():
        where, _, rest = line.rpartition(": ")
        name = rest.split(" ", 1)[0]
        if REFUSED.fullmatch(name):
            found.append((where, name))
    return found


def main(arguments):
    parser = argparse.ArgumentParser(description="Refuses objects that refer to what a static program lacks.")
    parser.add_argument("--nm", default="nm")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(arguments)
    found = references(options.nm, options.files)
    for where, name in found:
        print(f"{where} refers to {name}, which a static program cannot have", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
