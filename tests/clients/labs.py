"""The labs of docs/labs: what their sheets say, a shell that works through them as a student would,
and what their check files ask, evaluated here without amilab's own engine."""

import dataclasses
import hashlib
import json
import pathlib
import re
import subprocess
import threading

import programs
import servers

FOLDER = pathlib.Path(__file__).parents[2] / "docs/labs"
BLOCK = re.compile(r"```(?P<kind>[^\n`]+)\n(?P<text>.*?)```\n", re.S)
STEP = re.compile(r"^## Step (\d+): (.+)\n", re.M)
DONE = "the block is done"
ENDPOINT = "AWS_ENDPOINT_URL"


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block. `kind` is what stands behind its fence: sh, sh start, text, json."""
    kind: str
    text: str


@dataclasses.dataclass(frozen=True)
class Step:
    number: int
    title: str
    blocks: tuple

    @property
    def text(self):
        return "".join(block.text for block in self.blocks)


@dataclasses.dataclass(frozen=True)
class Sheet:
    name: str
    text: str
    start: str
    steps: tuple
    checks: tuple

    @property
    def commands(self):
        """All that is run of it."""
        return self.start + "".join(block.text for step in self.steps for block in step.blocks
                                    if block.kind == "sh")

    def checks_of(self, number):
        """The checks of a step; of the start state with 0."""
        return [check for check in self.checks if check["step"] == number]


def blocks_in(text):
    return tuple(Block(found["kind"], found["text"]) for found in BLOCK.finditer(text))


def steps_in(text):
    begins = [*STEP.finditer(text)]
    ends = [found.start() for found in begins[1:]] + [len(text)]
    return tuple(Step(int(found[1]), found[2], blocks_in(text[found.end():end]))
                 for found, end in zip(begins, ends))


def names():
    """Names of all labs, in their order."""
    return (FOLDER / "order.txt").read_text().split()


def read_sheet(name):
    text = (FOLDER / f"{name}.md").read_text()
    begun = STEP.search(text)
    head = blocks_in(text[:begun.start()])
    return Sheet(name, text, "".join(block.text for block in head if block.kind == "sh start"),
                 steps_in(text), tuple(json.loads((FOLDER / f"{name}.json").read_text())))


class Failed(AssertionError):
    """A sheet that does not do what it says."""


def make_programs(scratch, aws):
    """Puts `aws` and `amilab` into scratch/bin: an `aws` that goes to the environment's server
    alone, whichever way a CLI takes its endpoint, and the amilab under test."""
    (scratch / "bin").mkdir(parents=True)
    for name, command in (("aws", f'"{aws}" --endpoint-url "${{{ENDPOINT}:?}}"'),
                          ("amilab", f'"{pathlib.Path(servers.binary()).resolve()}"')):
        path = scratch / "bin" / name
        path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        path.chmod(0o755)


class Student:
    """Works through one sheet in one shell, with the credentials of one account."""

    def __init__(self, server, account, scratch, aws):
        self._scratch = scratch
        make_programs(scratch, aws)
        for folder in ("home", "work"):
            (scratch / folder).mkdir()
        environment = {
            "PATH": f"{scratch / 'bin'}:{programs.SYSTEM_PATH}", "HOME": str(scratch / "home"),
            "LC_ALL": "C.UTF-8", "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true", ENDPOINT: server.endpoint,
            "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": servers.REGION}
        self._errors = open(scratch / "errors", "w+", encoding="utf-8")
        self._shell = subprocess.Popen(
            ["sh", "-eu"], cwd=scratch / "work", env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._shell.stdin.close()
        self._shell.wait(servers.HANG_SECONDS)
        self._shell.stdout.close()
        self._errors.close()

    def run(self, text):
        """What the commands print, errors behind the rest. Raises Failed when one fails."""
        script = self._scratch / "block"
        script.write_text(text)
        self._errors.seek(0)
        self._errors.truncate()
        output = self._until_done(f". {script} < /dev/null\nprintf '\\n%s\\n' '{DONE}'\n")
        self._errors.seek(0)
        errors = self._errors.read()
        if output is None:
            raise Failed(f"{text}\nended with {self._shell.wait()} and said\n{errors}")
        return output + errors

    def _until_done(self, commands):
        watch = threading.Timer(servers.HANG_SECONDS, self._shell.kill)
        watch.start()
        try:
            self._shell.stdin.write(commands)
            self._shell.stdin.flush()
            lines = []
            while (line := self._shell.stdout.readline()) and line != DONE + "\n":
                lines.append(line)
        finally:
            watch.cancel()
        return "".join(lines) if line else None

    def work(self, step):
        """Runs the commands of a step; what they are shown to print they must have printed."""
        told = ""
        for block in step.blocks:
            if block.kind == "sh":
                told = self.run(block.text)
            elif block.kind == "text":
                expect_told(block.text, told)


def expect_told(shown, told):
    """Raises Failed unless each line that a sheet shows was printed; … stands for anything."""
    for line in filter(None, map(str.strip, shown.splitlines())):
        pattern = re.sub(r"\s+", r"\\s+", re.escape(line).replace(r"\ ", " ")).replace("…", ".*")
        if not re.search(pattern, told):
            raise Failed(f"{line}\nis shown, and this was printed\n{told}")


def has_command(name):
    """Whether this amilab has a command; builds differ while one is new."""
    return b"there is no command" not in servers.run_amilab(name).stderr


def pick(answer, pointer):
    """All values that a JSON pointer leads to; * stands for any element of a list."""
    values = [answer]
    for part in pointer.split("/")[1:]:
        values = [below for value in values for below in step_down(value, part)]
    return values


def step_down(value, part):
    if isinstance(value, list):
        if part == "*":
            return value
        return value[int(part):int(part) + 1] if part.isdigit() else []
    part = part.replace("~1", "/").replace("~0", "~")
    return [value[part]] if isinstance(value, dict) and part in value else []


def size(value):
    return value if isinstance(value, int) else len(value)


OPERATORS = {
    "equals": lambda value, wanted: value == wanted,
    "not_equals": lambda value, wanted: value != wanted,
    "contains": lambda value, wanted: wanted in value,
    "matches": lambda value, wanted: re.fullmatch(wanted, str(value)) is not None,
    "exists": lambda value, wanted: True,
    "length": lambda value, wanted: size(value) == wanted,
    "at_least": lambda value, wanted: size(value) >= wanted,
    "at_most": lambda value, wanted: size(value) <= wanted,
}


def holds(expectation, answer, code):
    """Whether an answer, or the code of its refusal, is what a check expects."""
    operator, wanted = expectation["operator"], expectation.get("value")
    if operator == "error":
        return code == wanted
    if code is not None:
        return False
    values = pick(answer, expectation["pointer"])
    if operator == "absent":
        return not values or values == [[]]
    if operator == "not_equals":
        return all(OPERATORS[operator](value, wanted) for value in values)
    return any(OPERATORS[operator](value, wanted) for value in values)


def file_holds(wanted, disk):
    """Whether a file of a disk's ext4 file system, or its free blocks, are what a check wants."""
    if "free_blocks" in wanted:
        there = wanted["free_blocks"]["text"].encode() in free_blocks(disk)
    else:
        content = file_in(disk, wanted["path"])
        there = (content is not None and wanted.get("text", "").encode() in content
                 and wanted.get("sha256") in (None, hashlib.sha256(content).hexdigest()))
    return there == wanted.get("present", True)


def inspect(*command):
    done = subprocess.run([programs.find(command[0]), *command[1:]], check=True,
                          capture_output=True)
    return done.stdout, done.stderr


def file_in(disk, path):
    """The content of a file; None when there is none of this name."""
    content, errors = inspect("debugfs", "-R", f"cat {path}", str(disk))
    return None if b"File not found" in errors else content


def free_blocks(disk):
    """What stands in the blocks that no file uses, one behind the other."""
    said = inspect("dumpe2fs", str(disk))[0].decode()
    size_bytes = int(re.search(r"^Block size: +(\d+)", said, re.M)[1])
    ranges = re.findall(r"(\d+)(?:-(\d+))?", " ".join(re.findall(r"^  Free blocks: (.*)$", said,
                                                                re.M)))
    with open(disk, "rb") as file:
        return b"".join(read_blocks(file, int(first), int(last or first), size_bytes)
                        for first, last in ranges)


def read_blocks(file, first, last, size_bytes):
    file.seek(first * size_bytes)
    return file.read((last - first + 1) * size_bytes)
