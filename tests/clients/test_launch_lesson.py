"""The launch that a lesson on images walks through, with both versions of the AWS CLI."""

import json

import pytest

import aws_cli

LATEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture(params=aws_cli.VERSIONS)
def aws(request, server, tmp_path):
    return aws_cli.AwsCli(request.param, server, tmp_path)


def launch(aws, image, *more):
    return aws.ec2("run-instances", "--image-id", image, "--instance-type", "t3.micro",
                   *more)["Instances"]


def describe(aws, instance):
    (reservation,) = aws.ec2("describe-instances", "--instance-ids", instance)["Reservations"]
    return reservation["Instances"][0]


def test_from_an_image_to_many_instances_of_ones_own(aws, tmp_path):
    image = aws.ec2("describe-images", "--owners", "amazon", "--filters",
                    "Name=name,Values=al2023-ami-2023.*-kernel-6.1-x86_64",
                    "Name=state,Values=available", "--query",
                    "reverse(sort_by(Images,&CreationDate))[0].ImageId")
    assert aws.ec2("describe-instance-types", "--instance-types", "t3.micro")["InstanceTypes"]
    subnet = aws.text("describe-subnets", "--filters", "Name=availability-zone,Values=us-east-1b",
                      "--query", "Subnets[0].SubnetId")
    group = aws.text("create-security-group", "--group-name", "web", "--description", "web",
                     "--query", "GroupId")
    aws.ec2("authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp",
            "--port", "22", "--cidr", "203.0.113.0/24")
    key = aws.text("create-key-pair", "--key-name", "lesson", "--query", "KeyMaterial")
    assert "PRIVATE KEY" in key
    (tmp_path / "disks.json").write_text(json.dumps([
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12, "VolumeType": "gp3"}},
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1}}]))
    (tmp_path / "start.sh").write_text("#!/bin/sh\necho hello\n")
    (started,) = launch(
        aws, image, "--subnet-id", subnet, "--security-group-ids", group,
        "--associate-public-ip-address", "--key-name", "lesson",
        "--block-device-mappings", f"file://{tmp_path / 'disks.json'}",
        "--user-data", f"file://{tmp_path / 'start.sh'}",
        "--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=first}]",
        "ResourceType=volume,Tags=[{Key=Name,Value=first}]")
    first = started["InstanceId"]
    aws.text("wait", "instance-running", "--instance-ids", first)
    aws.text("wait", "instance-status-ok", "--instance-ids", first)

    seen = describe(aws, first)
    assert (seen["SubnetId"], seen["KeyName"]) == (subnet, "lesson")
    assert seen["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert [one["GroupId"] for one in seen["SecurityGroups"]] == [group]
    assert seen["PublicIpAddress"] and seen["PublicDnsName"]
    (interface,) = seen["NetworkInterfaces"]
    assert interface["PrivateIpAddress"] == seen["PrivateIpAddress"]
    assert {one["DeviceName"] for one in seen["BlockDeviceMappings"]} == {"/dev/xvda", "/dev/sdf"}

    mine = aws.text("create-image", "--instance-id", first, "--name", "lesson", "--query",
                    "ImageId")
    aws.text("wait", "image-available", "--image-ids", mine)
    many = launch(aws, mine, "--count", "5", "--security-groups", "web", "--key-name", "lesson")
    ids = [one["InstanceId"] for one in many]
    aws.text("wait", "instance-running", "--instance-ids", *ids)
    assert len({one["PrivateIpAddress"] for one in many}) == 5
    aws.text("terminate-instances", "--instance-ids", first, *ids)
    aws.text("wait", "instance-terminated", "--instance-ids", first, *ids)
    aws.text("delete-security-group", "--group-id", group)


def test_a_launch_that_cannot_be_names_what_is_wrong(aws):
    image = f"resolve:ssm:{LATEST}"
    other = aws.text("create-vpc", "--cidr-block", "10.9.0.0/16", "--query", "Vpc.VpcId")
    foreign = aws.text("create-security-group", "--group-name", "theirs", "--description", "x",
                       "--vpc-id", other, "--query", "GroupId")
    subnet = aws.text("describe-subnets", "--filters", "Name=availability-zone,Values=us-east-1a",
                      "--query", "Subnets[0].SubnetId")
    for more, code in (
            (("--key-name", "nobody"), "InvalidKeyPair.NotFound"),
            (("--security-groups", "nobody"), "InvalidGroup.NotFound"),
            (("--security-group-ids", "sg-0123456789abcdef0"), "InvalidGroup.NotFound"),
            (("--subnet-id", "subnet-0123456789abcdef0"), "InvalidSubnetID.NotFound"),
            (("--subnet-id", subnet, "--private-ip-address", "192.0.2.9"),
             "InvalidParameterValue"),
            (("--subnet-id", subnet, "--security-group-ids", foreign), "InvalidParameter")):
        exit_code, _, errors = aws.run("ec2", "run-instances", "--image-id", image,
                                       "--instance-type", "t3.micro", *more)
        assert exit_code == aws_cli.REFUSED[aws.version], errors
        assert f"({code})" in errors
    assert aws.ec2("describe-instances")["Reservations"] == []
    assert aws.ec2("describe-volumes")["Volumes"] == []
