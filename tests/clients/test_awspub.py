"""awspub, with which Canonical publishes: from a file to images in three regions, and again."""

import hashlib
import json
import pathlib

import pytest

import published
import refusals
import servers
import tool

pytestmark = pytest.mark.needs("awspub", "qemu-img")

FRIEND = "210987654321"
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1"]
QUICK = pathlib.Path(__file__).parent / "awspub/quick"
CONFIGURATION = """
awspub:
  s3:
    bucket_name: images
  source:
    path: disk.vmdk
    architecture: x86_64
  tags:
    team: images
  images:
    built-$serial:
      description: what was built
      boot_mode: uefi-preferred
      imds_support: v2.0
      root_device_volume_size: 8
      regions: [us-east-1, eu-west-1, eu-central-1, xx-nowhere-1]
      share: ["210987654321"]
      ssm_parameter:
        - name: /images/built/$serial
          description: built in the night
      groups: [released]
      tags: {serial: "$serial"}
    tried-$serial:
      description: what was tried
      boot_mode: legacy-bios
      separate_snapshot: false
      root_device_volume_size: 8
      regions: [us-east-1]
      temporary: true
      tags: {kind: tried}
"""


class Publisher:
    """awspub in a folder that has its configuration and the disk."""

    def __init__(self, server, folder):
        self._server, self._folder = server, folder
        (folder / "config.yaml").write_text(CONFIGURATION)
        (folder / "mapping.yaml").write_text('serial: "20260102"\n')

    def run(self, command, *arguments):
        return tool.run(self._server, self._folder, "awspub", command, "--config-mapping",
                        "mapping.yaml", *arguments, "config.yaml", PYTHONPATH=str(QUICK))

    def create(self):
        """{region: id} of the image that stays."""
        made = json.loads(self.run("create"))
        assert list(made["images-by-group"]) == ["released"]
        return made["images"]["built-20260102"]

    def all(self):
        """The whole road; returns what create() does."""
        images = self.create()
        assert sorted(images) == sorted(REGIONS)
        self.run("publish")
        listed = json.loads(self.run("list"))["images"]
        assert listed["built-20260102"] == images and listed["tried-20260102"]
        self.run("cleanup")
        assert json.loads(self.run("list"))["images"]["tried-20260102"] == {}
        return images


def state_of(server):
    """All that there is, but what a second run does again: the image that is only tried."""
    state = {"objects": server.client("s3").list_object_versions(Bucket="images")["Versions"]}
    for region in REGIONS:
        ec2, ssm = server.client(region=region), server.client("ssm", region=region)
        state[region] = [
            ec2.describe_images(Owners=["self"])["Images"],
            ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"],
            ssm.get_parameter_history(Name="/images/built/20260102")["Parameters"]]
        for image in state[region][0]:
            state[region].append(ec2.describe_image_attribute(
                ImageId=image["ImageId"], Attribute="launchPermission")["LaunchPermissions"])
    return state


def verify(server, images, disk, scratch):
    for region, image in images.items():
        ec2, ssm = server.client(region=region), server.client("ssm", region=region)
        (shown,) = ec2.describe_images(ImageIds=[image])["Images"]
        assert (shown["State"], shown["BootMode"], shown["ImdsSupport"]) == (
            "available", "uefi-preferred", "v2.0")
        assert {"Key": "serial", "Value": "20260102"} in shown["Tags"]
        assert [mapping["VirtualName"] for mapping in shown["BlockDeviceMappings"][1:]] == [
            "ephemeral0", "ephemeral1"]
        assert ssm.get_parameter(Name="/images/built/20260102")["Parameter"]["Value"] == image
        friend = server.client(account=FRIEND, region=region)
        assert friend.describe_images(ExecutableUsers=["self"])["Images"][0]["ImageId"] == image
    assert published.same_in(server, disk, images, scratch)


@pytest.fixture
def publisher(server, tmp_path):
    server.client("s3").create_bucket(Bucket="images")
    return Publisher(server, tmp_path)


imports = published.needs_served("ImportSnapshot", "DescribeImportSnapshotTasks")


@imports
@pytest.mark.parametrize("kind", ["little", "odd"])
def test_a_file_becomes_images(server, publisher, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    published.streamed_vmdk(disk)
    assert published.same_in(server, disk, publisher.create(), tmp_path)


@imports
def test_a_second_run_changes_nothing(server, publisher, tmp_path, dice):
    disk = published.make_disk(tmp_path / "disk.raw", "holes", dice)
    published.streamed_vmdk(disk)
    images = publisher.all()
    verify(server, images, disk, tmp_path)
    before = state_of(server)
    assert publisher.all() == images
    assert state_of(server) == before


def test_it_goes_on_from_a_snapshot_that_is_there(server, publisher, tmp_path, dice):
    """By its tag, whoever made it: here amilab's own import."""
    disk = published.make_disk(tmp_path / "disk.raw", "odd", dice)
    vmdk = published.streamed_vmdk(disk)
    server.client().create_tags(
        Resources=[_snapshot(server, disk)],
        Tags=[{"Key": "Name", "Value": hashlib.sha256(vmdk.read_bytes()).hexdigest()}])
    verify(server, publisher.all(), disk, tmp_path)


def _snapshot(server, disk):
    """Of the disk; the image that it came with is gone."""
    done = servers.run_amilab("import", disk, "--name", "imported", endpoint=server.endpoint,
                              text=True)
    assert done.returncode == 0, done.stderr
    ec2, image = server.client(), done.stdout.strip()
    snapshot = published.snapshot_of(ec2, image)
    ec2.deregister_image(ImageId=image)
    return snapshot


def test_notifications_are_refused_by_name(server):
    topic = f"arn:aws:sns:us-east-1:{servers.DEFAULT_ACCOUNT}:released"
    sns = server.client("sns")
    assert refusals.code_of(sns.publish, TopicArn=topic, Message="built") == "UnsupportedOperation"
    with pytest.raises(sns.exceptions.ClientError, match="the service sns"):
        sns.publish(TopicArn=topic, Message="built")
