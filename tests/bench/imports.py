"""ImportSnapshot of a raw object all of which is data, beside `cp --sparse=always` of the same
file."""

import http.client
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from load import CALL_TIMEOUT_S, Client
from processes import BenchError, Programs, Server
from s3 import BUCKET, HEADERS, call
from table import Better, Row, Target

MIB = 1 << 20
TARGET = Target("≤ 1.2 × cp", floor_at_most=1.2)
POLL_S = 0.002
IMPORT = ("Version=2016-11-15&Action=ImportSnapshot&DiskContainer.Format=RAW"
          f"&DiskContainer.UserBucket.S3Bucket={BUCKET}&DiskContainer.UserBucket.S3Key=disk.raw")


def make_disk(path: Path, mebibytes: int) -> None:
    """Without a block of zeros in it."""
    piece = random.Random(1).randbytes(MIB)
    with path.open("wb") as file:
        for number in range(mebibytes):
            file.write(number.to_bytes(8, "big") + piece[8:])


def put(server: Server, path: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=CALL_TIMEOUT_S)
    with path.open("rb") as body:
        connection.request("PUT", f"/{BUCKET}/disk.raw", body,
                           {**HEADERS, "Content-Length": str(path.stat().st_size)})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise BenchError(f"a disk of {path.stat().st_size} bytes is not put: {text[:300]!r}")


def between(text: bytes, tag: str) -> str:
    found = re.search(f"<{tag}>([^<]*)</{tag}>".encode(), text)
    if not found:
        raise BenchError(f"no {tag} in {text[:600]!r}")
    return found[1].decode()


def import_ms(client: Client) -> float:
    """From the call to the end of its task."""
    begin = time.perf_counter()
    task = between(client.post("/", IMPORT), "importTaskId")
    while True:
        shown = client.post("/", "Version=2016-11-15&Action=DescribeImportSnapshotTasks"
                                 f"&ImportTaskId.1={task}")
        status = between(shown, "status")
        if status == "completed":
            break
        if status != "active":
            raise BenchError(f"the import is {status}: {shown[:600]!r}")
        time.sleep(POLL_S)
    took_ms = (time.perf_counter() - begin) * 1000
    client.post("/", "Version=2016-11-15&Action=DeleteSnapshot"
                     f"&SnapshotId={between(shown, 'snapshotId')}")
    return took_ms


def copy_ms(path: Path) -> float:
    copy = path.with_suffix(".copy")
    begin = time.perf_counter()
    subprocess.run(["cp", "--sparse=always", str(path), str(copy)], check=True)
    took_ms = (time.perf_counter() - begin) * 1000
    copy.unlink()
    return took_ms


def import_rows(programs: Programs, rounds: int, mebibytes: int) -> list[Row]:
    print(f"bench: s3: importing {mebibytes:,} MiB", file=sys.stderr)
    folder = Path(programs.new_folder())
    disk = folder / "disk.raw"
    make_disk(disk, mebibytes)
    server = programs.start_amilab(str(folder / "data"))
    call(server, "PUT", f"/{BUCKET}")
    put(server, disk)
    client = Client(server)
    imports, copies = [], []
    for _ in range(rounds):
        imports.append(import_ms(client))
        copies.append(copy_ms(disk))
    server.stop()
    return [Row(f"ImportSnapshot of {mebibytes:,} MiB of data", "ms", Better.LESS, imports, None,
                copies, TARGET)]
