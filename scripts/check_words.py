#!/usr/bin/env python3
"""Holds the code to words that a reader can stand on: a doc comment names its subject, no two types
of one name meet, and the files that docs name are there.

usage: scripts/check_words.py [FOLDER [GENERATED]]

FOLDER is the checkout, by default this one; GENERATED is where the build has put generated headers,
whose types count too. Prints what is wrong, a line each, and ends with 1 when there is something;
else with 0.
"""

import collections
import pathlib
import re
import sys

# Names that two types may have, each with the reason.
ALLOWED = {
    "Connection": "http and nbd do not know each other",
    "Request": "http and nbd do not know each other",
    "Socket": "http and nbd do not know each other",
    "Server": "the one file that knows http and nbd names the room with it",
    "Parameters": "tests write what a client sends; wire's are named in tests/server/wire alone",
    "Snapshot": "AWS's word for both: a file that answers with wire's leaves blocks' to others",
    "Volume": "AWS's word for both: a file that answers with wire's leaves blocks' to others",
}

# What a doc comment cannot begin with: it points at another one, which may move.
DANGLING = r"(?:The same|Same|As above|Ditto|Likewise|And|Or|It|Its|They|These|Those(?! of))\b"

# Types of a namespace: those within others are named with them.
TYPE = re.compile(r"(?:template <.*> )?(?:struct|class|enum class|enum|union) ([A-Z]\w*)"
                  r"(?: final)?(?: : .*)?(?: \{.*)?$|using ([A-Z]\w*) =")


def files(root, *suffixes):
    """Paths from the checkout on, with their files, of all code."""
    for folder in ("server", "storage", "tests", "scripts"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes:
                yield str(path.relative_to(root)), path


def check_comments(root):
    for name, path in files(root, ".h", ".cpp", ".py"):
        mark = '"""' if path.suffix == ".py" else "///"
        before = ""
        for number, line in enumerate(path.read_text().split("\n"), 1):
            begins = re.match(rf"\s*{mark} ?{DANGLING}", line) and \
                not (mark == "///" and before.startswith(mark))
            if begins or mark == "///" and re.search(rf"///< {DANGLING}", line):
                yield f"{name}:{number}: this comment does not name its subject: {line.strip()}"
            before = line.strip()


def read_types(path):
    # An enum without its values is declared, not defined.
    found = (TYPE.match(line) for line in path.read_text().split("\n")
             if not re.fullmatch("enum [^{]*;", line))
    return {match.group(1) or match.group(2) for match in found if match}


def reached(name, includes):
    """The files that a source sees: itself and all that it includes."""
    seen, next_ones = set(), [name]
    while next_ones:
        one = next_ones.pop()
        if one not in seen:
            seen.add(one)
            next_ones.extend(includes.get(one, ()))
    return seen


def check_types(root, generated=None):
    paths = dict(files(root, ".h", ".cpp"))
    ours = set(paths)
    if generated:
        paths |= {str(path.relative_to(generated)): path for path in generated.rglob("*.h")}
    types = {name: read_types(path) for name, path in paths.items()}
    includes = {name: set(re.findall(r'^#include "([^"]+)"', path.read_text(), re.M)) & paths.keys()
                for name, path in paths.items()}
    # The house's headers are read together, whoever includes them; all else by who sees it.
    readers = [{name for name in ours if name.endswith(".h") and not name.startswith("tests/")}]
    readers += (reached(name, includes) for name in sorted(ours) if name.endswith(".cpp"))
    twins = set()
    for seen in readers:
        where = collections.defaultdict(set)
        for name in seen:
            for each in types[name]:
                where[each].add(name)
        twins |= {(each, tuple(sorted(places))) for each, places in where.items()
                  if len(places) > 1 and places & ours}
    for each, places in sorted(twins):
        if each not in ALLOWED:
            yield f"{places[0]}: a reader meets another {each} in {', '.join(places[1:])}"


def check_paths(root):
    """Decisions are records of their day, and may name what has gone since."""
    code = ("server", "storage", "tests", "scripts", "fixtures")
    names = {path.name for folder in code for path in (root / folder).rglob("*.*")}
    for path in sorted([*root.glob("*.md"), *root.glob("docs/*.md")]):
        for number, line in enumerate(path.read_text().split("\n"), 1):
            for named in re.findall(r"`((?:[\w.-]+/)*\w+\.(?:h|cpp|py|sql|json|cmake))`", line):
                is_there = (root / named).exists() if named.startswith(code) else \
                    named.rpartition("/")[2] in names
                if not is_there:
                    yield f"{path.relative_to(root)}:{number}: there is no {named}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    generated = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    wrong = [*check_comments(root), *check_types(root, generated), *check_paths(root)]
    for line in wrong:
        print(f"scripts/check: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
