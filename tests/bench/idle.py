"""What a server costs that nobody calls: with many instances and volumes at rest, and with nothing."""

import sys
import time
from dataclasses import dataclass

from instances import LAUNCHED, launch_all
from load import Client
from processes import BenchError, Programs, Server
from table import show, show_met

MUCH = 100_000
SETTLED_S = 300
# Of the processor, and how often something wakes up, beyond what an empty server does. Source: what
# a kernel's tick and one timer more might take.
CPU_MS_AT_MOST = 1
WAKE_UPS_AT_MOST = 1


@dataclass(frozen=True)
class IdleRow:
    """One figure for each second."""

    what: str
    unit: str
    empty: float
    full: float
    more_at_most: float

    def cells(self) -> list[str]:
        return [self.what, show(self.empty, self.unit), show(self.full, self.unit),
                f"≤ {self.more_at_most:g} {self.unit} more",
                show_met(self.full <= self.empty + self.more_at_most)]


def header(instances: int) -> list[str]:
    return ["at rest", "nothing", f"{instances:,} instances and volumes", "target",
            "met"]


def wait_until_settled(server: Server) -> None:
    """What calls have left to the background has been done."""
    deadline = time.monotonic() + SETTLED_S
    before = server.cpu_seconds()
    while time.monotonic() < deadline:
        time.sleep(1)
        now = server.cpu_seconds()
        if now - before < 0.005:
            return
        before = now
    raise BenchError(f"the server does not come to rest in {SETTLED_S} seconds")


def at_rest(server: Server, seconds: float) -> tuple[float, float]:
    """Milliseconds of processor time and wake-ups in a second."""
    wait_until_settled(server)
    cpu, switches, begin = server.cpu_seconds(), server.wake_ups(), time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - begin
    return ((server.cpu_seconds() - cpu) * 1e3 / passed, (server.wake_ups() - switches) / passed)


def idle_rows(programs: Programs, instances: int, seconds: float) -> list[IdleRow]:
    figures = []
    for count in (0, instances):
        print(f"bench: a server at rest with {count:,} instances", file=sys.stderr)
        server = programs.start_amilab()
        launch_all(Client(server), count)
        figures.append(at_rest(server, seconds))
        server.stop()
    empty, full = figures
    return [IdleRow("processor time", "ms/s", empty[0], full[0], CPU_MS_AT_MOST),
            IdleRow("wake-ups of threads", "/s", empty[1], full[1], WAKE_UPS_AT_MOST)]


# As many as one launch makes.
FEW = LAUNCHED
