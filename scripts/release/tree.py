"""What an installation has below its prefix. scripts/package makes packages of it, and `cmake
--install` writes it.

usage: python3 -m release.tree BINARY FOLDER PREFIX: writes it to FOLDER, to be run from PREFIX
"""

import dataclasses
import pathlib
import sys

from release import facts, pages

FILES = facts.ROOT / "scripts/release/files"


@dataclasses.dataclass(frozen=True)
class Entry:
    """`path` is below the prefix."""
    path: str
    data: bytes
    mode: int = 0o644


def unit(prefix):
    return (FILES / "amilab.service").read_text().replace("@PREFIX@", prefix).encode()


def entries(binary, runner=(), prefix="/usr/local"):
    """Everything, the program first. `runner` starts a program of another architecture."""
    commands = pages.read_commands([*runner, binary])
    date = f"{facts.source_moment():%Y-%m-%d}"
    found = [
        Entry("bin/amilab", pathlib.Path(binary).read_bytes(), 0o755),
        Entry("share/man/man1/amilab.1", pages.manual(commands, date).encode()),
        Entry("share/bash-completion/completions/amilab", pages.bash(commands).encode()),
        Entry("share/zsh/site-functions/_amilab", pages.zsh(commands).encode()),
        Entry("share/fish/vendor_completions.d/amilab.fish", pages.fish(commands).encode()),
        Entry("lib/systemd/system/amilab.service", unit(prefix)),
        Entry("include/amilab/googletest.h",
              (facts.ROOT / "fixtures/googletest/amilab/googletest.h").read_bytes()),
    ]
    for name in ("LICENSE", "NOTICE", "CHANGELOG.md", "docs/notices.md"):
        path = facts.ROOT / name
        found.append(Entry(f"share/doc/amilab/{path.name}", path.read_bytes()))
    return found


def beside(architecture):
    """What scripts/package binary has made beside the static file."""
    return [Entry(f"share/doc/amilab/{part}",
                  architecture.binary.with_name(f"{architecture.binary.name}.{part}").read_bytes())
            for part in ("notices.txt", "cdx.json")]


def write(found, folder):
    for entry in found:
        path = folder / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(entry.data)
        path.chmod(entry.mode)


if __name__ == "__main__":
    program, into, run_from = sys.argv[1:]
    write(entries(program, prefix=run_from), pathlib.Path(into))
