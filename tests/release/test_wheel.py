"""The wheel in fresh virtual environments: the program, the pytest plugin, unittest, the documentation.

One Python by default; with AMILAB_CLIENTS=all each python3 from 3.10 on that is there, in which
boto3 and xdist come from the package index.
"""

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import textwrap

import pytest

import made

OLDEST = (3, 10)
BLOCK = re.compile(r"```python\n(.*?)```", re.S)
WITH_CLIENTS = ["boto3", "pytest", "pytest-xdist"]


def pythons():
    """Each python3 that the wheel is for, once for each minor version."""
    if os.environ.get("AMILAB_CLIENTS") != "all":
        return [sys.executable]
    found = {}
    places = [pathlib.Path(place) for place in os.environ["PATH"].split(":")]
    places += sorted((pathlib.Path.home() / ".pyenv/versions").glob("*/bin"))
    for path in (path for place in places for path in place.glob("python3.[0-9]*")):
        name = re.fullmatch(r"python3\.(\d+)", path.name)
        if name and (3, int(name[1])) >= OLDEST and _runs(path):
            found.setdefault(name[1], str(path))
    return [found[minor] for minor in sorted(found, key=int)]


def _runs(python):
    return subprocess.run([python, "-c", "import venv, ensurepip"], check=False,
                          capture_output=True).returncode == 0


class Environment:
    """A virtual environment with the wheel, and a folder in which tests run."""

    def __init__(self, python, folder):
        self.folder = folder
        self.home = folder / "venv"
        subprocess.run([python, "-m", "venv", self.home], check=True)
        if os.environ.get("AMILAB_CLIENTS") == "all":
            self.install(*WITH_CLIENTS)
        else:  # boto3 and pytest are those that the clients' tests have
            self._borrow(python)
        self.install("--no-index", made.package("amilab-*-py3-none-manylinux*_x86_64.whl"))

    def _borrow(self, python):
        asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
        theirs = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
        ours = self.run("python", "-c", asked).stdout.strip()
        pathlib.Path(ours, "borrowed.pth").write_text(theirs.stdout)

    def install(self, *what):
        self.run("python", "-m", "pip", "install", "-q", "--disable-pip-version-check",
                 "--no-compile", *what)

    def start(self, program, *arguments, environment=None):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("AWS_", "AMILAB_", "PYTEST_"))}
        kept |= {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_PROFILE": "real"} | dict(environment or {})
        return subprocess.Popen([self.home / "bin" / program, *map(str, arguments)], text=True,
                                cwd=self.folder, env=kept, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def run(self, program, *arguments, fails=False, **options):
        with self.start(program, *arguments, **options) as process:
            printed, _ = process.communicate(timeout=300)
        assert (process.returncode != 0) == fails, printed
        return subprocess.CompletedProcess(process.args, process.returncode, printed)

    def pytest(self, text, *arguments, **options):
        """Runs a file of tests; what pytest printed."""
        file = self.folder / "test_it.py"
        file.write_text(textwrap.dedent(text))
        return self.run("python", "-B", "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider",
                        *arguments, file, **options).stdout


@pytest.fixture(scope="module", params=pythons())
def environment(request, tmp_path_factory):
    return Environment(request.param, tmp_path_factory.mktemp("environment"))


def documented():
    """The python examples of docs/python.md: the fixtures, a conftest.py, unittest."""
    blocks = BLOCK.findall((made.ROOT / "docs/python.md").read_text())
    assert len(blocks) == 3
    return blocks


def of_the_readme():
    """The example with the fixture in README.md."""
    (block,) = [text for text in BLOCK.findall((made.ROOT / "README.md").read_text())
                if "(amilab)" in text]
    return block


def test_the_program_is_on_the_path(environment):
    printed = environment.run("amilab", "--version").stdout
    assert printed.startswith(f"amilab {made.version()}")


def test_cells_are_made_of_a_list(environment):
    (environment.folder / "classes.csv").write_text("3A biology,Ada\n")
    printed = environment.run("python", "-m", "amilab.cells", "kubernetes", "classes.csv").stdout
    assert f"image: amilab:{made.version()}\n" in printed


def test_documented_tests_pass(environment):
    fixtures, factories, with_unittest = documented()
    (environment.folder / "conftest.py").write_text(factories)
    try:
        assert "5 passed" in environment.pytest(fixtures)
        assert "4 passed" in environment.pytest(with_unittest)
        assert "1 passed" in environment.pytest(of_the_readme())
    finally:
        (environment.folder / "conftest.py").unlink()


def test_workers_run_side_by_side_on_accounts_of_their_own(environment):
    printed = environment.pytest("""
        import os, pytest

        @pytest.mark.parametrize("number", range(12))
        def test_alone(amilab, number):
            ec2 = amilab.client("ec2")
            assert ec2.describe_volumes()["Volumes"] == []
            ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
            with open("accounts", "a") as accounts:
                accounts.write(f"{os.environ['PYTEST_XDIST_WORKER']} {amilab.account}\\n")
        """, "-n", "3")
    assert "12 passed" in printed
    rows = [line.split() for line in (environment.folder / "accounts").read_text().splitlines()]
    (environment.folder / "accounts").unlink()
    assert len({account for _, account in rows}) == 12
    for worker, account in rows:
        assert account[:5] == f"6{int(worker[2:]) + 1:04d}"


def test_a_running_server_is_used_by_options_and_ini_keys(environment):
    text = """
        from amilab import factories
        amilab = factories.amilab("amilab_noproc", region="eu-west-1")

        def test_there(amilab, amilab_noproc):
            print(amilab.endpoint, amilab.account)
            assert amilab.client("ec2").describe_volumes()["Volumes"] == []
        """
    with made.serve() as server:
        seen = set()
        for _ in range(2):
            printed = environment.pytest(text, "-s", "--amilab-port", server.port)
            seen.add(re.search(rf"{server.endpoint} (\d+)", printed)[1])
        assert len(seen) == 2 and all(len(account) == 12 for account in seen)
        (environment.folder / "pytest.ini").write_text(
            f"[pytest]\namilab_port = {server.port}\namilab_host = 127.0.0.1\n")
        assert server.endpoint in environment.pytest(text, "-s")
        (environment.folder / "pytest.ini").unlink()


def test_start_parameters_reach_the_server(environment):
    text = """
        import botocore.exceptions, pytest
        def test_strict(amilab):
            with pytest.raises(botocore.exceptions.ClientError, match="InvalidClientTokenId|AuthFailure"):
                amilab.client("ec2", aws_access_key_id="AKIAANYBODY", aws_secret_access_key="x").describe_volumes()
        """
    assert "1 passed" in environment.pytest(text, "--amilab-startparams=--strict-accounts")


def test_a_server_that_does_not_start_says_why(environment):
    text = """
        def test_never(amilab):
            pass
        """
    assert "--region nowhere is no region" in environment.pytest(
        text, "--amilab-startparams=--region nowhere", fails=True)
    assert "No such file" in environment.pytest(text, "--amilab-exec=/nowhere/amilab", fails=True)


def test_a_server_that_does_not_run_is_named(environment):
    text = """
        from amilab import factories
        amilab = factories.amilab("amilab_noproc")

        def test_never(amilab):
            pass
        """
    with made.serve() as server:
        pass  # its port is nobody's now
    assert f"no amilab answers at {server.endpoint}" in environment.pytest(
        text, "--amilab-port", server.port, fails=True)
    assert "amilab_port: many is no port" in environment.pytest(
        text, "--amilab-port", "many", fails=True)


def test_the_fixtures_say_what_they_are(environment):
    printed = environment.pytest("", "--fixtures")
    for said in ("A server of this run", "A server that runs already",
                 "An account that no other test has"):
        assert said in printed


def test_the_server_ends_with_a_run_that_is_killed(environment):
    file = environment.folder / "test_it.py"
    file.write_text("import time\n"
                    "def test_long(amilab_server):\n"
                    "    print('at', amilab_server._process.pid, flush=True)\n"
                    "    time.sleep(600)\n")
    process = environment.start("python", "-B", "-m", "pytest", "-q", "-s", "-p",
                                "no:cacheprovider", file)
    with process:
        for line in process.stdout:
            if found := re.search(r"at (\d+)", line):
                break
        server = os.pidfd_open(int(found[1]))
        process.send_signal(signal.SIGKILL)
        ended, _, _ = select.select([server], [], [], made.SECONDS)
        os.close(server)
    assert ended


def test_the_environment_is_put_back(environment):
    script = """
        import os, json, amilab
        before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        with amilab.emulated() as account:
            inside = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
            assert inside == account.variables() and "AWS_PROFILE" not in inside
        after = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        assert before == after and after["AWS_PROFILE"] == "real"
        print(json.dumps(inside))
        """
    printed = environment.run("python", "-c", textwrap.dedent(script)).stdout
    inside = json.loads(printed.splitlines()[-1])
    assert inside["AWS_SECRET_ACCESS_KEY"] == "amilab-only"


@pytest.mark.skipif(os.environ.get("AMILAB_CLIENTS") != "all", reason="mypy comes from the index")
def test_types_hold(environment):
    environment.install("mypy")
    environment.run("python", "-m", "mypy", "--strict", "--ignore-missing-imports", "-p", "amilab")
