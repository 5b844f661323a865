"""The rows of an earlier amilab and this one, call by call in alternating rounds."""

import sys

from calls import CONNECTIONS, prepare, start_once
from load import measure
from operations import Operation
from processes import BenchError, Programs, Server
from table import Growth

# What is noise in medians of paired rounds.
RATIO_AT_MOST = 1.05


def beside_rows(earlier: Programs, now: Programs, operations: list[Operation], rounds: int,
                seconds: int) -> list[Growth]:
    sides = (earlier, now)
    starts: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, times in zip(sides, starts):
            times.append(start_once(side.start_amilab, side.new_folder())[0])
    rows = [Growth("exec → first answered call", "ms", *starts, RATIO_AT_MOST)]
    servers = [side.start_amilab() for side in sides]
    for operation in operations:
        print(f"bench: {operation.name} of both", file=sys.stderr)
        rows += operation_rows(servers, operation, rounds, seconds)
    for server in servers:
        server.stop()
    return rows


def operation_rows(servers: list[Server], operation: Operation, rounds: int,
                   seconds: int) -> list[Growth]:
    rows = []
    for connections in CONNECTIONS:
        costs: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for server, cost in zip(servers, costs):
                call, _ = prepare(server, operation, "/_amilab/reset")
                sample = measure(server, call, connections, seconds)
                if sample.errors:
                    raise BenchError(f"{operation.name}: {sample.errors} calls failed")
                cost.append(sample.cpu_us)
        name = f"{operation.name}, {connections} connection{'s' if connections > 1 else ''}"
        rows.append(Growth(f"{name}: server CPU", "µs", *costs, RATIO_AT_MOST))
    return rows
