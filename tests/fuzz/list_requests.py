#!/usr/bin/env python3
"""Lists the typed requests of all operations that are served, for the fuzzers.

usage: tests/fuzz/list_requests.py SERVED_JSON OUTPUT_CPP
"""

import json
import pathlib
import sys

HEAD = """// Made by tests/fuzz/list_requests.py from fixtures/api/served.json.
#include "tests/fuzz/typed_requests.h"

#include "server/wire/request.h"
#include "tests/fuzz/oracle.h"
"""

PARSE = """
namespace amilab::fuzz {
namespace {

template <class Request>
void parse(const wire::ParameterNode& root)
{
    const auto request = wire::parse_request<Request>(root);
    require(request == wire::parse_request<Request>(root), "a request reads as the same twice");
}
"""


def main():
    served = json.loads(pathlib.Path(sys.argv[1]).read_text())
    includes, tables, spans = [], [], []
    for service, rooms in sorted(served.items()):
        includes.append(f'#include "server/wire/{service}/schema.h"')
        rows = []
        for room, families in rooms.items():
            folder = service if room == service else f"{service}/{room}"
            for family, operations in families.items():
                includes.append(f'#include "server/wire/{folder}/{family}.h"')
                rows += [f"    {{{service}::k{name}, &parse<{service}::{name}Request>}},"
                         for name in operations]
        table = service.capitalize()
        tables += [f"\nconst TypedRequest kAll{table}[] = {{", *rows, "};"]
        spans.append(f"const std::span<const TypedRequest> k{table}Requests = kAll{table};")
    text = "\n".join([HEAD + "\n".join(sorted(includes)), PARSE + "\n".join(tables),
                      "\n}  // namespace\n", *spans, "\n}  // namespace amilab::fuzz\n"])
    pathlib.Path(sys.argv[2]).write_text(text)


if __name__ == "__main__":
    main()
