"""A quiet account's calls beside what other accounts load the server with, and beside nothing."""

import contextlib
import http.client
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from instances import launch_all
from load import Client, Form, form
from nbd import Writer
from operations import create_snapshot, create_volume, launch, register_image, registration
from processes import BenchError, Programs, Server
from table import show, show_met

QUIET = "111122223333"
PER_SECOND = 200
EXPORTS = 64
# What the quiet account's p99 may grow by; beside an unpaged answer, how many times its own.
MS_AT_MOST = 20
TIMES_AT_MOST = 3
PIECE = 1 << 20
WRITE_ZEROES, NO_HOLE = 6, 2
HEADER = ["beside", "calls", "p50", "p99", "p99 beside nothing", "target", "met"]


@dataclass(frozen=True)
class Sizes:
    """How much there is, and how long one load lasts."""

    due: int
    tagged: int
    images: int
    instances: int
    zeros_gib: int
    seconds: float


FULL = Sizes(due=30_000, tagged=1000, images=8000, instances=100_000, zeros_gib=4, seconds=5)
QUICK = Sizes(due=200, tagged=20, images=20, instances=1000, zeros_gib=1, seconds=0.3)


@dataclass
class World:
    """A server, and what the loads are made of."""

    server: Server
    client: Client
    socket: Path
    sizes: Sizes


@dataclass(frozen=True)
class FairRow:
    """Milliseconds of the quiet account's calls."""

    what: str
    beside: list[float]
    alone: list[float]
    # Else in milliseconds more.
    is_target_in_times: bool = False

    def cells(self) -> list[str]:
        p99, alone = percentile(self.beside, 99), percentile(self.alone, 99)
        most, target = ((alone * TIMES_AT_MOST, f"≤ {TIMES_AT_MOST} ×") if self.is_target_in_times
                        else (alone + MS_AT_MOST, f"≤ {MS_AT_MOST} ms more"))
        return [self.what, f"{len(self.beside):,}", show(median(self.beside), "ms"),
                show(p99, "ms"), show(alone, "ms"), target, show_met(p99 <= most)]


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def paced(client: Client, call: Callable[[int], Form]) -> None:
    """So many calls a second, for ever."""
    begin, done = time.monotonic(), 0
    while True:
        client.send(call(done))
        done += 1
        time.sleep(max(0.0, begin + done / PER_SECOND - time.monotonic()))


def again_and_again(work: Callable[[], object]) -> None:
    while True:
        work()


# What a load does is run by a process of its own, so that it takes no turn of the quiet calls' GIL.
# Each function prepares and gives what is to be done.

def launches(world: World) -> Callable[[], None]:
    call = launch(register_image(world.client))
    return lambda: paced(Client(world.server), lambda _: call)


def snapshots(world: World) -> Callable[[], None]:
    volumes = [create_volume(world.client) for _ in range(20)]
    return lambda: paced(Client(world.server), lambda number: form(
        "CreateSnapshot", VolumeId=volumes[number % len(volumes)]))


def many_due(world: World) -> Callable[[], None]:
    world.client.post("/_amilab/delays", json.dumps({"volume.creating": 3_600_000}))
    for _ in range(world.sizes.due):
        create_volume(world.client)
    world.client.post("/_amilab/delays", json.dumps({"volume.creating": 0}))

    def jump() -> None:
        client = Client(world.server)
        client.post("/_amilab/clock", json.dumps({"advance_ms": 3_600_000}))
        client.call("DescribeVolumes", MaxResults="5")
        time.sleep(3600)

    return jump


def many_tags(world: World) -> Callable[[], None]:
    resources = {f"ResourceId_{number + 1}": create_volume(world.client)
                 for number in range(world.sizes.tagged)}
    tags = {}
    for number in range(50):
        tags |= {f"Tag_{number + 1}_Key": f"key-{number}", f"Tag_{number + 1}_Value": "v"}
    client = Client(world.server)
    return lambda: again_and_again(lambda: client.send(form("CreateTags", **resources, **tags)))


def wildcards(world: World) -> Callable[[], None]:
    snapshot = create_snapshot(world.client, create_volume(world.client))
    for number in range(world.sizes.images):
        world.client.send(registration(f"image-{number}", snapshot))
    values = {f"Filter_1_Value_{number + 1}": f"*a{number}*b*c*" for number in range(200)}
    client = Client(world.server)
    call = form("DescribeImages", Filter_1_Name="name", **values)
    return lambda: again_and_again(lambda: client.send(call))


def space(world: World) -> Callable[[], None]:
    def look() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", world.server.port)
        connection.request("GET", "/_amilab/space")
        connection.getresponse().read()

    return lambda: again_and_again(look)


def exports(world: World) -> Callable[[], None]:
    volume = create_volume(world.client, 64)

    def take() -> None:
        answers = []
        for _ in range(EXPORTS):
            connection = http.client.HTTPConnection("127.0.0.1", world.server.port)
            connection.request("GET", f"/_amilab/export/{volume}")
            answers.append((connection, connection.getresponse()))
        while True:
            for _, answer in answers:
                answer.read(PIECE)

    return take


def zeros(world: World) -> Callable[[], None]:
    volume = create_volume(world.client, world.sizes.zeros_gib)

    def write() -> None:
        with contextlib.closing(Writer(world.socket, volume)) as writer:
            again_and_again(lambda: writer.command(WRITE_ZEROES, NO_HOLE, 0,
                                                   (world.sizes.zeros_gib << 30) - PIECE))

    def write_and_seal() -> None:
        with child(write):
            client = Client(world.server)
            again_and_again(lambda: client.send(form("CreateSnapshot", VolumeId=volume)))

    return write_and_seal


def unpaged(world: World) -> Callable[[], None]:
    launch_all(world.client, world.sizes.instances)
    client = Client(world.server)
    return lambda: again_and_again(lambda: client.drain(form("DescribeInstances"), lambda: None))


UNPAGED = "DescribeInstances of all in one answer (DescribeImages by id)"
LOADS = {
    f"{PER_SECOND} launches a second": launches,
    f"{PER_SECOND} snapshots a second": snapshots,
    "a clock jump past many things": many_due,
    "50 tags on many resources": many_tags,
    "200 wildcards over many images": wildcards,
    "the space of all disks": space,
    f"{EXPORTS} exports of empty disks": exports,
    "zeros over a whole disk, and its snapshots": zeros,
    UNPAGED: unpaged,
}


@contextlib.contextmanager
def child(work: Callable[[], object]) -> Iterator[multiprocessing.Process]:
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()


def reads_and_writes(client: Client) -> list[Form]:
    """Of an account of its own."""
    created = client.send(form("CreateVolume", account=QUIET, AvailabilityZone="us-east-1a",
                               Size="1")).decode()
    volume = created.partition("<volumeId>")[2].partition("<")[0]
    return [form("DescribeVolumes", account=QUIET, VolumeId_1=volume),
            form("CreateTags", account=QUIET, ResourceId_1=volume, Tag_1_Key="a",
                 Tag_1_Value="b")]


def image_by_id(client: Client) -> list[Form]:
    images = client.call("DescribeImages", Owner_1="amazon", MaxResults="5").all("imageId")
    return [form("DescribeImages", account=QUIET, ImageId_1=images[0])]


def quiet_calls(server: Server, calls_of: Callable[[Client], list[Form]],
                seconds: float) -> list[float]:
    """Calls of the quiet account, one after the other."""
    client = Client(server)
    calls = calls_of(client)
    times: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        times += [client.timed_ms(call) for call in calls]
        time.sleep(0.001)
    return times


def fair_rows(programs: Programs, sizes: Sizes) -> list[FairRow]:
    rows = []
    for name, prepare in LOADS.items():
        print(f"bench: beside {name}", file=sys.stderr)
        folder = Path(programs.new_folder()).absolute()
        server = programs.start_amilab(str(folder / "data"), True, "--nbd-unix",
                                       str(folder / "nbd"))
        work = prepare(World(server, Client(server), folder / "nbd", sizes))
        calls_of = image_by_id if name == UNPAGED else reads_and_writes
        alone = quiet_calls(server, calls_of, sizes.seconds)
        with child(work) as process:
            beside = quiet_calls(server, calls_of, sizes.seconds)
            if not process.is_alive():
                raise BenchError(f"the load ended: {name}")
        rows.append(FairRow(name, beside, alone, name == UNPAGED))
        server.stop()
    return rows
