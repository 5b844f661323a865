"""A server whose file calls fail: tests/support/failing_files.cpp, loaded before everything else."""

import mmap
import os
import pathlib
import struct

import servers


def library():
    """Beside the server under test; nothing where the build has none (sanitizers come first)."""
    path = pathlib.Path(os.environ.get("AMILAB_FAILING_FILES",
                                       pathlib.Path(servers.binary()).parent / "failing_files.so"))
    return path if path.exists() else None


class FailingFiles:
    """What fails of the file calls below a folder; shared with servers that have `environment`."""

    _SIZE = 32

    def __init__(self, folder, control):
        control.write_bytes(bytes(self._SIZE))
        with open(control, "r+b") as file:
            self._shared = mmap.mmap(file.fileno(), self._SIZE)
        self.environment = {"LD_PRELOAD": str(library()),
                            "AMILAB_FAILING_FILES_FOLDER": str(folder),
                            "AMILAB_FAILING_FILES_CONTROL": str(control)}

    @property
    def seen(self):
        """How many calls there were so far."""
        return struct.unpack_from("<Q", self._shared)[0]

    def fail(self, first, count, error):
        """The first-th call from now on fails with this errno, and those behind it."""
        begin = self.seen + first
        struct.pack_into("<QQQ", self._shared, 8, begin, begin + count - 1, error)

    def mend(self):
        struct.pack_into("<QQ", self._shared, 8, 0, 0)
