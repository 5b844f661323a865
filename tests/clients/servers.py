"""A running amilab: started on a free port, ended by its process id."""

import functools
import json
import os
import pathlib
import re
import resource
import selectors
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import boto3
import botocore.config

REGION = "us-east-1"
DEFAULT_ACCOUNT = "123456789012"
READY = re.compile(r"amilab ready on (http://(?:127\.0\.0\.\d+|0\.0\.0\.0|\[::1\]):\d+)\n")
NBD = re.compile(r"amilab serves (\S+)(?: and (\S+))?\n")
TOKEN_VARIABLE = "AMILAB_CONTROL_TOKEN"
# What takes longer hangs; nothing is so slow, on a machine under load either.
HANG_SECONDS = 120


def has_ipv6():
    """Whether this machine has ::1."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def binary():
    """The server under test: AMILAB_BINARY, else the release build."""
    default = pathlib.Path(__file__).parents[2] / "build/release/amilab"
    return os.environ.get("AMILAB_BINARY", str(default))


def run_amilab(*arguments, endpoint=None, **options):
    """Runs one of amilab's commands to its end."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("AWS_") and name != TOKEN_VARIABLE}
    environment |= dict(options.pop("environment", {}))
    if endpoint is not None:
        environment["AWS_ENDPOINT_URL"] = endpoint
    options.setdefault("capture_output", True)
    options.setdefault("timeout", HANG_SECONDS)
    return subprocess.run([binary(), *map(str, arguments)], env=environment, check=False,
                          **options)


@functools.cache
def _session():
    # One for all clients: it keeps the service models, which take long to read.
    return boto3.session.Session()


class Server:
    """`amilab serve` as a child process."""

    # What a test may find in the log: a pattern that matches nothing, unless it says otherwise.
    expected_errors = r"(?!)"

    def __init__(self, *arguments, environment=(), descriptors=None):
        """`descriptors`: how many it may have open, at most."""
        limit = functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE,
                                  (descriptors, descriptors))
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [binary(), "serve", *([] if "--listen" in arguments else ["--listen", "127.0.0.1:0"]),
             *([] if "--log-level" in arguments else ["--log-level", "warning"]),
             *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=self._log,
            env={name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
            | dict(environment), preexec_fn=limit if descriptors else None)
        line = self._first_line()
        ready = READY.fullmatch(line)
        if not ready:
            self.kill()
            raise RuntimeError(f"amilab did not get ready: {line!r}\n{self.log()}")
        self.endpoint = ready.group(1).replace("0.0.0.0", "127.0.0.1")
        self.port = int(self.endpoint.rsplit(":", 1)[1])
        self.nbd_uris = self._nbd_uris() if {"--nbd", "--nbd-unix"} & set(arguments) else []

    def _nbd_uris(self):
        line = self.process.stdout.readline().decode()  # it came with the first
        serves = NBD.fullmatch(line)
        assert serves, line
        return [uri for uri in serves.groups() if uri]

    def disk(self, name, uri=None):
        """Where an NBD client finds a volume or snapshot."""
        uri = uri or self.nbd_uris[0]
        return uri.replace("?", name + "?", 1) if "?" in uri else f"{uri}/{name}"

    def _first_line(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(HANG_SECONDS):
                return ""
            return self.process.stdout.readline().decode()

    def log(self):
        """What the server said on stderr so far."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def errors(self):
        """Lines of the log that no test should bring about."""
        return [line for line in self.log().splitlines()
                if ("[error]" in line or "[critical]" in line)
                and not re.search(self.expected_errors, line)]

    @property
    def is_running(self):
        return self.process.poll() is None

    def stop(self, number=signal.SIGTERM):
        """Asks it to end; returns its exit code."""
        if self.is_running:
            self.process.send_signal(number)
        code = self.process.wait(HANG_SECONDS)
        self.process.stdout.close()
        return code

    def kill(self):
        """Ends it without a warning, as a crash would."""
        self.process.kill()
        self.process.wait(HANG_SECONDS)
        self.process.stdout.close()

    def client(self, service="ec2", account=DEFAULT_ACCOUNT, region=REGION, **config):
        """A boto3 client that tries once."""
        config.setdefault("retries", {"total_max_attempts": 1})
        return _session().client(
            service, endpoint_url=self.endpoint, region_name=region, aws_access_key_id=account,
            aws_secret_access_key="secret", config=botocore.config.Config(**config))

    def control(self, path, body=None, method=None, token=None):
        """Calls /_amilab/`path`, with the control token, and returns what its JSON answer says."""
        data = None if body is None else json.dumps(body).encode()
        method = method or ("GET" if body is None else "POST")
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{self.endpoint}/_amilab/{path}", data, headers,
                                         method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def refused_control(self, path, body=None, method=None, token=None):
        """Status and JSON answer of a call of the control API that must be refused."""
        try:
            self.control(path, body, method, token)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        raise AssertionError(f"{path} was not refused")

    def freeze(self):
        return self.control("clock", {"freeze": True})

    def advance(self, milliseconds):
        return self.control("clock", {"advance_ms": milliseconds})

    def set_delays(self, **delays):
        """set_delays(image_pending=1000): the underscore stands for the dot."""
        return self.control("delays",
                            {name.replace("_", ".", 1).replace("_", "-"): value
                             for name, value in delays.items()})


def wait_until(condition, seconds=HANG_SECONDS):
    """Polls until `condition()` is true and returns what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {seconds} s: {condition}")
        time.sleep(0.02)
