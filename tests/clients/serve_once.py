"""`amilab serve` of an example: on free ports, until it is ready, then stopped as by Ctrl-C."""

import re
import signal
import sys

import servers


ADDRESS = re.compile(r"(127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0|\[::\]):\d+")


def free_port(argument):
    return "127.0.0.1:0" if ADDRESS.fullmatch(argument) else argument


server = servers.Server(*map(free_port, sys.argv[2:]))
print(f"amilab ready on {server.endpoint}")
sys.exit(server.stop(signal.SIGINT))
