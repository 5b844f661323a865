"""Calls: single ones, and as many as a server answers, driven by wrk."""

import http.client
import json
import subprocess
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from processes import BenchError, Programs, Server

ACCOUNT = "123456789012"
VERSION = "2016-11-15"
SCRIPT = Path(__file__).with_name("post.lua")
CALL_TIMEOUT_S = 120
# How long a run may get that is made longer until something was done in it.
LONGEST_S = 60
PIECE_BYTES = 1 << 20
IMAGE = b"<imageId>"


@dataclass(frozen=True)
class Form:
    """A call's body. post.lua says what {n} and {value} stand for."""

    text: str
    values: tuple[str, ...] = ()
    account: str = ACCOUNT

    def first(self) -> str:
        return self.text.replace("{n}", "0").replace("{value}", self.values[0] if self.values else "")


def form(action: str, /, values: tuple[str, ...] = (), account: str = ACCOUNT,
         **parameters: str) -> Form:
    """`Filter_1_Name="name"` is the parameter Filter.1.Name."""
    pairs = {"Action": action, "Version": VERSION}
    pairs |= {name.replace("_", "."): value for name, value in parameters.items()}
    return Form(urllib.parse.urlencode(pairs, safe="{}*?"), values, account)


@dataclass(frozen=True)
class Sample:
    """One short run of calls."""

    rate: float
    cpu_us: float
    p50_us: float
    p99_us: float
    errors: int


class Client:
    """One connection that makes single calls."""

    def __init__(self, server: Server):
        self.server = server
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                      timeout=CALL_TIMEOUT_S)

    def _ask(self, path: str, body: str, account: str) -> None:
        credential = f"{account}/20250101/us-east-1/ec2/aws4_request"
        self._connection.request("POST", path, body, {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
                             "SignedHeaders=host;x-amz-date, Signature=0"})

    def post(self, path: str, body: str = "", account: str = ACCOUNT) -> bytes:
        self._ask(path, body, account)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise BenchError(f"{self.server.name} answers {answer.status} to {body or path}: "
                             f"{text.decode(errors='replace')[:300]}")
        return text

    def drain(self, call: Form, at_piece: Callable[[], None], marker: bytes = IMAGE) -> int:
        """Reads an answer of any length and forgets it; counts the markers in it."""
        self._ask("/", call.first(), call.account)
        answer = self._connection.getresponse()
        found = 0
        rest = b""
        while piece := answer.read(PIECE_BYTES):
            at_piece()
            rest += piece
            found += rest.count(marker)
            rest = rest[1 - len(marker):]
        return found

    def send(self, call: Form) -> bytes:
        return self.post("/", call.first(), call.account)

    def call(self, action: str, **parameters: str) -> "Answer":
        return Answer(self.send(form(action, **parameters)))

    def timed_ms(self, call: Form) -> float:
        begin = time.perf_counter()
        self.send(call)
        return (time.perf_counter() - begin) * 1e3


class Answer:
    """An XML answer, asked by element names without their namespace."""

    def __init__(self, body: bytes):
        self._root = ElementTree.fromstring(body)

    def all(self, name: str) -> list[str]:
        return [element.text or "" for element in self._root.iter()
                if element.tag.rpartition("}")[2] == name]

    def one(self, name: str) -> str:
        found = self.all(name)
        if not found:
            raise BenchError(f"an answer has no {name}")
        return found[0]


def measure(server: Server, call: Form, connections: int, seconds: int) -> Sample:
    return run_wrk(server, SCRIPT, [call.account, call.text, *call.values], connections, seconds)


def run_wrk(server: Server, script: Path, arguments: list[str], connections: int,
            seconds: int) -> Sample:
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration",
               f"{seconds}s", "--timeout", f"{CALL_TIMEOUT_S}s", "--script", str(script),
               f"http://127.0.0.1:{server.port}/", "--", *arguments]
    cpu_before = server.cpu_seconds()
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=seconds + 2 * CALL_TIMEOUT_S)
    cpu_used = server.cpu_seconds() - cpu_before
    if done.returncode != 0:
        raise BenchError(f"wrk: {done.stderr.strip() or done.stdout.strip()}")
    if facts_in(done.stdout)["requests"] == 0 and seconds < LONGEST_S:
        return run_wrk(server, script, arguments, connections, 2 * seconds)  # too short for these
    return to_sample(done.stdout, cpu_used)


def measure_singly(server: Server, call: Form, count: int) -> Sample:
    """For calls so slow that wrk would see none of them end."""
    client = Client(server)
    cpu_before = server.cpu_seconds()
    times_us = sorted(client.timed_ms(call) * 1e3 for _ in range(count))
    cpu_us = (server.cpu_seconds() - cpu_before) / count * 1e6
    return Sample(rate=count / sum(times_us) * 1e6, cpu_us=cpu_us, p50_us=times_us[count // 2],
                  p99_us=times_us[-1], errors=0)


def measure_sqlite(programs: Programs, operation: str, seconds: float) -> Sample:
    output = programs.run("sqlite_floor", operation, "--data", programs.new_folder(),
                          "--seconds", str(seconds))
    return to_sample(output, facts_in(output)["cpu_seconds"])


def facts_in(output: str) -> dict[str, float]:
    """The line of JSON at the end of what report.lua or sqlite_floor prints."""
    return json.loads(output.strip().splitlines()[-1])


def to_sample(output: str, cpu_seconds: float) -> Sample:
    facts = facts_in(output)
    requests = facts["requests"]
    if requests == 0:
        raise BenchError("no call was answered")
    return Sample(rate=requests / facts["seconds"], cpu_us=cpu_seconds / requests * 1e6,
                  p50_us=facts["p50_us"], p99_us=facts["p99_us"], errors=facts["errors"])
