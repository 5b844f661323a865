"""Out of the box: the public images are found as people find them, and run."""

import pytest

import aws_cli
from resources import instance_of, newest_image, root_volume, run

AMAZON = "137112412989"
CANONICAL = "099720109477"
DEBIAN = "136693071363"

# (owner, name pattern) as they stand in countless Terraform modules and scripts
WANTED = {
    "Amazon Linux 2": ("amazon", "amzn2-ami-hvm-*-{amazon}-gp2", AMAZON),
    "Amazon Linux 2023": ("amazon", "al2023-ami-2023.*-kernel-6.1-{amazon}", AMAZON),
    "Ubuntu 22.04": (CANONICAL, "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-{deb}-server-*",
                     CANONICAL),
    "Ubuntu 24.04": (CANONICAL, "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{deb}-server-*",
                     CANONICAL),
    "Ubuntu 26.04": (CANONICAL, "ubuntu/images/hvm-ssd-gp3/ubuntu-resolute-26.04-{deb}-server-*",
                     CANONICAL),
    "Debian 12": (DEBIAN, "debian-12-{deb}-*", DEBIAN),
    "Debian 13": ("amazon", "debian-13-{deb}-*", DEBIAN),
    "RHEL 10": ("309956199498", "RHEL-10*_HVM*-{amazon}-*-Hourly2-GP3", "309956199498"),
    "SLES 15": ("amazon", "suse-sles-15-sp7-v*-hvm-ssd-{amazon}", "013907871322"),
    "ECS": ("amazon", "al2023-ami-ecs-hvm-2023.0.*-kernel-6.1-{amazon}", "591542846629"),
    "EKS": ("602401143452", "amazon-eks-node-al2023-{amazon}-standard-1.36-v*", "602401143452"),
    "Rocky": ("792107900819", "Rocky-9-EC2-Base-9.*.{amazon}", "792107900819"),
}
ARCHITECTURES = {
    "x86_64": ({"amazon": "x86_64", "deb": "amd64"}, "t3.micro"),
    "arm64": ({"amazon": "arm64", "deb": "arm64"}, "t4g.micro"),
}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("system", WANTED)
def test_the_newest_public_image_is_found_and_runs(ec2, system, architecture):
    names, instance_type = ARCHITECTURES[architecture]
    owner, pattern, owner_id = WANTED[system]
    image = newest_image(ec2, owner, pattern.format(**names))
    assert image["OwnerId"] == owner_id
    assert image["Architecture"] == architecture
    assert image["Public"] is True
    launched = run(ec2, image["ImageId"], InstanceType=instance_type)
    instance_id = launched["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance_id])
    instance = instance_of(ec2, instance_id)
    assert instance["Architecture"] == architecture
    assert instance["RootDeviceName"] == image["RootDeviceName"]
    (volume,) = ec2.describe_volumes(VolumeIds=[root_volume(instance)])["Volumes"]
    (mapping,) = [mapping["Ebs"] for mapping in image["BlockDeviceMappings"]
                  if mapping["DeviceName"] == image["RootDeviceName"]]
    assert volume["Size"] == mapping["VolumeSize"]
    assert volume["VolumeType"] == mapping["VolumeType"]
    assert volume["SnapshotId"] == mapping["SnapshotId"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-2", "sa-east-1"])
def test_every_region_has_its_own_ids_of_the_same_images(server, region):
    ec2 = server.client(region=region)
    image = newest_image(ec2)
    elsewhere = server.client(region="ca-central-1")
    twin = newest_image(elsewhere)
    assert image["Name"] == twin["Name"]
    assert image["ImageId"] != twin["ImageId"]
    run(ec2, image["ImageId"])


@pytest.mark.parametrize("name, system, operation", [
    ("Windows_Server-2019-English-Full-Base-*", "Windows", "RunInstances:0002"),
    ("Windows_Server-2025-English-Full-Base-*", "Windows", "RunInstances:0002"),
    ("Windows_Server-2022-English-Full-SQL_2022_Standard-*", "Windows with SQL Server Standard",
     "RunInstances:0006"),
])
def test_windows_runs_and_is_billed_as_windows(ec2, name, system, operation):
    image = newest_image(ec2, "amazon", name)
    assert image["Platform"] == "windows"
    assert (image["PlatformDetails"], image["UsageOperation"]) == (system, operation)
    launched = run(ec2, image["ImageId"], InstanceType="t3.micro")["Instances"][0]
    assert launched["Platform"] == "windows"
    (volume,) = ec2.describe_volumes()["Volumes"]  # ephemeral disks are none of a t3.micro's
    assert volume["Size"] >= 30


@pytest.mark.parametrize("pattern", ["bitnami-wordpress-*", "bitnami-jenkins-*",
                                     "bitnami-mongodb-*", "GitLab EE *", "Cisco-C8K-17*"])
def test_marketplace_images_have_several_versions_and_an_alias(ec2, pattern):
    images = ec2.describe_images(Owners=["aws-marketplace"],
                                 Filters=[{"Name": "name", "Values": [pattern]}])["Images"]
    assert len(images) >= 2
    assert len({image["CreationDate"] for image in images}) == len(images)
    assert {image["ImageOwnerAlias"] for image in images} == {"aws-marketplace"}
    assert {image["OwnerId"] for image in images} == {"679593333241"}


def test_old_kinds_of_images_are_there_too(ec2):
    def named(**filters):
        return ec2.describe_images(Owners=["amazon"], Filters=[
            {"Name": name.replace("_", "-"), "Values": [value]}
            for name, value in filters.items()])["Images"]
    assert {image["VirtualizationType"] for image in named(architecture="i386")} == {"paravirtual"}
    stored = named(root_device_type="instance-store")
    assert stored and all(image["ImageLocation"].endswith(".manifest.xml") for image in stored)


def test_the_catalogue_is_nobodys_own(ec2):
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    assert ec2.describe_volumes()["Volumes"] == []
    assert ec2.describe_instances()["Reservations"] == []


def test_a_default_network_is_there(ec2):
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    zones = {zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]}
    subnets = ec2.describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    assert {subnet["AvailabilityZone"] for subnet in subnets} == zones
    (group,) = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    assert group["VpcId"] == vpc["VpcId"]
    image = newest_image(ec2)
    # Not every zone offers every type; the first one offers this.
    subnet = min(subnets, key=lambda one: one["AvailabilityZone"])
    launched = run(ec2, image["ImageId"], SubnetId=subnet["SubnetId"],
                   SecurityGroupIds=[group["GroupId"]])
    instance = launched["Instances"][0]
    assert instance["SubnetId"] == subnet["SubnetId"]
    assert instance["VpcId"] == vpc["VpcId"]
    assert instance["Placement"]["AvailabilityZone"] == subnet["AvailabilityZone"]


@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_aws_cli_finds_the_newest_image_as_its_users_guide_shows(version, server, tmp_path):
    aws = aws_cli.AwsCli(version, server, tmp_path)
    image_id = aws.text(
        "describe-images", "--owners", "amazon", "--filters",
        "Name=name,Values=al2023-ami-2023*", "Name=architecture,Values=x86_64",
        "--query", "sort_by(Images,&CreationDate)[-1].ImageId")
    assert image_id.startswith("ami-")
    instance_id = aws.text("run-instances", "--image-id", image_id, "--instance-type", "t3.micro",
                           "--count", "1", "--query", "Instances[0].InstanceId")
    statuses = aws.ec2("describe-instance-status", "--instance-ids", instance_id)
    assert statuses["InstanceStatuses"][0]["InstanceState"]["Name"] == "running"


def test_the_caller_is_who_its_access_key_says(server):
    identity = server.client("sts", account="210987654321").get_caller_identity()
    assert identity["Account"] == "210987654321"
    assert ":210987654321:" in identity["Arn"]
