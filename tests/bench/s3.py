"""S3: objects of three sizes got and put by eight connections, beside Boost.Beast alone with the same
bytes in a file, SQLite with the same rows, and moto; then pages of few and of many keys."""

import http.client
import random
import sys
from pathlib import Path

from ebs import measure
from large import RATIO_AT_MOST
from load import ACCOUNT, CALL_TIMEOUT_S, Sample, measure_sqlite, run_wrk
from processes import BenchError, Programs, Server
from table import Better, Growth, Row, Target

CONNECTIONS = 8
# Name, bytes, and of how many objects the calls are in turn.
SIZES = (("4 KiB", 4 << 10, 64), ("1 MiB", 1 << 20, 16), ("64 MiB", 64 << 20, 2))
BUCKET = "bench"
CREDENTIAL = f"{ACCOUNT}/20250101/us-east-1/s3/aws4_request"
HEADERS = {"Authorization": f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host, "
                            "Signature=0",
           "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
CPU_TARGET = Target("≤ 2 × floors", floor_at_most=2)
FEW_KEYS, MANY_KEYS = 10_000, 1_000_000
PAGE = 1_000


def call(server: Server, method: str, target: str, body: bytes = b"") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=CALL_TIMEOUT_S)
    connection.request(method, target, body, HEADERS)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise BenchError(f"{server.name} answers {answer.status} to {method} {target}: "
                         f"{text[:300]}")
    return text


def paths(count: int) -> list[str]:
    return [f"/{BUCKET}/object-{number}" for number in range(count)]


def fill(server: Server, body: bytes, count: int) -> None:
    call(server, "PUT", f"/{BUCKET}")
    for path in paths(count):
        call(server, "PUT", path, body)


def cpu_of_rows(programs: Programs, method: str, seconds: int) -> float:
    """What SQLite takes for the rows of a call; of reads, nothing."""
    return measure_sqlite(programs, "PutObject", seconds).cpu_us if method == "PUT" else 0


def rows_of(name: str, amilab: list[Sample], moto: list[Sample], floor: list[Sample],
            floor_cpu: list[float]) -> list[Row]:
    return [Row(f"{name}: server CPU", "µs", Better.LESS, [one.cpu_us for one in amilab],
                [one.cpu_us for one in moto] or None, floor_cpu, CPU_TARGET),
            Row(f"{name}: calls a second", "/s", Better.MORE, [one.rate for one in amilab],
                [one.rate for one in moto] or None, [one.rate for one in floor])]


def size_rows(programs: Programs, amilab: Server, moto: Server | None, size: tuple[str, int, int],
              rounds: int, seconds: int, failures: list[str]) -> list[Row]:
    name, length, count = size
    body = random.Random(1).randbytes(length)
    folder = Path(programs.new_folder())
    (folder / "body").write_bytes(body)
    (folder / "file").write_bytes(body * count)
    floor = programs.start_blocks(folder / "file", length)
    for server in filter(None, (amilab, moto)):
        fill(server, body, count)
    rows = []
    for method in ("GET", "PUT"):
        print(f"bench: s3: {method} of {name}", file=sys.stderr)
        file = folder / "body" if method == "PUT" else ""

        def sample(server: Server, where: list[str]) -> Sample:
            return measure(server, folder, method, where, file, HEADERS, CONNECTIONS, seconds)

        samples: dict[str, list[Sample]] = {"amilab": [], "moto": [], "floor": []}
        cpu = []
        for _ in range(rounds):
            samples["amilab"].append(sample(amilab, paths(count)))
            samples["floor"].append(sample(floor, [f"/{number}" for number in range(count)]))
            cpu.append(samples["floor"][-1].cpu_us + cpu_of_rows(programs, method, seconds))
            if moto:
                samples["moto"].append(sample(moto, paths(count)))
        errors = sum(one.errors for some in samples.values() for one in some)
        if errors:
            failures.append(f"{method} of {name}: {errors} calls failed")
        rows += rows_of(f"{method} of {name}, {CONNECTIONS} connections", samples["amilab"],
                        samples["moto"], samples["floor"], cpu)
    floor.stop()
    return rows


def s3_rows(programs: Programs, rounds: int, seconds: int, failures: list[str]) -> list[Row]:
    amilab = programs.start_amilab()
    moto = programs.start_moto() if programs.has_moto else None
    rows = []
    for size in SIZES:
        rows += size_rows(programs, amilab, moto, size, rounds, seconds, failures)
    for server in filter(None, (amilab, moto)):
        server.stop()
    return rows


def list_server(programs: Programs, keys: int) -> Server:
    print(f"bench: loading {keys:,} keys", file=sys.stderr)
    folder = programs.new_folder()
    programs.run("load_objects", "--data", folder, "--objects", str(keys))
    server = programs.start_amilab(folder)
    found = call(server, "GET", f"/{BUCKET}?list-type=2").count(b"<Key>")
    if found != PAGE:
        raise BenchError(f"a page has {found} keys instead of {PAGE}")
    return server


def list_rows(programs: Programs, few: int, many: int, rounds: int, seconds: int) -> list[Growth]:
    servers = (list_server(programs, few), list_server(programs, many))
    folder = Path(programs.new_folder())
    rows = []
    for what, query in ((f"a page of {PAGE:,} keys", ""),
                        (f"a page of {PAGE:,} keys in the middle", "&start-after={middle}"),
                        ("what folders there are", "&delimiter=/")):
        print(f"bench: s3: {what}", file=sys.stderr)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for server, keys, of_server in zip(servers, (few, many), times):
                middle = f"folder-{keys // 2000:06}/"
                (folder / "paths").write_text(
                    f"/{BUCKET}?list-type=2{query.format(middle=middle)}")
                arguments = ["GET", str(folder / "paths"), "",
                             *(part for header in HEADERS.items() for part in header)]
                of_server.append(run_wrk(server, Path(__file__).with_name("blocks.lua"),
                                         arguments, 1, seconds).p50_us)
        # There are as many folders as there are thousands of keys, up to a page.
        bound = None if "folders" in what else RATIO_AT_MOST
        rows.append(Growth(f"ListObjectsV2, {what}: p50", "µs", *times, bound))
    for server in servers:
        server.stop()
    return rows
