"""Ansible's amazon.aws: playbooks bring things about, and change nothing when run again."""

import json
import pathlib
import subprocess

import pytest

import resources
import tool

pytestmark = pytest.mark.needs("ansible-playbook")

PLAYBOOKS = pathlib.Path(__file__).parent / "ansible"


class Play:
    """How a playbook ended: what of it changed something, and what it said of failures."""

    def __init__(self, output):
        self._story = json.loads(output)
        self.failures = self._story["stats"]["localhost"]["failures"]
        self.changes = [f"{number}: {task['task']['name']}"
                        for play in self._story["plays"]
                        for number, task in enumerate(play["tasks"], 1)
                        if task["hosts"]["localhost"].get("changed")]

    def __str__(self):
        return json.dumps([task["hosts"]["localhost"] for play in self._story["plays"]
                           for task in play["tasks"] if task["hosts"]["localhost"].get("failed")],
                          indent=1)


@pytest.fixture
def play(server, tmp_path):
    """Runs a playbook of tests/clients/ansible, which must succeed."""
    def run(name, **variables):
        python = tool.interpreter("ansible-playbook")
        done = tool.attempt(
            server, tmp_path, "ansible-playbook", "-i", "localhost,", "-c", "local",
            "-e", json.dumps({"ansible_python_interpreter": str(python), **variables}),
            PLAYBOOKS / f"{name}.yml",
            ANSIBLE_STDOUT_CALLBACK="ansible.posix.json", ANSIBLE_PIPELINING="True",
            ANSIBLE_HOME=str(tmp_path), ANSIBLE_LOCALHOST_WARNING="False")
        assert done.returncode in (0, 2), done.stdout + done.stderr
        story = Play(done.stdout)
        assert not story.failures, str(story)
        return story

    return run


@pytest.fixture
def twice(play):
    """Runs a playbook that changes `count` things the first time, and nothing the second."""
    def run(name, count, **variables):
        assert len(play(name, **variables).changes) == count
        assert play(name, **variables).changes == []

    return run


@pytest.fixture
def instance(ec2):
    """An instance of Amazon Linux."""
    launched = resources.run(ec2, resources.newest_image(ec2)["ImageId"],
                             Placement={"AvailabilityZone": resources.ZONE})
    return launched["Instances"][0]["InstanceId"]


def test_volumes_and_snapshots(twice, instance):
    twice("volumes", 5, instance=instance)


def test_images(twice, ec2, instance):
    twice("images", 4, instance=instance, snapshot=resources.make_snapshot(ec2))


def test_keys_and_groups(twice, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"],
                   check=True)
    twice("keys_and_groups", 4, public_key=(tmp_path / "key.pub").read_text())


def test_security_groups(twice):
    twice("security_groups", 2)
    twice("security_groups_gone", 2)


def test_instances_stop_start_and_stay(twice, play, instance):
    twice("instances", 1, instance=instance, state="stopped")
    assert len(play("instances", instance=instance, state="running").changes) == 1


def test_what_is_gone_stays_gone(twice, ec2, instance):
    ec2.create_key_pair(KeyName="made")
    ec2.create_placement_group(GroupName="racks", Strategy="spread")
    twice("gone", 5, instance=instance, snapshot=resources.make_snapshot(ec2),
          volume=resources.make_volume(ec2))


def test_images_that_are_gone_stay_gone(twice, ec2):
    twice("images_gone", 1, image=resources.make_image(ec2))


def test_images_are_shared_and_described(play, ec2):
    play("made_shared", snapshot=resources.make_snapshot(ec2))


def test_a_snapshot_without_tags(play, ec2):
    play("untagged", volume=resources.make_volume(ec2))


def test_networks(twice, ec2):
    twice("networks", 4)
    twice("networks_gone", 4)
    assert [vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [True]


def test_launches(twice, ec2):
    ec2.create_key_pair(KeyName="login")
    group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    twice("launches", 1, image=resources.newest_image(ec2)["ImageId"], group=group,
          subnet=resources.default_subnet(ec2))
    twice("launches_gone", 1)


def test_launch_templates(twice, ec2):
    image = resources.newest_image(ec2)["ImageId"]
    twice("templates", 1, image=image, type="t3.micro")
    twice("templates", 1, image=image, type="t3.small")
    twice("templates_gone", 1)
