"""One server with a class on it: students who each work through the life of an image, again and again,
a call a second each; and as fast as some of them can."""

import heapq
import itertools
import multiprocessing
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from fair import percentile
from load import Client, Form, form
from processes import BenchError, Programs, Server
from table import show

# Who calls for them all; a student's call may wait for another one's of the same process.
PROCESSES = 8
INSTANCE_TYPE = "t3.micro"
PUBLIC_NAME = "al2023-ami-2023*-x86_64"
HEADER = ["students", "calls a second", "p50", "p99", "server CPU of a call", "server CPU",
          "memory", "disk"]

# A student asks and is told the answer.
Student = Generator[Form, bytes, None]


@dataclass(frozen=True)
class Sizes:
    """How many students, and for how long."""

    students: tuple[int, ...]
    busy: int
    seconds: float


FULL = Sizes(students=(30, 100, 300, 1000), busy=PROCESSES, seconds=30)
QUICK = Sizes(students=(8,), busy=PROCESSES, seconds=1.5)


@dataclass(frozen=True)
class ClassRow:
    """What a server did with one number of students."""

    what: str
    times_ms: list[float]
    seconds: float
    cpu_seconds: float
    memory_mib: float
    disk_mib: float

    def cells(self) -> list[str]:
        calls = len(self.times_ms)
        return [self.what, f"{calls / self.seconds:,.0f}", show(median(self.times_ms), "ms"),
                show(percentile(self.times_ms, 99), "ms"),
                show(self.cpu_seconds / calls * 1e6, "µs"),
                f"{self.cpu_seconds / self.seconds:.0%} of a core", f"{self.memory_mib:,.0f} MiB",
                f"{self.disk_mib:,.0f} MiB"]


def one(answer: bytes, element: str) -> str:
    found = re.search(rf"<{element}>([^<]+)", answer.decode())
    if not found:
        raise BenchError(f"an answer has no {element}")
    return found[1]


def life(account: str) -> Student:
    """What a student does: mostly looks, as waiters do."""

    def call(action: str, **parameters: str) -> Form:
        return form(action, account=account, **parameters)

    # Not of RSA, which costs as much as a hundred other calls: see key_pairs().
    yield call("CreateKeyPair", KeyName="mine", KeyType="ed25519")
    for number in itertools.count():
        images = yield call("DescribeImages", Owner_1="amazon", Filter_1_Name="name",
                            Filter_1_Value_1=PUBLIC_NAME)
        group = one((yield call("CreateSecurityGroup", GroupName=f"web-{number}",
                                GroupDescription="for the lab")), "groupId")
        yield call("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions_1_IpProtocol="tcp",
                   IpPermissions_1_FromPort="22", IpPermissions_1_ToPort="22",
                   IpPermissions_1_IpRanges_1_CidrIp="203.0.113.0/24")
        first = one((yield launch(call, one(images, "imageId"), group)), "instanceId")
        for _ in range(3):
            yield call("DescribeInstances", InstanceId_1=first)
        image = one((yield call("CreateImage", InstanceId=first, Name=f"golden-{number}")),
                    "imageId")
        for _ in range(3):
            found = yield call("DescribeImages", ImageId_1=image)
        snapshot = one(found, "snapshotId")
        yield call("CreateTags", ResourceId_1=image, Tag_1_Key="version", Tag_1_Value="v1")
        yield call("DescribeSnapshots", Owner_1="self")
        second = one((yield launch(call, image, group)), "instanceId")
        for _ in range(3):
            yield call("DescribeInstances", InstanceId_1=second)
        yield call("ModifyImageAttribute", ImageId=image,
                   LaunchPermission_Add_1_UserId="210987654321")
        yield call("TerminateInstances", InstanceId_1=first, InstanceId_2=second)
        yield call("DeregisterImage", ImageId=image)
        yield call("DeleteSnapshot", SnapshotId=snapshot)
        yield call("DeleteSecurityGroup", GroupId=group)


def key_pairs(account: str) -> Student:
    """What many do in the first minute of a lab."""
    for number in itertools.count():
        yield form("CreateKeyPair", account=account, KeyName=f"key-{number}", KeyType="rsa")


def launch(call: Callable[..., Form], image: str, group: str) -> Form:
    return call("RunInstances", ImageId=image, InstanceType=INSTANCE_TYPE, KeyName="mine",
                SecurityGroupId_1=group, MinCount="1", MaxCount="1",
                TagSpecification_1_ResourceType="instance", TagSpecification_1_Tag_1_Key="Name",
                TagSpecification_1_Tag_1_Value="web")


@dataclass(frozen=True)
class Load:
    """Students who call each so often; zero means one call after the other."""

    what: str
    students: int
    each_s: float = 0.0
    student: Callable[[str], Student] = life


def due_times(load: Load, accounts: list[str],
              begin: float) -> Iterator[tuple[float, Student]]:
    """When who is to call, for ever: each so often, spread over that time."""
    each_s = load.each_s
    students = [(begin + each_s * number / len(accounts), number, load.student(account))
                for number, account in enumerate(accounts)]
    heapq.heapify(students)
    while True:
        due, number, student = heapq.heappop(students)
        yield due, student
        heapq.heappush(students, (due + each_s if each_s else time.monotonic(), number, student))


def work(server: Server, load: Load, accounts: list[str], seconds: float,
         result: Connection) -> None:
    """Calls for some students; sends the milliseconds from when each call was due to its answer."""
    client = Client(server)
    begin, times = time.monotonic(), []
    answers: dict[Student, bytes | None] = {}
    for due, student in due_times(load, accounts, begin):
        if max(due, time.monotonic()) > begin + seconds:
            break
        time.sleep(max(0.0, due - time.monotonic()))
        call = student.send(answers.get(student))
        asked = due if load.each_s else time.monotonic()
        answers[student] = client.send(call)
        times.append((time.monotonic() - asked) * 1e3)
    result.send(times)


def measure(server: Server, data: Path, load: Load, seconds: float) -> ClassRow:
    accounts = [f"{number:012d}" for number in range(1, load.students + 1)]
    context = multiprocessing.get_context("fork")
    cpu, begin, running = server.cpu_seconds(), time.monotonic(), []
    for number in range(min(PROCESSES, load.students)):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(server, load, accounts[number::PROCESSES],
                                                     seconds, theirs))
        process.start()
        theirs.close()
        running.append((process, ours))
    times = []
    for process, answer in running:
        try:
            times += answer.recv()
        except EOFError as error:
            raise BenchError(f"a call failed: {load.what}") from error
        process.join()
    taken = time.monotonic() - begin
    return ClassRow(load.what, times, taken, server.cpu_seconds() - cpu, server.anonymous_mib(),
                    disk_mib(data))


def disk_mib(folder: Path) -> float:
    done = subprocess.run(["du", "-sk", folder], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0]) / 1024


def class_rows(programs: Programs, sizes: Sizes) -> list[ClassRow]:
    loads = [Load(f"{students:,}, each a call a second", students, 1.0)
             for students in sizes.students]
    loads += [Load(f"{sizes.busy}, as fast as they can", sizes.busy),
              Load(f"{sizes.busy}, key pairs of RSA as fast as they can", sizes.busy,
                   student=key_pairs)]
    rows = []
    for load in loads:
        print(f"bench: {load.what}", file=sys.stderr)
        data = Path(programs.new_folder()).absolute() / "data"
        server = programs.start_amilab(str(data))
        rows.append(measure(server, data, load, sizes.seconds))
        server.stop()
    return rows
