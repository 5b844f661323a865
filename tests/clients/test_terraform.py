"""Terraform with the aws provider: what it makes it finds as it made it, and takes away whole."""

import pathlib
import shutil
import subprocess

import pytest

import programs
import tool

PROVIDER = "terraform-provider-aws"
CONFIGURATIONS = pathlib.Path(__file__).parent / "hcl"

pytestmark = pytest.mark.needs("terraform", PROVIDER)


@pytest.fixture
def public_key(tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-C", "", "-N", "",
                    "-f", tmp_path / "key"], check=True)
    return (tmp_path / "key.pub").read_text().strip()


class Terraform:
    """A folder with configurations, and Terraform's commands on it."""

    def __init__(self, server, folder, public_key, *configurations):
        self._server = server
        self._folder = folder
        provider = pathlib.Path(programs.find(PROVIDER)).parent
        (folder / "rc").write_text(
            "provider_installation {\n"
            f'  dev_overrides {{ "hashicorp/aws" = "{provider}" }}\n'
            "  direct {}\n"
            "}\n")
        for name in ("provider", *configurations):
            shutil.copy(CONFIGURATIONS / f"{name}.tf", folder)
        self._variables = {
            "TF_CLI_CONFIG_FILE": str(folder / "rc"), "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1", "TF_INPUT": "0",
            "TF_VAR_endpoint": server.endpoint, "TF_VAR_public_key": public_key}

    def attempt(self, command, *arguments):
        return tool.attempt(self._server, self._folder, "terraform", command, "-no-color",
                            *arguments, **self._variables)

    def run(self, command, *arguments):
        done = self.attempt(command, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def terraform(server, tmp_path, public_key):
    return lambda *configurations: Terraform(server, tmp_path, public_key, *configurations)


def held(ec2):
    """Ids of what there is, apart from what is terminated."""
    alive = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopped"]}]
    return {
        "images": ec2.describe_images(Owners=["self"])["Images"],
        "instances": ec2.describe_instances(Filters=alive)["Reservations"],
        "key pairs": ec2.describe_key_pairs()["KeyPairs"],
        "security groups": ec2.describe_security_groups()["SecurityGroups"],
        "snapshots": ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"],
        "volumes": ec2.describe_volumes()["Volumes"],
        "VPCs": ec2.describe_vpcs()["Vpcs"],
    }


def lives_and_goes(terraform, ec2, *configurations):
    before = held(ec2)
    made = terraform(*configurations)
    made.run("apply", "-auto-approve")
    planned = made.attempt("plan", "-detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert held(ec2) != before
    made.run("destroy", "-auto-approve")
    assert held(ec2) == before


def test_images(terraform, ec2):
    lives_and_goes(terraform, ec2, "images")


def test_groups(terraform, ec2):
    lives_and_goes(terraform, ec2, "groups")


def test_network(terraform, ec2):
    lives_and_goes(terraform, ec2, "network")


def test_instances(terraform, ec2):
    lives_and_goes(terraform, ec2, "images", "groups", "network", "instances")
