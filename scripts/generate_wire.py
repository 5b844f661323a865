#!/usr/bin/env python3
"""Makes the typed requests and answers of the served operations, as C++, at build time.

usage: scripts/generate_wire.py API_FOLDER OUTPUT_FOLDER [--list]

Reads served.json, overlay.json and <service>.json of API_FOLDER (see fixtures/api/README.md) and
writes below OUTPUT_FOLDER/<service>: a header for each family (<room>/<family>.h; of a service that
is one room, <family>.h), <room>/shared.h for what several of a room's families have, shared.h for
what several rooms have, and a source for each room. A file whose text would not change is left
alone. With --list, prints the paths of the sources and writes nothing; with --headers, those of the
headers.
"""

import json
import pathlib
import re
import sys

SECTIONS = ("not_offered", "judged_by_handler", "ranges", "required", "optional")
SCALARS = {
    "string": ("std::string", "String"),
    "integer": ("std::int64_t", "Integer"),
    "long": ("std::int64_t", "Long"),
    "double": ("double", "Double"),
    "boolean": ("bool", "Boolean"),
    "timestamp": ("Timestamp", "Timestamp"),
    "blob": ("Blob", "Blob"),
}
KEYWORDS = {"auto", "bool", "break", "case", "char", "class", "const", "continue", "default",
            "delete", "do", "double", "else", "enum", "export", "extern", "float", "for", "if",
            "int", "long", "namespace", "new", "operator", "private", "protected", "public",
            "register", "return", "short", "signed", "static", "struct", "switch", "template",
            "this", "typename", "union", "unsigned", "using", "virtual", "void", "volatile"}
NOTICE = "// Made by scripts/generate_wire.py from fixtures/api; edit those.\n"


def fail(message):
    raise SystemExit(f"generate_wire.py: {message}")


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()
    return name + "_value" if name in KEYWORDS else name


def quoted(text):
    return json.dumps(text)


class Rules:
    """What the overlay says of a member and of what is below it."""

    def __init__(self):
        self.facts = {}
        self.below = {}

    def add(self, path, section, facts):
        rules = self
        for name in path.split("."):
            rules = rules.below.setdefault(name, Rules())
        rules.facts[section] = facts

    def under(self, stronger):
        """Both together; `stronger` wins where both say something."""
        merged = Rules()
        merged.facts = {**self.facts, **stronger.facts}
        for name in self.below.keys() | stronger.below.keys():
            merged.below[name] = self.below.get(name, Rules()).under(
                stronger.below.get(name, Rules()))
        return merged

    def key(self):
        below = {name: rules.key() for name, rules in self.below.items()}
        return json.dumps([self.facts, below], sort_keys=True)


def read_rules(entry, where):
    rules = Rules()
    for section in entry.keys() - {*SECTIONS, "filters", "transport"}:
        fail(f"overlay, {where}: no such section: {section}")
    for section in ("filters", "transport"):
        for name, facts in entry.get(section, {}).items():
            if "source" not in facts:
                fail(f"overlay, {where}, {section}, {name}: no source")
    for section in SECTIONS:
        for path, facts in entry.get(section, {}).items():
            if "source" not in facts and (section != "not_offered" or "default" in facts):
                fail(f"overlay, {where}, {section}, {path}: no source")
            rules.add(path, section, facts)
    return rules


PROTOCOLS = {"ec2": "kEc2", "query": "kQuery", "json": "kJson", "rest-json": "kRestJson",
             "rest-xml": "kRestXml"}
LOCATIONS = {"uri": "kUri", "querystring": "kQuery", "header": "kHeader"}


class Service:
    def __init__(self, name, schema, rooms, overlay):
        self.name = name
        self.rooms = rooms
        # Family, as "room/family" → its operations.
        self.families = {self.path(room, family): operations
                         for room, families in rooms.items()
                         for family, operations in families.items()}
        self.schema = schema
        self.is_ec2 = schema["protocol"] == "ec2"
        self.is_json = schema["protocol"] in ("json", "rest-json")
        # Its answers are written by handlers, so that nothing is generated for them.
        self.is_rest_xml = schema["protocol"] == "rest-xml"
        self.shapes = schema["shapes"]
        self.overlay = overlay
        self.shape_rules = {shape: read_rules(entry, f"shape {shape}")
                            for shape, entry in overlay.get("shapes", {}).items()}
        self.check_overlay()
        self.tables = {}       # (shape, rules, offered) -> index into table_list
        self.table_list = []   # (shape, [member initializer])
        self.offered = {}      # shape -> members that some request offers
        self.lax = set()       # (shape, member) that some request may leave out
        self.roots = {}        # operation -> index of its input's table
        for operation in sorted(schema["operations"]):
            self.roots[operation] = self.input_table(operation)
        self.collect_structs()

    def path(self, room, family):
        """Where a family's file stands; a service that is one room has no folders."""
        return family if room == self.name else f"{room}/{family}"

    def room_of(self, path):
        return path.split("/")[0] if "/" in path else ""

    def files(self):
        """Every header's path, the widest shared first."""
        rooms = sorted({self.room_of(path) for path in self.families} - {""})
        return ["shared"] + [f"{room}/shared" for room in rooms] + sorted(self.families)

    def check_overlay(self):
        for shape in self.shape_rules:
            if shape not in self.shapes:
                fail(f"overlay names the unknown shape {shape}")
        for operation in self.overlay.get("operations", {}):
            if operation not in self.schema["operations"]:
                fail(f"overlay names {operation}, which is not served")
        for section in ("render_empty", "optional_lists"):
            for path in self.overlay.get(section, {}).get("members", []):
                shape, member = path.split(".")
                if member not in self.shapes.get(shape, {}).get("members", {}):
                    fail(f"overlay, {section}: no member {path}")
        for operation in self.says_return():
            if operation not in self.schema["operations"]:
                fail(f"overlay, also_return: {operation} is not served")

    def says_return(self):
        """Operations whose answers hold `return` beside what the model has."""
        return self.overlay.get("also_return", {}).get("operations", [])

    # Tables: what a request may hold, for server/wire/check.cpp.

    def input_table(self, operation):
        rules = read_rules(self.entry_of(operation), operation)
        shape = self.schema["operations"][operation]["input"]
        rules = self.common_rules(shape).under(rules)
        return self.table(shape, rules, True, operation)[0]

    def entry_of(self, operation):
        """What the overlay says of the operation, with the limits that it takes from others."""
        operations = self.overlay.get("operations", {})
        entry = operations.get(operation, {})
        ranges = {}
        for path, facts in entry.get("ranges", {}).items():
            if "as" in facts:
                own = {"min", "max", "least_members"} & facts.keys()
                if own:
                    fail(f"overlay, {operation}, ranges, {path}: {', '.join(sorted(own))} beside as, "
                         f"which takes all limits from {facts['as']}")
                limits = operations.get(facts["as"], {}).get("ranges", {}).get(path, {"as": ""})
                if "as" in limits:
                    fail(f"overlay, {operation}, ranges, {path}: {facts['as']} has no limits of "
                         "its own for it")
                facts = {**limits, **facts}
            ranges[path] = facts
        return {**entry, "ranges": ranges}

    def common_rules(self, shape_name):
        """What the overlay says of members of that name, whatever the operation."""
        has = self.shapes[shape_name]["members"]
        entry = {section: {name: facts for name, facts in members.items() if name in has}
                 for section, members in self.overlay.get("members", {}).items()}
        return read_rules(entry, "members")

    def table(self, shape_name, rules, offered, where):
        """(index, whether any member is offered)."""
        if shape_name in self.shape_rules:
            rules = self.shape_rules[shape_name].under(rules)
        key = (shape_name, rules.key(), offered)
        if key in self.tables:
            index = self.tables[key]
            return index, self.table_list[index][2]
        index = self.tables[key] = len(self.table_list)
        members = self.shapes[shape_name]["members"]
        # Until its members are known, a shape that holds itself counts as offered.
        self.table_list.append((shape_name, [], offered))
        unknown = rules.below.keys() - members.keys()
        if unknown:
            fail(f"overlay, {where}: {shape_name} has no member {sorted(unknown)}")
        rows, some = [], not members
        for name, member in members.items():
            if "in" not in member:
                continue
            row, is_offered = self.table_row(member, rules.below.get(name, Rules()), offered,
                                             f"{where}.{name}")
            rows.append((member["in"], row))
            if ".required = true" not in row:
                self.lax.add((shape_name, name))
            if is_offered:
                some = True
                self.offered.setdefault(shape_name, set()).add(name)
        rows = [row for _, row in sorted(rows)]
        self.table_list[index] = (shape_name, rows, offered and some)
        return index, offered and some

    def table_row(self, member, rules, offered, where):
        offered = offered and "not_offered" not in rules.facts
        required = (member.get("required", False) or "required" in rules.facts) \
            and "optional" not in rules.facts
        body, is_offered = self.table_type(member, rules, offered, where)
        row = [f".name = {quoted(member['in'])}"] + body
        if required:
            row.append(".required = true")
        if not is_offered:
            row.append(".offered = false")
            if "default" in rules.facts.get("not_offered", {}):
                row.append(f".accepted = {quoted(rules.facts['not_offered']['default'])}")
        if "location" in member:
            row.append(f".location = wire::Location::{LOCATIONS[member['location']]}")
            row.append(f".wire_name = {quoted(member['wire_name'])}")
        return row, is_offered

    def table_type(self, reference, rules, offered, where):
        """(initializers, whether any of it is offered) of a member or a list's item."""
        if "shape" not in reference:
            if rules.below:
                fail(f"overlay, {where}: a scalar has no members")
            return self.scalar_row(reference, rules), offered
        shape = self.shapes[reference["shape"]]
        if shape["type"] == "list":
            item, is_offered = self.table_type(shape["item"], rules, offered, where)
            index = self.item_table(reference["shape"], [['.name = ""'] + item], is_offered)
            row = [".kind = wire::Kind::kList", f".members = &table_{index}"]
            least = rules.facts.get("ranges", {}).get("least_members")
            limits = shape if least is None else {**shape, "min": least}
            if "judged_by_handler" not in rules.facts:
                row += [f".{limit} = {limits[limit]}"
                        for limit in ("min", "max") if limit in limits]
            return row, is_offered
        index, is_offered = self.table(reference["shape"], rules, offered, where)
        return [".kind = wire::Kind::kStructure", f".members = &table_{index}"], is_offered

    def item_table(self, shape_name, rows, is_offered):
        """An item is a row of its own; tables of one row stand for it, one for all like it."""
        key = (shape_name, json.dumps(rows), is_offered)
        if key not in self.tables:
            self.tables[key] = len(self.table_list)
            self.table_list.append((shape_name, rows, is_offered))
        return self.tables[key]

    def scalar_row(self, scalar, rules):
        row = [f".kind = wire::Kind::k{SCALARS[scalar['type']][1]}"]
        if "judged_by_handler" in rules.facts:
            return row
        if "enum" in scalar:
            row.append(f".values = k{scalar['enum']}Values")
        limits = {**scalar, **rules.facts.get("ranges", {})}
        if scalar["type"] == "integer":
            limits = {"min": -2**31, "max": 2**31 - 1, **limits}
        if "min" in limits:
            row.append(f".min = {limits['min']}")
        if "max" in limits:
            row.append(f".max = {limits['max']}")
        return row

    # Structs: what handlers see.

    def collect_structs(self):
        """Which shapes become structs, of which members, and in which file each stands."""
        self.struct_name = {}
        self.aliases = {}
        self.file_of = {}
        self.placed = set()
        self.order = []
        for family, operations in sorted(self.families.items()):
            for operation in sorted(operations):
                self.name_top_shapes(operation)
        for family, operations in sorted(self.families.items()):
            for operation in sorted(operations):
                entry = self.schema["operations"][operation]
                for shape in filter(None, (entry.get("input"), entry.get("output"))):
                    self.place(shape, family, ())

    def name_top_shapes(self, operation):
        entry = self.schema["operations"][operation]
        self.struct_name[entry["input"]] = f"{operation}Request"
        output = entry.get("output")
        if output and re.search(r"(Result|Response|Output)$", output):
            self.struct_name[output] = f"{operation}Response"
        elif output:
            self.aliases[operation] = output

    def place(self, shape_name, family, above):
        """Puts the shape, after those it is made of, into the family's file, or into the shared
        one of its room or of all when another family has it too."""
        if shape_name in above or (shape_name, family) in self.placed:
            return
        self.placed.add((shape_name, family))
        self.file_of[shape_name] = self.wider(self.file_of.get(shape_name, family), family)
        for name, member in self.struct_members(shape_name):
            inner = self.structure_in(member)
            if inner and not self.is_list(member) and inner in above + (shape_name,):
                fail(f"{shape_name}.{name}: a structure that holds itself other than in a list")
            if inner:
                self.place(inner, family, above + (shape_name,))
        if shape_name not in self.order:
            self.order.append(shape_name)

    def wider(self, one, other):
        """The narrowest file that both may include."""
        if one == other:
            return one
        room = self.room_of(one)
        return f"{room}/shared" if room and room == self.room_of(other) else "shared"

    def struct_members(self, shape_name):
        shape = self.shapes[shape_name]
        offered = self.offered.get(shape_name, set())
        return [(name, member) for name, member in sorted(shape["members"].items())
                if "out" in member or name in offered]

    def structure_in(self, reference):
        """The structure that a member is made of, through any lists; None for scalars."""
        while "shape" in reference:
            shape = self.shapes[reference["shape"]]
            if shape["type"] == "structure":
                return reference["shape"]
            reference = shape["item"]
        return None

    def name_of(self, shape_name):
        return self.struct_name.get(shape_name, shape_name[0].upper() + shape_name[1:])

    def element_type(self, reference):
        if "shape" not in reference:
            return SCALARS[reference["type"]][0]
        shape = self.shapes[reference["shape"]]
        if shape["type"] == "list":
            return f"std::vector<{self.element_type(shape['item'])}>"
        return self.name_of(reference["shape"])

    def is_list(self, reference):
        return "shape" in reference and self.shapes[reference["shape"]]["type"] == "list"

    def listed(self, section, shape_name, member_name):
        return f"{shape_name}.{member_name}" in self.overlay.get(section, {}).get("members", [])

    def member_type(self, shape_name, name, member):
        inner = self.element_type(member)
        if self.is_list(member):
            return f"std::optional<{inner}>" if self.listed(
                "optional_lists", shape_name, name) else inner
        # Plain only where nothing but requests use the shape, and all of them require the member.
        required = "out" not in member and (shape_name, name) not in self.lax
        return inner if required else f"std::optional<{inner}>"


class Writer:
    def __init__(self, service, folder):
        self.service = service
        self.folder = folder / service.name
        self.files = {}

    def write_all(self):
        for file in self.service.files():
            self.files[f"{file}.h"] = self.header(file)
        for source, files in sources_of(self.service).items():
            self.files[source] = self.source(files)
        self.files["enums.h"] = self.enums()
        self.files["schema.h"] = self.schema_header()
        self.files["schema.cpp"] = self.schema_source()
        for name, text in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text() != text:
                path.write_text(text)

    def shapes_in(self, file):
        return [s for s in self.service.order if self.service.file_of[s] == file]

    def header(self, file):
        service = self.service
        library = "#include <boost/json/fwd.hpp>\n" if service.is_json else "#include <pugixml.hpp>\n"
        lines = [NOTICE, "#pragma once\n", "#include <cstdint>", "#include <optional>",
                 "#include <string>", "#include <string_view>", "#include <vector>\n",
                 library, '#include "server/wire/parameters.h"',
                 '#include "server/wire/types.h"']
        for wider in self.shared_by(file):
            lines.append(f'#include "server/wire/{service.name}/{wider}.h"')
        lines += ["", f"namespace amilab::{service.name} {{", ""]
        shapes = self.shapes_in(file)
        lines += [f"struct {service.name_of(shape)};" for shape in shapes] + [""]
        for shape in shapes:
            lines += self.struct(shape)
        for operation in sorted(service.families.get(file, [])):
            lines += self.operation_declarations(operation)
        for shape in shapes:
            lines += self.declarations(shape)
        lines += ["", f"}}  // namespace amilab::{service.name}", ""]
        return "\n".join(lines)

    def shared_by(self, file):
        """The shared headers that this one stands on."""
        room = self.service.room_of(file)
        wider = ["shared"] + ([f"{room}/shared"] if room else [])
        return wider[:wider.index(file)] if file in wider else wider

    def struct(self, shape):
        service = self.service
        operation = self.request_of(shape)
        lines = [f"struct {service.name_of(shape)} {{"]
        if operation:
            lines.append(f"    static constexpr std::string_view kOperation = {quoted(operation)};")
        if self.paged_list(shape):
            lines.append(f"    static constexpr const char* kPagedList = "
                         f"{quoted(self.paged_list(shape))};")
        for name, member in service.struct_members(shape):
            lines.append(f"    {service.member_type(shape, name, member)} {snake(name)}{{}};")
        lines.append(f"    bool operator==(const {service.name_of(shape)}&) const = default;")
        return lines + ["};", ""]

    def paged_list(self, shape):
        """The element of the one list that an answer of the ec2 protocol has."""
        is_answer = self.service.name_of(shape).endswith("Response")
        if not is_answer or not self.service.is_ec2:
            return None
        lists = [member["out"] for _, member in self.service.struct_members(shape)
                 if "out" in member and self.service.is_list(member)]
        return lists[0] if len(lists) == 1 else None

    def request_of(self, shape):
        name = self.service.struct_name.get(shape, "")
        operation = name[: -len("Request")] if name.endswith("Request") else ""
        return operation if operation in self.service.schema["operations"] else None

    def operation_declarations(self, operation):
        service = self.service
        lines = []
        if operation in service.aliases:
            alias = service.name_of(service.aliases[operation])
            lines.append(f"using {operation}Response = {alias};")
        elif service.is_rest_xml:
            pass
        elif "output" not in service.schema["operations"][operation]:
            lines += [f"struct {operation}Response {{",
                      f"    bool operator==(const {operation}Response&) const = default;", "};",
                      f"void render(const {operation}Response& from, {self.rendered()});"]
        return lines + [
            f"/// Throws ApiError unless `root` is a {operation} request as the schema has it.",
            f"void parse(const wire::ParameterNode& root, {operation}Request& into);", ""]

    def declarations(self, shape):
        service = self.service
        lines = []
        if "input" in service.shapes[shape]["uses"]:
            lines.append(
                f"void fill(const wire::ParameterNode& from, {service.name_of(shape)}& into);")
        if "output" in service.shapes[shape]["uses"]:
            lines.append(
                f"void render(const {service.name_of(shape)}& from, {self.rendered()});")
            if self.header_members(shape):
                lines.append(f"void render_headers(const {service.name_of(shape)}& from,"
                             " wire::Headers& to);")
        return lines

    def rendered(self):
        """The parameter that an answer is rendered into."""
        return "boost::json::object& to" if self.service.is_json else "pugi::xml_node to"

    def header_members(self, shape):
        return [(name, member) for name, member in self.service.struct_members(shape)
                if "out_location" in member]

    def source(self, files):
        """What the headers `files` declare."""
        service = self.service
        check, render = ("json_check", "json") if service.is_json else \
            ("rest_xml", "xml") if service.is_rest_xml else ("check", "xml")
        lines = [NOTICE]
        lines += [f'#include "server/wire/{service.name}/{file}.h"' for file in files]
        lines += [f'#include "server/wire/{check}.h"', f'#include "server/wire/{render}.h"',
                  '#include "server/wire/read.h"',
                  f'#include "server/wire/{service.name}/schema.h"', "",
                  f"namespace amilab::{service.name} {{", ""]
        for file in files:
            lines += self.definitions(file)
        lines += [f"}}  // namespace amilab::{service.name}", ""]
        return "\n".join(lines)

    def definitions(self, file):
        service = self.service
        check = "json_check" if service.is_json else \
            "rest_xml_check" if service.is_rest_xml else "check"
        lines = []
        for shape in self.shapes_in(file):
            uses = service.shapes[shape]["uses"]
            lines += self.fill(shape) if "input" in uses else []
            lines += self.render(shape) if "output" in uses else []
        for operation in sorted(service.families.get(file, [])):
            lines += [f"void parse(const wire::ParameterNode& root, {operation}Request& into)", "{",
                      f"    wire::{check}(root, k{operation});", "    fill(root, into);", "}", ""]
            if operation not in service.aliases and not service.is_rest_xml and \
                    "output" not in service.schema["operations"][operation]:
                lines += self.render_nothing(operation)
        return lines

    def fill(self, shape):
        service = self.service
        members = [(name, member) for name, member in service.struct_members(shape)
                   if name in service.offered.get(shape, set())]
        name = service.name_of(shape)
        if not members:
            return [f"void fill(const wire::ParameterNode&, {name}&) {{}}", ""]
        lines = [f"void fill(const wire::ParameterNode& from, {name}& into)", "{",
                 "    for (const auto& child : from.children()) {"]
        for index, (member_name, member) in enumerate(members):
            start = "        if" if index == 0 else "        } else if"
            lines += [f"{start} (child.name == {quoted(member['in'])}) {{",
                      f"            wire::read(child, into.{snake(member_name)});"]
        return lines + ["        }", "    }", "}", ""]

    def render(self, shape):
        service = self.service
        members = [(name, member) for name, member in service.struct_members(shape)
                   if "out" in member and "out_location" not in member]
        name = service.name_of(shape)
        headers = self.render_headers(shape)
        into = self.rendered()
        if not members:
            return [f"void render(const {name}&, {into.removesuffix(' to')}) {{}}", ""] + headers
        is_top = name.endswith("Response") and shape in service.struct_name
        lines = [f"void render(const {name}& from, {into})", "{"]
        if is_top and name.removesuffix("Response") in service.says_return():
            lines.append('    wire::append(to, "return", true);')
        for member_name, member in members:
            target = f"to, {quoted(member['out'])}, from.{snake(member_name)}"
            if not service.is_list(member):
                lines.append(f"    wire::append({target});")
                continue
            item = "" if service.is_json else \
                quoted(service.shapes[member["shape"]]["item"]["out"]) + ", "
            optional = service.listed("optional_lists", shape, member_name)
            empty = is_top or service.listed("render_empty", shape, member_name)
            how = "kWhenSet" if optional else ("kAlways" if empty else "kWhenFilled")
            lines.append(f"    wire::append_list({target}, {item}wire::Empty::{how});")
        return lines + ["}", ""] + headers

    def render_headers(self, shape):
        members = self.header_members(shape)
        if not members:
            return []
        lines = [f"void render_headers(const {self.service.name_of(shape)}& from,"
                 " wire::Headers& to)", "{"]
        lines += [f"    wire::append_header(to, {quoted(member['out'])}, from.{snake(name)});"
                  for name, member in members]
        return lines + ["}", ""]

    def render_nothing(self, operation):
        if self.service.is_json:
            return [f"void render(const {operation}Response&, boost::json::object&) {{}}", ""]
        if self.service.schema["protocol"] != "ec2":
            return [f"void render(const {operation}Response&, pugi::xml_node) {{}}", ""]
        return [f"void render(const {operation}Response&, pugi::xml_node to)", "{",
                '    wire::append(to, "return", true);', "}", ""]

    def enums(self):
        lines = [NOTICE, "#pragma once\n", "#include <string_view>\n",
                 f"namespace amilab::{self.service.name} {{\n"]
        for name, values in sorted(self.service.schema["enums"].items()):
            lines.append(f"/// Sorted.\ninline constexpr std::string_view k{name}Values[] = {{")
            lines += [f"    {quoted(value)}," for value in sorted(values)] + ["};", ""]
        return "\n".join(lines + [f"}}  // namespace amilab::{self.service.name}", ""])

    def schema_header(self):
        service = self.service
        lines = [NOTICE, "#pragma once\n", '#include "server/wire/schema.h"\n',
                 f"namespace amilab::{service.name} {{\n",
                 "extern const wire::ServiceSchema kService;\n"]
        for operation in sorted(service.schema["operations"]):
            lines += [f"struct {operation}Request;",
                      f"extern const wire::OperationOf<{operation}Request> k{operation};"]
        return "\n".join(lines + ["", f"}}  // namespace amilab::{service.name}", ""])

    def schema_source(self):
        service = self.service
        lines = [NOTICE, f'#include "server/wire/{service.name}/schema.h"\n',
                 "#include <cstdint>\n",
                 f'#include "server/wire/{service.name}/enums.h"\n',
                 f"namespace amilab::{service.name} {{", "namespace {", ""]
        lines += [f"extern const wire::Members table_{index};"
                  for index in range(len(service.table_list))] + [""]
        for index, (shape, rows, _) in enumerate(service.table_list):
            lines.append(f"// {shape}")
            if rows:
                lines.append(f"constexpr wire::Member rows_{index}[] = {{")
                lines += [f"    {{{', '.join(row)}}}," for row in rows] + ["};"]
                lines += [f"const wire::Members table_{index}{{rows_{index}}};", ""]
            else:
                lines += [f"const wire::Members table_{index}{{}};", ""]
        operations = sorted(service.schema["operations"])
        for operation in operations:
            lines += self.name_lists(operation)
        lines += ["}  // namespace", ""]
        for operation in operations:
            lines += self.operation_schema(operation)
        lines += ["namespace {", ""]
        lines += ["constexpr std::string_view kNames[] = {"]
        lines += [f"    {quoted(name)}," for name in service.schema["operation_names"]] + ["};", ""]
        lines += ["constexpr const wire::OperationSchema* kServed[] = {"]
        lines += [f"    &k{operation}," for operation in operations]
        lines += ["};", ""]
        versions = service.overlay.get("versions", {}).get("members", [])
        if versions:
            lines += ["constexpr std::string_view kVersions[] = {"]
            lines += [f"    {quoted(version)}," for version in sorted(versions)] + ["};", ""]
        lines += ["}  // namespace", ""]
        lines += ["const wire::ServiceSchema kService{", f"    .name = {quoted(service.name)},",
                  f"    .protocol = wire::Protocol::{PROTOCOLS[service.schema['protocol']]},",
                  f"    .version = {quoted(service.schema['version'])},"]
        if versions:
            lines.append("    .versions = kVersions,")
        if service.is_json:
            lines += [f"    .target_prefix = {quoted(service.schema['target_prefix'])},",
                      f"    .error_message = {quoted(service.schema['error_message'])},"]
        elif not service.is_rest_xml:
            namespace = service.schema["xml_namespace"].rstrip("/") + "/"
            lines.append(f"    .xml_namespace = {quoted(namespace)},")
        lines += ["    .operation_names = kNames,", "    .operations = kServed,", "};", "",
                  f"}}  // namespace amilab::{service.name}", ""]
        return "\n".join(lines)

    def filters_of(self, operation):
        """(names, {alias: name}), the overlay's included."""
        entry = self.service.schema["operations"][operation]
        names = list(entry.get("filters", []))
        aliases = dict(entry.get("filter_aliases", {}))
        overlay = self.service.overlay.get("operations", {}).get(operation, {})
        for name, facts in overlay.get("filters", {}).items():
            if "alias_of" not in facts:
                names.append(name)
            elif facts["alias_of"] in names:
                aliases[name] = facts["alias_of"]
            else:
                fail(f"overlay, {operation}: {name} is an alias of an unknown filter")
        return sorted(names), aliases

    def name_lists(self, operation):
        lines = []
        filters, aliases = self.filters_of(operation)
        if filters:
            lines.append(f"constexpr std::string_view k{operation}Filters[] = {{")
            lines += [f"    {quoted(name)}," for name in filters] + ["};"]
        if aliases:
            lines.append(f"constexpr wire::FilterAlias k{operation}FilterAliases[] = {{")
            lines += [f"    {{{quoted(a)}, {quoted(n)}}}," for a, n in sorted(aliases.items())]
            lines.append("};")
        transport = self.transport_of(operation)
        if transport:
            lines.append(f"constexpr std::string_view k{operation}Transport[] = {{")
            lines += [f"    {quoted(name)}," for name in sorted(transport)] + ["};"]
        return lines

    def transport_of(self, operation):
        overlay = self.service.overlay.get("operations", {}).get(operation, {})
        return overlay.get("transport", {})

    def operation_schema(self, operation):
        service = self.service
        entry = service.schema["operations"][operation]
        filters, aliases = self.filters_of(operation)
        token = [m["in"] for m in service.shapes[entry["input"]]["members"].values()
                 if m.get("token")]
        lines = [f"const wire::OperationOf<{operation}Request> k{operation}{{{{",
                 f"    .name = {quoted(operation)},",
                 f"    .input = &table_{service.roots[operation]},"]
        if token:
            lines.append(f"    .token = {quoted(token[0])},")
        if "http" in entry:
            http = entry["http"]
            lines += [f"    .method = {quoted(http['method'])},", f"    .uri = {quoted(http['uri'])},",
                      f"    .status = {http['status']},"]
        if any(m.get("payload") for m in service.shapes[entry["input"]]["members"].values()):
            lines.append("    .has_payload = true,")
        if "result_wrapper" in entry:
            lines.append(f"    .result_wrapper = {quoted(entry['result_wrapper'])},")
        if filters:
            lines.append(f"    .filters = k{operation}Filters,")
        if aliases:
            lines.append(f"    .filter_aliases = k{operation}FilterAliases,")
        if self.transport_of(operation):
            lines.append(f"    .transport = k{operation}Transport,")
        return lines + ["}};", ""]


def sources_of(service):
    """Each source of a service, and the headers whose functions it defines."""
    sources = {}
    for file in service.files():
        room = service.room_of(file)
        name = f"{room}/{room}.cpp" if room else \
            "shared.cpp" if file == "shared" else f"{service.name}.cpp"
        sources.setdefault(name, []).append(file)
    return sources


def main():
    listings = ("--list", "--headers")
    arguments = [a for a in sys.argv[1:] if a not in listings]
    if len(arguments) != 2:
        fail("usage: generate_wire.py API_FOLDER OUTPUT_FOLDER [--list | --headers]")
    api, output = map(pathlib.Path, arguments)
    served = json.loads((api / "served.json").read_text())
    overlay = json.loads((api / "overlay.json").read_text())
    for name, rooms in sorted(served.items()):
        schema = json.loads((api / f"{name}.json").read_text())
        service = Service(name, schema, rooms, overlay.get(name, {}))
        if "--list" in sys.argv:
            files = list(sources_of(service)) + ["schema.cpp"]
        elif "--headers" in sys.argv:
            files = [f"{file}.h" for file in service.files() + ["enums", "schema"]]
        else:
            Writer(service, output).write_all()
            continue
        for file in files:
            print(output / name / file)


if __name__ == "__main__":
    main()
