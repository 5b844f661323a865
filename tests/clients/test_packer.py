"""Packer of Debian builds images and volumes, up to the door of the guest: `communicator: none`."""

import pathlib

import pytest

import tool

TEMPLATES = pathlib.Path(__file__).parent / "packer"
OTHER_ACCOUNT = "210987654321"

pytestmark = pytest.mark.needs("packer")


@pytest.fixture
def attempt(server, tmp_path):
    """Builds a template of tests/clients/packer, however that ends."""
    def build(name, *arguments):
        return tool.attempt(server, tmp_path, "packer", "build", "-color=false", *arguments,
                            "-var", f"endpoint={server.endpoint}", TEMPLATES / f"{name}.json",
                            CHECKPOINT_DISABLE="1")

    return build


@pytest.fixture
def build(attempt):
    def build(name, *arguments):
        done = attempt(name, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return build


def own_image(ec2):
    (image,) = ec2.describe_images(Owners=["self"])["Images"]
    return image


def names(tags):
    return {tag["Value"] for tag in tags if tag["Key"] == "Name"}


def nothing_else_is_left(ec2):
    """What Packer needs on the way goes."""
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    assert [group["GroupName"] for group in ec2.describe_security_groups()["SecurityGroups"]] \
        == ["default"]
    instances = [instance for group in ec2.describe_instances()["Reservations"]
                 for instance in group["Instances"]]
    assert {instance["State"]["Name"] for instance in instances} == {"terminated"}


def test_an_image_is_captured_shared_tagged_and_copied(server, build, ec2):
    build("ebs")
    image = own_image(ec2)
    assert (image["Name"], image["State"]) == ("packed", "available")
    assert image["Description"].startswith("of the source ami-")
    assert names(image["Tags"]) == {"packed"}
    devices = {mapping["DeviceName"]: mapping["Ebs"] for mapping in image["BlockDeviceMappings"]}
    assert sorted(devices) == ["/dev/sdf", "/dev/xvda"]
    shared = server.client(account=OTHER_ACCOUNT)
    assert shared.describe_images(ImageIds=[image["ImageId"]])["Images"]
    snapshots = shared.describe_snapshots(
        SnapshotIds=[disk["SnapshotId"] for disk in devices.values()])["Snapshots"]
    assert len(snapshots) == 2
    for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
        assert names(snapshot["Tags"]) == {"packed snapshot"}
    copy = own_image(server.client(region="eu-west-1"))
    assert (copy["Name"], names(copy["Tags"])) == ("packed", {"packed"})
    nothing_else_is_left(ec2)


def test_a_name_that_is_taken_stops_a_build_unless_it_may_replace_the_image(attempt, build, ec2):
    build("ebssurrogate")
    first = own_image(ec2)["ImageId"]
    refused = attempt("ebssurrogate")
    assert refused.returncode == 1
    assert f"is used by an existing AMI: {first}" in refused.stdout
    build("ebssurrogate", "-force")
    assert own_image(ec2)["ImageId"] != first


def test_an_image_is_registered_of_a_volume_beside_the_root(build, ec2):
    build("ebssurrogate")
    image = own_image(ec2)
    (mapping,) = image["BlockDeviceMappings"]
    assert (image["RootDeviceName"], mapping["DeviceName"]) == ("/dev/xvda", "/dev/xvda")
    (snapshot,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert mapping["Ebs"]["SnapshotId"] == snapshot["SnapshotId"]
    assert (snapshot["VolumeSize"], snapshot["State"]) == (2, "completed")
    assert image["EnaSupport"] is True
    nothing_else_is_left(ec2)


def test_a_volume_outlives_the_instance_that_filled_it(build, ec2):
    build("ebsvolume")
    (volume,) = ec2.describe_volumes()["Volumes"]
    assert (volume["State"], volume["Size"], names(volume["Tags"])) == ("available", 1, {"filled"})
    nothing_else_is_left(ec2)


def test_a_build_whose_source_is_not_there_leaves_nothing(attempt, ec2):
    done = attempt("ebsvolume", "-var", "source=nobody has such an image")
    assert done.returncode == 1
    assert "No AMI was found" in done.stdout
    assert ec2.describe_instances()["Reservations"] == []
    assert ec2.describe_key_pairs()["KeyPairs"] == []
