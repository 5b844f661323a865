"""The examples that the AWS CLI's help has for the operations that the server has.

They are read from the installed awscli when tests run: they are its authors' text, not ours.
"""

import dataclasses
import json
import pathlib
import re
import shlex

import awscli
from botocore import xform_name

import model

FOLDER = pathlib.Path(awscli.__file__).parent / "examples"
SERVICES = ("ec2", "ssm", "sts")
CONTENTS = re.compile(r"^Contents of (?:original file )?`*(\w+\.\w+)")


@dataclasses.dataclass(frozen=True)
class Example:
    """One command of a help page: `name` is the page's, with the command's number there."""
    name: str
    words: tuple
    files: dict
    output: dict | None

    @property
    def command(self):
        return self.name.split()[0]

    @property
    def is_of_another_shell(self):
        return bool({"^", "`"} & set(self.words))


def indented(lines, start):
    """The block that begins at or behind a line, and the number of the line behind it."""
    while start < len(lines) and not lines[start].strip():
        start += 1
    end = start
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
        end += 1
    return "\n".join(lines[start:end]), end


def command_at(lines, start):
    """A command with the lines that it goes on in, and the number of the line behind them.

    Those of other shells keep the signs at the ends of their lines.
    """
    text, end = lines[start].strip(), start + 1
    while end < len(lines):
        following = lines[end].strip()
        if text.endswith("\\"):
            text = text[:-1] + following
        elif following.startswith("--"):  # the backslash before it was forgotten
            text += " " + following
        elif is_open(text) and following:
            text += "\n" + following
        else:
            break
        end += 1
    return text, end


def is_open(text):
    """Whether a quotation mark waits for its other half."""
    try:
        shlex.split(text)
    except ValueError:
        return True
    return False


def answer_in(block):
    try:
        answer = json.loads(block)
    except json.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def examples_in(name, text):
    """The commands of a page, in its order."""
    lines = text.splitlines()
    found, at = [], 0
    while at < len(lines):
        line = lines[at]
        contents = CONTENTS.match(line)
        if re.match(r"\s+(?:\$ )?aws ", line):
            command, at = command_at(lines, at)
            found.append([command.removeprefix("$ "), {}, None])
        elif contents and found:
            block, at = indented(lines, at + 1)
            found[-1][1].setdefault(contents[1], block)
        elif line.startswith("Output") and found:
            block, at = indented(lines, at + 1)
            found[-1][2] = answer_in(block)
        else:
            at += 1
    return [Example(f"{name} {number}", tuple(shlex.split(command))[1:], files, output)
            for number, (command, files, output) in enumerate(found, 1)]


def page(service, operation):
    """The help page of an operation; None where it has no examples."""
    path = FOLDER / service / (xform_name(operation, "-") + ".rst")
    return path.read_text() if path.exists() else None


def served_examples():
    """All examples of served operations."""
    found = []
    for service in SERVICES:
        for operation in sorted(model.served(service)):
            text = page(service, operation)
            if text:
                found += examples_in(xform_name(operation, "-"), text)
    return found
