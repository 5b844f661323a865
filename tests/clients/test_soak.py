"""A server that has worked for long holds no more than one that has worked for a while."""

import http.client
import os
import pathlib
import re
import urllib.parse

import calls
import servers
from resources import newest_image

CALLS = 100_000 if os.environ.get("AMILAB_LONG") else 6_000
WARM_UP = 3_000
MIB = 1 << 20
TWO_HOURS_MS = 2 * 3600 * 1000
# What may differ from one look to another, for reasons that do not grow with the calls.
MEMORY_SLACK_MIB = 16
DISK_SLACK_MIB = 24
DESCRIPTOR_SLACK = 8


class Caller:
    """Calls over one connection."""

    def __init__(self, server):
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                      timeout=servers.HANG_SECONDS)
        self.count = 0

    def __call__(self, action, element=None, **parameters):
        """The text of the first such element."""
        body = urllib.parse.urlencode({"Action": action, "Version": calls.VERSION, **parameters})
        self._connection.request("POST", "/", body, {"Content-Type": calls.FORM})
        response = self._connection.getresponse()
        text = response.read().decode()
        assert response.status == 200, text
        self.count += 1
        return element and re.search(f"<{element}>([^<]*)</{element}>", text)[1]


def live(call, image, round_):
    """Twenty calls, after which there is nothing more than before, but for time."""
    instance = call("RunInstances", "instanceId", ImageId=image, InstanceType="t3.micro",
                    MinCount=1, MaxCount=1)
    volume = call("CreateVolume", "volumeId", AvailabilityZone="us-east-1a", Size=1)
    snapshots = [call("CreateSnapshot", "snapshotId", VolumeId=volume) for _ in range(3)]
    call("CreateTags", **{"ResourceId.1": instance, "ResourceId.2": volume, "Tag.1.Key": "round",
                          "Tag.1.Value": str(round_)})
    call("CreateKeyPair", KeyName="pair", KeyType="ed25519")
    for listing in ("DescribeInstances", "DescribeVolumes", "DescribeTags", "DescribeKeyPairs",
                    "DescribeImages"):
        call(listing, **({"Owner.1": "self"} if listing == "DescribeImages" else {}))
    call("DescribeSnapshots", **{"Owner.1": "self"})
    call("DeleteKeyPair", KeyName="pair")
    for snapshot in snapshots:
        call("DeleteSnapshot", SnapshotId=snapshot)
    call("DeleteVolume", VolumeId=volume)
    call("StopInstances", **{"InstanceId.1": instance})
    call("TerminateInstances", **{"InstanceId.1": instance})


def disk_mib(folder):
    """What it takes, as the file system counts it."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*")
               if path.is_file()) // MIB


def held(server, folder):
    process = pathlib.Path(f"/proc/{server.process.pid}")
    memory = re.search(r"^VmRSS:\s+(\d+) kB$", (process / "status").read_text(), re.M)[1]
    return int(memory) // 1024, len(list((process / "fd").iterdir())), disk_mib(folder)


def test_nothing_grows_with_the_calls(start_server, tmp_path):
    data = tmp_path / "data"
    server = start_server("--data", data)
    image = newest_image(server.client())["ImageId"]
    server.freeze()
    call = Caller(server)
    before = None
    round_ = 0
    while call.count < CALLS:
        live(call, image, round_)
        round_ += 1
        if round_ % 10 == 0:
            server.advance(TWO_HOURS_MS)  # what was terminated is forgotten
        if before is None and call.count >= WARM_UP:
            before = held(server, data)
    slack = (MEMORY_SLACK_MIB, DESCRIPTOR_SLACK, DISK_SLACK_MIB)

    def is_flat():
        return all(now <= then + more for now, then, more in zip(held(server, data), before, slack))

    # The background has what was deleted still to take away.
    servers.wait_until(is_flat)
