#!/usr/bin/env python3
"""Packs what the program carries of labs, at build time.

usage: scripts/build_labs.py API_FOLDER LABS_FOLDER OUTPUT_FOLDER

Writes OUTPUT_FOLDER/api_model, what a client needs to know of the served operations of
API_FOLDER (fixtures/api): their shapes with the names of members in requests and answers; and
OUTPUT_FOLDER/labs, the files of the labs that LABS_FOLDER/order.txt lists, by name. Both are JSON,
packed by zlib behind the number of its bytes, which has four, the lowest first.
"""

import json
import pathlib
import struct
import sys
import zlib

SERVICE = ("protocol", "version", "target_prefix")
OPERATION = ("input", "output", "http", "result_wrapper")
MEMBER = ("in", "out", "type", "shape", "location", "out_location", "wire_name")


def kept(facts, names):
    return {name: facts[name] for name in names if name in facts}


def shape(facts):
    made = {"type": facts["type"]}
    if "members" in facts:
        made["members"] = {name: kept(member, MEMBER) for name, member in facts["members"].items()
                           if "payload" not in member}
    if "item" in facts:
        made["item"] = kept(facts["item"], MEMBER)
    return made


def model_of(facts):
    return {**kept(facts, SERVICE),
            "operations": {name: kept(operation, OPERATION)
                           for name, operation in facts["operations"].items()},
            "shapes": {name: shape(one) for name, one in facts["shapes"].items()}}


def labs_in(folder):
    order = folder / "order.txt"
    if not order.exists():
        return {}
    names = order.read_text().split()
    return {"order.txt": order.read_text(),
            **{path.name: path.read_text() for name in names
               for path in (folder / f"{name}.md", folder / f"{name}.json")}}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    path.write_bytes(struct.pack("<I", len(text)) + zlib.compress(text, 9))


def main(api, labs, output):
    served = json.loads((api / "served.json").read_text())
    models = {service: model_of(json.loads((api / f"{service}.json").read_text()))
              for service in served}
    write(output / "api_model", models)
    write(output / "labs", labs_in(labs))


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:4]))
