"""How long writers wait while a server is saved: calls and NBD writes beside saves, and beside
nothing."""

import contextlib
import http.client
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from fair import MS_AT_MOST, PIECE, child, percentile, quiet_calls, reads_and_writes
from load import Client
from nbd import Writer
from operations import create_volume
from processes import BenchError, Programs, Server
from table import show, show_met

HEADER = ["what, beside", "writes", "p50", "p99", "longest", "p99 beside nothing",
          "longest beside nothing", "target", "met"]
WRITE = b"w" * 4096


@dataclass(frozen=True)
class Sizes:
    """How much there is, and how long each is measured."""

    volumes: int
    mebibytes: int
    # Volumes that are written between one instant and the next.
    sealed: int
    seconds: float


FULL = Sizes(volumes=64, mebibytes=64, sealed=1000, seconds=10)
QUICK = Sizes(volumes=2, mebibytes=4, sealed=3, seconds=0.3)


@dataclass(frozen=True)
class SaveRow:
    """Milliseconds that writes took."""

    what: str
    beside: list[float]
    alone: list[float]

    def cells(self) -> list[str]:
        p99, alone = percentile(self.beside, 99), percentile(self.alone, 99)
        return [self.what, f"{len(self.beside):,}", show(median(self.beside), "ms"),
                show(p99, "ms"), show(max(self.beside), "ms"), show(alone, "ms"),
                show(max(self.alone), "ms"), f"p99 ≤ {MS_AT_MOST} ms more",
                show_met(p99 <= alone + MS_AT_MOST)]


@dataclass
class World:
    """A server, its volumes, and one more that is written while it is saved."""

    server: Server
    socket: Path
    volumes: list[str]
    written: str


def begin_save(server: Server) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A save whose instant has been taken. Waits while the one before has not noticed yet that nobody
    reads it."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/_amilab/save")
        answer = connection.getresponse()
        if answer.status == 200:
            return connection, answer
        if answer.status != 409:
            raise BenchError(f"a save is answered by {answer.status}")
        connection.close()
        time.sleep(0.001)


def save_again_and_again(world: World) -> None:
    """Whole saves, one after the other."""
    while True:
        connection, answer = begin_save(world.server)
        while answer.read(PIECE):
            pass
        connection.close()


def seal_again_and_again(world: World) -> None:
    """Saves of which there is nothing but the instant, each after a write to every volume."""
    while True:
        for volume in world.volumes:
            with contextlib.closing(Writer(world.socket, volume)) as writer:
                writer.write(0, WRITE)
        connection, answer = begin_save(world.server)
        answer.close()
        connection.close()


def start(programs: Programs, volumes: int, mebibytes: int) -> World:
    folder = Path(programs.new_folder()).absolute()
    server = programs.start_amilab(str(folder / "data"), True, "--nbd-unix", str(folder / "nbd"))
    client = Client(server)
    world = World(server, folder / "nbd", [create_volume(client) for _ in range(volumes)],
                  create_volume(client))
    if mebibytes:
        print(f"bench: writing {volumes * mebibytes:,} MiB", file=sys.stderr)
    piece = random.Random(1).randbytes(PIECE)
    for volume in world.volumes:
        with contextlib.closing(Writer(world.socket, volume)) as writer:
            for number in range(mebibytes):
                writer.write(number * PIECE, piece)
    return world


def tag_times(world: World, seconds: float) -> list[float]:
    """Of CreateTags of a quiet account, one after the other."""
    return quiet_calls(world.server, lambda client: reads_and_writes(client)[1:], seconds)


def write_times(world: World, seconds: float) -> list[float]:
    """Of 4 KiB by NBD, one after the other."""
    times: list[float] = []
    with contextlib.closing(Writer(world.socket, world.written)) as writer:
        deadline = time.monotonic() + seconds
        while (now := time.monotonic()) < deadline:
            writer.write(len(times) * len(WRITE) % (512 << 20), WRITE)
            times.append((time.monotonic() - now) * 1e3)
            time.sleep(0.001)
    return times


def rows_beside(world: World, load: Callable[[World], None], name: str,
                seconds: float) -> list[SaveRow]:
    rows = []
    for what, measure in (("CreateTags", tag_times), ("4 KiB by NBD", write_times)):
        print(f"bench: {what}, {name}", file=sys.stderr)
        alone = measure(world, seconds)
        with child(lambda: load(world)) as process:
            beside = measure(world, seconds)
            if not process.is_alive():
                raise BenchError(f"the load ended: {name}")
        rows.append(SaveRow(f"{what}, {name}", beside, alone))
    return rows


def save_rows(programs: Programs, sizes: Sizes) -> list[SaveRow]:
    whole = start(programs, sizes.volumes, sizes.mebibytes)
    rows = rows_beside(whole, save_again_and_again,
                       f"saves of {sizes.volumes * sizes.mebibytes:,} MiB", sizes.seconds)
    whole.server.stop()
    many = start(programs, sizes.sealed, 0)
    rows += rows_beside(many, seal_again_and_again,
                        f"saves that begin, of {sizes.sealed:,} volumes written since",
                        sizes.seconds)
    many.server.stop()
    return rows
