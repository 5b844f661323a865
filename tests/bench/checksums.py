"""What checksums of data add to snapshots: to the call, and to what the background does behind it."""

import sys
import time
from pathlib import Path
from statistics import median

from idle import wait_until_settled
from load import Client, form
from operations import create_volume
from processes import BenchError, Programs, Server
from table import Growth

VOLUMES = 8
SIZES_MIB = (1, 64)
FEW_VOLUMES = 2
FEW_SIZES_MIB = (1,)
HEADER = ["what", "without", "with checksums", "ratio", "target", "met"]

SETTLED_S = 300
# So long without work, and it is done: longer than a disk takes for a sync.
QUIET_S = 2
LOOK_S = 0.005
LEAST_WORK_S = 0.0005


class Side:
    """The figures of servers that keep checksums, or do not: of one snapshot in each round."""

    def __init__(self, programs: Programs, keeps_checksums: bool):
        self._programs = programs
        self._keeps_checksums = keeps_checksums
        self.calls_ms: list[float] = []
        self.cpu_ms: list[float] = []
        self.done_ms: list[float] = []

    def measure(self, mebibytes: int, count: int) -> None:
        """A snapshot of each of some volumes, all written since they were made. Their data
        directory is a new one, in which nothing is left to compare."""
        folder = self._programs.new_folder()
        server = self._start(folder)
        client = Client(server)
        volumes = [create_volume(client) for _ in range(count)]
        empty_volume = create_volume(client)
        server.stop()
        self._programs.run("write_volumes", "--data", folder, "--mebibytes", str(mebibytes),
                           *volumes)
        server = self._start(folder)
        client = Client(server)
        # The first call of a kind compiles its statements.
        client.send(form("CreateSnapshot", VolumeId=empty_volume))
        wait_until_settled(server)
        cpu_s, begin_s = server.cpu_seconds(), time.monotonic()
        self.calls_ms.append(median(client.timed_ms(form("CreateSnapshot", VolumeId=volume))
                                    for volume in volumes))
        # Checksums that are there are compared at once, slowly: that is not waited for.
        done_s = all_written(folder, count) if self._keeps_checksums else last_work(server)
        self.cpu_ms.append((server.cpu_seconds() - cpu_s) * 1e3 / count)
        self.done_ms.append((done_s - begin_s) * 1e3 / count)
        server.stop()

    def _start(self, folder: str) -> Server:
        options = ["--data-checksums"] if self._keeps_checksums else []
        return self._programs.start_amilab(folder, True, *options)


def all_written(folder: str, layers: int) -> float:
    """When each of the layers had its file of checksums."""
    deadline = time.monotonic() + SETTLED_S
    while len(list(Path(folder).glob("generation-*/layers/*.sums"))) < layers:
        if time.monotonic() > deadline:
            raise BenchError(f"checksums are not written in {SETTLED_S} seconds")
        time.sleep(LOOK_S)
    return time.monotonic()


def last_work(server: Server) -> float:
    """When the server had done what was left to its background."""
    deadline = time.monotonic() + SETTLED_S
    last = time.monotonic()
    before = server.cpu_seconds()
    while last > time.monotonic() - QUIET_S:
        if time.monotonic() > deadline:
            raise BenchError(f"the server does not come to rest in {SETTLED_S} seconds")
        time.sleep(LOOK_S)
        now = server.cpu_seconds()
        if now - before > LEAST_WORK_S:
            last = time.monotonic()
        before = now
    return last


def size_rows(programs: Programs, mebibytes: int, volumes: int, rounds: int) -> list[Growth]:
    print(f"bench: snapshots of {mebibytes} MiB, with checksums and without", file=sys.stderr)
    without, kept = sides = [Side(programs, keeps_checksums) for keeps_checksums in (False, True)]
    for _ in range(rounds):
        for side in sides:
            side.measure(mebibytes, volumes)
    name = f"CreateSnapshot of {mebibytes} MiB"
    return [Growth(f"{name}: the call", "ms", without.calls_ms, kept.calls_ms),
            Growth(f"{name}: server CPU, the background's included", "ms", without.cpu_ms,
                   kept.cpu_ms),
            Growth(f"{name}: until the background has done it", "ms", without.done_ms,
                   kept.done_ms)]


def checksum_rows(programs: Programs, rounds: int, volumes: int,
                  sizes_mib: tuple[int, ...]) -> list[Growth]:
    return [row for mebibytes in sizes_mib
            for row in size_rows(programs, mebibytes, volumes, rounds)]
