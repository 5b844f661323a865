"""The rows of single operations: amilab, moto and a floor, in alternating short rounds."""

import sys
import time
from dataclasses import dataclass, field, replace

from load import Client, Form, Sample, form, measure, measure_sqlite
from operations import Operation, launch, register_image
from processes import BenchError, Programs, Server
from table import Better, Row, Target

CONNECTIONS = (1, 8)

# Of the processor time of one call: how many times that of its floors it may be, by connections.
CPU_TARGETS = {1: Target("≤ 2 × floors", floor_at_most=2), 8: Target("≤ 2 × floors", floor_at_most=2)}
READ_CPU_TARGETS = CPU_TARGETS | {8: Target("≤ 3 × floor", floor_at_most=3)}
RATE_TARGET = Target("≥ 30 × moto", moto_at_least=30)
RESET_TARGET = Target("≤ 5 ms", at_most=5)
RESET_INSTANCES = 200
START_TARGET = Target("≤ 20 ms", at_most=20)
MEMORY_TARGET = Target("≤ 20 MiB", at_most=20)


@dataclass
class Rounds:
    """The samples of one operation at one number of connections."""

    amilab: list[Sample] = field(default_factory=list)
    moto: list[Sample] = field(default_factory=list)
    floor: list[Sample] = field(default_factory=list)

    def row(self, name: str, fact: str, unit: str, better: Better,
            target: Target | None = None) -> Row:
        def facts(samples: list[Sample]) -> list[float] | None:
            return [getattr(sample, fact) for sample in samples] or None

        return Row(name, unit, better, facts(self.amilab), facts(self.moto), facts(self.floor),
                   target)


def start_times(programs: Programs, rounds: int) -> list[Row]:
    """From exec to the first answer, and the memory that the server has then."""
    amilab: list[tuple[float, float]] = []
    moto: list[tuple[float, float]] = []
    for _ in range(rounds):
        amilab.append(start_once(programs.start_amilab, programs.new_folder()))
        if programs.has_moto:
            moto.append(start_once(programs.start_moto))
    rows = []
    for index, (name, unit, target) in enumerate((
            ("exec → first answered call", "ms", START_TARGET),
            ("resident memory after it", "MiB", MEMORY_TARGET))):
        rows.append(Row(name, unit, Better.LESS, [pair[index] for pair in amilab],
                        [pair[index] for pair in moto] or None, None, target))
    return rows


def start_once(start, *arguments: str) -> tuple[float, float]:
    begin_s = time.perf_counter()
    server = start(*arguments, guarded=False)
    Client(server).send(form("DescribeRegions"))
    took_ms = (time.perf_counter() - begin_s) * 1e3
    memory_mib = server.resident_mib()
    server.stop()
    return took_ms, memory_mib


def prepare(server: Server, operation: Operation, reset_path: str) -> tuple[Form, bytes]:
    """A server with nothing but what the call needs; the call, and an answer to it."""
    client = Client(server)
    client.post(reset_path)
    call = operation.prepare(client)
    return call, client.send(call)


def measure_operation(programs: Programs, amilab: Server, operation: Operation, rounds: int,
                      seconds: int) -> dict[int, Rounds]:
    # moto grows under load: each operation meets a fresh one.
    moto = programs.start_moto() if programs.has_moto else None
    beast: Server | None = None
    results = {connections: Rounds() for connections in CONNECTIONS}
    for _ in range(rounds):
        for connections, result in results.items():
            call, answer = prepare(amilab, operation, "/_amilab/reset")
            result.amilab.append(measure(amilab, call, connections, seconds))
            beast = beast or programs.start_beast(len(answer))
            floor = measure(beast, call, connections, seconds)
            if operation.writes:
                floor = sum_of_floors(measure_sqlite(programs, operation.name, seconds), floor)
            result.floor.append(floor)
            if moto:
                call, _ = prepare(moto, operation, "/moto-api/reset")
                result.moto.append(measure(moto, call, connections, seconds))
    for server in filter(None, (moto, beast)):
        server.stop()
    require_no_errors(operation, results)
    return results


def sum_of_floors(rows: Sample, bare: Sample) -> Sample:
    """Of writes: the rows alone, and in processor time a bare call of the same size besides."""
    return replace(rows, cpu_us=rows.cpu_us + bare.cpu_us)


def reset_row(amilab: Server, rounds: int) -> Row:
    """From a server with instances to an empty one, as its client waits for it."""
    times_ms = []
    for _ in range(rounds):
        client = Client(amilab)
        client.post("/_amilab/reset")
        client.send(launch(register_image(client), RESET_INSTANCES))
        begin_s = time.perf_counter()
        client.post("/_amilab/reset")
        times_ms.append((time.perf_counter() - begin_s) * 1e3)
    return Row(f"reset of a server with {RESET_INSTANCES} instances", "ms", Better.LESS, times_ms,
               None, None, RESET_TARGET)


def require_no_errors(operation: Operation, results: dict[int, Rounds]) -> None:
    for connections, result in results.items():
        for who, samples in (("amilab", result.amilab), ("moto", result.moto),
                             ("the floor", result.floor)):
            errors = sum(sample.errors for sample in samples)
            if errors:
                raise BenchError(f"{operation.name} at {connections} connections: "
                                 f"{errors} calls of {who} failed")


def operation_rows(operation: Operation, results: dict[int, Rounds]) -> list[Row]:
    is_by_id = operation.name == "DescribeImages"
    name = "DescribeImages by id" if is_by_id else operation.name
    # A list of some length is rows of its own, which the floor of reads has not.
    cpu_targets = CPU_TARGETS if operation.writes else READ_CPU_TARGETS if is_by_id else {}
    rows = []
    for connections, result in results.items():
        with_connections = f"{name}, {connections} connection{'s' if connections > 1 else ''}"
        rows += [
            result.row(f"{with_connections}: server CPU", "cpu_us", "µs", Better.LESS,
                       cpu_targets.get(connections)),
            result.row(f"{with_connections}: calls a second", "rate", "/s", Better.MORE,
                       RATE_TARGET if operation.writes else None),
            result.row(f"{with_connections}: p50", "p50_us", "µs", Better.LESS),
            result.row(f"{with_connections}: p99", "p99_us", "µs", Better.LESS),
        ]
    return rows


def call_rows(programs: Programs, operations: list[Operation], rounds: int, seconds: int,
              failures: list[str]) -> list[Row]:
    """What cannot be measured becomes a failure, and the others go on."""
    amilab = programs.start_amilab()
    rows: list[Row] = []
    for operation in operations:
        print(f"bench: {operation.name}", file=sys.stderr)
        try:
            results = measure_operation(programs, amilab, operation, rounds, seconds)
        except BenchError as error:
            failures.append(str(error))
            continue
        rows += operation_rows(operation, results)
    rows.append(reset_row(amilab, rounds))
    amilab.stop()
    return rows
