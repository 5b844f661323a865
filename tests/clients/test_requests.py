"""What makes a call safe to send: client tokens, dry runs, GET as well as POST; and tags."""

import botocore.exceptions
import pytest

import calls
from resources import make_volume, newest_image, run


@pytest.fixture
def image_id(ec2):
    return newest_image(ec2)["ImageId"]


def refused(code, function, **request):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(**request)
    assert caught.value.response["Error"]["Code"] == code


def test_a_repeated_token_launches_nothing_new(ec2, image_id):
    first = run(ec2, image_id, MinCount=2, MaxCount=2, ClientToken="once")
    again = run(ec2, image_id, MinCount=2, MaxCount=2, ClientToken="once")
    assert again["ReservationId"] == first["ReservationId"]
    assert [i["InstanceId"] for i in again["Instances"]] == \
        [i["InstanceId"] for i in first["Instances"]]
    assert len(ec2.describe_instances()["Reservations"]) == 1
    (described,) = ec2.describe_instances(
        Filters=[{"Name": "client-token", "Values": ["once"]}])["Reservations"]
    assert described["ReservationId"] == first["ReservationId"]


def test_a_token_is_bound_to_its_request(ec2, image_id):
    run(ec2, image_id, ClientToken="once")
    refused("IdempotentParameterMismatch", ec2.run_instances, ImageId=image_id,
            InstanceType="t3.small", MinCount=1, MaxCount=1, ClientToken="once")


def test_a_token_whose_instances_are_gone_is_refused(ec2, image_id):
    instance_id = run(ec2, image_id, ClientToken="once")["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[instance_id])
    refused("IdempotentInstanceTerminated", ec2.run_instances, ImageId=image_id,
            InstanceType="t3.micro", MinCount=1, MaxCount=1, ClientToken="once")


def test_a_token_belongs_to_an_account_and_a_region(server, image_id):
    mine = server.client()
    theirs = server.client(account="222222222222")
    first = run(mine, image_id, ClientToken="once")["Instances"][0]["InstanceId"]
    second = run(theirs, image_id, ClientToken="once")["Instances"][0]["InstanceId"]
    assert first != second


def test_create_volume_keeps_tokens_too(ec2):
    request = {"AvailabilityZone": "us-east-1a", "Size": 1, "ClientToken": "once"}
    assert ec2.create_volume(**request)["VolumeId"] == ec2.create_volume(**request)["VolumeId"]
    refused("IdempotentParameterMismatch", ec2.create_volume, **{**request, "Size": 2})
    assert len(ec2.describe_volumes()["Volumes"]) == 1


def test_a_dry_run_changes_nothing(ec2, image_id):
    for function, request in (
            (ec2.run_instances, {"ImageId": image_id, "InstanceType": "t3.micro", "MinCount": 1,
                                 "MaxCount": 1}),
            (ec2.create_volume, {"AvailabilityZone": "us-east-1a", "Size": 1}),
            (ec2.create_tags, {"Resources": ["vol-00000000000000000"],
                               "Tags": [{"Key": "a", "Value": "b"}]})):
        refused("DryRunOperation", function, DryRun=True, **request)
    assert ec2.describe_instances()["Reservations"] == []
    assert ec2.describe_volumes()["Volumes"] == []


def test_parameters_are_checked_before_a_dry_run(server):
    answer = calls.call(server, "RunInstances", DryRun="true", MinCount="x", MaxCount="1")
    assert (answer.status, answer.code) == (400, "InvalidParameterValue")


def test_get_and_post_mean_the_same(server):
    parameters = {"Owner.1": "amazon", "Filter.1.Name": "name",
                  "Filter.1.Value.1": "al2023-ami-2023.*-x86_64"}
    by_get = calls.call(server, "DescribeImages", method="GET", **parameters)
    by_post = calls.call(server, "DescribeImages", **parameters)
    assert by_get.status == by_post.status == 200
    find = "imagesSet/item/imageId"
    assert by_get.xml.findtext(find)
    assert [e.text for e in by_get.xml.findall(find)] == [e.text for e in by_post.xml.findall(find)]
    made = calls.call(server, "CreateVolume", method="GET", AvailabilityZone="us-east-1a", Size="1")
    assert made.xml.findtext("volumeId").startswith("vol-")


def test_a_signed_get_names_account_and_region(server):
    answer = calls.send(
        server, "GET", "/?Action=CreateVolume&Version=2016-11-15&Size=1&AvailabilityZone=eu-west-1a"
        "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260102T030405Z&X-Amz-SignedHeaders=host"
        "&X-Amz-Credential=222222222222%2F20260102%2Feu-west-1%2Fec2%2Faws4_request"
        "&X-Amz-Signature=00")
    assert answer.status == 200, answer.body
    theirs = server.client(account="222222222222", region="eu-west-1")
    assert len(theirs.describe_volumes()["Volumes"]) == 1


def test_tags_are_there_from_the_start(ec2, image_id):
    def tags(kind):
        return {"ResourceType": kind, "Tags": [
            {"Key": "of", "Value": kind}, {"Key": "Ünïcode +&=", "Value": "<ok> & \"fine\""}]}

    launched = run(ec2, image_id, TagSpecifications=[tags("instance"), tags("volume")])
    instance_id = launched["Instances"][0]["InstanceId"]
    volume_id = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    snapshot_id = ec2.create_snapshot(VolumeId=volume_id,
                                      TagSpecifications=[tags("snapshot")])["SnapshotId"]
    made = ec2.create_image(InstanceId=instance_id, Name="tagged",
                            TagSpecifications=[tags("image"), tags("snapshot")])["ImageId"]
    (image,) = ec2.describe_images(ImageIds=[made])["Images"]
    copied = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    kinds = {instance_id: "instance", volume_id: "volume", snapshot_id: "snapshot",
             made: "image", copied: "snapshot"}
    found = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["of"]}])["Tags"]
    assert {(tag["ResourceId"], tag["ResourceType"], tag["Value"]) for tag in found} == \
        {(resource, kind, kind) for resource, kind in kinds.items()}
    assert {tag["Key"]: tag["Value"] for tag in image["Tags"]} == \
        {"of": "image", "Ünïcode +&=": "<ok> & \"fine\""}


def test_tags_come_change_and_go(ec2):
    volume_id = make_volume(ec2)
    ec2.create_tags(Resources=[volume_id], Tags=[{"Key": "a", "Value": "1"},
                                                 {"Key": "b", "Value": "2"}])
    ec2.create_tags(Resources=[volume_id], Tags=[{"Key": "a", "Value": "3"}])
    ec2.delete_tags(Resources=[volume_id], Tags=[{"Key": "b"}])
    assert ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]["Tags"] == \
        [{"Key": "a", "Value": "3"}]
    assert ec2.describe_volumes(Filters=[{"Name": "tag:a", "Values": ["3"]}])["Volumes"]
    assert not ec2.describe_volumes(Filters=[{"Name": "tag-key", "Values": ["b"]}])["Volumes"]


@pytest.mark.parametrize("kind", ["instance", "snapshot", "nonsense"])
def test_a_tag_specification_must_be_for_what_is_made(ec2, kind):
    refused("InvalidParameterValue", ec2.create_volume, AvailabilityZone="us-east-1a", Size=1,
            TagSpecifications=[{"ResourceType": kind, "Tags": [{"Key": "a", "Value": "b"}]}])
    assert ec2.describe_volumes()["Volumes"] == []
