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
    "Rocky": ("792107900819", "Rocky-9-EC2-Base-9.*.{gnu}", "792107900819"),
    "AlmaLinux": ("764336703387", "AlmaLinux OS 9.*{gnu}", "764336703387"),
    "CentOS Stream": ("125523088429", "CentOS Stream 9 {gnu} *", "125523088429"),
    "Fedora CoreOS": ("125523088429", "fedora-coreos-44.*-{gnu}", "125523088429"),
    "Flatcar": ("075585003325", "Flatcar-stable-*-hvm", "075585003325"),
    "Talos": ("540036508848", "talos-v1.*-us-east-1-{deb}", "540036508848"),
    "FreeBSD": ("782442783595", "FreeBSD 14.*-RELEASE-{deb} *", "782442783595"),
    "SLES BYOS": ("013907871322", "suse-sles-15-sp7-byos-v*-hvm-ssd-{amazon}", "013907871322"),
    "RHEL 9 on gp2": ("309956199498", "RHEL-9*_HVM-*-{amazon}-*-Hourly2-GP2", "309956199498"),
    "Bottlerocket": ("amazon", "bottlerocket-aws-k8s-1.36-{gnu}-*", "092701018921"),
    "Bottlerocket for ECS": ("amazon", "bottlerocket-aws-ecs-2-{gnu}-*", "092701018921"),
    "EKS with GPU": ("602401143452", "amazon-eks-node-al2023-{amazon}-nvidia-1.36-v*",
                     "602401143452"),
    "Ubuntu Minimal": (CANONICAL, "ubuntu-minimal/images/hvm-ssd-gp3/ubuntu-noble-24.04-{deb}-*",
                       CANONICAL),
    "Ubuntu Pro": (CANONICAL, "ubuntu-pro-server/images/hvm-ssd-gp3/ubuntu-noble-24.04-{deb}-*",
                   CANONICAL),
}
ARCHITECTURES = {
    "x86_64": ({"amazon": "x86_64", "deb": "amd64", "gnu": "x86_64"}, "t3.micro"),
    "arm64": ({"amazon": "arm64", "deb": "arm64", "gnu": "aarch64"}, "t4g.micro"),
}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("system", WANTED)
def test_the_newest_public_image_is_found_and_runs(ec2, system, architecture):
    names, instance_type = ARCHITECTURES[architecture]
    owner, pattern, owner_id = WANTED[system]
    # What Terraform's aws_ami and Packer's source_ami_filter ask for.
    image = newest_image(ec2, owner, pattern.format(**names), architecture=architecture)
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


# (name pattern, owner) of what is for x86_64 alone.
MORE = [
    ("amzn-ami-vpc-nat-*", "137112412989"), ("amzn-ami-hvm-*-x86_64-gp2", "137112412989"),
    ("Windows_Server-2016-English-Full-Base-*", "801119661308"),
    ("Windows_Server-2022-English-Core-EKS_Optimized-1.36-*", "801119661308"),
    ("Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 24.04)*", "898082745236"),
    ("Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023)*", "898082745236"),
    ("amzn-ec2-macos-15.*-arm64", "628277914472"), ("amzn-ec2-macos-14.*", "628277914472"),
]


@pytest.mark.parametrize("pattern, owner_id", MORE)
def test_amazons_other_images_are_found_by_name(ec2, pattern, owner_id):
    image = newest_image(ec2, "amazon", pattern)
    assert image["OwnerId"] == owner_id
    assert image["ImageOwnerAlias"] == "amazon"


@pytest.mark.parametrize("parameter, name", [
    ("/aws/service/bottlerocket/aws-k8s-1.36/arm64/latest/image_id",
     "bottlerocket-aws-k8s-1.36-aarch64-"),
    ("/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id",
     "bottlerocket-aws-ecs-2-x86_64-"),
    ("/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/nvidia/recommended/image_id",
     "amazon-eks-node-al2023-x86_64-nvidia-1.36-"),
    ("/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id",
     "al2023-ami-ecs-neuron-"),
    ("/aws/service/canonical/ubuntu/pro-server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
     "ubuntu-pro-server/"),
    ("/aws/service/canonical/ubuntu/server-minimal/noble/stable/current/arm64/hvm/ebs-gp3/ami-id",
     "ubuntu-minimal/"),
    ("/aws/service/suse/sles-byos/15-sp7/x86_64/latest", "suse-sles-15-sp7-byos-"),
    ("/aws/service/ami-windows-latest/Windows_Server-2016-English-Full-Base",
     "Windows_Server-2016-"),
    ("/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.36/image_id",
     "Windows_Server-2022-English-Core-EKS_Optimized-1.36-"),
    ("/aws/service/ec2-macos/sequoia/arm64_mac/latest/image_id", "amzn-ec2-macos-15."),
    ("/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id",
     "Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 24.04)"),
    ("/aws/service/freebsd/aarch64/base/ufs/14.3/RELEASE", "FreeBSD 14.3-RELEASE-arm64 "),
])
def test_public_parameters_lead_to_images(server, ec2, parameter, name):
    image_id = server.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
    assert image["Name"].startswith(name)


def test_deprecated_images_are_found_by_id_and_on_request_alone(ec2):
    wanted = {"Owners": [CANONICAL],
              "Filters": [{"Name": "name", "Values": ["ubuntu/images/*bionic-18.04-amd64-*"]}]}
    assert ec2.describe_images(**wanted)["Images"] == []
    (image,) = ec2.describe_images(**wanted, IncludeDeprecated=True)["Images"]
    assert image["DeprecationTime"].startswith("2025-06-07")
    run(ec2, image["ImageId"], InstanceType="t3.micro")


@pytest.mark.parametrize("region, partition, owners", [
    ("us-gov-west-1", "aws-us-gov", {"al2023-ami-2023.*-kernel-6.1-x86_64": "045324592363",
                                     "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-*": "513442679011",
                                     "RHEL-9*Hourly2-GP3": "219670896067"}),
    ("cn-north-1", "aws-cn", {"al2023-ami-2023.*-kernel-6.1-x86_64": "141808717104",
                              "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-*": "837727238323",
                              "suse-sles-15-sp7-v*": "841869936221"}),
])
def test_other_partitions_have_their_own_regions_owners_and_arns(server, region, partition, owners):
    ec2 = server.client(region=region)
    regions = {one["RegionName"] for one in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert regions == {"aws-us-gov": {"us-gov-east-1", "us-gov-west-1"},
                       "aws-cn": {"cn-north-1", "cn-northwest-1"}}[partition]
    for pattern, owner in owners.items():
        assert newest_image(ec2, owner, pattern)["OwnerId"] == owner
    image = newest_image(ec2, "amazon", "al2023-ami-2023.*-kernel-6.1-x86_64")
    run(ec2, image["ImageId"], InstanceType="t3.micro")
    arn = server.client("sts", region=region).get_caller_identity()["Arn"]
    assert arn.startswith(f"arn:{partition}:iam::")


def test_public_snapshots_are_described_and_make_volumes(ec2):
    image = newest_image(ec2, "amazon", "bottlerocket-aws-k8s-1.36-x86_64-*")
    ids = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"]]
    snapshots = {one["SnapshotId"]: one
                 for one in ec2.describe_snapshots(SnapshotIds=ids)["Snapshots"]}
    for mapping in image["BlockDeviceMappings"]:
        snapshot = snapshots[mapping["Ebs"]["SnapshotId"]]
        assert snapshot["OwnerId"] == image["OwnerId"]
        assert snapshot["OwnerAlias"] == "amazon"
        assert snapshot["VolumeSize"] == mapping["Ebs"]["VolumeSize"]
        assert snapshot["Encrypted"] is False
        volume = ec2.create_volume(SnapshotId=snapshot["SnapshotId"],
                                   AvailabilityZone="us-east-1a")
        assert volume["Size"] == snapshot["VolumeSize"]
        ec2.delete_volume(VolumeId=volume["VolumeId"])
    listed = ec2.describe_snapshots(OwnerIds=["amazon"])["Snapshots"]
    assert set(ids) <= {one["SnapshotId"] for one in listed}


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
