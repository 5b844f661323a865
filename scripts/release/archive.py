"""A tar.xz of what an installation has, and how files get into archives; the same bytes each time."""

import io
import lzma
import tarfile
import zipfile

from release import facts, tree

# The oldest time that a zip can say.
OLDEST = (1980, 1, 1, 0, 0, 0)


def add(archive, name, data, mode):
    """A file that is root's."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), mode, facts.source_time()
    entry.uname = entry.gname = "root"
    archive.addfile(entry, io.BytesIO(data))


def add_to_zip(archive, name, data, mode=0o644):
    """A file that is anybody's."""
    entry = zipfile.ZipInfo(name, OLDEST)
    entry.external_attr = (0o100000 | mode) << 16
    entry.create_system = 3
    archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)


def make(architecture):
    name = architecture.binary.name
    file = facts.OUTPUT / f"{name}.tar.xz"
    found = tree.entries(architecture.binary, architecture.runner) + tree.beside(architecture)
    with lzma.open(file, "wb", preset=6) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for entry in sorted(found, key=lambda entry: entry.path):
                add(archive, f"{name}/{entry.path}", entry.data, entry.mode)
    return [file]
