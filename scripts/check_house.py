#!/usr/bin/env python3
"""Holds the code to the drawing of the house in docs/architecture.md: which room may include which,
that a family and its rows have one name, that all locks are of one kind, that libraries which stand
behind one file do, that what docs/fidelity.md says of the code can be found there, and that no two
sources of a room call something alike.

usage: scripts/check_house.py [FOLDER]

FOLDER is the checkout, by default this one. Prints what is wrong, a line each, and ends with 1 when
there is something; else with 0.
"""

import json
import pathlib
import re
import sys

# From top to bottom: a room includes only rooms on lower lines, and nothing beside it. A line that
# ends with /* is the place of the rooms of that folder that no line names.
ORDER = """
server
server/cli
server/labs
server/front
server/control server/console server/metadata_service
server/services
server/services/ec2 server/services/ebs server/services/iam server/services/rbin server/services/s3 server/services/ssm server/services/sts
server/services/ec2/fleets server/services/ec2/conversion_tasks
server/services/ec2/instances server/services/ec2/import_tasks
server/services/ec2/launch_templates
server/services/ec2/store_image_tasks server/services/ec2/export_tasks server/services/ec2/bundle_tasks
server/services/ec2/images
server/services/ec2/recycle_bin
server/services/ec2/snapshots
server/services/ec2/volumes
server/services/ec2/*
server/services/ec2/common
server/compute
server/calls
server/http server/wire
server/log
storage/nbd
storage/state
storage/upkeep
storage/metadata
storage/metadata/catalogue
storage/metadata/sql
storage/disk_formats
storage/blocks storage/objects
storage/files
storage/base
"""

FIDELITY = "docs/fidelity.md"

# Folders that hold nothing but the way in, and no pile of files.
ROOTS = {"server": {"main.cpp", "CMakeLists.txt"}, "storage": {"CMakeLists.txt"}}

# Rows of rooms that are no one family's, with whose they are.
SHARED_ROWS = {
    "import_tasks/import_task_rows": "import_snapshot_tasks, import_image_tasks, import_cancellations",
    "instances/vcpu_quota_rows": "launches, instance_states and the control API",
    "network/interface_address_rows": "network_interfaces, private_addresses and launches",
    "recycle_bin/recycle_rule_rows": "the service rbin",
    "settings/account_content_rows": "the control API, and the bound on what an account holds",
    "settings/account_rows": "whoever keeps a setting for each account and region",
    "settings/setting_rows": "the control API",
    "snapshots/direct_snapshot_rows": "the service ebs",
    "snapshots/snapshot_permission_rows": "snapshot_attributes, and what makes volumes of snapshots",
    "tags/product_code_rows": "images, instances, snapshots and volumes",
    "volumes/export_rows": "storage/nbd",
}

# Migrations from this number on are named after a room.
FIRST_OF_A_ROOM = 12

# The only file that knows mutexes of the standard library.
LOCKS = "storage/base/mutex.h"

# Libraries that one source alone knows: how the names of their headers begin, and which it is.
BEHIND = {
    "CLI/": "server/cli/command_line.cpp",
    "boost/process": "server/cli/programs.cpp",
    "spdlog/": "server/log/log.cpp",
}

# Tells names apart that each source of a unit may have.
UNIT_NAMES = "server/link/unit_names.h"


def levels(root):
    lines = [line.split() for line in ORDER.split("\n") if line.strip()]
    known = {room: level for level, rooms in enumerate(lines) for room in rooms}
    for others in [room for room in known if room.endswith("/*")]:
        level = known.pop(others)
        for folder in (root / others).parent.glob("*/"):
            known.setdefault(str(folder.relative_to(root)), level)
    return known


def room_of(path, known):
    """The longest known folder that a path is in; None when there is none."""
    folder = path.rpartition("/")[0]
    while folder and folder not in known:
        folder = folder.rpartition("/")[0]
    return folder or None


def service_of(path):
    """The service that a path belongs to; empty for the rest of the house."""
    found = re.match(r"server/services/(\w+)/", path)
    return found.group(1) if found else ""


def may_include(name, room, included, other, known):
    """Lower lines alone; of services, only themselves."""
    if service_of(name) and service_of(included):
        if service_of(name) != service_of(included):
            return False
    return other == room or known[other] > known[room]


def includes(path):
    for number, line in enumerate(path.read_text().split("\n"), 1):
        found = re.match(r'#include "((?:server|storage)/[^"]+)"', line)
        if found:
            yield number, found.group(1)


def check_includes(root):
    known = levels(root)
    for path in sorted(root.glob("s*/**/*")):
        name = str(path.relative_to(root))
        if not name.startswith(("server/", "storage/")) or path.suffix not in (".h", ".cpp"):
            continue
        room = room_of(name, known)
        if room is None:
            yield f"{name}: it is in no room that scripts/check_house.py knows"
            continue
        for number, included in includes(path):
            other = room_of(included, known)
            if other is None:
                if included != "storage/migration_steps.inc":
                    yield f"{name}:{number}: {included} is in no room"
            elif not may_include(name, room, included, other, known):
                yield f"{name}:{number}: {room} may not include {other} ({included})"


def check_roots(root):
    for folder, allowed in ROOTS.items():
        for path in sorted((root / folder).iterdir()):
            if path.is_file() and path.name not in allowed:
                yield f"{folder}/{path.name}: files stand in rooms, not at the root of {folder}/"


def check_locks(root):
    """Mutexes of the standard library know no order, and the analysis does not know them."""
    lock = re.compile(r"std::(?:\w*mutex|condition_variable\w*|(?:scoped|shared|unique)_lock|lock_guard)\b")
    for path in sorted(root.glob("s*/**/*")):
        name = str(path.relative_to(root))
        if (not name.startswith(("server/", "storage/")) or path.suffix not in (".h", ".cpp")
                or name == LOCKS):
            continue
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if found := lock.search(line):
                yield f"{name}:{number}: {found.group()} has no place beside those of {LOCKS}"


def check_libraries(root):
    """A library that a header includes, or a second source, is not easily done without any more."""
    for path in sorted(root.glob("s*/**/*")):
        name = str(path.relative_to(root))
        if not name.startswith(("server/", "storage/")) or path.suffix not in (".h", ".cpp"):
            continue
        for number, line in enumerate(path.read_text().split("\n"), 1):
            included = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            for begin, only in BEHIND.items():
                if included and included.group(1).startswith(begin) and name != only:
                    yield f"{name}:{number}: {included.group(1)} is for {only} alone"


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


def family_folder(service, room):
    return f"server/services/{service}" + ("" if room == service else f"/{room}")


def families(root):
    served = json.loads((root / "fixtures/api/served.json").read_text())
    for service, rooms in served.items():
        for room, of_room in rooms.items():
            for family, operations in of_room.items():
                yield family_folder(service, room), family, operations


def check_families(root):
    for folder, family, operations in families(root):
        for suffix in (".h", ".cpp"):
            if not (root / folder / (family + suffix)).is_file():
                yield f"{folder}/{family}{suffix}: the family {family} has no such file"
        source = root / folder / f"{family}.cpp"
        text = source.read_text() if source.is_file() else ""
        for operation in operations:
            handler = snake(operation)
            if not re.search(rf"<{handler}[,>][^;]*?\(\s*k{operation}\b", text):
                yield f"{folder}/{family}.cpp: no row of its table has {operation}"
            if not re.search(rf"^(?:{operation}Response )?{handler}\(|\b{operation}Response {handler}\(|"
                             rf"^{operation}Response\n?\s*{handler}\(|"
                             rf"^(?:wire::Rendered|asio::awaitable<wire::Rendered>)\s+{handler}\(",
                             text, re.M):
                yield f"{folder}/{family}.cpp: {operation} is handled elsewhere"
        test = f"tests/{folder}/{family}_test.cpp"
        if not (root / test).is_file():
            yield f"{test}: the family {family} has no tests of its name"


def check_rows(root):
    """Rows have a family's name in the singular, perhaps with more behind it."""
    rooms = {}
    for folder, family, _ in families(root):
        rooms.setdefault(folder.rpartition("/")[2], set()).add(family)
    for path in sorted((root / "storage/metadata").glob("*/*_rows.h")):
        room, name = path.parent.name, path.stem
        one = name.removesuffix("_rows")
        named = any(family in (one, one + "s", one + "es")
                    or one.startswith((family.removesuffix("s") + "_", family.removesuffix("es") + "_"))
                    for family in rooms.get(room, ()))
        if room in rooms and not named and f"{room}/{name}" not in SHARED_ROWS:
            yield f"{path.relative_to(root)}: no family of {room} has this name"
    for path in sorted((root / "storage/metadata/migrations").glob("*.sql")):
        number, _, room = path.stem.partition("_")
        if int(number) >= FIRST_OF_A_ROOM and room not in rooms:
            yield f"{path.relative_to(root)}: there is no room {room}"


def facts_told(root):
    """The rows of docs/fidelity.md: their line, what they say, and the places that they cite."""
    for number, line in enumerate((root / FIDELITY).read_text().split("\n"), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and not cells[0].startswith(("---", "behaviour")):
            cited = [name for name in re.findall(r"`([^`]+)`", cells[2]) if re.search(r"[/.]", name)]
            yield number, cells[0], " ".join(cells[:2]), cited


def text_below(root, folders):
    files = (path for folder in folders for path in sorted((root / folder).rglob("*"))
             if path.suffix in (".h", ".cpp", ".json"))
    return "\n".join(path.read_text() for path in files)


def words_of(text):
    """Each word, and those with dots between as one too."""
    return {*re.findall(r"\w+", text), *re.findall(r"\w+(?:\.\w+)+", text)}


def check_facts(root):
    """A row that cites what is not there, or another family's file, leads nowhere."""
    served = {operation for _, _, operations in families(root) for operation in operations}
    known = words_of(text_below(root, ("server", "storage", "fixtures/api")))
    for number, behaviour, said, cited in facts_told(root):
        paths = [root / name for name in cited]
        for name, path in zip(cited, paths):
            if not path.exists():
                yield f"{FIDELITY}:{number}: there is no {name}"
        for code in re.findall(r"`([A-Z][a-z]+[A-Z][A-Za-z.]+)`", said):
            if code not in known:
                yield f"{FIDELITY}:{number}: nothing says {code}"
        if not all(path.is_file() for path in paths):
            continue
        texts = "\n".join(path.read_text() for path in paths)
        for operation in sorted(served.intersection(re.findall(r"\w+", behaviour))):
            if paths and operation not in texts and snake(operation) not in texts:
                yield f"{FIDELITY}:{number}: {operation} is not in {', '.join(cited)}"


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:\\\n|[^\n])*|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
                   r"|'(?:\\.|[^'\\\n])'|[A-Za-z_]\w*|\d(?:'?[\w.])*|::|->|\S", re.S | re.M)
TYPES = ("struct", "class", "union", "enum")


def tokens_of(text):
    """Each token and where it starts, without comments, directives and what literals say."""
    for found in TOKEN.finditer(text):
        token = found.group()
        if not token.startswith(("//", "/*")) and not token.lstrip().startswith("#"):
            yield ("0" if token[-1] in "\"'" else token), found.start()


def end_of(tokens, start, opening="(<[{", closing=")>]}"):
    """Behind the bracket that closes the one at the start; behind the token there if it is none."""
    depth = 0
    for position in range(start, len(tokens)):
        depth += (tokens[position] in opening) - (tokens[position] in closing)
        if depth <= 0:
            return position + 1
    return len(tokens)


def parameter_type(tokens):
    """Without its name, its default and its namespaces."""
    tokens = tokens[:tokens.index("=")] if "=" in tokens else tokens
    if len(tokens) > 1 and tokens[-1].isidentifier() and tokens[-2] not in ("::", "const"):
        tokens = tokens[:-1]
    return re.sub(r"\w+ :: ", "", " ".join(tokens))


def parameter_types(tokens):
    types, start, position = [], 0, 0
    while position < len(tokens):
        end = end_of(tokens, position)
        if tokens[position] == ",":
            types.append(parameter_type(tokens[start:position]))
            start = end
        position = end
    return ", ".join([*types, parameter_type(tokens[start:])])


def value_or_function(tokens):
    position = 0
    while position < len(tokens) and tokens[position] not in ("operator", "extern", "namespace"):
        token, after = tokens[position], tokens[position + 1:position + 2]
        if token in ("alignas", "decltype", "requires") and after == ["("] or after == ["<"]:
            position = end_of(tokens, position + 1)
        elif not token.isidentifier() or after not in (["="], ["["], ["{"], ["("], []):
            position += 1
        elif position and tokens[position - 1] in ("::", "~"):  # a member
            return ""
        elif after != ["("]:
            return token
        elif tokens[-1] != "}":  # no more than declared
            return ""
        else:
            end = end_of(tokens, position + 1)
            return f"{token}({parameter_types(tokens[position + 2:end - 1])})"
    return ""


def defined_by(tokens):
    """What a declaration defines outside of types: its name, and of a function that with the types of
    its parameters. Empty when it defines nothing."""
    if tokens[0] == "template":
        return defined_by(tokens[end_of(tokens, 1):])
    if tokens[0] in TYPES:
        tokens = tokens[1 + (tokens[1] == "class"):]
        tokens = tokens[end_of(tokens, 0) if tokens[0] == "[" else 0:]
        return tokens[0] if "{" in tokens and tokens[1] != "::" else ""
    if tokens[0] in ("using", "concept"):
        return tokens[1] if tokens[2] == "=" else ""
    return value_or_function(tokens)


def end_of_declaration(tokens, start):
    """Behind the body of a function; else where the semicolon is."""
    position, has_value = start, False
    while tokens[position] != ";":
        token, brackets = tokens[position], ("({[", ")}]")
        has_value = has_value or token == "=" and "operator" not in tokens[start:position]
        position = (end_of(tokens, position + 1) if token == "template"
                    else end_of(tokens, position, *brackets))
        if token == "{" and not has_value and tokens[position] != ";":
            break
    return position


def constants_within(tokens):
    """Names that a function, or one of a type, gives to constants of its own."""
    begin = 0
    for position in range(1, len(tokens) - 2):
        begin = position if tokens[position] in ";{}" else begin
        is_declared = tokens[position - 1] not in ("return", "co_return", "::") and \
            re.fullmatch(r"[\w>*&]+", tokens[position - 1])
        is_member = tokens[0] in TYPES and "static" in tokens[begin:position]
        if is_declared and not is_member and re.match("k[A-Z]", tokens[position]) and \
                (tokens[position + 1] in "={" or tokens[position + 1:position + 3] == ["[", "]"]):
            yield position, tokens[position]


def definitions(text):
    """What a source defines outside of types: its line, namespace and what it is. Of what functions
    define within themselves, the constants, as `{name}`."""
    tokens, starts = zip(*tokens_of(text + "\n;"))
    around, position = [], 0

    def found(at, what):
        return text.count("\n", 0, starts[at]) + 1, "::".join(around), what

    while position < len(tokens):
        start = position
        if tokens[start] in "};":
            around = around[:-1] if tokens[start] == "}" else around
            position += 1
        elif tokens[start] == "namespace" and "=" not in tokens[start:start + 3]:
            position = tokens.index("{", start) + 1
            around.append("".join(tokens[start + 1:position - 1]))
        else:
            position = end_of_declaration(tokens, start)
            declaration = list(tokens[start:position])
            if name := defined_by(declaration):
                yield found(start, name)
            if tokens[position] != ";" or declaration[0] in TYPES:
                for within, name in constants_within(declaration):
                    yield found(start + within, f"{{{name}}}")


def rooms_of_units(root):
    """The sources and headers of each room that CMakeLists.txt may compile as one."""
    units = re.search(r"^amilab_in_units\(([^)]*)\)", (root / "CMakeLists.txt").read_text(), re.M)
    alone = units.group(1).partition("WITHOUT")[2].split()
    rooms = {}
    for path in sorted([*root.glob("s*/**/*.h"), *root.glob("s*/**/*.cpp")]):
        room = str(path.parent.relative_to(root))
        if room.startswith(("server", "storage")) and room not in alone:
            rooms.setdefault(room, []).append(path)
    return rooms.values()


def clash(one, other):
    """Whether two files of a unit cannot define these, which have one name: what is twice the same, or
    hides the other, as all does that stands in a function or a namespace within the other's."""
    (of_outer, outer), (of_inner, inner) = sorted((one, other), key=lambda each: each[0].count("::"))
    are_functions = "(" in outer, "(" in inner
    if "{" in outer + inner:
        return outer != inner and not any(are_functions)
    if of_outer == of_inner:
        return outer == inner or not all(are_functions)
    return of_inner.startswith(of_outer + "::")


def check_units(root):
    """Files that call something alike do not compile as one unit, and which of a room's sources
    share one changes with each that comes."""
    told_apart = re.findall(r"^#define (\w+) AMILAB_NAME_IN", (root / UNIT_NAMES).read_text(), re.M)
    for sources in rooms_of_units(root):
        known = {name: [] for name in told_apart}
        for path in sources:
            for line, *defined in definitions(path.read_text()):
                name = re.search(r"\w+", defined[1]).group()
                others = known.setdefault(name, [])
                twin = next((other for other, of_other in others
                             if other.stem != path.stem and clash(of_other, defined)), None)
                if twin:
                    yield f"{path.relative_to(root)}:{line}: {defined[1]} stands in {twin.name} too"
                if name not in told_apart:
                    others.append((path, defined))


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    wrong = [*check_roots(root), *check_includes(root), *check_locks(root),
             *check_libraries(root), *check_families(root), *check_rows(root), *check_facts(root), *check_units(root)]
    for line in wrong:
        print(f"scripts/check: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
