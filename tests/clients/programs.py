"""The programs that tests drive: where they are, and what becomes of a test without them."""

import os
import pathlib
import shutil

import pytest

# What scripts/setup and tests/clients/install made, then the path, then where Debian keeps what is root's.
INSTALLED = pathlib.Path(__file__).parents[2] / "build/clients"
SYSTEM_PATH = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"


def find(name):
    """Where a program is, by name or by path; None when it is not installed."""
    own = os.pathsep.join(map(str, sorted(INSTALLED.glob("*/bin"))))
    return shutil.which(name, path=own + os.pathsep + SYSTEM_PATH)


def require(*names):
    """Skips a test when one of them is not installed; fails it in the long form, which runs all."""
    missing = [str(name) for name in names if not find(name)]
    if not missing:
        return
    text = f"not installed: {', '.join(missing)}"
    if os.environ.get("AMILAB_CLIENTS") == "all":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
