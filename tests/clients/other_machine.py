"""Asks a server as another machine would: `unshare --net --map-root-user python3 other_machine.py`
PATHS and, behind --, options of `amilab serve`.

The network is this process's alone: it has loopback, and one address more that is none of it.
Prints one line of JSON: for each path the status of a POST from 127.0.0.1 and of one from there."""

import json
import subprocess
import sys
import urllib.error
import urllib.request

import servers

ADDRESS = "192.0.2.1"  # RFC 5737: for documentation


def make_network():
    for command in ("link set lo up", f"address add {ADDRESS}/32 dev lo"):
        subprocess.run(["ip", *command.split()], check=True)


def status(address, port, path):
    # A request to an address of this machine comes from that address.
    request = urllib.request.Request(f"http://{address}:{port}{path}", b"")
    try:
        with urllib.request.urlopen(request, timeout=servers.HANG_SECONDS) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def main(arguments):
    make_network()
    paths, options = arguments[:arguments.index("--")], arguments[arguments.index("--") + 1:]
    server = servers.Server("--listen", "0.0.0.0:0", *options)
    try:
        print(json.dumps({path: [status(address, server.port, path)
                                 for address in ("127.0.0.1", ADDRESS)] for path in paths}))
    finally:
        server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
