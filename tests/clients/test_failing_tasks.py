"""Tasks that move bytes, while a file call fails, the disk fills up or the server is killed, in
whatever phase they are: they end, with the bytes of the disk or a message, and leave nothing."""

import contextlib
import errno
import time

import pytest

import failing_files
import moving_tasks
import servers
from test_durability import checked, tmpfs
from test_failing_files import MANY, sampled, tried

# How many of a task's file calls fail, unless all do.
FEW = 4
# How long tasks may take whose server cannot write: they wait for the next one.
STUCK_SECONDS = 0.5


needs_library = pytest.mark.skipif(failing_files.library() is None,
                                   reason="this build has no failing_files.so")


def names():
    return [name for name in moving_tasks.KINDS if moving_tasks.is_there(name)]


def begin(world, name):
    """The task; nothing when it is refused."""
    return tried(moving_tasks.KINDS[name].begin, world)


def outcome(world, name, task, seconds=servers.HANG_SECONDS):
    """What has become of it; nothing when it goes on for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            ended = tried(moving_tasks.KINDS[name].ended, world, task)
            if ended:
                return ended
        time.sleep(0.01)
    return None


def judge(world, name, task, must_succeed=False):
    """The task has ended, rightly or with a reason."""
    ended = outcome(world, name, task)
    assert ended, f"{name}: {task} does not end"
    made, why = ended
    assert made or (why and not must_succeed), (name, ended)
    if made:
        assert moving_tasks.KINDS[name].is_right(world, made), name


class Trial:
    """A server on a folder whose file calls can be made to fail."""

    def __init__(self, start_server, folder, disk):
        self.folder = folder
        self._start = start_server
        self.files = failing_files.FailingFiles(folder, folder.with_suffix(".control"))
        self.server = self.start()
        self.world = moving_tasks.World(self.server, disk)

    def start(self):
        server = self._start("--data", self.folder, environment=self.files.environment)
        server.expected_errors = r""  # a log that says what the disk refused
        return server

    def calls_of(self, name):
        """How many file calls the task takes."""
        before = self.files.seen
        judge(self.world, name, begin(self.world, name), must_succeed=True)
        return self.files.seen - before

    def next_server(self):
        """Whose disk is whole."""
        self.files.mend()
        self.server = self.start()
        self.world.use(self.server)

    def end(self):
        """Nothing is damaged, and nothing half made is left."""
        assert self.server.stop() == 0
        code, text = checked(self.folder)
        assert code == 0 and ", 0 left over" in text, text


@pytest.fixture
def disk(tmp_path, dice):
    return moving_tasks.make_disk(tmp_path / "disk.raw", dice)


@needs_library
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=errno.errorcode.get)
@pytest.mark.parametrize("name", names())
def test_a_task_whose_file_call_fails_ends(start_server, tmp_path, dice, disk, name, error):
    trial = Trial(start_server, tmp_path / "data", disk)
    begun = []
    for first in sampled(dice, trial.calls_of(name), FEW):
        print(f"call {first} fails with {errno.errorcode[error]}")
        trial.files.fail(first, 1, error)
        if task := begin(trial.world, name):
            outcome(trial.world, name, task)
            begun.append(task)
        trial.files.mend()
        judge(trial.world, name, begin(trial.world, name), must_succeed=True)
    for task in begun:
        judge(trial.world, name, task)
    assert trial.server.stop() == 0
    trial.next_server()
    for task in begun:
        judge(trial.world, name, task)
    trial.end()


@needs_library
@pytest.mark.parametrize("name", names())
def test_a_task_is_ended_by_the_server_after_one_that_was_killed(start_server, tmp_path, dice, disk,
                                                                 name):
    """Killed at any of its file calls: from there on nothing reaches the disk."""
    trial = Trial(start_server, tmp_path / "data", disk)
    for first in sampled(dice, trial.calls_of(name), FEW):
        print(f"killed at call {first}")
        trial.files.fail(first, MANY, errno.EIO)
        task = begin(trial.world, name)
        if task:
            outcome(trial.world, name, task, STUCK_SECONDS)
        assert trial.server.is_running, trial.server.log()
        trial.server.kill()
        trial.next_server()
        # One that was begun, though its call was refused, is ended as well: others wait behind it.
        judge(trial.world, name, task or begin(trial.world, name), must_succeed=True)
    trial.end()


def leave_free(mount, free_bytes):
    """Fills the file system up to so many bytes."""
    filler = mount / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"x" * (1 << 20))
    with open(filler, "r+b") as file:
        file.truncate(max(0, filler.stat().st_size - free_bytes))


def test_a_disk_that_fills_up_in_any_phase_fails_the_task(start_server, tmp_path, dice, disk):
    with tmpfs(tmp_path / "mount", 256) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        world = moving_tasks.World(server, disk)
        begun = []
        for free_kib in (0, 64, 256, dice.randrange(256, 1024), dice.randrange(1024, 4096)):
            leave_free(mount, free_kib << 10)
            for name in names():
                if task := begin(world, name):
                    assert outcome(world, name, task), f"{name} does not end on a full disk"
                    begun.append((name, task))
            (mount / "filler").unlink()
            for name, task in begun:
                judge(world, name, task)
            begun = [(name, task) for name, task in begun if name != "store-image"]
        for name in names():
            judge(world, name, begin(world, name), must_succeed=True)
        assert server.stop() == 0
        code, text = checked(mount / "data")
        assert code == 0 and ", 0 left over" in text, text
