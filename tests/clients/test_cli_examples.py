"""The examples of the AWS CLI's help for what is served, run as they are written.

Each is run as an account of its own. cli_states.py says what it needs to be there, and which are
run otherwise than written, or not at all, and why.
"""

import contextlib
import io
import logging

import awscli.clidriver
import pytest
from botocore.exceptions import ClientError

import cli_examples
import cli_states
import servers
import tool
from cli_world import World

EXAMPLES = cli_examples.served_examples()
LEAST_RUN = 0.8


class Driver:
    """The CLI in this process: what takes it longest, reading the models, is done once."""

    def __init__(self):
        self._loader = None

    def run(self, arguments):
        """exit code, standard output, standard error"""
        driver = awscli.clidriver.create_clidriver()
        self._loader = self._loader or driver.session.get_component("data_loader")
        driver.session.register_component("data_loader", self._loader)
        output, errors = io.StringIO(), io.StringIO()
        logging.getLogger("awscli").setLevel(logging.CRITICAL)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = driver.main(list(arguments))
        return code, output.getvalue(), errors.getvalue()


@pytest.fixture(scope="module")
def server():
    server = servers.Server()
    yield server
    assert server.stop() == 0, server.log()
    assert not server.errors(), server.log()


@pytest.fixture(scope="module")
def driver():
    return Driver()


@pytest.fixture
def run_cli(driver, server, monkeypatch):
    """Runs the CLI as an account, in a folder that is its home."""
    def run(world, folder, arguments):
        variables = tool.environment(
            server, folder, AWS_ACCESS_KEY_ID=world.account, AWS_REGION=world.region,
            AWS_DEFAULT_REGION=world.region, AWS_PAGER="")
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)
        return driver.run(arguments)

    return run


def account_of(example):
    return f"{100_000_000_000 + EXAMPLES.index(example)}"


def told(output):
    """The names of what an answer has."""
    return set(cli_examples.answer_in(output) or ())


def attempt(example, server, run_cli, folder):
    """Why an example does not run; None when it does."""
    world = World(server, account_of(example), example.words)
    folder.mkdir()
    for name, text in {**example.files, **cli_states.FILES.get(example.name, {})}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    try:
        cli_states.prepare(world, example)
        arguments = cli_states.words_of(example, world)
    except (ClientError, KeyError) as error:
        return f"cannot be prepared: {error!r}"
    code, output, errors = run_cli(world, folder, arguments)
    if code != 0:
        return f"{' '.join(arguments)}\n  ended with {code}: {errors.strip()}"
    missing = sorted(set(example.output or ()) - told(output)
                     - cli_states.NOT_TOLD.get(example.command, set()))
    return f"{' '.join(arguments)}\n  does not tell {', '.join(missing)}" if missing else None


def test_examples_do_what_the_help_says(server, run_cli, tmp_path):
    wanted = [example for example in EXAMPLES if not cli_states.why_not_run(example)]
    failures = {}
    for number, example in enumerate(wanted):
        why = attempt(example, server, run_cli, tmp_path / str(number))
        if why:
            failures[example.name] = why
    assert not failures, "\n".join(f"{name}: {why}" for name, why in failures.items())


def test_most_examples_are_run():
    left_out = [example for example in EXAMPLES if cli_states.why_not_run(example)]
    in_part = [example for example in EXAMPLES if example.name in cli_states.IN_PART]
    whole = len(EXAMPLES) - len(left_out) - len(in_part)
    print(f"examples of the AWS CLI's help: {whole} run, {len(in_part)} run in part, "
          f"{len(left_out)} not run")
    assert whole >= LEAST_RUN * len(EXAMPLES)


def test_tables_name_examples_that_there_are():
    """Of operations that are served: what others need may stand there before they are."""
    names = {example.name for example in EXAMPLES}
    commands = {example.command for example in EXAMPLES}
    for table in (cli_states.STATES, cli_states.FILES, cli_states.IN_PART, cli_states.NEEDS,
                  cli_states.NOT_RUN, cli_states.NOT_TOLD):
        for name in table:
            assert name in names or name in commands or name.split()[0] not in commands, name
