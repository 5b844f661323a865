"""An npm package: the static file, and what Jest, Vitest and node:test want."""

import gzip
import io
import json
import tarfile

from release import archive, facts, tree

PACKAGE = facts.ROOT / "fixtures/npm"
# What Node.js calls the machines.
PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}


def _description(architecture):
    """package.json of this version and machine."""
    described = json.loads((PACKAGE / "package.json").read_text())
    described |= {"version": facts.version(), "cpu": [PROCESSORS[architecture.name]]}
    return (json.dumps(described, indent=2) + "\n").encode()


def _contents(architecture):
    """(name, bytes, mode) of each file, in npm's folder."""
    yield "package.json", _description(architecture), 0o644
    for name in ("amilab.d.ts", "amilab.js"):
        yield name, (PACKAGE / name).read_bytes(), 0o644
    yield "bin/amilab", architecture.binary.read_bytes(), 0o755
    yield "README.md", (facts.ROOT / "docs/javascript.md").read_bytes(), 0o644
    for licence in ("LICENSE", "NOTICE"):
        yield licence, (facts.ROOT / licence).read_bytes(), 0o644
    for entry in tree.beside(architecture):
        yield entry.path.rpartition("/")[2], entry.data, entry.mode


def make(architecture):
    file = facts.OUTPUT / f"amilab-{facts.version()}-npm-linux-{architecture.name}.tgz"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data, mode in _contents(architecture):
            archive.add(tar, f"package/{name}", data, mode)
    # Without a time, so that the same bytes come out each time.
    file.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    return [file]
