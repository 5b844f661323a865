"""The AWS CLI: version 1 from the virtual environment, version 2 from Debian."""

import json
import os
import pathlib
import subprocess
import sys

import programs

VERSIONS = {
    "v1": pathlib.Path(sys.prefix) / "bin/aws",
    "v2": pathlib.Path("/usr/bin/aws"),
}
# What a shell gets to see of a refusal.
REFUSED = {"v1": 255, "v2": 254}


class AwsCli:
    def __init__(self, version, server, scratch):
        self._command = VERSIONS[version]
        programs.require(self._command)
        self.version = version
        self._endpoint = server.endpoint
        self._environment = {
            "PATH": os.environ.get("PATH", ""), "HOME": str(scratch), "LC_ALL": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": str(scratch / "config"), "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, *arguments):
        """exit code, standard output, standard error"""
        done = subprocess.run(
            [self._command, "--endpoint-url", self._endpoint, *map(str, arguments)],
            env=self._environment, capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def ec2(self, *arguments):
        """The JSON answer of a call that must succeed; None when it has none."""
        code, output, errors = self.run("ec2", *arguments, "--output", "json")
        assert code == 0, errors
        return json.loads(output) if output.strip() else None

    def text(self, *arguments):
        """The answer as one line of text, as shell scripts take it."""
        code, output, errors = self.run("ec2", *arguments, "--output", "text")
        assert code == 0, errors
        return output.strip()
