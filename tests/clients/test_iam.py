"""The role that imports are done by, as tools make it with boto3."""

import json

import botocore.exceptions
import pytest

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
