"""The EBS direct APIs: blocks of 512 KiB got and put, beside Boost.Beast alone with the same bytes
in a file."""

import base64
import hashlib
import http.client
import json
import random
import sys
import urllib.parse
from pathlib import Path

from load import ACCOUNT, CALL_TIMEOUT_S, Sample, run_wrk
from processes import BenchError, Programs, Server
from table import Better, Row, Target

SCRIPT = Path(__file__).with_name("blocks.lua")
BLOCK = 512 << 10
BLOCKS = 64
AT_LEAST = 0.5
CREDENTIAL = f"{ACCOUNT}/20250101/us-east-1/ebs/aws4_request"
AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host, Signature=0"


def put_headers(data: bytes) -> dict[str, str]:
    checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"Authorization": AUTHORIZATION, "x-amz-Data-Length": str(len(data)),
            "x-amz-Checksum": checksum, "x-amz-Checksum-Algorithm": "SHA256"}


class Ebs:
    """One connection that makes single calls."""

    def __init__(self, server: Server):
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                      timeout=CALL_TIMEOUT_S)

    def call(self, method: str, target: str, body: bytes = b"",
             headers: dict[str, str] | None = None) -> dict:
        self._connection.request(method, target, body,
                                 headers or {"Authorization": AUTHORIZATION})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise BenchError(f"amilab answers {answer.status} to {method} {target}: {text[:300]}")
        return json.loads(text) if text else {}

    def start(self) -> str:
        return self.call("POST", "/snapshots", b'{"VolumeSize": 1}')["SnapshotId"]

    def upload(self, blocks: list[bytes]) -> str:
        snapshot = self.start()
        for index, data in enumerate(blocks):
            self.call("PUT", f"/snapshots/{snapshot}/blocks/{index}", data, put_headers(data))
        self.call("POST", f"/snapshots/completion/{snapshot}", b"",
                  {"Authorization": AUTHORIZATION,
                   "x-amz-ChangedBlocksCount": str(len(blocks))})
        return snapshot

    def paths(self, snapshot: str) -> list[str]:
        """Where its blocks are got."""
        listed = self.call("GET", f"/snapshots/{snapshot}/blocks")["Blocks"]
        return [f"/snapshots/{snapshot}/blocks/{block['BlockIndex']}"
                f"?blockToken={urllib.parse.quote(block['BlockToken'], safe='')}"
                for block in listed]


def measure(server: Server, folder: Path, method: str, paths: list[str], body: Path | str,
            headers: dict[str, str], connections: int, seconds: int) -> Sample:
    file = folder / "paths"
    file.write_text("\n".join(paths))
    arguments = [method, str(file), str(body),
                 *(part for header in headers.items() for part in header)]
    return run_wrk(server, SCRIPT, arguments, connections, seconds)


def ebs_rows(programs: Programs, rounds: int, seconds: int, failures: list[str]) -> list[Row]:
    dice = random.Random(1)
    blocks = [dice.randbytes(BLOCK) for _ in range(BLOCKS)]
    folder = Path(programs.new_folder())
    (folder / "file").write_bytes(b"".join(blocks))
    (folder / "body").write_bytes(blocks[0])
    amilab = programs.start_amilab(programs.new_folder())
    beast = programs.start_blocks(folder / "file")
    ebs = Ebs(amilab)
    got = ebs.paths(ebs.upload(blocks))
    bare = [f"/{index}" for index in range(BLOCKS)]
    rows = []
    for connections in (1, 8):
        for what, method in (("GetSnapshotBlock", "GET"), ("PutSnapshotBlock", "PUT")):
            print(f"bench: ebs direct: {what}, {connections}", file=sys.stderr)
            pairs: list[list[Sample]] = [[], []]
            for _ in range(rounds):
                body: Path | str = ""
                paths, headers = got, {"Authorization": AUTHORIZATION}
                if method == "PUT":
                    snapshot = ebs.start()
                    paths = [f"/snapshots/{snapshot}/blocks/{index}" for index in range(BLOCKS)]
                    body, headers = folder / "body", put_headers(blocks[0])
                for samples, server, where in zip(pairs, (amilab, beast), (paths, bare)):
                    samples.append(measure(server, folder, method, where, body, headers,
                                           connections, seconds))
            errors = sum(sample.errors for samples in pairs for sample in samples)
            if errors:
                failures.append(f"{what}: {errors} calls failed")
            name = f"{what}, {connections} connection{'s' if connections > 1 else ''}"
            rows.append(Row(f"{name}: blocks a second", "/s", Better.MORE,
                            [sample.rate for sample in pairs[0]], None,
                            [sample.rate for sample in pairs[1]],
                            Target(f"≥ {AT_LEAST} × Beast", floor_at_least=AT_LEAST)))
            rows.append(Row(f"{name}: server CPU", "µs", Better.LESS,
                            [sample.cpu_us for sample in pairs[0]], None,
                            [sample.cpu_us for sample in pairs[1]]))
    amilab.stop()
    beast.stop()
    return rows
