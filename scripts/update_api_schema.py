#!/usr/bin/env python3
"""Writes fixtures/api/<service>.json from botocore's service models: facts only, no prose.

usage: scripts/update_api_schema.py [BOTOCORE_FOLDER]

Takes the models from BOTOCORE_FOLDER (the installed package), else from the botocore that Python
imports; tests/clients/requirements.txt pins the version. fixtures/api/served.json says which
operations are written in full. fixtures/api/overlay.json is never touched.
"""

import argparse
import gzip
import html.parser
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
API = ROOT / "fixtures" / "api"


class OuterItems(html.parser.HTMLParser):
    """The text of each outermost list item, with \x01 and \x02 around what stands in <code>."""

    def __init__(self):
        super().__init__()
        self.depth = 0
        self.items = []

    def handle_starttag(self, tag, attrs):
        if tag in ("ul", "ol"):
            self.depth += 1
        elif tag == "li" and self.depth == 1:
            self.items.append("")
        elif tag == "code":
            self.add("\x01")

    def handle_endtag(self, tag):
        if tag in ("ul", "ol"):
            self.depth -= 1
        elif tag == "code":
            self.add("\x02")

    def handle_data(self, data):
        self.add(data)

    def add(self, text):
        if self.depth == 1 and self.items:
            self.items[-1] += text


def filter_names(documentation):
    """(names, {alias: name}) as the text of a Filters or Filter member gives them."""
    parser = OuterItems()
    parser.feed(documentation)
    names, aliases = [], {}
    for item in parser.items:
        start = re.match(r"\s*\x01\s*([^\x01\x02]*?)\s*\x02\s*(:?)", item)
        if not start:
            raise SystemExit(f"no filter name in: {item!r}")
        name = start.group(1)
        # "tag" with or without ":<key>" written out is the one family of tag filters.
        if name == "tag" or name.startswith("tag:"):
            name = "tag:<key>"
        names.append(name)
        also = re.search(r"[Yy]ou can also use (.*?) as the filter name", item)
        for alias in re.findall(r"\x01\s*([^\x01\x02]*?)\s*\x02", also.group(1)) if also else []:
            aliases[alias] = name
    if len(set(names)) != len(names):
        raise SystemExit(f"a filter name stands twice: {sorted(names)}")
    return sorted(names), aliases


class Schema:
    """Collects the shapes that the served operations of one service reach."""

    def __init__(self, model):
        self.model = model
        self.protocol = model["metadata"]["protocol"]
        self.is_json = self.protocol in ("json", "rest-json")
        self.is_rest_xml = self.protocol == "rest-xml"
        self.shapes = {}
        self.enums = {}

    def reference(self, shape_name, is_input):
        """How a member or list item names its type: scalars in full, the rest by shape."""
        shape = self.model["shapes"][shape_name]
        if shape["type"] in ("structure", "list", "map"):
            self.add(shape_name, is_input)
            return {"shape": shape_name}
        kind = {"float": "double"}
        fact = {"type": kind.get(shape["type"], shape["type"])}
        if not is_input:
            return fact
        for constraint in ("min", "max", "pattern"):
            if constraint in shape:
                fact[constraint] = shape[constraint]
        if "enum" in shape:
            fact["enum"] = shape_name
            self.enums[shape_name] = shape["enum"]
        return fact

    def add(self, name, is_input):
        entry = self.shapes.setdefault(name, {"uses": set()})
        use = "input" if is_input else "output"
        if use in entry["uses"]:
            return
        entry["uses"].add(use)
        shape = self.model["shapes"][name]
        entry["type"] = shape["type"]
        if shape["type"] == "list":
            item = entry.setdefault("item", {})
            item.update(self.reference(shape["member"]["shape"], is_input))
            if not is_input:
                item["out"] = shape["member"].get("locationName", "member")
                return
            for constraint in ("min", "max"):
                if constraint in shape:
                    entry[constraint] = shape[constraint]
            return
        if shape["type"] == "map":
            raise SystemExit(f"maps are not supported yet: {name}")
        members = entry.setdefault("members", {})
        for member_name, member in shape["members"].items():
            fact = members.setdefault(member_name, {})
            if member_name == shape.get("payload"):
                self.add_payload(fact, member)
                continue
            if self.is_rest_xml and self.is_of_http(member):
                del members[member_name]
                continue
            fact.update(self.text_or_reference(member, is_input))
            if not is_input:
                fact["out"] = member.get("locationName", member_name)
                if "location" in member:
                    fact["out_location"] = member["location"]
                continue
            fact["in"] = self.input_name(member_name, member)
            if "location" in member:
                fact["location"] = member["location"]
                fact["wire_name"] = member["locationName"]
            if member_name in shape.get("required", []):
                fact["required"] = True
            if member.get("idempotencyToken"):
                fact["token"] = True

    def is_of_http(self, member):
        """What the framing has, and headers that any name may have: handlers read those."""
        return member.get("locationName") == "Content-Length" or member["location"] == "headers"

    def text_or_reference(self, member, is_input):
        """Of rest-xml, lists and times in headers and queries are text: S3 reads them as HTTP has
        them."""
        shape = self.model["shapes"][member["shape"]]
        if self.is_rest_xml and shape["type"] in ("list", "timestamp"):
            return {"type": "string"}
        return self.reference(member["shape"], is_input)

    def add_payload(self, fact, member):
        """The body as it is: no part of the typed request or answer."""
        if not self.is_rest_xml and self.model["shapes"][member["shape"]]["type"] != "blob":
            raise SystemExit(f"payloads other than blobs are not supported yet: {member['shape']}")
        fact.update({"type": "blob", "payload": True})

    def input_name(self, member_name, member):
        if "location" in member:
            return member_name
        if self.protocol != "ec2":
            return member.get("locationName", member_name)
        if "queryName" in member:
            return member["queryName"]
        name = member.get("locationName", member_name)
        return name[0].upper() + name[1:]

    def operation(self, name):
        operation = self.model["operations"][name]
        entry = {}
        if "input" in operation:
            entry["input"] = operation["input"]["shape"]
            self.add(entry["input"], True)
            members = self.model["shapes"][entry["input"]]["members"]
            filters = members.get("Filters", members.get("Filter"))
            if filters and self.protocol == "ec2":
                names, aliases = filter_names(filters["documentation"])
                entry["filters"] = names
                if aliases:
                    entry["filter_aliases"] = aliases
        if "output" in operation and not self.is_rest_xml:
            entry["output"] = operation["output"]["shape"]
            self.add(entry["output"], False)
            if "resultWrapper" in operation["output"]:
                entry["result_wrapper"] = operation["output"]["resultWrapper"]
        if self.protocol in ("rest-json", "rest-xml"):
            http = operation["http"]
            entry["http"] = {"method": http["method"], "uri": http["requestUri"],
                             "status": http.get("responseCode", 200)}
        return entry

    def error_message(self, operations):
        """How the service's error bodies spell the member that holds the message."""
        for name in operations:
            for error in self.model["operations"][name].get("errors", []):
                if "Message" in self.model["shapes"][error["shape"]]["members"]:
                    return "Message"
        return "message"


def schema_of(model, botocore_version, served):
    schema = Schema(model)
    operations = {name: schema.operation(name) for name in served}
    for shape in schema.shapes.values():
        shape["uses"] = sorted(shape["uses"])
    metadata = model["metadata"]
    facts = {}
    if schema.is_json:
        facts["error_message"] = schema.error_message(served)
        facts["target_prefix"] = metadata.get("targetPrefix", "")
    elif not schema.is_rest_xml:
        facts["xml_namespace"] = metadata.get("xmlNamespace", "")
    return {
        **facts,
        "botocore": botocore_version,
        "service": metadata["endpointPrefix"],
        "protocol": metadata["protocol"],
        "version": metadata["apiVersion"],
        "operation_names": sorted(model["operations"]),
        "operations": operations,
        "shapes": schema.shapes,
        "enums": schema.enums,
    }


def is_leaf(value):
    return not isinstance(value, (dict, list))


def dump(value, indent=0):
    """JSON with sorted keys; an object of plain values stands on one line, so that a changed
    member is a changed line."""
    inner, outer = " " * (indent + 1), " " * indent
    if isinstance(value, dict) and value and not (indent > 1 and all(map(is_leaf, value.values()))):
        lines = [f"{inner}{json.dumps(k)}: {dump(v, indent + 1)}" for k, v in sorted(value.items())]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    if isinstance(value, list) and len(value) > 3:
        return "[\n" + ",\n".join(inner + dump(v, indent + 1) for v in value) + f"\n{outer}]"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("botocore", nargs="?", type=pathlib.Path, help="botocore's package folder")
    parser.add_argument("--output", type=pathlib.Path, default=API, help="where the files go")
    arguments = parser.parse_args()
    if arguments.botocore:
        package = arguments.botocore
        init = (package / "__init__.py").read_text()
        version = re.search(r"__version__ = ['\"]([^'\"]+)", init).group(1)
    else:
        import botocore

        package, version = pathlib.Path(botocore.__file__).parent, botocore.__version__
    served = json.loads((API / "served.json").read_text())
    for service, rooms in sorted(served.items()):
        latest = sorted((package / "data" / service).iterdir())[-1]
        with gzip.open(latest / "service-2.json.gz") as packed:
            model = json.load(packed)
        names = sorted(name for families in rooms.values()
                       for family in families.values() for name in family)
        (arguments.output / f"{service}.json").write_text(dump(schema_of(model, version, names)) + "\n")
        print(f"{service}: {len(names)} of {len(model['operations'])} operations in full")


if __name__ == "__main__":
    main()
