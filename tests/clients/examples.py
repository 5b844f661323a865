"""The examples of README and docs, and a shell that runs them as a reader would."""

import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

import servers

ROOT = pathlib.Path(__file__).parents[2]
# Languages of blocks that are run. `console` has commands behind `$ `, the rest of a command
# behind `> `, and below a command what it prints, where an ellipsis stands for anything.
RUN = ("sh", "console", "python")
SHOWN = ("cmake", "cpp", "go", "java", "javascript", "json", "rust", "text", "toml", "xml", "yaml")
BLOCK = re.compile(r"(?:<!-- (?P<word>not run|needs): (?P<rest>[^\n]+) -->\n)?"
                   r"```(?P<language>\w+)\n(?P<text>.*?)```\n", re.S)
DONE = "the example is done"


@dataclasses.dataclass(frozen=True)
class Example:
    """One block of code. `not_run` is a reason, `needs` a file that machines may lack."""
    document: str
    line: int
    language: str
    text: str
    not_run: str | None = None
    needs: str | None = None

    @property
    def place(self):
        return f"{self.document}:{self.line}"


def documents():
    """Paths below the root, in the order in which a reader meets them. Sheets of labs are not among
    them: test_labs.py works through those."""
    paths = [path for path in ROOT.glob("docs/**/*.md")
             if path.parent.name != "labs" or path.name == "README.md"]
    return ["README.md", *sorted(str(path.relative_to(ROOT)) for path in paths)]


def examples_in(document, text):
    """All blocks of a document that say their language."""
    found = []
    for block in BLOCK.finditer(text):
        note = {block["word"].replace(" ", "_"): block["rest"]} if block["word"] else {}
        line = text[:block.start("text")].count("\n")
        found.append(Example(document, line, block["language"], block["text"], **note))
    return found


def read_examples(document):
    return examples_in(document, (ROOT / document).read_text())


def commands_in(console):
    """Each command of a console with what it prints."""
    commands = []
    for line in console.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:], ""])
        elif line.startswith("> "):
            commands[-1][0] += "\n" + line[2:]
        else:
            commands[-1][1] += line + "\n"
    return commands


def fits(printed, shown):
    """Whether a command printed what an example shows."""
    return re.fullmatch(re.escape(shown.strip()).replace("…", ".*"), printed.strip(), re.S)


class Failed(AssertionError):
    """An example that does not do what it says."""


class Reader:
    """Runs the examples of one document, one after the other, in one shell and one folder.

    Addresses that examples name are the server's. `amilab serve` ends once it is ready, and the
    AWS CLI is refused without an endpoint: it would go to AWS.
    """

    def __init__(self, server, scratch, aws, path):
        self._server = server
        self._scratch = scratch
        binary = pathlib.Path(servers.binary()).resolve()
        self._environment = {"PATH": f"{scratch / 'bin'}:{path}", "HOME": str(scratch / "home"),
                             "LC_ALL": "C.UTF-8", "AWS_PAGER": "", "AMILAB_BINARY": str(binary),
                             "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
        for folder in ("bin", "home", "work"):
            (scratch / folder).mkdir(parents=True, exist_ok=True)
        # curl does not call a refusal a failure otherwise.
        (scratch / "home/.curlrc").write_text("silent\nshow-error\nfail-with-body\n")
        self._program("amilab", f'[ "$1" != serve ] || exec {sys.executable} '
                                f'{pathlib.Path(__file__).parent / "serve_once.py"} "$@"\n'
                                f'exec "{binary}" "$@"')
        self._program("aws", 'case " $* " in *" --endpoint-url "*) exec "%s" "$@" ;; esac\n'
                             'echo "aws without --endpoint-url goes to AWS: $*" >&2; exit 99' % aws)
        self._errors = open(scratch / "errors", "a+", encoding="utf-8")
        self._shell = subprocess.Popen(
            ["bash", "-euo", "pipefail"], cwd=self.folder, env=self._environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            start_new_session=True)

    @property
    def folder(self):
        return self._scratch / "work"

    def _program(self, name, text):
        path = self._scratch / "bin" / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:
            # What the example had started beside itself.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._shell.pid, signal.SIGTERM)
        self._shell.stdin.close()
        self._shell.wait(servers.HANG_SECONDS)
        self._shell.stdout.close()
        self._errors.close()

    def errors(self):
        """All that went to stderr so far."""
        self._errors.seek(0)
        return self._errors.read()

    def run(self, example):
        """What the example prints. Raises Failed."""
        text = self._with_addresses(example.text)
        try:
            if example.language == "python":
                return self._run_python(text)
            if example.language == "sh":
                return self._run_shell(text)
            return "".join(self._run_command(*command) for command in commands_in(text))
        except Failed as failed:
            raise Failed(f"{example.place}: {failed}\n{self.errors()}") from None

    def _with_addresses(self, text):
        text = re.sub(r"(127\.0\.0\.1|localhost|\[::1\]):4566", rf"\1:{self._server.port}", text)
        for uri in self._server.nbd_uris:
            if uri.startswith("nbd://"):
                text = text.replace("nbd://127.0.0.1:10809", uri)
        return text

    def _run_python(self, program):
        done = subprocess.run([sys.executable, "-c", program], cwd=self.folder, check=False,
                              env=self._environment | {"AWS_ENDPOINT_URL": self._server.endpoint},
                              stdout=subprocess.PIPE, stderr=self._errors, text=True,
                              timeout=servers.HANG_SECONDS)
        if done.returncode != 0:
            raise Failed(f"it ended with {done.returncode}")
        return done.stdout

    def _run_command(self, command, shown):
        printed = self._run_shell(command)
        if shown and not fits(printed, shown):
            raise Failed(f"{command}\nprinted\n{printed}\nand not\n{shown}")
        return printed

    def _run_shell(self, text):
        script = self._scratch / "example"
        script.write_text(text)
        watch = threading.Timer(servers.HANG_SECONDS, self._shell.kill)
        watch.start()
        try:
            self._shell.stdin.write(f". {script} < /dev/null\nprintf '\\n%s\\n' '{DONE}'\n")
            self._shell.stdin.flush()
            lines = []
            while (line := self._shell.stdout.readline()) and line != DONE + "\n":
                lines.append(line)
        finally:
            watch.cancel()
        if not line:
            raise Failed(f"{text}\nended with {self._shell.wait()} and printed\n{''.join(lines)}")
        return "".join(lines)
