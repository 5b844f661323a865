"""What every package says of this commit."""

import dataclasses
import datetime
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build/package"
SUMMARY = "An offline EC2/AMI emulator for testing"


class PackageError(Exception):
    """What keeps a package from being made, in a sentence."""


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A machine's names, the kernel's, Debian's and the compiler's, and the preset that builds for it.
    Container images call it as Debian does."""
    name: str
    debian: str
    triplet: str
    preset: str
    # What its binaries are started with on a machine of another kind.
    runner: tuple[str, ...] = ()
    # What makes the folder below build/ that has its libraries; by default the machine has them.
    sysroot_maker: str | None = None

    @property
    def tool_prefix(self):
        """Of binutils."""
        return f"{self.triplet}-"

    @property
    def sysroot(self):
        """The root that has its libraries and their documentation."""
        return (pathlib.Path("/") if self.sysroot_maker is None
                else ROOT / f"build/sysroot-{self.name}")

    @property
    def build(self):
        return ROOT / "build" / self.preset

    @property
    def binary(self):
        return OUTPUT / f"amilab-{version()}-linux-{self.name}"


ARCHITECTURES = {
    "x86_64": Architecture("x86_64", "amd64", "x86_64-linux-gnu", "release"),
    "aarch64": Architecture("aarch64", "arm64", "aarch64-linux-gnu", "release-aarch64",
                            ("qemu-aarch64-static",), "scripts/release/sysroot"),
}


def run(*command, **options):
    """What a program printed; PackageError when it failed."""
    done = subprocess.run([str(part) for part in command], check=False, text=True,
                          stdout=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise PackageError(f"{command[0]} ended with {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout


def version():
    return (ROOT / "VERSION").read_text().strip()


def _git(*arguments):
    if not (ROOT / ".git").exists():
        return ""
    return run("git", "-C", ROOT, *arguments).strip()


def commit():
    """The 40 digits; empty in a tree that is no checkout."""
    return _git("rev-parse", "HEAD")


def source_time():
    """Seconds since 1970 that stand for every time in a package, so that it is the same each time."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct") or 0)


def source_moment():
    """source_time() as a date."""
    return datetime.datetime.fromtimestamp(source_time(), datetime.timezone.utc)
