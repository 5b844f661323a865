"""Placement groups, as boto3's users make, find, tag and delete them."""

import botocore.exceptions
import pytest


def by_filter(ec2, name, value):
    return [group["GroupName"] for group in ec2.describe_placement_groups(
        Filters=[{"Name": name, "Values": [value]}])["PlacementGroups"]]


def code(call, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def test_a_group_is_made_found_tagged_and_deleted(ec2):
    made = ec2.create_placement_group(
        GroupName="racks", Strategy="partition", PartitionCount=3,
        TagSpecifications=[{"ResourceType": "placement-group",
                            "Tags": [{"Key": "of", "Value": "clients"}]}])["PlacementGroup"]
    assert made["State"] == "available" and made["PartitionCount"] == 3
    assert made["GroupArn"].endswith(":placement-group/racks")
    assert by_filter(ec2, "tag:of", "clients") == ["racks"]
    assert by_filter(ec2, "group-arn", made["GroupArn"]) == ["racks"]

    ec2.create_tags(Resources=[made["GroupId"]], Tags=[{"Key": "of", "Value": "others"}])
    shown = ec2.describe_placement_groups(GroupIds=[made["GroupId"]])["PlacementGroups"]
    assert shown == [{**made, "Tags": [{"Key": "of", "Value": "others"}]}]

    ec2.delete_placement_group(GroupName="racks")
    assert by_filter(ec2, "group-name", "racks") == []
    # What Terraform waits for.
    assert code(ec2.describe_placement_groups, GroupNames=["racks"]) == (
        "InvalidPlacementGroup.Unknown")


def test_a_name_is_one_groups_until_that_is_deleted(ec2):
    ec2.create_placement_group(GroupName="spread", Strategy="spread")
    assert code(ec2.create_placement_group, GroupName="spread", Strategy="cluster") == (
        "InvalidPlacementGroup.Duplicate")
    ec2.delete_placement_group(GroupName="spread")
    assert code(ec2.delete_placement_group, GroupName="spread") == (
        "InvalidPlacementGroup.Unknown")
