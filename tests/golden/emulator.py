"""A server under recording: clients of two accounts and two regions, clock, delays, control."""

import json

from client import HOST, Answer, Client
from recorder import short

START = "2026-11-02T03:04:05.000Z"
ACCOUNT = "123456789012"
OTHER = "111122223333"
STRANGER = "444455556666"
REGION = "us-east-1"
OTHER_REGION = "eu-west-1"
SECOND_MS = 1000
HOUR_MS = 3600 * SECOND_MS
DAY_MS = 24 * HOUR_MS


class Emulator:
    def __init__(self, server, recorder):
        self._server = server
        self.recorder = recorder
        self.me = self.client(ACCOUNT)
        self.other = self.client(OTHER)
        self.far = self.client(ACCOUNT, OTHER_REGION)
        self.other_far = self.client(OTHER, OTHER_REGION)

    def client(self, account, region=REGION):
        return Client(self._server, self.recorder, account, region)

    def start_anew(self):
        """The state in which every scenario begins; not recorded."""
        self._quiet("reset", None)
        self._quiet("clock", {"freeze": True, "set": START})

    def advance(self, milliseconds):
        """Not recorded: the next answers show it."""
        self._quiet("clock", {"advance_ms": milliseconds})

    def set_delays(self, **delays):
        """set_delays(fast_restore__enabling=1): __ stands for the dot, _ for a hyphen."""
        self._quiet("delays", {name.replace("__", ".").replace("_", "-"): value
                               for name, value in delays.items()})

    def declare(self, account, **facts):
        self._quiet("accounts", {account: facts})

    def _quiet(self, route, body):
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.send("POST", f"/_amilab/{route}", content)
        if answer.is_refusal:
            raise RuntimeError(f"{route} {body}: {answer.text}")

    def send(self, method, target, body=b"", headers=()):
        """One request of any kind; not recorded. A header of None takes a usual one away."""
        usual = {"Host": HOST}
        if body or method in ("POST", "PUT", "PATCH"):
            usual["Content-Length"] = str(len(body))
        usual.update(headers)
        sent = [(name, value) for name, value in usual.items() if value is not None]
        return Answer("", *self._server.send(method, target, sent, body))

    def raw(self, method, target, body=b"", headers=()):
        """One request of any kind, recorded."""
        headers = dict(headers)
        answer = self.send(method, target, body, headers)
        said = " ".join(f"{name}={short(value)}" for name, value in headers.items()
                        if value is not None)
        text = body.decode("latin-1") if len(body) <= 400 and body.isascii() else short(body)
        self.recorder.add("http", f"{method} {target} {said} {text}".strip(), answer)
        return answer

    def control(self, method, route, body=None, headers=()):
        """A call of the control API, recorded; `body` is sent as JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else \
            b"" if body is None else json.dumps(body).encode()
        return self.raw(method, f"/_amilab/{route}", content, headers)
