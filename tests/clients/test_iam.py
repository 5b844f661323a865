"""Roles that services and instances take on, as tools make them with boto3."""

import json

import boto3
import botocore.exceptions
import pytest

from resources import newest_image, run

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "vmie.amazonaws.com"}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"sts:Externalid": "vmimport"}}}]}
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::disks/*"]}]}


def code(call, **request):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**request)
    return caught.value.response["Error"]["Code"]


def make_role(iam):
    made = iam.create_role(RoleName="vmimport", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.put_role_policy(RoleName="vmimport", PolicyName="vmimport",
                        PolicyDocument=json.dumps(POLICY))
    return made


def test_a_role_is_made_found_and_deleted(server):
    iam = server.client("iam")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="vmimport")
    made = make_role(iam)
    iam.get_waiter("role_exists").wait(RoleName="vmimport", WaiterConfig={"Delay": 0})
    found = iam.get_role(RoleName="vmimport")["Role"]
    assert found["Arn"] == made["Arn"] == "arn:aws:iam::123456789012:role/vmimport"
    assert found["AssumeRolePolicyDocument"] == TRUST
    shown = iam.get_role_policy(RoleName="vmimport", PolicyName="vmimport")
    assert shown["PolicyDocument"] == POLICY
    assumed = server.client("sts").assume_role(RoleArn=made["Arn"], RoleSessionName="one")
    assert assumed["AssumedRoleUser"]["AssumedRoleId"] == f"{made['RoleId']}:one"
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        make_role(iam)
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="vmimport")
    iam.delete_role_policy(RoleName="vmimport", PolicyName="vmimport")
    iam.delete_role(RoleName="vmimport")


def test_a_role_is_changed_by_what_is_named(server):
    iam = server.client("iam")
    make_role(iam)
    named = {"RoleName": "vmimport"}
    iam.update_role(**named, MaxSessionDuration=7200)
    role = iam.update_role_description(**named, Description="imports")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("imports", 7200)
    iam.update_role(**named, Description="imports disks")
    role = iam.get_role(**named)["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("imports disks", 7200)


@pytest.mark.parametrize("kind, named", [("role", {"RoleName": "vmimport"}),
                                         ("instance_profile", {"InstanceProfileName": "web"})])
def test_tags_are_put_listed_and_taken_away(server, kind, named):
    iam = server.client("iam")
    make_role(iam)
    iam.create_instance_profile(InstanceProfileName="web")
    tag, untag, listed = (getattr(iam, name) for name in (
        f"tag_{kind}", f"untag_{kind}", f"list_{kind}_tags"))
    assert listed(**named)["Tags"] == []
    tag(**named, Tags=[{"Key": "Team", "Value": "infra"}, {"Key": "of", "Value": "test"}])
    tag(**named, Tags=[{"Key": "team", "Value": "ours"}])
    assert listed(**named)["Tags"] == [{"Key": "of", "Value": "test"},
                                       {"Key": "team", "Value": "ours"}]
    untag(**named, TagKeys=["of", "none"])
    found = listed(**named)
    assert found["Tags"] == [{"Key": "team", "Value": "ours"}] and not found["IsTruncated"]
    assert code(tag, **named, Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]) == (
        "InvalidInput")


def test_a_role_has_managed_policies(server):
    iam = server.client("iam")
    make_role(iam)
    named = {"RoleName": "vmimport"}
    managed = {**named, "PolicyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
    iam.attach_role_policy(**managed)
    assert iam.list_attached_role_policies(**named)["AttachedPolicies"] == [
        {"PolicyName": "AmazonSSMManagedInstanceCore", "PolicyArn": managed["PolicyArn"]}]
    assert iam.list_role_policies(**named)["PolicyNames"] == ["vmimport"]
    iam.delete_role_policy(**named, PolicyName="vmimport")
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(**named)
    iam.detach_role_policy(**managed)
    iam.delete_role(**named)


def make_profile(iam, name="web", role="web"):
    """A profile with its role, the way that tools make them."""
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
    made = iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName=name,
                                                   WaiterConfig={"Delay": 0})
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return made


def test_a_profile_is_made_found_and_deleted(server):
    iam = server.client("iam")
    with pytest.raises(botocore.exceptions.WaiterError):
        iam.get_waiter("instance_profile_exists").wait(
            InstanceProfileName="web", WaiterConfig={"Delay": 0, "MaxAttempts": 2})
    made = make_profile(iam)
    assert made["Roles"] == []
    found = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert found["Arn"] == made["Arn"] == "arn:aws:iam::123456789012:instance-profile/web"
    assert found["InstanceProfileId"] == made["InstanceProfileId"]
    (role,) = found["Roles"]
    assert role["AssumeRolePolicyDocument"] == TRUST
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_instance_profile(InstanceProfileName="web")
    both = {"InstanceProfileName": "web", "RoleName": "web"}
    with pytest.raises(iam.exceptions.LimitExceededException):
        iam.add_role_to_instance_profile(**both)
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="web")
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_instance_profile(InstanceProfileName="web")
    iam.remove_role_from_instance_profile(**both)
    iam.delete_role(RoleName="web")
    iam.delete_instance_profile(InstanceProfileName="web")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_instance_profile(InstanceProfileName="web")


def test_a_profile_and_its_role_are_resources(server):
    resource = boto3.resource(
        "iam", endpoint_url=server.endpoint, region_name="us-east-1",
        aws_access_key_id="123456789012", aws_secret_access_key="secret")
    role = resource.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    profile = resource.create_instance_profile(InstanceProfileName="web")
    profile.add_role(RoleName="web")
    profile.reload()
    assert [one.name for one in profile.roles] == ["web"]
    assert [one.name for one in role.instance_profiles.all()] == ["web"]
    assert [one.name for one in resource.instance_profiles.all()] == ["web"]


def test_paginators_walk_lists(server):
    iam = server.client("iam")
    names = [f"worker-{number}" for number in range(7)]
    make_profile(iam, names[0])
    for name in names[1:]:
        iam.create_instance_profile(InstanceProfileName=name, Path="/workers/")
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="web")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))

    def walk(operation, member, key, **request):
        pages = list(iam.get_paginator(operation).paginate(
            PaginationConfig={"PageSize": 3}, **request))
        assert all(len(page[member]) <= 3 for page in pages)
        assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]
        return [one[key] for page in pages for one in page[member]]

    profiles = ("InstanceProfiles", "InstanceProfileName")
    assert walk("list_instance_profiles", *profiles) == names
    assert walk("list_instance_profiles", *profiles, PathPrefix="/workers/") == names[1:]
    assert walk("list_instance_profiles_for_role", *profiles, RoleName="web") == names
    assert walk("list_roles", "Roles", "RoleName") == ["web", *names[1:]]
    assert code(iam.list_roles, Marker="bm90IG91cnM=") == "ValidationError"


def launch(ec2, **request):
    return run(ec2, newest_image(ec2)["ImageId"], **request)["Instances"][0]


def test_an_instance_shows_the_profile_that_iam_has(server):
    ec2 = server.client()
    profile = make_profile(server.client("iam"))
    shown = {"Arn": profile["Arn"], "Id": profile["InstanceProfileId"]}
    instance = launch(ec2, IamInstanceProfile={"Name": "web"})
    assert instance["IamInstanceProfile"] == shown
    (association,) = ec2.describe_iam_instance_profile_associations()[
        "IamInstanceProfileAssociations"]
    assert association["IamInstanceProfile"] == shown


def test_a_launch_wants_its_profile_where_roles_are_strict(start_server):
    server = start_server("--strict-roles")
    ec2, iam = server.client(), server.client("iam")
    wanted = {"IamInstanceProfile": {"Name": "web"}}
    with pytest.raises(botocore.exceptions.ClientError, match="Invalid IAM Instance Profile name"):
        launch(ec2, **wanted)
    iam.create_instance_profile(InstanceProfileName="web")
    with pytest.raises(botocore.exceptions.ClientError, match="has no associated IAM Roles"):
        launch(ec2, **wanted)
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    instance = launch(ec2, **wanted)["InstanceId"]
    bare = launch(ec2)["InstanceId"]
    assert code(ec2.associate_iam_instance_profile, InstanceId=bare,
                IamInstanceProfile={"Name": "other"}) == "InvalidParameterValue"
    ec2.associate_iam_instance_profile(InstanceId=bare, **wanted)
    reply = ec2.describe_instances(InstanceIds=[instance, bare])
    assert {one["IamInstanceProfile"]["Arn"] for reservation in reply["Reservations"]
            for one in reservation["Instances"]} == {
                "arn:aws:iam::123456789012:instance-profile/web"}


def test_an_export_wants_its_role_where_roles_are_strict(start_server):
    server = start_server("--strict-roles")
    ec2 = server.client()
    server.client("s3").create_bucket(Bucket="disks")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(Name="mine", RootDeviceName="/dev/xvda", BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}],
        VirtualizationType="hvm")["ImageId"]
    wanted = {"ImageId": image, "DiskImageFormat": "VMDK",
              "S3ExportLocation": {"S3Bucket": "disks"}}
    assert code(ec2.export_image, **wanted) == "InvalidParameter"
    make_role(server.client("iam"))
    assert ec2.export_image(**wanted)["RoleName"] == "vmimport"
    assert code(ec2.export_image, **wanted, RoleName="other") == "InvalidParameter"


def test_an_import_wants_its_role_where_roles_are_strict(start_server):
    server = start_server("--strict-roles")
    ec2, s3 = server.client(), server.client("s3")
    s3.create_bucket(Bucket="disks")
    s3.put_object(Bucket="disks", Key="disk.raw", Body=b"boot")
    disk = {"UserBucket": {"S3Bucket": "disks", "S3Key": "disk.raw"}}
    assert code(ec2.import_snapshot, DiskContainer=disk) == "InvalidParameter"
    make_role(server.client("iam"))
    assert ec2.import_snapshot(DiskContainer=disk)["SnapshotTaskDetail"]["Status"] == "active"
    assert code(ec2.import_snapshot, DiskContainer=disk, RoleName="other") == "InvalidParameter"
