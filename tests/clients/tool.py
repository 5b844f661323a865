"""Programs that find the server by the environment, as AWS's tools do."""

import os
import pathlib
import subprocess

import programs


def environment(server, scratch, **more):
    """Variables of a user who has nothing else of AWS's, with `scratch` as the home."""
    return {
        "PATH": os.environ.get("PATH", ""), "HOME": str(scratch), "LC_ALL": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server.endpoint, "AWS_CONFIG_FILE": str(scratch / "config"),
        "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true", **more}


def interpreter(program):
    """The Python of the environment that a program was installed into."""
    return pathlib.Path(programs.find(program)).parent / "python"


def attempt(server, scratch, program, *arguments, **more):
    """Runs a program in `scratch` to its end, however that is; `more` are variables."""
    return subprocess.run(
        [programs.find(program), *map(str, arguments)], cwd=scratch, check=False, timeout=240,
        env=environment(server, scratch, **more), capture_output=True, text=True)


def run(server, scratch, program, *arguments, **more):
    """What a program that must succeed prints."""
    done = attempt(server, scratch, program, *arguments, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
