"""Cloud Custodian: policies over images, snapshots, volumes, instances and networks, with their
actions."""

import json
import pathlib

import pytest

import resources
import tool

pytestmark = pytest.mark.needs("custodian")

POLICIES = pathlib.Path(__file__).parent / "c7n"
FRIEND, OTHER = "210987654321", "310987654321"


@pytest.fixture
def custodian(server, tmp_path):
    """Runs a file of policies; returns how many resources each of them found."""
    def run(name):
        out = tmp_path / name
        tool.run(server, tmp_path, "custodian", "run", "--region", "us-east-1", "--cache-period", 0,
                 "-s", out, POLICIES / f"{name}.yml")
        return {found.parent.name.partition("-")[2]: len(json.loads(found.read_text()))
                for found in out.glob("*/resources.json")}

    return run


@pytest.fixture
def found(server, tmp_path):
    """Which ids of a kind are left when those are cut that EC2 said it does not know."""
    def run(kind, *ids):
        return tool.run(server, tmp_path, tool.interpreter("custodian"), POLICIES / "look_up.py",
                        f"aws.{kind}", *ids).split()

    return run


def described_image(ec2, name):
    """An image as Cloud Custodian copies them: it takes for granted that there is a description."""
    request = resources.image_request(name, resources.make_snapshot(ec2))
    return ec2.register_image(**request, Description="described")["ImageId"]


def test_images(custodian, server, ec2):
    image = described_image(ec2, "custodian")
    other = resources.make_image(ec2, "kept")
    assert custodian("images") == {
        "tag": 2, "share": 2, "share-less": 2, "deprecate": 2, "copy": 1, "untag": 2, "mark": 1,
        "deregister": 1}

    (kept,) = ec2.describe_images(Owners=["self"])["Images"]
    assert kept["ImageId"] == other != image and "DeprecationTime" in kept
    assert kept["Tags"] == [{"Key": "owner", "Value": "custodian"}]
    granted = ec2.describe_image_attribute(ImageId=other, Attribute="launchPermission")
    assert granted["LaunchPermissions"] == [{"UserId": FRIEND}]
    assert len(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]) == 1
    (copy,) = server.client(region="eu-west-1").describe_images(Owners=["self"])["Images"]
    assert (copy["Name"], copy["Description"]) == ("custodian", "a copy")


def test_snapshots(custodian, server, ec2):
    resources.make_image(ec2)
    ec2.create_snapshot(VolumeId=resources.make_volume(ec2, Size=3), Description="large")
    resources.make_snapshot(ec2)
    assert custodian("snapshots") == {
        "tag": 3, "share": 3, "share-less": 3, "copy": 2, "of-a-volume": 1, "delete": 1,
        "delete-all-but-images": 2}

    (kept,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    granted = ec2.describe_snapshot_attribute(SnapshotId=kept["SnapshotId"],
                                              Attribute="createVolumePermission")
    assert granted["CreateVolumePermissions"] == [{"UserId": FRIEND}]
    copies = server.client(region="eu-west-1").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert sorted(copy["Description"] for copy in copies) == ["", "large"]
    assert all(copy["Tags"] == [{"Key": "owner", "Value": "custodian"}] for copy in copies)


def test_volumes(custodian, ec2):
    image = resources.newest_image(ec2)["ImageId"]
    (instance,) = resources.run(
        ec2, image, Placement={"AvailabilityZone": resources.ZONE},
        TagSpecifications=[{"ResourceType": "instance",
                            "Tags": [{"Key": "team", "Value": "red"}]}])["Instances"]
    attached = resources.make_volume(ec2, TagSpecifications=[
        {"ResourceType": "volume", "Tags": [{"Key": "attached", "Value": "yes"}]}])
    ec2.attach_volume(VolumeId=attached, InstanceId=instance["InstanceId"], Device="/dev/sdf")
    resources.make_volume(ec2, VolumeType="gp2", Size=5)
    assert custodian("volumes") == {
        "copy-instance-tags": 2, "snapshot": 2, "with-a-snapshot": 2, "modify": 1, "mark": 1,
        "delete": 1, "delete-what-is-attached": 1}

    (root,) = ec2.describe_volumes()["Volumes"]
    assert {"Key": "team", "Value": "red"} in root["Tags"]
    taken = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert {snapshot["VolumeId"] for snapshot in taken} == {root["VolumeId"], attached}
    assert all({"Key": "team", "Value": "red"} in snapshot["Tags"] for snapshot in taken)


def test_instances(custodian, ec2):
    image = resources.newest_image(ec2)["ImageId"]
    for team in ("red", "blue"):
        resources.run(ec2, image, TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "team", "Value": team}]}])
    assert custodian("instances") == {
        "tag": 2, "of-small-types": 2, "stop": 1, "start": 1, "metadata": 2, "snapshot": 1,
        "mark": 1, "terminate": 1}

    instances = {instance["State"]["Name"]: instance
                 for reservation in ec2.describe_instances()["Reservations"]
                 for instance in reservation["Instances"]}
    assert {"Key": "team", "Value": "red"} in instances["terminated"]["Tags"]
    kept = instances["running"]
    assert sorted(tag["Value"] for tag in kept["Tags"]) == ["blue", "custodian"]
    assert (kept["MetadataOptions"]["HttpTokens"],
            kept["MetadataOptions"]["HttpPutResponseHopLimit"]) == ("optional", 5)
    (taken,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert {"Key": "team", "Value": "red"} in taken["Tags"]


def test_networks(custodian, ec2):
    resources.run(ec2, resources.newest_image(ec2)["ImageId"])
    group = ec2.create_security_group(GroupName="open", Description="to everybody")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22,
                                         CidrIp="0.0.0.0/0")
    ec2.create_network_interface(SubnetId=resources.default_subnet(ec2))
    ec2.allocate_address(Domain="vpc")
    ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
    ec2.create_launch_template(LaunchTemplateName="web",
                               LaunchTemplateData={"InstanceType": "t3.micro"})
    assert custodian("network") == {
        "group-open": 1, "group-delete": 1, "vpc-of-defaults": 1, "subnet-public": 6,
        "interface-free": 1, "address-free": 1, "route-table-main": 1, "gateway": 1, "key": 1,
        "template": 1}

    (group,) = ec2.describe_security_groups()["SecurityGroups"]
    assert group["GroupName"] == "default"
    assert ec2.describe_addresses()["Addresses"] == []
    (interface,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert interface["Status"] == "in-use"
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert vpc["Tags"] == [{"Key": "owner", "Value": "custodian"}]


@pytest.mark.parametrize("kind, make, unknown", [
    ("ami", resources.make_image, "ami-0123456789abcdef0"),
    ("ebs-snapshot", resources.make_snapshot, "snap-0123456789abcdef0"),
    ("ebs", resources.make_volume, "vol-0123456789abcdef0")])
def test_ids_that_are_gone_are_left_out(found, ec2, kind, make, unknown):
    known = make(ec2)
    assert found(kind, known, unknown) == [known]


@pytest.mark.parametrize("kind, make, malformed", [
    ("ami", resources.make_image, "ami-xyz"),
    ("ebs-snapshot", resources.make_snapshot, "snap-xyz"),
    ("ebs", resources.make_volume, "vol-xyz")])
def test_ids_that_are_malformed_are_left_out(found, ec2, kind, make, malformed):
    known = make(ec2)
    assert found(kind, known, malformed) == [known]


def test_an_image_is_copied_beside_itself(custodian, ec2):
    described_image(ec2, "twice")
    assert custodian("copy_here") == {"copy-here": 1}
    assert len(ec2.describe_images(Owners=["self"])["Images"]) == 2


@pytest.mark.xfail(strict=True, reason="Auto Scaling is not offered")
def test_images_that_nothing_uses(custodian, ec2):
    resources.make_image(ec2)
    assert custodian("unused") == {"unused": 1}
