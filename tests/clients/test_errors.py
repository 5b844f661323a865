"""Every form of refusal, as clients see it."""

import botocore.exceptions
import pytest

import aws_cli
import calls
from resources import (image_request, instance_of, make_volume, root_volume, run)

IMAGE = "ami-00000000000000000"


@pytest.fixture
def own(server):
    """An image of one's own, its snapshot and a volume of it that an instance uses."""
    ec2 = server.client()
    volume = make_volume(ec2)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(**image_request("taken", snapshot))["ImageId"]
    instance = run(ec2, image)["Instances"][0]["InstanceId"]
    return {"image": image, "snapshot": snapshot, "volume": volume, "instance": instance,
            "root": root_volume(instance_of(ec2, instance))}


def registering(**changes):
    return {**image_request("fresh", "{snapshot}"), **changes}


def launching(**changes):
    return {"ImageId": "{image}", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
            **changes}


# (operation, request, code, status); words in braces are ids of own
REFUSALS = [
    ("describe_images", {"ImageIds": [IMAGE]}, "InvalidAMIID.NotFound", 400),
    ("describe_images", {"ImageIds": ["ami-nonsense"]}, "InvalidAMIID.Malformed", 400),
    ("describe_images", {"ImageIds": ["{image}", IMAGE]}, "InvalidAMIID.NotFound", 400),
    ("describe_images", {"Filters": [{"Name": "no-such", "Values": ["x"]}]},
     "InvalidParameterValue", 400),
    ("describe_images", {"MaxResults": 1}, "InvalidParameterValue", 400),
    ("describe_images", {"ImageIds": [IMAGE], "DryRun": True}, "DryRunOperation", 412),
    ("describe_snapshots", {"SnapshotIds": ["snap-00000000000000000"]},
     "InvalidSnapshot.NotFound", 400),
    ("describe_volumes", {"VolumeIds": ["vol-00000000000000000"]}, "InvalidVolume.NotFound", 400),
    ("describe_instances", {"InstanceIds": ["i-00000000000000000"]},
     "InvalidInstanceID.NotFound", 400),
    ("describe_instances", {"InstanceIds": ["i-x"]}, "InvalidInstanceID.Malformed", 400),
    ("describe_key_pairs", {"KeyNames": ["absent"]}, "InvalidKeyPair.NotFound", 400),
    ("describe_vpn_connections", {}, "UnsupportedOperation", 400),
    ("register_image", registering(Name="no*star"), "InvalidAMIName.Malformed", 400),
    ("register_image", registering(Name="taken"), "InvalidAMIName.Duplicate", 400),
    ("register_image", registering(BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-00000000000000000"}}]),
     "InvalidSnapshot.NotFound", 400),
    ("register_image", registering(DryRun=True), "DryRunOperation", 412),
    ("create_image", {"InstanceId": "i-00000000000000000", "Name": "fresh"},
     "InvalidInstanceID.NotFound", 400),
    ("create_image", {"InstanceId": "{instance}", "Name": "taken"},
     "InvalidAMIName.Duplicate", 400),
    ("delete_snapshot", {"SnapshotId": "{snapshot}"}, "InvalidSnapshot.InUse", 400),
    ("delete_volume", {"VolumeId": "{root}"}, "VolumeInUse", 400),
    ("attach_volume", {"VolumeId": "{root}", "InstanceId": "{instance}", "Device": "/dev/sdf"},
     "VolumeInUse", 400),
    ("detach_volume", {"VolumeId": "{volume}"}, "IncorrectState", 400),
    ("create_volume", {"AvailabilityZone": "xx-nowhere-1a", "Size": 1},
     "InvalidZone.NotFound", 400),
    ("create_volume",
     {"AvailabilityZone": "us-east-1a", "Size": 1, "VolumeType": "io1", "Iops": 10**6},
     "InvalidParameterValue", 400),
    ("run_instances", launching(ImageId=IMAGE), "InvalidAMIID.NotFound", 400),
    ("run_instances", launching(ImageId="ami-x"), "InvalidAMIID.Malformed", 400),
    ("run_instances", launching(InstanceType="t9.colossal"), "InvalidParameterValue", 400),
    ("run_instances", launching(InstanceType="t4g.micro"), "InvalidParameterValue", 400),
    ("run_instances", launching(MinCount=3, MaxCount=1), "InvalidParameterValue", 400),
    ("run_instances", launching(KeyName="mine"), "InvalidKeyPair.NotFound", 400),
    ("run_instances", launching(DryRun=True), "DryRunOperation", 412),
    ("start_instances", {"InstanceIds": ["i-00000000000000000"]},
     "InvalidInstanceID.NotFound", 400),
    ("deregister_image", {"ImageId": IMAGE}, "InvalidAMIID.NotFound", 400),
    ("create_tags", {"Resources": [IMAGE], "Tags": [{"Key": "a", "Value": "b"}]},
     "InvalidAMIID.NotFound", 400),
    ("create_tags", {"Resources": ["{image}"], "Tags": [{"Key": "aws:a", "Value": "b"}]},
     "InvalidParameterValue", 400),
]


def fill(value, ids):
    if isinstance(value, str):
        return value.format(**ids) if "{" in value else value
    if isinstance(value, list):
        return [fill(item, ids) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, ids) for key, item in value.items()}
    return value


def test_boto3_sees_code_status_and_one_request_id(server, ec2, own):
    for operation, request, code, status in REFUSALS:
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            getattr(ec2, operation)(**fill(request, own))
        answer = caught.value.response
        seen = (operation, answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"])
        assert seen == (operation, code, status), answer["Error"]["Message"]
        assert answer["Error"]["Message"]
        metadata = answer["ResponseMetadata"]
        assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    # None of them changed anything.
    assert [image["Name"] for image in ec2.describe_images(Owners=["self"])["Images"]] == ["taken"]
    assert len(ec2.describe_volumes()["Volumes"]) == 2
    assert len(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]) == 1


def test_a_success_has_the_same_request_id_in_header_and_body(server):
    first = calls.call(server, "DescribeRegions")
    second = calls.call(server, "DescribeRegions")
    assert first.status == 200
    assert first.headers["Content-Type"].startswith("text/xml")
    assert first.request_id == first.headers["x-amzn-RequestId"]
    assert first.request_id != second.request_id


@pytest.mark.parametrize("parameters, code", [
    ({}, "MissingAction"),
    ({"Action": "NoSuchAction"}, "InvalidAction"),
    ({"Action": "DescribeVpnConnections"}, "UnsupportedOperation"),
    ({"Action": "DescribeRegions", "Version": "2014-09-01"}, None),
    ({"Action": "DescribeRegions", "Version": "1999-01-01"}, "NoSuchVersion"),
    ({"Action": "DescribeRegions", "Version": "2999-01-01"}, "NoSuchVersion"),
    ({"Action": "DescribeImages", "Bogus": "1"}, "UnknownParameter"),
    ({"Action": "DescribeImages", "Filter.1.Bogus": "1"}, "UnknownParameter"),
    ({"Action": "DeregisterImage"}, "MissingParameter"),
    ({"Action": "DescribeImages", "DryRun": "perhaps"}, "InvalidParameterValue"),
    ({"Action": "DescribeImages", "MaxResults": "many"}, "InvalidParameterValue"),
    ({"Action": "RunInstances", "ImageId": IMAGE, "MinCount": "1"}, "MissingParameter"),
    ({"Action": "RunInstances", "ImageId": IMAGE, "MinCount": "1", "MaxCount": "1",
      "InstanceInitiatedShutdownBehavior": "explode"}, "InvalidParameterValue"),
])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_no_sdk_sends_is_refused_by_name(server, parameters, code, method):
    answer = calls.call(server, method=method, **parameters)
    assert answer.code == code
    assert answer.status == (400 if code else 200)
    assert answer.request_id == answer.headers["x-amzn-RequestId"]
    assert answer.headers["Content-Type"].startswith("text/xml")


def test_a_parameter_given_twice_is_refused(server):
    body = b"Action=DescribeImages&Version=2016-11-15&MaxResults=5&MaxResults=6"
    answer = calls.send(server, "POST", "/", body, {"Content-Type": calls.FORM})
    assert (answer.status, answer.code) == (400, "InvalidQueryParameter")


def test_text_that_is_not_utf8_is_refused(server):
    answer = calls.send(server, "GET",
                        "/?Action=DescribeImages&Version=2016-11-15&Owner.1=%ff%fe")
    assert (answer.status, answer.code) == (400, "InvalidCharacter")


def test_a_service_that_is_not_offered_says_so(server):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        server.client("sns").list_topics()
    assert caught.value.response["Error"]["Code"] == "UnsupportedOperation"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_sts_refuses_in_the_query_protocols_form(server):
    answer = calls.call(server, "NoSuchAction", Version="2011-06-15",
                        headers={"Authorization": calls.authorization("123456789012",
                                                                      service="sts")})
    assert answer.status == 400
    assert answer.xml.tag == "ErrorResponse"
    assert answer.xml.findtext("Error/Code") == "InvalidAction"
    assert answer.xml.findtext("Error/Type") == "Sender"
    assert answer.xml.findtext("RequestId") == answer.headers["x-amzn-RequestId"]


def test_ec2_refuses_in_its_own_form(server):
    answer = calls.call(server, "DescribeImages", **{"ImageId.1": IMAGE})
    assert answer.xml.tag == "Response"
    assert [child.tag for child in answer.xml] == ["Errors", "RequestID"]
    assert answer.xml.findtext("Errors/Error/Code") == "InvalidAMIID.NotFound"
    assert answer.message == f"The image id '[{IMAGE}]' does not exist"


@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_aws_cli_tells_code_operation_and_exit_code(version, server, tmp_path):
    aws = aws_cli.AwsCli(version, server, tmp_path)
    for arguments, error, operation, message in (
            (("describe-images", "--image-ids", IMAGE), "InvalidAMIID.NotFound", "DescribeImages",
             f"The image id '[{IMAGE}]' does not exist"),
            (("describe-images", "--dry-run"), "DryRunOperation", "DescribeImages",
             "Request would have succeeded, but DryRun flag is set."),
            (("describe-vpn-connections",), "UnsupportedOperation", "DescribeVpnConnections",
             "`amilab help coverage`")):
        code, output, errors = aws.run("ec2", *arguments)
        assert code == aws_cli.REFUSED[version]
        assert f"An error occurred ({error}) when calling the {operation} operation" in errors
        assert message in errors
        assert output == ""
