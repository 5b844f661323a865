"""Tests of what scripts/package has made; what it has not made is left out."""

import pathlib
import sys

import pytest

# Where programs are that tests drive, which is the same for the clients' tests.
sys.path.append(str(pathlib.Path(__file__).parents[1] / "clients"))

import programs  # noqa: E402

SKIPPED = 77  # what ctest takes for "not run"


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*programs): what the test drives (programs.require)")


def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        programs.require(*mark.args)


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter and not reporter.stats.get("passed"):
        session.exitstatus = SKIPPED
