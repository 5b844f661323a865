"""`amilab serve` as a child process with data of its own, on a free port."""

import http.client
import os
import pathlib
import re
import signal
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).parents[2]
READY = re.compile(r"amilab ready on http://127\.0\.0\.1:(\d+)\n")
SEED = "20260102"
STOP_SECONDS = 60


def binary():
    return os.environ.get("AMILAB_BINARY", str(ROOT / "build/release/amilab"))


def environment():
    """Without what tells clients and servers of AWS what to do."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_"))}


class Server:
    """A context manager; `send` is one request over a connection that stays open."""

    def __init__(self, *options):
        self._options = options

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [binary(), "serve", "--listen", "127.0.0.1:0", "--seed", SEED, "--data",
             f"{self._folder.name}/data", "--log-level", "warning", *self._options],
            stdout=subprocess.PIPE, stderr=self._log,
            env=environment() | {"TMPDIR": self._folder.name,
                                 "AMILAB_CHECK_LOCK_ORDER": "1"})
        line = self._process.stdout.readline().decode()
        ready = READY.fullmatch(line)
        if not ready:
            self._end()
            raise RuntimeError(f"{binary()} did not get ready: {line!r}\n{self.log()}")
        self._port = int(ready.group(1))
        self._connection = self._connect()
        return self

    def _connect(self):
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)

    def __exit__(self, *error):
        self._connection.close()
        code = self._end()
        log = self.log()
        self._log.close()
        if code != 0 and error[0] is None:
            raise RuntimeError(f"the server ended with {code}:\n{log}")

    def _end(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(STOP_SECONDS)
        self._process.stdout.close()
        self._folder.cleanup()
        return code

    def forget_request(self):
        """Of which only a part was made, since the rest cannot be; a connection keeps that part."""
        self._connection.close()
        self._connection = self._connect()

    def log(self):
        """What the server said on stderr so far."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def send(self, method, target, headers, body):
        """(status, reason, [(header, value)], body) with no header that is not in `headers`."""
        connection = self._connection
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        content = response.read()
        return response.status, response.reason, response.getheaders(), content
