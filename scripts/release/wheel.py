"""Wheels: the static file on the PATH of a Python environment, and what Python and pytest want."""

import base64
import hashlib
import pathlib
import zipfile

from release import archive, facts, tree

# A static file asks for no C library; what it asks of the kernel these promise.
PLATFORMS = {
    "x86_64": ("manylinux_2_17_x86_64.manylinux2014_x86_64", "musllinux_1_1_x86_64"),
    "aarch64": ("manylinux_2_17_aarch64.manylinux2014_aarch64", "musllinux_1_1_aarch64"),
}
PACKAGE = facts.ROOT / "fixtures/python"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def _metadata():
    lines = [
        "Metadata-Version: 2.1", "Name: amilab", f"Version: {facts.version()}",
        f"Summary: {facts.SUMMARY}", "License: Apache-2.0", "License-File: LICENSE",
        "License-File: NOTICE", "Keywords: aws,ec2,ami,emulator,testing,pytest",
        "Classifier: Framework :: Pytest", "Classifier: License :: OSI Approved :: Apache Software License",
        "Classifier: Operating System :: POSIX :: Linux", "Classifier: Typing :: Typed",
        *(f"Classifier: Programming Language :: Python :: {python}" for python in PYTHONS),
        "Requires-Python: >=3.10", "Description-Content-Type: text/markdown", "",
        (facts.ROOT / "docs/python.md").read_text()]
    return "\n".join(lines)


def _tags(platform):
    return [f"py3-none-{tag}" for tag in platform.split(".")]


def _contents(architecture, platform):
    """(name in the wheel, bytes, mode) of all but RECORD."""
    name = f"amilab-{facts.version()}"
    about = f"{name}.dist-info"
    for path in sorted((PACKAGE / "amilab").glob("*")):
        if path.suffix in (".py", ".typed", ".yaml"):
            yield f"amilab/{path.name}", path.read_bytes(), 0o644
    yield f"{name}.data/scripts/amilab", architecture.binary.read_bytes(), 0o755
    for licence in ("LICENSE", "NOTICE"):
        yield f"{about}/{licence}", (facts.ROOT / licence).read_bytes(), 0o644
    for entry in tree.beside(architecture):
        yield f"{about}/{pathlib.PurePath(entry.path).name}", entry.data, entry.mode
    yield f"{about}/METADATA", _metadata().encode(), 0o644
    wheel = ["Wheel-Version: 1.0", "Generator: amilab", "Root-Is-Purelib: false",
             *(f"Tag: {tag}" for tag in _tags(platform)), ""]
    yield f"{about}/WHEEL", "\n".join(wheel).encode(), 0o644
    yield f"{about}/entry_points.txt", b"[pytest11]\namilab = amilab.pytest_plugin\n", 0o644


def _record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def _make_one(architecture, platform):
    file = facts.OUTPUT / f"amilab-{facts.version()}-py3-none-{platform}.whl"
    record = ""
    with zipfile.ZipFile(file, "w") as packed:
        for name, data, mode in _contents(architecture, platform):
            archive.add_to_zip(packed, name, data, mode)
            record += _record_line(name, data)
        name = f"amilab-{facts.version()}.dist-info/RECORD"
        archive.add_to_zip(packed, name, (record + f"{name},,\n").encode())
    return file


def make(architecture):
    return [_make_one(architecture, platform) for platform in PLATFORMS[architecture.name]]
