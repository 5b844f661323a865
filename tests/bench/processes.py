"""The servers that the benchmark runs: how they start, what they cost, how they end."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from pathlib import Path

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
MOTO_MEMORY_BYTES = 6 << 30
QEMU_MEMORY_BYTES = 2 << 30
SERVER_THREADS = 4


class BenchError(Exception):
    """What makes a measurement impossible, in one sentence."""


class Server:
    """A running server. Ends with the context it was started in, or with this process."""

    def __init__(self, name: str, process: subprocess.Popen, port: int):
        self.name = name
        self.port = port
        self._process = process

    def cpu_seconds(self) -> float:
        """Processor time of all its threads so far, those that have ended included."""
        # The clock of a process: see clock_getcpuclockid(3) and CPUCLOCK_SCHED in the kernel.
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def wake_ups(self) -> int:
        """How often its threads have gone to sleep so far, which is how often they were woken;
        without those that have ended."""
        count = 0
        for status in Path(f"/proc/{self._process.pid}/task").glob("*/status"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                count += int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status.read_text(),
                                       re.M)[1])
        return count

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+) kB", status)[1]) / 1024

    def anonymous_mib(self) -> float:
        """Resident memory without what is of files."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s*(\d+) kB", status)[1]) / 1024

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Programs:
    """Starts what was built in `build`; folders are made in `work`."""

    def __init__(self, build: Path, moto: Path | None, work: Path):
        self.build = build
        self.has_moto = moto is not None
        self._moto = moto
        self.work = work
        self._open = contextlib.ExitStack()

    def close(self) -> None:
        self._open.close()

    def new_folder(self) -> str:
        folder = tempfile.TemporaryDirectory(dir=self.work, ignore_cleanup_errors=True)
        return self._open.enter_context(folder)

    def start_amilab(self, data: str | None = None, guarded: bool = True,
                     *arguments: str) -> Server:
        command = [self.build / "amilab", "serve", "--listen", "127.0.0.1:0", "--data",
                   data or self.new_folder(), *arguments]
        process = self._start(command, guarded, stdout=subprocess.PIPE)
        line = read_line(process, "amilab")
        return self._keep("amilab", process, int(line.rsplit(":", 1)[1]))

    def start_moto(self, guarded: bool = True) -> Server:
        log = Path(self.new_folder()) / "log"
        command = ["prlimit", f"--as={MOTO_MEMORY_BYTES}", self._moto, "-H", "127.0.0.1", "-p", "0"]
        with log.open("w") as file:
            process = self._start(command, guarded, stdout=file, stderr=file)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not (found := re.search(r"Running on http://127\.0\.0\.1:(\d+)", log.read_text())):
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"moto does not start: {log.read_text()[-500:]}")
            time.sleep(0.001)
        return self._keep("moto", process, int(found[1]))

    def start_beast(self, body_bytes: int) -> Server:
        command = [self.build / "bare_beast_server", "0", "--body-bytes", str(body_bytes),
                   "--threads", str(SERVER_THREADS)]
        process = self._start(command, stdout=subprocess.PIPE)
        return self._keep("bare Beast", process, int(read_line(process, "bare_beast_server")))

    def start_blocks(self, file: Path, block_bytes: int = 512 << 10) -> Server:
        command = [self.build / "bare_block_server", "0", "--file", file, "--block-bytes",
                   str(block_bytes), "--threads", str(SERVER_THREADS)]
        process = self._start(command, stdout=subprocess.PIPE)
        return self._keep("bare Beast", process, int(read_line(process, "bare_block_server")))

    def start_qemu_nbd(self, raw: Path, socket: Path) -> Server:
        """On a raw file through the page cache, with the depth and the threads it has by itself."""
        command = ["prlimit", f"--as={QEMU_MEMORY_BYTES}", "qemu-nbd", "-f", "raw", "-t", "-e", "64",
                   "--cache=writeback", "--discard=unmap", "-k", socket, raw]
        process = self._start(command)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not socket.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError("qemu-nbd does not start")
            time.sleep(0.001)
        return self._keep("qemu-nbd", process, 0)

    def run(self, program: str, *arguments: str, timeout_s: float = 1800) -> str:
        """The output of one of the build's programs, run to its end."""
        command = [self.build / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
        if done.returncode != 0:
            raise BenchError(f"{program}: {done.stderr.strip()}")
        return done.stdout

    def _start(self, command: list, guarded: bool = True, **streams) -> subprocess.Popen:
        # Ends with this process, however that ends. A cold start goes without: it costs a
        # millisecond.
        wrapper = ["setpriv", "--pdeathsig", "TERM", "--"] if guarded else []
        return subprocess.Popen([*wrapper, *command], stdin=subprocess.DEVNULL, **streams)

    def _keep(self, name: str, process: subprocess.Popen, port: int) -> Server:
        server = Server(name, process, port)
        self._open.callback(server.stop)
        return server


def read_line(process: subprocess.Popen, name: str) -> str:
    """The first line that a server prints: it is ready then."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if selector.select(START_TIMEOUT_S) else b""
    if not line.endswith(b"\n"):
        process.kill()
        process.wait()
        raise BenchError(f"{name} does not start")
    return line.decode().strip()


def end_on_signals() -> None:
    """A terminated benchmark still ends what it started."""

    def end(number, _frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)



def machine() -> str:
    """What the figures were measured on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1])
    return (f"{os.cpu_count()} cores ({model[1] if model else os.uname().machine}), "
            f"{round(memory / (1 << 20))} GiB, Linux {os.uname().release.split('-')[0]}")
