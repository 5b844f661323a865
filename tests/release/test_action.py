"""What docs/ci.md shows, run as a runner would: the composite action and the step behind it, the plain
script; and the variables and commands of service containers, against a server that is started as theirs
is."""

import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.parse

import boto3
import pytest
import yaml

import documented
import made

ACTION = made.ROOT / "scripts/ci/action"
# Of the tests' own environment: Debian's is too old to read AWS_ENDPOINT_URL.
AWS = pathlib.Path(sys.prefix, "bin/aws")
# As scripts/release/images.py and the documentation have it, and where a test listens.
WITHIN, HERE = "0.0.0.0:4566", "127.0.0.1:0"


def shown_yaml():
    """The examples of GitHub's steps, of a service container, of GitLab."""
    return [yaml.safe_load(text) for text in documented.blocks("ci.md", "yaml", 3)]


def path_with_tools():
    """The search path, with the newer AWS CLI."""
    return os.pathsep.join([str(AWS.parent), os.environ["PATH"]])


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
    # For `eval`, which would go on otherwise.
    assert done.stdout == "false\n"
    variables["GITHUB_ENV"] = str(folder / "GITHUB_ENV")
    assert start(folder, **variables).stdout == ""


@pytest.mark.needs(AWS)
def test_the_plain_script_of_the_documentation_runs(folder):
    (script,) = documented.blocks("ci.md", "sh", 1)
    (folder / "scripts").symlink_to(made.ROOT / "scripts")
    done = subprocess.run(
        ["bash", "-euc", script], capture_output=True, text=True, cwd=folder, timeout=made.SECONDS,
        env=os.environ | {"TMPDIR": str(folder), "PATH": path_with_tools()}, check=False)
    assert done.returncode == 0, done.stderr
    assert '"status":"ok"' in done.stdout
    assert done.stdout.endswith('"\n')  # the name of a region


@pytest.mark.needs(AWS)
def test_the_documented_steps_of_github_run(folder):
    """The steps behind the download, by what action.yml says of inputs, environment and command."""
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    *_, used, call = shown_yaml()[0]["steps"]
    assert used["uses"] == "./.github/actions/amilab" and set(used["with"]) <= set(action["inputs"])
    inputs = {name: used["with"].get(name, said.get("default"))
              for name, said in action["inputs"].items()}
    assert action["runs"]["using"] == "composite"
    (step,) = action["runs"]["steps"]
    variables = {name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs[found[1]], text)
                 for name, text in step["env"].items()}
    files = {name: str(folder / name) for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT")}
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_", "GITHUB_"))}
    kept |= {"TMPDIR": str(folder), "PATH": path_with_tools(), "GITHUB_ACTION_PATH": str(ACTION)}
    subprocess.run([step["shell"], "-ec", step["run"]], cwd=folder, check=True, timeout=made.SECONDS,
                   env=kept | files | variables)
    told = read_variables(pathlib.Path(files["GITHUB_ENV"]).read_text())
    try:
        path = pathlib.Path(files["GITHUB_PATH"]).read_text().strip()
        done = subprocess.run(["bash", "-ec", f"{call['run']}\namilab status"], cwd=folder, check=True,
                              env=kept | told | {"PATH": f"{path}:{kept['PATH']}"},
                              capture_output=True, text=True, timeout=made.SECONDS)
        assert '"RegionName": "us-east-1"' in done.stdout and told["AWS_ENDPOINT_URL"] in done.stdout
        outputs = read_variables(pathlib.Path(files["GITHUB_OUTPUT"]).read_text())
        assert set(outputs) == set(action["outputs"])
        assert action["outputs"]["endpoint"]["value"] == "${{ steps.%s.outputs.endpoint }}" % step["id"]
    finally:
        end(int(told["AMILAB_PID"]))


def status_for(server, authority):
    """Of a request that calls the server so."""
    connection = http.client.HTTPConnection("127.0.0.1", int(server.port), timeout=made.SECONDS)
    connection.request("GET", "/_amilab/health", headers={"Host": authority})
    with connection.getresponse() as answer:
        return answer.status


def container_arguments(tmp_path):
    """What the image's server is started with, listening here."""
    text = (made.ROOT / "scripts/release/images.py").read_text()
    words = re.findall(r'"([^"]+)"', re.search(r"^SERVE = \[(.*?), DATA\]", text, re.M | re.S)[1])
    assert words[:2] == ["serve", "--listen"] and WITHIN in words
    return [*(HERE if word == WITHIN else word for word in words), str(tmp_path / "data")]


def test_documented_variables_reach_a_service_container(tmp_path):
    _, service, gitlab = shown_yaml()
    assert service["services"]["amilab"]["ports"] == ["127.0.0.1:4566:4566"]
    assert gitlab["test"]["services"][0]["alias"] == "amilab"
    with made.serve(arguments=container_arguments(tmp_path)) as server:
        for variables in (service["env"], gitlab["test"]["variables"]):
            authority = urllib.parse.urlsplit(variables["AWS_ENDPOINT_URL"]).netloc
            assert status_for(server, authority) == 200, authority
            sts = boto3.client("sts", endpoint_url=server.endpoint,
                               region_name=variables["AWS_DEFAULT_REGION"],
                               aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
                               aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"])
            assert sts.get_caller_identity()["Account"] == variables["AWS_ACCESS_KEY_ID"]
        assert status_for(server, "another-alias:4566") == 403


def test_the_documented_command_lets_another_alias_in():
    text = (made.ROOT / "docs/ci.md").read_text()
    command = yaml.safe_load(re.search(r"`command: (\[.*?\])`", text)[1])
    words = [{WITHIN: HERE, "ALIAS": "emulator"}.get(word, word) for word in command]
    assert {HERE, "emulator"} <= set(words)
    with made.serve(arguments=words) as server:
        assert status_for(server, "emulator:4566") == 200
        assert status_for(server, "amilab:4566") == 403


def test_documents_name_this_version():
    for document in (made.ROOT / "README.md", *sorted((made.ROOT / "docs").glob("*.md"))):
        named = re.findall(r"\bamilab(?:-tools)?:v?(\d+\.\d+\.\d+)|download v(\d+\.\d+\.\d+)",
                           document.read_text())
        assert {one or other for one, other in named} <= {made.version()}, document


def test_the_action_names_its_inputs():
    text = (ACTION / "action.yml").read_text()
    for name in re.findall(r"inputs\.(\w+)", text):
        assert re.search(rf"^  {name}:$", text, re.M), name


def test_the_action_folder_stands_alone():
    assert sorted(path.name for path in pathlib.Path(ACTION).iterdir()) == ["action.yml", "start"]
