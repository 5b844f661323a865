"""The rows that must not depend on how many snapshots a volume has had."""

import contextlib
import sys
from dataclasses import dataclass

from load import Client, form
from operations import launch, register_image, wait_for
from processes import Programs, Server
from table import Growth
from written import image_named

RATIO_AT_MOST = 1.5


@dataclass
class Chain:
    """A server with one instance, whose root volume has kept snapshots."""

    server: Server
    client: Client
    instance: str
    volume: str


def start(programs: Programs, snapshots: int) -> Chain:
    print(f"bench: keeping {snapshots:,} snapshots of a volume", file=sys.stderr)
    server = programs.start_amilab(programs.new_folder())
    client = Client(server)
    client.send(launch(register_image(client, 1), 1))
    wait_for(client, "attached", "status", "DescribeVolumes")
    answer = client.call("DescribeVolumes", Filter_1_Name="attachment.status",
                         Filter_1_Value_1="attached")
    chain = Chain(server, client, answer.all("instanceId")[0], answer.all("volumeId")[0])
    for _ in range(snapshots):
        client.send(form("CreateSnapshot", VolumeId=chain.volume))
    client.send(form("CreateImage", InstanceId=chain.instance, Name="warm", NoReboot="true"))
    client.send(launch(image_named(client, "warm"), 1))
    return chain


def chain_rows(programs: Programs, few: int, many: int, samples: int) -> list[Growth]:
    sides = [start(programs, snapshots) for snapshots in (few, many)]
    launched = [launch(image_named(side.client, "warm"), 1) for side in sides]
    names = ("CreateSnapshot", "CreateImage", "RunInstances")
    times: dict[str, list[list[float]]] = {name: [[], []] for name in names}
    for index in range(samples):
        for number, side in enumerate(sides):
            calls = {"CreateSnapshot": form("CreateSnapshot", VolumeId=side.volume),
                     "CreateImage": form("CreateImage", InstanceId=side.instance,
                                         Name=f"image-{index}", NoReboot="true"),
                     "RunInstances": launched[number]}
            for name in names:
                times[name][number].append(side.client.timed_ms(calls[name]))
    with contextlib.ExitStack() as stack:
        for side in sides:
            stack.callback(side.server.stop)
    return [Growth(name, "ms", times[name][0], times[name][1], RATIO_AT_MOST) for name in names]
