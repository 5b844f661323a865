"""The composite action's step and the plain script of docs/ci.md, run as a runner would."""

import os
import pathlib
import re
import signal
import subprocess

import pytest

import made

ACTION = made.ROOT / "scripts/ci/action"


def start(folder, **variables):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_", "GITHUB_"))}
    return subprocess.run([ACTION / "start"], capture_output=True, text=True, check=False,
                          cwd=folder, timeout=made.SECONDS,
                          env=kept | {"TMPDIR": str(folder)} | variables)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / made.binary().name).symlink_to(made.binary())
    return tmp_path


def end(pid):
    os.kill(pid, signal.SIGTERM)


def read_variables(text):
    return dict(line.split("=", 1) for line in text.splitlines())


def test_later_steps_find_the_server(folder):
    files = {name: folder / name for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT")}
    done = start(folder, AMILAB_FILE="amilab-*-linux-x86_64", AMILAB_ARGUMENTS="--seed 1",
                 **{name: str(path) for name, path in files.items()})
    assert done.returncode == 0, done.stderr
    variables = read_variables(files["GITHUB_ENV"].read_text())
    path = files["GITHUB_PATH"].read_text().strip()
    try:
        endpoint = variables["AWS_ENDPOINT_URL"]
        assert files["GITHUB_OUTPUT"].read_text() == f"endpoint={endpoint}\n"
        asked = subprocess.run(["amilab", "status"], capture_output=True, text=True, check=True,
                               env={"PATH": path, "AWS_ENDPOINT_URL": endpoint},
                               executable=f"{path}/amilab")
        assert asked.stdout.startswith(endpoint)
        assert variables["AWS_SECRET_ACCESS_KEY"] == "amilab-only"
    finally:
        end(int(variables["AMILAB_PID"]))


@pytest.mark.parametrize("variables, said", [
    ({"AMILAB_FILE": "nothing-*"}, "nothing-* means 0 files"),
    ({"AMILAB_FILE": "amilab-*-linux-x86_64", "AMILAB_ARGUMENTS": "--region nowhere"},
     "--region nowhere is no region"),
    ({}, "names the static file"),
])
def test_a_step_that_cannot_start_fails_and_says_why(folder, variables, said):
    done = start(folder, **variables)
    assert done.returncode != 0
    assert said in done.stderr


def test_the_plain_script_of_the_documentation_runs(folder):
    text = (made.ROOT / "docs/ci.md").read_text()
    script = re.search(r"```sh\n(.*?)```", text, re.S)[1]
    without_aws = "".join(line for line in script.splitlines(keepends=True)
                          if not line.startswith("aws "))
    (folder / "scripts").symlink_to(made.ROOT / "scripts")
    done = subprocess.run(["bash", "-euc", without_aws], capture_output=True, text=True, cwd=folder,
                          timeout=made.SECONDS, env=os.environ | {"TMPDIR": str(folder)}, check=False)
    assert done.returncode == 0, done.stderr
    assert '"status":"ok"' in done.stdout


def test_the_action_names_its_step_and_inputs():
    text = (ACTION / "action.yml").read_text()
    assert "using: composite" in text and '"$GITHUB_ACTION_PATH/start"' in text
    for name in re.findall(r"inputs\.(\w+)", text):
        assert re.search(rf"^  {name}:$", text, re.M), name
    shown = (made.ROOT / "docs/ci.md").read_text()
    assert "file: amilab-*-linux-x86_64" in shown


def test_the_action_folder_stands_alone():
    assert sorted(path.name for path in pathlib.Path(ACTION).iterdir()) == ["action.yml", "start"]
