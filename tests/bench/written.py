"""The rows that must not depend on how many bytes a volume has been written."""

import contextlib
import sys
from dataclasses import dataclass

from load import Client, form
from operations import launch, register_image, wait_for
from processes import Programs, Server
from table import Growth

MIB_IN_GIB = 1024
LAUNCHES = 20
RATIO_AT_MOST = 1.2


@dataclass
class Written:
    """A server whose instances' root volumes have been written, and those instances."""

    server: Server
    client: Client
    instances: list[str]
    volumes: list[str]


def start(programs: Programs, size_gib: int, mebibytes: int, instances: int) -> Written:
    """Volumes of the same size with more or fewer bytes in them."""
    print(f"bench: writing {mebibytes:,} MiB to each of {instances} volumes", file=sys.stderr)
    folder = programs.new_folder()
    server = programs.start_amilab(folder)
    client = Client(server)
    client.send(launch(register_image(client, size_gib), instances))
    wait_for(client, "attached", "status", "DescribeVolumes")
    answer = client.call("DescribeVolumes", Filter_1_Name="attachment.status",
                         Filter_1_Value_1="attached")
    # A volume names itself, then its attachment's instance and itself again.
    volumes = list(dict.fromkeys(answer.all("volumeId")))
    instance_ids = answer.all("instanceId")
    server.stop()
    programs.run("write_volumes", "--data", folder, "--mebibytes", str(mebibytes), *volumes)
    server = programs.start_amilab(folder)
    return Written(server, Client(server), instance_ids, volumes)


def warm_up(written: Written) -> None:
    """The first call of a kind compiles its statements."""
    for call in (form("CreateSnapshot", VolumeId=written.volumes[0]),
                 form("CreateImage", InstanceId=written.instances[0], Name="warm",
                      NoReboot="true")):
        written.client.send(call)


def create_images(written: Written, index: int) -> float:
    return written.client.timed_ms(form("CreateImage", InstanceId=written.instances[index],
                                        Name=f"image-{index}", NoReboot="true"))


def image_named(client: Client, name: str) -> str:
    image = client.call("DescribeImages", Filter_1_Name="name",
                        Filter_1_Value_1=name).one("imageId")
    wait_for(client, "available", "imageState", "DescribeImages", ImageId_1=image)
    return image


def written_rows(programs: Programs, little_mib: int, much_mib: int,
                 samples: int) -> list[Growth]:
    # The first instance is for the warm-up; each of the others is sealed full once.
    size_gib = -(-much_mib // MIB_IN_GIB)
    instances = 1 + 2 * samples
    sides = [start(programs, size_gib, mebibytes, instances)
             for mebibytes in (little_mib, much_mib)]
    for side in sides:
        warm_up(side)
    snapshots: list[list[float]] = [[], []]
    images: list[list[float]] = [[], []]
    launches: list[list[float]] = [[], []]
    for index in range(1, 1 + samples):
        for side, times in zip(sides, snapshots):
            times.append(side.client.timed_ms(
                form("CreateSnapshot", VolumeId=side.volumes[index])))
    for index in range(1 + samples, instances):
        for side, times in zip(sides, images):
            times.append(create_images(side, index))
    launched = [launch(image_named(side.client, f"image-{1 + samples}")) for side in sides]
    for _ in range(LAUNCHES):
        for side, call, times in zip(sides, launched, launches):
            times.append(side.client.timed_ms(call))
    with contextlib.ExitStack() as stack:
        for side in sides:
            stack.callback(side.server.stop)
    return [Growth(name, "ms", times[0], times[1], RATIO_AT_MOST)
            for name, times in (("CreateSnapshot", snapshots), ("CreateImage", images),
                                ("RunInstances", launches))]
