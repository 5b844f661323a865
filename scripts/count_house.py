#!/usr/bin/env python3
"""Counts, from the sources, what a list of resources is to be without, prints how often it is there
and fails above the limits. Which is meant:

page tails: statements that build the end of a SELECT of a page, LIMIT and a number that is known
    when it runs. A literal number is none: probes, batches of the background. The one select_page()
    of storage/metadata/sql does not count.
query structs: structs that say what a list is asked: in storage/ named ...Query, anywhere derived
    from one, or with a limit beside an owner, a region, ids or filters. `Query`, which is SQL text,
    is none.
own sequences: served operations that list (their request has a token of pages, or they are a
    Describe with filters) whose handler does not leave the sequence to answer_list() or describe().
    docs/architecture.md names these and no others, each with its reason.
numbered placeholders: ?1, ?2 ... in SQL.
literal states: comparisons of a state or status with a literal, in SQL or C++. Not: what SET
    assigns, and migrations.
SELECT *: also of one table.
members without a default: of structs named ...Row in storage/metadata.
prints to stderr: in server/, of what does not leave it to complain() or tell() of
    server/cli/complaints.cpp, whose lines are one line whatever is in them.

usage: scripts/count_house.py [--list] [FOLDER]

FOLDER is the checkout, by default this one. With --list, prints each place. Ends with 1 when a limit
is passed, and prints the places of what passed it.
"""

import json
import pathlib
import re
import sys

LIMITS = {
    # S3's lists, three of these and two of those, are asked by prefix, delimiter and marker, which
    # ListQuery does not have; the control API lists the events of all accounts.
    "page tails": 7,
    "query structs": 3,
    "own sequences": 5,
    "numbered placeholders": 150,
    "literal states": 0,
    "SELECT *": 0,
    "members without a default": 0,
    # The bar of what is under way, and what a server in the background has written already.
    "prints to stderr": 4,
}

TABLE = "Lists with a sequence of their own"
THE_PAGE = "storage/metadata/sql/listing"  # .h and .cpp

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?P<raw>.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'',
                   re.S)
LITERAL = r'"[^"]*"'


def blank(pattern, text):
    """The text, with spaces in place of what the pattern finds."""
    return re.sub(pattern, lambda found: " " * len(found.group(0)), text, flags=re.S)


class Source:
    """A file without its comments, of as many lines. Of its literals, those that stand side by side
    are one, and what a backslash escapes is blank, so that a quote is always an end."""

    def __init__(self, name, text):
        self.name = name
        if name.endswith(".sql"):
            self.code = '"' + re.sub(r"--[^\n]*", "", text).replace('"', "'") + '"'
        else:
            self.code = re.sub(r'"(\s*)"', r"\1", TOKEN.sub(self._keep, text))

    @staticmethod
    def _keep(found):
        text = found.group(0)
        if text.startswith("/"):
            return "\n" * text.count("\n")
        if found.group("raw") is not None:
            return '"' + found.group("raw").replace('"', "'") + '"'
        if text.startswith("'"):
            return "' '"
        return re.sub(r"\\.", "  ", text) if text != '""' else '" "'

    def place(self, position):
        return f"{self.name}:{self.code.count(chr(10), 0, position) + 1}"

    def literals(self):
        """Each literal's position and text."""
        for found in re.finditer(LITERAL, self.code):
            yield found.start() + 1, found.group(0)[1:-1]

    def in_sql(self, pattern, but=None):
        """Places in literals; what `but` finds in them is not looked at."""
        for start, text in self.literals():
            for found in re.finditer(pattern, blank(but, text) if but else text):
                yield self.place(start + found.start())


def sources(root, suffixes=(".h", ".cpp")):
    for room in ("storage", "server"):
        for path in sorted((root / room).glob("**/*")):
            if path.suffix in suffixes:
                yield Source(str(path.relative_to(root)), path.read_text())


def page_tails(root):
    """One for each statement, however many branches it has."""
    for source in sources(root):
        if source.name.rpartition(".")[0] == THE_PAGE:
            continue
        statements = set()
        for start, text in source.literals():
            for found in re.finditer(r"\bLIMIT\b(?!\s*\d)", text):
                # The beginning of the statement: behind the last ; or brace that no literal has.
                before = blank(LITERAL, source.code[:start - 1])
                statement = max(before.rfind(mark) for mark in ";{}")
                if statement not in statements:
                    statements.add(statement)
                    yield source.place(start + found.start())


def body_at(code, opening):
    """The text between a brace and the one that closes it, literals blanked."""
    code = blank(LITERAL, code[opening:])
    depth = 0
    for position, character in enumerate(code):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return code[1:position]
    return code[1:]


def has_member(body, names):
    return re.search(rf"\b(?:{names})\b\s*(?:;|=|\{{)", body)


def query_structs(root):
    for source in sources(root):
        for found in re.finditer(r"\b(?:struct|class)\s+(\w+)\s*(?:final\s*)?(:[^{;]*)?\{", source.code):
            name, bases = found.group(1), found.group(2) or ""
            body = body_at(source.code, found.end() - 1)
            asks = has_member(body, "limit") and has_member(body, "owner|region|ids|filters")
            is_named = source.name.startswith("storage/") and re.fullmatch(r"\w+Query", name)
            if is_named or re.search(r"\w+Query\b", bases) or asks:
                yield f"{source.place(found.start())}: {name}"


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


def is_list(facts, operation):
    shape = facts["shapes"].get(facts["operations"][operation].get("input"), {})
    members = {name.lower() for name in shape.get("members", {})}
    return bool(members & {"nexttoken", "marker", "pagetoken"}) or (
        operation.startswith("Describe") and "filters" in members)


def listing_operations(root):
    """The source and the name of each served operation that lists."""
    served = json.loads((root / "fixtures/api/served.json").read_text())
    for service, rooms in served.items():
        facts = json.loads((root / f"fixtures/api/{service}.json").read_text())
        for room, families in rooms.items():
            folder = f"server/services/{service}" + ("" if room == service else f"/{room}")
            for family, operations in families.items():
                for operation in operations:
                    if is_list(facts, operation):
                        yield f"{folder}/{family}.cpp", operation


def own_sequences(root):
    for name, operation in listing_operations(root):
        path = root / name
        source = Source(name, path.read_text() if path.is_file() else "")
        handler = re.search(rf"\b{snake(operation)}\([^;{{]*\)\s*\{{", source.code)
        body = body_at(source.code, handler.end() - 1) if handler else ""
        if not re.search(r"\b(?:answer_list|describe)<", body):
            yield f"{name}: {operation}"


def numbered_placeholders(root):
    for source in sources(root, (".h", ".cpp", ".sql")):
        yield from source.in_sql(r"\?\d+")


STATE = r"\b\w*(?:state|status)"
SQL_STATE = rf"{STATE}\s*(?:=|==|<>|!=|\bIS\b(?:\s+NOT\b)?|\b(?:NOT\s+)?IN\b)\s*\(?\s*'\w" \
            rf"|'\s*(?:=|==|<>|!=)\s*(?:\w+\.)?{STATE}\b|\bCASE\s+(?:\w+\.)?{STATE}\s+WHEN\s*'\w"
CODE_STATE = rf'{STATE}(?:\(\))?\s*[=!]=\s*"|"\s*[=!]=\s*(?:\w+(?:\.|->))*{STATE}\b'


def literal_states(root):
    for source in sources(root):
        yield from source.in_sql(SQL_STATE, but=r"\bSET\b.*?(?=\bWHERE\b|$)")
        for found in re.finditer(CODE_STATE, source.code):
            yield source.place(found.start())


def whole_rows(root):
    for source in sources(root, (".h", ".cpp", ".sql")):
        yield from source.in_sql(r"\bSELECT\s+(?:DISTINCT\s+|ALL\s+)?(?:\w+\.)?\*|,\s*\w+\.\*")


def bare_members(root):
    for source in sources(root):
        if not source.name.startswith("storage/metadata/"):
            continue
        for found in re.finditer(r"\bstruct\s+\w+Row\b[^;{]*(\{)", source.code):
            body = body_at(source.code, found.start(1))
            # Types, functions and what they hold are braces; a default is an = or braces too.
            for member in re.finditer(r"^    (?!static|using|friend)[\w:<>,* ]+ \w+;", body, re.M):
                yield source.place(found.start(1) + 1 + member.start())


def prints_to_stderr(root):
    for source in sources(root):
        is_the_place = re.fullmatch(r"server/cli/complaints\.(cpp|h)", source.name)
        if source.name.startswith("server/") and not is_the_place:
            for found in re.finditer(r"\b(?:f?printf?|fputs|fwrite)\([^;]*?\bstderr\b|\bcerr\b"
                                     r"|\bwrite_to_stderr\(", blank(LITERAL, source.code)):
                yield source.place(found.start())


COUNTS = {
    "page tails": page_tails,
    "query structs": query_structs,
    "own sequences": own_sequences,
    "numbered placeholders": numbered_placeholders,
    "literal states": literal_states,
    "SELECT *": whole_rows,
    "members without a default": bare_members,
    "prints to stderr": prints_to_stderr,
}


def named_sequences(root):
    """The operations that docs/architecture.md says to have a sequence of their own."""
    text = (root / "docs/architecture.md").read_text()
    section = text.partition(f"## {TABLE}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z][\w, ]+?) \|", section, re.M)
    return {name for row in rows for name in row.split(", ")}


def unnamed_sequences(root, own):
    own = {place.rpartition(": ")[2] for place in own}
    named = named_sequences(root)
    for operation in sorted(own - named):
        yield f"docs/architecture.md: {operation} has a sequence of its own, and no row says why"
    for operation in sorted(named - own):
        yield f"docs/architecture.md: {operation} has no sequence of its own, or does not list"


def main(arguments):
    lists_all = "--list" in arguments
    folders = [argument for argument in arguments if argument != "--list"]
    root = pathlib.Path(folders[0]) if folders else pathlib.Path(__file__).parents[1]
    found = {what: list(count(root)) for what, count in COUNTS.items()}
    wrong = list(unnamed_sequences(root, found["own sequences"]))
    for what, places in found.items():
        print(f"{what}: {len(places)} (at most {LIMITS[what]})")
        if len(places) > LIMITS[what]:
            wrong.append(f"{len(places)} {what}, and {LIMITS[what]} are the most")
        if lists_all or len(places) > LIMITS[what]:
            for place in places:
                print(f"  {place}")
    for line in wrong:
        print(f"scripts/check: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
