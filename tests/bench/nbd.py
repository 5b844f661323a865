"""Block devices: amilab's NBD server beside qemu-nbd on a raw file, both driven by fio over a Unix
socket."""

import contextlib
import json
import os
import random
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from load import LONGEST_S, Client
from operations import create_snapshot, create_volume, wait_for
from processes import BenchError, Programs, Server
from table import meets, paired, show, show_met, show_ratio

MIB = 1 << 20
BLOCK = 64 << 10
SNAPSHOTS = 1000
# A snapshot of the thousand holds what was written since the last one: some of the disk's blocks.
BLOCKS_PER_SNAPSHOT = 16
RATIO_AT_LEAST = 0.8
# Of the first write to each block at depth 16, which a raw file does not have.
FIRST_AT_LEAST = 0.5
HEADER = ["what", "amilab", "qemu-nbd", "amilab ÷ qemu-nbd", "CPU amilab", "CPU qemu-nbd",
          "target", "met"]


@dataclass(frozen=True)
class Job:
    """What fio does."""

    name: str
    mode: str  # fio's --rw
    block_bytes: int
    depth: int
    extra: tuple[str, ...] = ()
    # Each block once, however long that takes: the work that only the first write has.
    is_once: bool = False


JOBS = [Job(f"{kind} {size_name} {verb}, depth {depth}", f"{prefix}{verb}", size, depth)
        for kind, prefix, size, size_name in (("sequential", "", MIB, "1 MiB"),
                                              ("random", "rand", 4096, "4 KiB"))
        for verb in ("read", "write") for depth in (1, 16)]
READS = [job for job in JOBS if job.mode.endswith("read")]
WRITES = [job for job in JOBS if job.mode.endswith("write")]
FIRST_WRITES = [Job(f"first 4 KiB write to each block, depth {depth}", "randwrite", 4096, depth,
                    (f"--blockalign={BLOCK}",), True) for depth in (1, 16)]


@dataclass(frozen=True)
class Sample:
    per_second: float  # bytes, or operations of those that are small
    cpu_us: float  # the server's, for each operation


@dataclass(frozen=True)
class NbdRow:
    what: str
    unit: str
    scale: float
    amilab: list[Sample]
    qemu: list[Sample]
    at_least: float | None

    def cells(self) -> list[str]:
        ours = [sample.per_second for sample in self.amilab]
        theirs = [sample.per_second for sample in self.qemu]
        ratio = paired(ours, theirs)
        met = meets(ratio, at_least=self.at_least) if self.at_least else None
        return [self.what, show(median(ours) / self.scale, self.unit),
                show(median(theirs) / self.scale, self.unit), show_ratio(ratio),
                show(median(sample.cpu_us for sample in self.amilab), "µs"),
                show(median(sample.cpu_us for sample in self.qemu), "µs"),
                f"≥ {self.at_least}" if self.at_least else "-", show_met(met)]


@dataclass(frozen=True)
class Disk:
    """A server's export, as fio reaches it."""

    server: Server
    uri: str


def fio(disk: Disk, job: Job, disk_bytes: int, seconds: float) -> Sample:
    command = ["fio", "--name=job", "--ioengine=nbd", f"--uri={disk.uri}", f"--rw={job.mode}",
               f"--bs={job.block_bytes}", f"--iodepth={job.depth}", f"--size={disk_bytes}",
               "--randseed=1", "--output-format=json", *job.extra]
    if job.is_once:
        operations = disk_bytes // BLOCK
        command += [f"--io_size={operations * job.block_bytes}"]
    else:
        command += ["--time_based", f"--runtime={round(seconds * 1000)}ms"]
    before = disk.server.cpu_seconds()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    cpu = disk.server.cpu_seconds() - before
    if done.returncode != 0:
        raise BenchError(f"fio: {done.stderr.strip() or done.stdout.strip()}")
    report = json.loads(done.stdout[done.stdout.index("{"):])  # a line of the engine's is first
    figures = report["jobs"][0]["write" if "write" in job.mode else "read"]
    if figures["total_ios"] == 0 and not job.is_once and seconds < LONGEST_S:
        return fio(disk, job, disk_bytes, 2 * seconds)  # too short for this machine
    if figures["total_ios"] == 0:
        raise BenchError(f"fio did nothing: {job.name}")
    is_large = job.block_bytes >= MIB
    return Sample(figures["bw_bytes"] if is_large else figures["iops"],
                  cpu * 1e6 / figures["total_ios"])


def fill(disk: Disk, disk_bytes: int) -> None:
    """Writes all of it once, with bytes that are no zeros."""
    command = ["fio", "--name=fill", "--ioengine=nbd", f"--uri={disk.uri}", "--rw=write",
               f"--bs={MIB}", "--iodepth=4", f"--size={disk_bytes}", "--refill_buffers",
               "--output-format=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise BenchError(f"fio: {done.stderr.strip() or done.stdout.strip()}")


class World:
    """Both servers, and the disks that are compared."""

    def __init__(self, programs: Programs, disk_gib: int):
        self.programs = programs
        self.disk_bytes = disk_gib << 30
        self.disk_gib = disk_gib
        folder = Path(programs.new_folder()).absolute()
        self.socket = folder / "amilab"  # absolute, as URIs want it
        self.amilab = programs.start_amilab(str(folder / "data"), True, "--nbd-unix",
                                            str(self.socket))
        self.client = Client(self.amilab)
        self.qemu_disk = self._start_qemu(folder)

    def _start_qemu(self, folder: Path) -> Disk:
        raw, path = folder / "raw", folder / "qemu"
        with open(raw, "wb") as file:
            file.truncate(self.disk_bytes)
        server = self.programs.start_qemu_nbd(raw, path)
        return Disk(server, f"nbd+unix:///?socket={path}")

    def disk(self, name: str) -> Disk:
        return Disk(self.amilab, f"nbd+unix:///{name}?socket={self.socket}")

    def volume(self, snapshot: str | None = None) -> str:
        if snapshot is None:
            return create_volume(self.client, self.disk_gib)
        answer = self.client.call("CreateVolume", AvailabilityZone="us-east-1a",
                                  SnapshotId=snapshot)
        volume = answer.one("volumeId")
        wait_for(self.client, "available", "status", "DescribeVolumes", VolumeId_1=volume)
        return volume


def compare(world: World, place: str, name: str, jobs: list[Job], rounds: int, seconds: float,
            at_least: float | None = RATIO_AT_LEAST) -> list[NbdRow]:
    rows = []
    for job in jobs:
        print(f"bench: nbd, {place}: {job.name}", file=sys.stderr)
        pairs: list[list[Sample]] = [[], []]
        for _ in range(rounds):
            for samples, disk in zip(pairs, (world.disk(name), world.qemu_disk)):
                samples.append(fio(disk, job, world.disk_bytes, seconds))
        is_large = job.block_bytes >= MIB
        rows.append(NbdRow(f"{place}: {job.name}", "MiB/s" if is_large else "/s",
                           MIB if is_large else 1, pairs[0], pairs[1], at_least))
    return rows


class Writer:
    """A client of the oldest handshake, for single writes: fio takes longer to start."""

    def __init__(self, path: Path, name: str):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._receive(18)
        self._socket.sendall(struct.pack(">IQII", 3, 0x49484156454f5054, 1, len(name)))
        self._socket.sendall(name.encode())
        self._receive(10)

    def write(self, offset: int, data: bytes) -> None:
        self.command(1, 0, offset, len(data), data)

    def command(self, kind: int, flags: int, offset: int, length: int, data: bytes = b"") -> None:
        request = struct.pack(">IHHQQI", 0x25609513, flags, kind, 1, offset, length)
        self._socket.sendall(request + data)
        _, error, _ = struct.unpack(">IIQ", self._receive(16))
        if error:
            raise BenchError(f"amilab refuses a write: {error}")

    def close(self) -> None:
        self._socket.close()

    def _receive(self, size: int) -> bytes:
        received = self._socket.recv(size, socket.MSG_WAITALL)
        if len(received) < size:
            raise BenchError("amilab closed an NBD connection")
        return received


def take_snapshots(world: World, volume: str) -> None:
    print(f"bench: nbd: taking {SNAPSHOTS:,} snapshots", file=sys.stderr)
    dice = random.Random(1)
    with contextlib.closing(Writer(world.socket, volume)) as writer:
        for _ in range(SNAPSHOTS):
            for _ in range(BLOCKS_PER_SNAPSHOT):
                block = dice.randrange(world.disk_bytes // BLOCK)
                writer.write(block * BLOCK, dice.randbytes(4096))
            create_snapshot(world.client, volume)


def write_rows(world: World, place: str, snapshot: str, jobs: list[Job], rounds: int,
               seconds: float) -> list[NbdRow]:
    """Volumes of a snapshot: the first write to each block, then what follows."""
    rows = []
    for job in FIRST_WRITES:
        copy = world.volume(snapshot)
        at_least = FIRST_AT_LEAST if job.depth > 1 else None
        rows += compare(world, place, copy, [job], 1, seconds, at_least)
    fill(world.disk(copy), world.disk_bytes)
    return rows + compare(world, f"{place}, written", copy, jobs, rounds, seconds)


def nbd_rows(programs: Programs, rounds: int, seconds: float, disk_gib: int,
             has_snapshots: bool) -> list[NbdRow]:
    world = World(programs, disk_gib)
    jobs, reads = (JOBS, READS) if has_snapshots else (JOBS[::3], READS[::3])
    fresh = world.volume()
    fill(world.disk(fresh), world.disk_bytes)
    fill(world.qemu_disk, world.disk_bytes)
    rows = compare(world, "fresh volume", fresh, jobs, rounds, seconds)
    snapshot = create_snapshot(world.client, fresh)
    rows += compare(world, "of a snapshot", world.volume(snapshot), reads, rounds, seconds)
    rows += write_rows(world, "of a snapshot", snapshot, jobs, rounds, seconds)
    if has_snapshots:
        take_snapshots(world, fresh)
        place = f"after {SNAPSHOTS:,} snapshots"
        rows += compare(world, place, fresh, READS, rounds, seconds)
        rows += write_rows(world, place, create_snapshot(world.client, fresh), WRITES, rounds,
                           seconds)
    world.amilab.stop()
    world.qemu_disk.server.stop()
    return rows


def missing_tools() -> list[str]:
    paths = os.environ.get("PATH", "").split(os.pathsep)
    return [name for name in ("fio", "qemu-nbd")
            if not any(os.access(Path(path) / name, os.X_OK) for path in paths)]
