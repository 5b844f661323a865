"""Real clients against a running server. Each test has a server of its own; it starts in
milliseconds, on a free port, and must end with exit code 0 and without an error in its log."""

import os
import random

import pytest

import programs
import servers

SKIPPED = 77  # what ctest takes for "not run"


@pytest.fixture
def start_server():
    """Starts servers; those that still run at the end of the test are stopped and judged."""
    started = []

    def start(*arguments, **options):
        server = servers.Server(*arguments, **options)
        started.append(server)
        return server

    yield start
    for server in started:
        if server.is_running:
            assert server.stop() == 0, server.log()
    for server in started:
        assert not server.errors(), server.log()


@pytest.fixture
def server(start_server):
    return start_server()


@pytest.fixture
def ec2(server):
    return server.client()


@pytest.fixture
def dice():
    """Random numbers that AMILAB_SEED repeats."""
    seed = os.environ.get("AMILAB_SEED") or str(random.SystemRandom().randrange(1 << 32))
    print(f"AMILAB_SEED={seed}")
    return random.Random(seed)


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*programs): what the test drives (programs.require)")


def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        programs.require(*mark.args)


def pytest_sessionstart(session):
    if not os.access(servers.binary(), os.X_OK):
        pytest.exit(f"{servers.binary()} is not built", returncode=2)


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter and not reporter.stats.get("passed"):
        session.exitstatus = SKIPPED
