"""Publishers of images whose tools cannot be run here, by their calls in their order. Each story
ends with the bytes that it began with."""

import base64
import concurrent.futures
import datetime
import hashlib
import os
import re
import urllib.parse
import urllib.request

import boto3.s3.transfer
import botocore.exceptions
import pytest

import calls
import disks
import nbd_requests
import published
import resources
import servers
import snapshot_blocks
from published import GIB, MIB, needs_served
from refusals import code_of

FRIEND = "210987654321"
FAR = "eu-west-1"
TASKS = ("ImportSnapshot", "DescribeImportSnapshotTasks")
ROLE = ("iam:CreateRole", "iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy")
PARTS = boto3.s3.transfer.TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB)
needs_qemu = pytest.mark.needs("qemu-img")


@pytest.fixture
def s3(server):
    return server.client("s3", max_pool_connections=16)


@pytest.fixture
def ebs(server):
    return server.client("ebs", max_pool_connections=64)


@pytest.fixture
def far(server):
    return server.client(region=FAR)


def tags(kind, **pairs):
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value}
                                            for key, value in pairs.items()]}]


def ebs_root(snapshot, device="/dev/xvda", **more):
    return {"DeviceName": device, "Ebs": {"SnapshotId": snapshot, **more}}


def wait_for_image(ec2, image):
    ec2.get_waiter("image_available").wait(ImageIds=[image])
    return image


def is_public(ec2, image):
    shown = ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")
    return shown["LaunchPermissions"] == [{"Group": "all"}]


# NixOS/amis, upload-ami


def nixos_register(ec2, snapshot, name):
    """From RegisterImage on, as with each way in."""
    assert ec2.describe_images(Owners=["self"], Filters=[
        {"Name": "name", "Values": [name]}])["Images"] == []
    image = ec2.register_image(
        Name=name, Architecture="x86_64", BootMode="uefi", RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[ebs_root(snapshot, VolumeType="gp3")], VirtualizationType="hvm",
        EnaSupport=True, ImdsSupport="v2.0", SriovNetSupport="simple", TpmSupport="v2.0",
        TagSpecifications=tags("image", Name=name))["ImageId"]
    wait_for_image(ec2, image)
    ec2.enable_image_deprecation(
        ImageId=image, DeprecateAt=datetime.datetime.now() + datetime.timedelta(90))
    ec2.modify_image_attribute(ImageId=image, Attribute="launchPermission",
                               LaunchPermission={"Add": [{"Group": "all"}]})
    return image


def nixos_copy(server, image, name):
    """Into all regions at once, each under the token that is the image's id; {region: image}."""
    regions = [region["RegionName"] for region in server.client().describe_regions()["Regions"]
               if region["RegionName"] != servers.REGION]

    def copy(region):
        ec2 = server.client(region=region)
        made = ec2.copy_image(SourceImageId=image, SourceRegion=servers.REGION, Name=name,
                              ClientToken=image, TagSpecifications=tags("image", Name=name)
                              + tags("snapshot", Name=name))["ImageId"]
        wait_for_image(ec2, made)
        ec2.modify_image_attribute(ImageId=made, Attribute="launchPermission",
                                   LaunchPermission={"Add": [{"Group": "all"}]})
        return region, made

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        return dict(pool.map(copy, regions))


def nixos_upload(ebs, disk, size_gib, token):
    """StartSnapshot, each block from 64 threads, zeros too, and no checksum at the end."""
    begun = ebs.start_snapshot(VolumeSize=size_gib, Timeout=60, ClientToken=token,
                               Description="nixos", Tags=[{"Key": "Name", "Value": "nixos"}])
    if begun["Status"] == "completed":
        return begun["SnapshotId"]
    count = -(-disk.stat().st_size // snapshot_blocks.BLOCK)
    with open(disk, "rb") as file, concurrent.futures.ThreadPoolExecutor(64) as pool:
        def put(index):
            data = os.pread(file.fileno(), snapshot_blocks.BLOCK, index * snapshot_blocks.BLOCK)
            snapshot_blocks.put(ebs, begun["SnapshotId"], index,
                                data.ljust(snapshot_blocks.BLOCK, b"\0"))

        list(pool.map(put, range(count)))
    ebs.complete_snapshot(SnapshotId=begun["SnapshotId"], ChangedBlocksCount=count)
    return begun["SnapshotId"]


def small_disk(path, dice, size=40 * MIB + 512):
    """For those who send each block."""
    with open(path, "wb") as file:
        file.truncate(size)
        for start in (0, 3 * MIB + 7, size - 512):
            file.seek(start)
            file.write(dice.randbytes(512))
    return path


@published.of_kinds("small")
def test_nixos_uploads_block_by_block_and_copies_into_all_regions(
        server, ec2, ebs, tmp_path, dice, kind):
    disk = tmp_path / "disk.raw"
    disk = small_disk(disk, dice) if kind == "small" else published.make_disk(disk, kind, dice)
    size_gib = -(-disk.stat().st_size // GIB)
    assert ec2.describe_snapshots(OwnerIds=["self"], Filters=[
        {"Name": "tag:Name", "Values": ["nixos"]},
        {"Name": "status", "Values": ["completed"]}])["Snapshots"] == []
    token = f"nixos-{kind}"
    snapshot = nixos_upload(ebs, disk, size_gib, token)
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    assert nixos_upload(ebs, disk, size_gib, token) == snapshot
    image = nixos_register(ec2, snapshot, "nixos/24.11.1-x86_64-linux")
    copies = nixos_copy(server, image, "nixos/24.11.1-x86_64-linux")
    assert nixos_copy(server, image, "nixos/24.11.1-x86_64-linux") == copies
    assert len(copies) >= 16 and all(
        is_public(server.client(region=region), copy) for region, copy in copies.items())
    assert published.same_in(server, disk, {servers.REGION: image, FAR: copies[FAR]}, tmp_path)


@needs_served(*TASKS)
@needs_qemu
@published.of_kinds("holes")
def test_nixos_imports_what_it_put_into_s3(server, ec2, s3, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    vhd = published.converted(disk, "vhd", "-o", "subformat=dynamic")
    digest = hashlib.sha256(vhd.read_bytes()).hexdigest()
    s3.create_bucket(Bucket="images")
    assert ec2.describe_snapshots(
        Filters=[{"Name": "tag:Name", "Values": ["nixos"]}])["Snapshots"] == []
    assert code_of(s3.head_object, Bucket="images", Key="nixos.vhd") == "404"
    s3.upload_file(str(vhd), "images", "nixos.vhd", Config=PARTS)
    s3.get_waiter("object_exists").wait(Bucket="images", Key="nixos.vhd")
    request = {"DiskContainer": {"Description": "nixos", "Format": "VHD",
                                 "UserBucket": {"S3Bucket": "images", "S3Key": "nixos.vhd"}},
               "TagSpecifications": tags("import-snapshot-task", Name="nixos"),
               "ClientToken": digest, "RoleName": "vmimport"}
    snapshot = published.imported(ec2, **request)
    assert published.imported(ec2, **request) == snapshot, "the same token is the same task"
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "Name", "Value": "nixos"}])
    for _ in range(2):
        s3.delete_object(Bucket="images", Key="nixos.vhd")
    image = nixos_register(ec2, snapshot, "nixos/imported")
    assert published.same_in(server, disk, {servers.REGION: image}, tmp_path)


@pytest.mark.parametrize("market", [{}, {"MarketType": "spot", "SpotOptions": {
    "SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}}],
                         ids=["on_demand", "spot"])
def test_nixos_smokes_an_image(ec2, dice, market):
    image = resources.make_image(ec2, "nixos/smoke")
    token = f"smoke-{dice.randrange(1 << 32):x}"
    launch = {"ImageId": image, "InstanceType": "t3.nano", "MinCount": 1, "MaxCount": 1,
              "ClientToken": token, "InstanceMarketOptions": market}
    (found,) = ec2.describe_images(Owners=["self"], ImageIds=[image])["Images"]
    assert found["Architecture"] == "x86_64"
    instance = ec2.run_instances(**launch)["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    ec2.get_waiter("instance_status_ok").wait(InstanceIds=[instance])
    servers.wait_until(lambda: ec2.get_console_output(InstanceId=instance, Latest=True)["Output"])
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance])
    assert code_of(ec2.run_instances, **launch) == "IdempotentInstanceTerminated"


def test_nixos_deletes_what_it_could_not_complete(ec2, ebs):
    begun = ebs.start_snapshot(VolumeSize=1, Timeout=60, ClientToken="nixos", Tags=[])
    assert begun["Status"] == "pending"
    assert code_of(ebs.complete_snapshot, SnapshotId=begun["SnapshotId"],
                   ChangedBlocksCount=1) == "ValidationException"
    ec2.delete_snapshot(SnapshotId=begun["SnapshotId"])
    assert code_of(ec2.describe_snapshots, SnapshotIds=[begun["SnapshotId"]]) == \
        "InvalidSnapshot.NotFound"


def test_nixos_keeps_house(ec2):
    images = [resources.make_image(ec2, f"nixos/{number}") for number in range(8)]
    pages = ec2.get_paginator("describe_images").paginate(
        Owners=["self"], PaginationConfig={"PageSize": 5})
    assert sorted(image["ImageId"] for page in pages for image in page["Images"]) == sorted(images)
    for image in images[:2]:
        snapshot = published.snapshot_of(ec2, image)
        users = ec2.describe_images(MaxResults=6, Filters=[
            {"Name": "block-device-mapping.snapshot-id", "Values": [snapshot]}])["Images"]
        assert [user["ImageId"] for user in users] == [image]
        for dry_run in (True, False):
            for call, request in ((ec2.deregister_image, {"ImageId": image}),
                                  (ec2.delete_snapshot, {"SnapshotId": snapshot})):
                if dry_run:
                    assert code_of(call, DryRun=True, **request) == "DryRunOperation"
                else:
                    call(**request)
    ec2.disable_image_block_public_access()
    assert ec2.get_image_block_public_access_state()[
        "ImageBlockPublicAccessState"] == "unblocked"


# osbuild/images: image-builder, composer, bootc-image-builder


@needs_served(*TASKS)
@published.of_kinds("odd")
def test_osbuild_finds_the_format_and_shares(server, ec2, s3, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    s3.create_bucket(Bucket="images")
    assert servers.REGION in [one["RegionName"] for one in ec2.describe_regions()["Regions"]]
    assert "images" in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    grants = s3.get_bucket_acl(Bucket="images")["Grants"]
    assert {"WRITE", "FULL_CONTROL"} & {grant["Permission"] for grant in grants}
    s3.upload_file(str(disk), "images", "disk.raw", Config=PARTS)
    link = s3.generate_presigned_url("get_object", {"Bucket": "images", "Key": "disk.raw"}, 604800)
    with urllib.request.urlopen(link) as answer:
        assert answer.status == 200
    snapshot = published.imported(
        ec2, Description="osbuild", DiskContainer={
            "UserBucket": {"S3Bucket": "images", "S3Key": "disk.raw"}})
    s3.delete_object(Bucket="images", Key="disk.raw")
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "Name", "Value": "osbuild"}])
    image = ec2.register_image(
        Name="osbuild", Architecture="x86_64", VirtualizationType="hvm", EnaSupport=True,
        RootDeviceName="/dev/sda1", BlockDeviceMappings=[ebs_root(snapshot, "/dev/sda1")],
        BootMode="")["ImageId"]
    assert "BootMode" not in ec2.describe_images(ImageIds=[image])["Images"][0]
    ec2.create_tags(Resources=[image], Tags=[{"Key": "Name", "Value": "osbuild"}])
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission",
                                  OperationType="add", UserIds=[FRIEND])
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": FRIEND}]})
    friend = server.client(account=FRIEND)
    assert friend.describe_images(ImageIds=[image])["Images"]
    assert published.same_in(server, disk, {servers.REGION: image}, tmp_path)


def test_osbuild_boots_what_it_made(ec2):
    """`boot-aws`, up to where it would log in."""
    image = resources.make_image(ec2, "osbuild")
    group = ec2.create_security_group(GroupName="boot-aws", Description="ssh")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22,
                                         CidrIp="0.0.0.0/0")
    instance = ec2.run_instances(
        ImageId=image, InstanceType="t3.small", MinCount=1, MaxCount=1, SecurityGroupIds=[group],
        UserData="#cloud-config\nssh_authorized_keys: []\n",
        TagSpecifications=tags("instance", Name="boot-aws"))["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    assert resources.instance_of(ec2, instance)["PublicIpAddress"]
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance])
    ec2.delete_security_group(GroupId=group)
    snapshot = published.snapshot_of(ec2, image)
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)


# coreos-assembler and flatcar: ore, plume, kola


def ore_register(ec2, snapshot, name):
    request = {
        "Name": name, "Description": "built", "Architecture": "x86_64",
        "VirtualizationType": "hvm", "RootDeviceName": "/dev/xvda", "EnaSupport": True,
        "SriovNetSupport": "simple", "ImdsSupport": "v2.0", "BlockDeviceMappings": [
            ebs_root(snapshot, VolumeSize=12, DeleteOnTermination=True, VolumeType="gp3"),
            {"DeviceName": "/dev/xvdb", "VirtualName": "ephemeral0"}]}
    try:
        image = ec2.register_image(**request)["ImageId"]
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidAMIName.Duplicate"
        (there,) = ec2.describe_images(Owners=["self"], Filters=[
            {"Name": "name", "Values": [name]}])["Images"]
        image = there["ImageId"]
    ec2.create_tags(Resources=[image], Tags=[{"Key": "Name", "Value": name}])
    return image


def ore_grant(ec2, image, snapshot, users):
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission",
                                  OperationType="add", UserIds=users)
    ec2.modify_image_attribute(ImageId=image, Attribute="launchPermission",
                               LaunchPermission={"Add": [{"UserId": user} for user in users]})


def ore_copy(server, image, region):
    """A copy has neither tags nor grants: they are read first and given again."""
    here, there = server.client(), server.client(region=region)
    (source,) = here.describe_images(ImageIds=[image])["Images"]
    snapshot = published.snapshot_of(here, image)
    users = here.describe_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission")["CreateVolumePermissions"]
    grants = here.describe_image_attribute(ImageId=image, Attribute="launchPermission")
    copy = there.copy_image(SourceImageId=image, SourceRegion=servers.REGION, Name=source["Name"],
                            Description=source["Description"])["ImageId"]
    wait_for_image(there, copy)
    copied = published.snapshot_of(there, copy)
    there.create_tags(Resources=[copy, copied], Tags=source["Tags"])
    there.modify_snapshot_attribute(SnapshotId=copied, Attribute="createVolumePermission",
                                    CreateVolumePermission={"Add": users})
    there.modify_image_attribute(ImageId=copy, Attribute="launchPermission",
                                 LaunchPermission={"Add": grants["LaunchPermissions"]})
    return copy


def ore_publish(server, ec2, snapshot, disk, scratch):
    image = ore_register(ec2, snapshot, "coreos-40")
    assert ore_register(ec2, snapshot, "coreos-40") == image
    ore_grant(ec2, image, snapshot, [FRIEND])
    copy = ore_copy(server, image, FAR)
    friend = server.client(account=FRIEND, region=FAR)
    assert friend.describe_images(ImageIds=[copy])["Images"]
    ec2.create_tags(Resources=[image], Tags=[{"Key": "production", "Value": "true"}])
    found = ec2.describe_images(Owners=["self"], IncludeDeprecated=True, Filters=[
        {"Name": "tag:production", "Values": ["true"]}])["Images"]
    assert [one["ImageId"] for one in found] == [image]
    assert published.same_in(server, disk, {servers.REGION: image, FAR: copy}, scratch)
    return image


def test_coreos_registers_grants_and_copies(server, ec2, ebs, tmp_path, dice):
    """What follows the import, of a snapshot that came by another way."""
    disk = small_disk(tmp_path / "disk.raw", dice)
    snapshot = nixos_upload(ebs, disk, 1, "coreos")
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    ore_publish(server, ec2, snapshot, disk, tmp_path)


@needs_served(*TASKS)
@needs_qemu
@published.of_kinds("little")
def test_coreos_imports_and_finds_its_task_again(server, ec2, s3, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    vmdk = published.streamed_vmdk(disk)
    s3.create_bucket(Bucket="images")
    s3.upload_file(str(vmdk), "images", "coreos.vmdk", Config=PARTS)
    assert ec2.describe_snapshots(OwnerIds=["self"], Filters=[
        {"Name": "status", "Values": ["completed"]},
        {"Name": "tag:Name", "Values": ["coreos"]}])["Snapshots"] == []
    assert ec2.describe_import_snapshot_tasks()["ImportSnapshotTasks"] == []
    ec2.import_snapshot(RoleName="vmimport", Description="coreos", DiskContainer={
        "Description": "coreos", "Format": "VMDK",
        "UserBucket": {"S3Bucket": "images", "S3Key": "coreos.vmdk"}})

    def done():
        (task,) = [one for one in ec2.describe_import_snapshot_tasks()["ImportSnapshotTasks"]
                   if one["Description"] == "coreos"]
        detail = task["SnapshotTaskDetail"]
        assert detail["Status"] in ("pending", "active", "completed"), detail
        return detail.get("SnapshotId") if detail["Status"] == "completed" else None

    snapshot = servers.wait_until(done)
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "Name", "Value": "coreos"}])
    ore_publish(server, ec2, snapshot, disk, tmp_path)


@needs_served(*ROLE)
def test_coreos_makes_the_role_that_imports_want(server):
    iam, policy = server.client("iam"), '{"Version": "2012-10-17", "Statement": []}'
    assert code_of(iam.get_role, RoleName="vmimport") == "NoSuchEntity"
    iam.create_role(RoleName="vmimport", AssumeRolePolicyDocument=policy)
    assert code_of(iam.get_role_policy, RoleName="vmimport", PolicyName="vmimport") == \
        "NoSuchEntity"
    iam.put_role_policy(RoleName="vmimport", PolicyName="vmimport", PolicyDocument=policy)
    assert iam.get_role(RoleName="vmimport")["Role"]["RoleName"] == "vmimport"


def test_coreos_keeps_its_files_in_a_bucket(s3):
    s3.create_bucket(Bucket="images")
    s3.put_object(Bucket="images", Key="builds/1/meta.json", Body=b"{}")
    assert code_of(s3.head_object, Bucket="images", Key="builds/2/meta.json") == "404"
    s3.copy_object(Bucket="images", Key="builds/2/meta.json",
                   CopySource="images/builds/1/meta.json")
    keys = [one["Key"] for one in s3.list_objects(Bucket="images", Prefix="builds/")["Contents"]]
    assert keys == ["builds/1/meta.json", "builds/2/meta.json"]
    for key in keys:
        s3.delete_object(Bucket="images", Key=key)
    s3.delete_bucket(Bucket="images")


def test_flatcar_takes_back_what_all_might_launch(ec2):
    image = resources.make_image(ec2, "flatcar")
    everybody = [{"Group": "all"}]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": everybody})
    assert is_public(ec2, image)
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Remove": everybody})
    assert not is_public(ec2, image)


# Bottlerocket's pubsys, after coldsnap


def test_pubsys_shares_with_organizations_copies_and_validates(server, tmp_path, dice):
    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    unit = "arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-abcd-12345678"
    ec2, ebs = server.client(), server.client("ebs", max_pool_connections=64)
    disk = small_disk(tmp_path / "disk.raw", dice)
    snapshot = nixos_upload(ebs, disk, 1, "pubsys")
    name = "bottlerocket-aws-k8s-1.31-x86_64-v1.26.0"
    assert ec2.describe_images(Owners=["self"], Filters=[
        {"Name": "name", "Values": [name]}, {"Name": "architecture", "Values": ["x86_64"]},
        {"Name": "image-type", "Values": ["machine"]},
        {"Name": "virtualization-type", "Values": ["hvm"]}])["Images"] == []
    image = ec2.register_image(
        Name=name, Architecture="x86_64", VirtualizationType="hvm", EnaSupport=True,
        SriovNetSupport="simple", RootDeviceName="/dev/xvda", BootMode="uefi-preferred",
        UefiData=base64.b64encode(b"AMZNUEFI" + bytes(24)).decode(),
        BlockDeviceMappings=[ebs_root(snapshot, VolumeType="gp2", VolumeSize=2)])["ImageId"]
    for _ in range(3):
        assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "available"
    friend = server.client(account=FRIEND, region=FAR)
    copy = {"SourceImageId": image, "SourceRegion": servers.REGION, "Name": name}
    assert code_of(friend.copy_image, **copy)
    role = server.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{FRIEND}:role/publish", RoleSessionName="pubsys")
    assert f":{FRIEND}:" in role["AssumedRoleUser"]["Arn"]
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission",
                                  OperationType="add", UserIds=[FRIEND])
    ec2.modify_image_attribute(ImageId=image, Attribute="launchPermission", OperationType="add",
                               UserIds=[FRIEND], OrganizationArns=[organization],
                               OrganizationalUnitArns=[unit])
    copied = wait_for_image(friend, friend.copy_image(**copy)["ImageId"])
    grants = ec2.describe_image_attribute(
        ImageId=image, Attribute="launchPermission")["LaunchPermissions"]
    assert sorted(str(*grant.values()) for grant in grants) == sorted([FRIEND, organization, unit])
    back = published.exported(server, image, tmp_path / "back.raw")
    assert disks.same_disk(disk, back)
    assert friend.describe_images(ImageIds=[copied])["Images"][0]["OwnerId"] == FRIEND


def test_pubsys_publishes_parameters(server):
    ssm = server.client("ssm")
    names = [f"/bottlerocket/aws-k8s-1.31/x86_64/{number}/image_id" for number in range(14)]
    for start in range(0, len(names), 10):
        found = ssm.get_parameters(Names=names[start:start + 10])
        assert found["InvalidParameters"] == names[start:start + 10]
    for name in names:
        ssm.put_parameter(Name=name, Value="ami-1", Type="String", Overwrite=True)
        ssm.put_parameter(Name=name, Value="ami-2", Type="String", Overwrite=True)
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/bottlerocket/aws-k8s-1.31/x86_64", Recursive=True)
    values = {one["Name"]: one["Value"] for page in pages for one in page["Parameters"]}
    assert values == dict.fromkeys(names, "ami-2")


# nanovms/ops


def test_nanovms_sums_up_its_blocks(server, ec2, ebs, far, tmp_path, dice):
    blocks = {index: dice.randbytes(snapshot_blocks.BLOCK) for index in range(5)}
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"".join(blocks.values()))
    snapshot = ebs.start_snapshot(VolumeSize=1, Tags=[])["SnapshotId"]
    for index, data in blocks.items():
        snapshot_blocks.put(ebs, snapshot, index, data)
    end = {"SnapshotId": snapshot, "ChangedBlocksCount": len(blocks), "ChecksumAlgorithm": "SHA256",
           "ChecksumAggregationMethod": "LINEAR"}
    wrong = snapshot_blocks.linear_checksum({0: b"other"})
    assert code_of(ebs.complete_snapshot, Checksum=wrong, **end) == "ValidationException"
    ebs.complete_snapshot(Checksum=snapshot_blocks.linear_checksum(blocks), **end)
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    mine = [{"Key": "CreatedBy", "Value": "ops"}]
    ec2.create_tags(Resources=[snapshot], Tags=mine)
    image = ec2.register_image(
        Name="unikernel", Architecture="x86_64", VirtualizationType="hvm", EnaSupport=True,
        RootDeviceName="/dev/sda1", BlockDeviceMappings=[ebs_root(snapshot, "/dev/sda1")]
    )["ImageId"]
    ec2.create_tags(Resources=[image], Tags=mine)
    copy = wait_for_image(far, far.copy_image(SourceImageId=image, SourceRegion=servers.REGION,
                                              Name="unikernel")["ImageId"])
    assert published.same_in(server, disk, {servers.REGION: image, FAR: copy}, tmp_path)
    found = ec2.describe_images(Filters=[{"Name": "tag:CreatedBy", "Values": ["ops"]}])["Images"]
    assert [one["ImageId"] for one in found] == [image]
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)


# linuxkit and Talos: raw disks


def polled(ec2, task):
    """As those ask who look at Progress until there is none."""
    def done():
        (shown,) = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])["ImportSnapshotTasks"]
        detail = shown["SnapshotTaskDetail"]
        if detail["Status"] == "active":
            assert 0 <= int(detail["Progress"]) <= 100
        return detail.get("SnapshotId") if detail["Status"] == "completed" else None

    return servers.wait_until(done)


@needs_served(*TASKS)
@published.of_kinds("odd")
def test_linuxkit_imports_a_raw_disk(server, ec2, s3, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    s3.create_bucket(Bucket="images")
    published.put(s3, disk, "linuxkit.raw")
    task = ec2.import_snapshot(Description="linuxkit", DiskContainer={
        "Description": "linuxkit", "Format": "raw",
        "UserBucket": {"S3Bucket": "images", "S3Key": "linuxkit.raw"}})["ImportTaskId"]
    image = ec2.register_image(
        Name="linuxkit", Architecture="x86_64", RootDeviceName="/dev/sda1", EnaSupport=True,
        VirtualizationType="hvm", BlockDeviceMappings=[
            ebs_root(polled(ec2, task), "/dev/sda1", DeleteOnTermination=True,
                     VolumeType="standard")])["ImageId"]
    assert published.same_in(server, disk, {servers.REGION: image}, tmp_path)


@pytest.mark.parametrize("has_disk", [False, True], ids=["plain", "with_a_disk"])
def test_linuxkit_runs_an_image_until_it_stops(ec2, has_disk):
    """By filters alone; with a disk it ends at the disk's name, which is a partition's."""
    resources.make_image(ec2, "linuxkit")
    (image,) = ec2.describe_images(
        Filters=[{"Name": "name", "Values": ["linuxkit"]}])["Images"]
    group = ec2.create_security_group(GroupName="linuxkit", Description="ssh")["GroupId"]
    instance = ec2.run_instances(
        ImageId=image["ImageId"], InstanceType="t2.micro", MinCount=1, MaxCount=1, UserData="data",
        Placement={"AvailabilityZone": resources.ZONE}, SecurityGroupIds=[group])[
            "Instances"][0]["InstanceId"]
    named = [{"Name": "instance-id", "Values": [instance]}]
    ec2.get_waiter("instance_running").wait(Filters=named)
    if has_disk:
        volume = ec2.create_volume(AvailabilityZone=resources.ZONE, Size=1,
                                   VolumeType="gp2")["VolumeId"]
        one = [{"Name": "volume-id", "Values": [volume]}]
        ec2.get_waiter("volume_available").wait(Filters=one)
        assert code_of(ec2.attach_volume, Device="/dev/sda2", InstanceId=instance,
                       VolumeId=volume) == "InvalidParameterValue"
        (shown,) = ec2.describe_volumes(Filters=one)["Volumes"]
        assert shown["State"] == "available"
        return
    ec2.stop_instances(InstanceIds=[instance])  # as its own system would
    ec2.get_waiter("instance_stopped").wait(Filters=named)
    assert ec2.get_console_output(InstanceId=instance)["Output"]
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_terminated").wait(Filters=named)


@needs_served(*TASKS)
@published.of_kinds("odd")
def test_talos_has_a_bucket_for_each_run(server, ec2, s3, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    for run in range(2):
        bucket = f"talos-{run}"
        s3.create_bucket(Bucket=bucket)
        s3.get_waiter("bucket_exists").wait(Bucket=bucket)
        s3.upload_file(str(disk), bucket, "disk.raw", Config=PARTS)
        task = ec2.import_snapshot(Description="talos", DiskContainer={
            "Description": "talos", "Format": "raw",
            "UserBucket": {"S3Bucket": bucket, "S3Key": "disk.raw"}})["ImportTaskId"]
        snapshot = polled(ec2, task)
        for there in ec2.describe_images(
                Filters=[{"Name": "name", "Values": ["talos"]}])["Images"]:
            ec2.deregister_image(ImageId=there["ImageId"])
        image = talos_register(ec2, snapshot)
        listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
        s3.delete_objects(Bucket=bucket,
                          Delete={"Objects": [{"Key": one["Key"]} for one in listed]})
        s3.delete_bucket(Bucket=bucket)
    assert is_public(ec2, image)
    assert published.same_in(server, disk, {servers.REGION: image}, tmp_path)


def talos_register(ec2, snapshot):
    root = {**ebs_root(snapshot, VolumeSize=20, VolumeType="gp2", DeleteOnTermination=True),
            "VirtualName": "talos"}
    image = ec2.register_image(
        Name="talos", Description="Talos", Architecture="x86_64", RootDeviceName="/dev/xvda",
        VirtualizationType="hvm", EnaSupport=True, ImdsSupport="v2.0",
        BlockDeviceMappings=[root])["ImageId"]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    return image


def test_talos_names_its_root_twice(ec2):
    """A device may have a volume and the name of a virtual one."""
    assert is_public(ec2, talos_register(ec2, resources.make_snapshot(ec2)))


# FreeBSD's bsdec2-image-upload, which has an HTTP client of its own and reads XML as text


def bsdec2(server, region=servers.REGION, version="2014-09-01", **pairs):
    """The text of an answer."""
    body = urllib.parse.urlencode({"Version": version, **pairs})
    answer = calls.send(server, "POST", "/", body, {
        "Authorization": calls.authorization(servers.DEFAULT_ACCOUNT, region),
        "Content-Type": calls.FORM})
    assert answer.status == 200, answer.body
    return answer.body.decode()


def between(text, tag):
    return re.search(f"<{tag}>([^<]*)</{tag}>", text)[1]


def bsdec2_publish(server, snapshot, disk, scratch):
    image = between(bsdec2(server, Action="RegisterImage", **{
        "Name": "FreeBSD 14.2", "Description": "FreeBSD", "Architecture": "x86_64",
        "RootDeviceName": "/dev/sda1", "VirtualizationType": "hvm", "SriovNetSupport": "simple",
        "EnaSupport": "true", "BlockDeviceMapping.1.DeviceName": "/dev/sda1",
        "BlockDeviceMapping.1.Ebs.SnapshotId": snapshot}, version="2016-11-15"), "imageId")
    assert between(bsdec2(server, Action="DescribeImages", **{"ImageId.1": image}),
                   "imageState") == "available"
    copy = between(bsdec2(server, FAR, Action="CopyImage", Name="FreeBSD 14.2",
                          SourceRegion=servers.REGION, SourceImageId=image), "imageId")
    wait_for_image(server.client(region=FAR), copy)
    for region, one in ((servers.REGION, image), (FAR, copy)):
        bsdec2(server, region, Action="ModifyImageAttribute", ImageId=one,
               **{"LaunchPermission.Add.1.Group": "all"})
        bsdec2(server, region, Action="ModifySnapshotAttribute",
               SnapshotId=published.snapshot_of(server.client(region=region), one),
               **{"CreateVolumePermission.Add.1.Group": "all"})
        assert is_public(server.client(region=region), one)
    assert published.same_in(server, disk, {servers.REGION: image, FAR: copy}, scratch)


def test_freebsd_publishes_with_old_versions(server, ebs, tmp_path, dice):
    """What follows the import, of a snapshot that came by another way."""
    disk = small_disk(tmp_path / "disk.raw", dice, GIB // 8)
    bsdec2_publish(server, nixos_upload(ebs, disk, 1, "freebsd"), disk, tmp_path)


@needs_served(*TASKS)
@published.of_kinds("odd")
def test_freebsd_imports_by_a_url(server, s3, tmp_path, dice, kind):
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    s3.create_bucket(Bucket="images")
    published.put(s3, disk, "freebsd.raw")
    task = between(bsdec2(server, Action="ImportSnapshot", version="2016-11-15", **{
        "DiskContainer.Url": "s3://images/freebsd.raw"}), "importTaskId")

    def done():
        text = bsdec2(server, Action="DescribeImportSnapshotTasks", version="2016-11-15",
                      **{"ImportTaskId.1": task})
        return between(text, "snapshotId") if between(text, "status") == "completed" else None

    bsdec2_publish(server, servers.wait_until(done), disk, tmp_path)


@needs_served("ImportVolume", "DescribeConversionTasks")
@published.of_kinds("odd")
def test_freebsd_imports_by_a_manifest(server, ec2, s3, tmp_path, dice, kind):
    """The older road: parts, a manifest of presigned URLs, a volume, its snapshot."""
    disk = published.make_disk(tmp_path / "disk.raw", kind, dice)
    resources.make_bucket(server, "images")
    size, part, parts = disk.stat().st_size, 256 * MIB, []
    with open(disk, "rb") as file:
        for number, begin in enumerate(range(0, size, part)):
            key = f"freebsd/part{number}"
            s3.put_object(Bucket="images", Key=key, Body=file.read(part))
            parts.append((key, resources.presigned(s3, "images", key), min(part, size - begin)))
    gib = -(-size // GIB)
    s3.put_object(Bucket="images", Key="freebsd/manifest.xml",
                  Body=resources.import_manifest(size, parts, "RAW", gib))
    manifest = resources.presigned(s3, "images", "freebsd/manifest.xml")
    task = between(bsdec2(server, Action="ImportVolume", AvailabilityZone=resources.ZONE, **{
        "Image.Format": "RAW", "Image.Bytes": size, "Image.ImportManifestUrl": manifest,
        "Volume.Size": gib}), "conversionTaskId")

    def done():
        text = bsdec2(server, Action="DescribeConversionTasks", **{"ConversionTaskId.1": task})
        assert between(text, "state") in ("active", "completed"), text
        return between(text, "id") if between(text, "state") == "completed" else None

    volume = servers.wait_until(done)
    snapshot = between(bsdec2(server, Action="CreateSnapshot", VolumeId=volume), "snapshotId")
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    bsdec2(server, Action="DeleteVolume", VolumeId=volume)
    bsdec2_publish(server, snapshot, disk, tmp_path)


# Packer's amazon-import


@needs_served("ImportImage", "DescribeImportImageTasks")
@needs_qemu
@published.of_kinds("odd")
def test_packer_imports_an_image_and_names_it_by_a_copy(server, ec2, s3, tmp_path, dice, kind):
    disk = disks.make_bootable(published.make_disk(tmp_path / "disk.raw", kind, dice))
    vmdk = published.streamed_vmdk(disk)
    s3.create_bucket(Bucket="images")
    s3.upload_file(str(vmdk), "images", "packer-import.vmdk", Config=PARTS)
    task = ec2.import_image(
        BootMode="legacy-bios", Architecture="x86_64", Encrypted=False, RoleName="vmimport",
        Platform="Linux", LicenseType="BYOL", DiskContainers=[{
            "Format": "vmdk", "UserBucket": {"S3Bucket": "images",
                                             "S3Key": "packer-import.vmdk"}}])["ImportTaskId"]

    def done():
        (shown,) = ec2.describe_import_image_tasks(ImportTaskIds=[task])["ImportImageTasks"]
        assert shown["Status"] in ("active", "completed"), shown
        return shown.get("ImageId") if shown["Status"] == "completed" else None

    imported = servers.wait_until(done)
    s3.delete_object(Bucket="images", Key="packer-import.vmdk")
    image = wait_for_image(ec2, ec2.copy_image(
        Name="packer", SourceImageId=imported, SourceRegion=servers.REGION)["ImageId"])
    ec2.deregister_image(ImageId=imported)
    ec2.create_tags(Resources=[image, published.snapshot_of(ec2, image)],
                    Tags=[{"Key": "Name", "Value": "packer"}])
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": FRIEND}]})
    assert published.same_in(server, disk, {servers.REGION: image}, tmp_path)


# SUSE's ec2imgutils and img-proof, without what they do over SSH


def suse_network(ec2):
    """ec2setup: a VPC, a subnet with a way out, a key and a group of its own."""
    vpc = ec2.create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(CidrBlock="192.168.1.0/24", VpcId=vpc)["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    key = ec2.create_key_pair(KeyName="ec2uploadimg")["KeyName"]
    group = ec2.create_security_group(GroupName="ec2uploadimg", Description="ssh",
                                      VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
         "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    launch = {"SubnetId": subnet, "KeyName": key, "SecurityGroupIds": [group]}

    def end():
        ec2.delete_security_group(GroupId=group)
        ec2.delete_key_pair(KeyName=key)
        ec2.disassociate_route_table(AssociationId=association)
        ec2.delete_route_table(RouteTableId=table)
        ec2.delete_subnet(SubnetId=subnet)
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=gateway)
        ec2.delete_vpc(VpcId=vpc)

    return launch, end


def suse_fill(server, ec2, disk, helper):
    """A volume at the helper that holds the disk; the block device stands for dd over SSH."""
    zone = resources.instance_of(ec2, helper)["Placement"]["AvailabilityZone"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1, VolumeType="gp2")["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    ec2.attach_volume(VolumeId=volume, InstanceId=helper, Device="/dev/sdf")
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume])
    host, port = server.nbd_uris[0].removeprefix("nbd://").rsplit(":", 1)
    with nbd_requests.Disk((host, int(port)), volume) as device, open(disk, "rb") as file:
        for begin in range(0, disk.stat().st_size, MIB):
            device.write(begin, file.read(MIB))
        device.flush()
    ec2.detach_volume(VolumeId=volume)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    return volume


@pytest.mark.parametrize("swaps_root", [False, True], ids=["register", "swap_root"])
def test_suse_builds_on_a_helper_instance(start_server, tmp_path, dice, swaps_root):
    server = start_server("--nbd", "127.0.0.1:0")
    ec2 = server.client()
    disk = small_disk(tmp_path / "disk.raw", dice)
    launch, end = suse_network(ec2)
    helper = resources.run(ec2, resources.newest_image(ec2)["ImageId"], **launch)[
        "Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[helper])
    assert resources.instance_of(ec2, helper)["PublicIpAddress"]
    volume = suse_fill(server, ec2, disk, helper)
    if swaps_root:
        ec2.stop_instances(InstanceIds=[helper])
        ec2.get_waiter("instance_stopped").wait(InstanceIds=[helper])
        shown = resources.instance_of(ec2, helper)
        old = resources.root_volume(shown)
        ec2.detach_volume(VolumeId=old)
        ec2.get_waiter("volume_available").wait(VolumeIds=[old])
        ec2.attach_volume(VolumeId=volume, InstanceId=helper, Device=shown["RootDeviceName"])
        image = ec2.create_image(InstanceId=helper, Name="suse", NoReboot=True)["ImageId"]
        wait_for_image(ec2, image)
        ec2.delete_volume(VolumeId=old)
    else:
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
        ec2.delete_volume(VolumeId=volume)
        image = ec2.register_image(
            Name="suse", Description="suse", Architecture="x86_64", VirtualizationType="hvm",
            RootDeviceName="/dev/sda1", SriovNetSupport="simple", EnaSupport=True,
            BootMode="uefi", ImdsSupport="v2.0", TpmSupport="v2.0",
            BlockDeviceMappings=[ebs_root(snapshot, "/dev/sda1", VolumeSize=10,
                                          DeleteOnTermination=True, VolumeType="gp3")])["ImageId"]
    ec2.terminate_instances(InstanceIds=[helper])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[helper])
    end()
    assert published.same_in(server, disk, {servers.REGION: image}, tmp_path)


def test_img_proof_starts_stops_and_ends_an_instance(server, ec2):
    image = resources.make_image(ec2, "suse")
    ec2.describe_account_attributes(AttributeNames=["supported-platforms"])
    key = ec2.create_key_pair(KeyName="img-proof")["KeyName"]
    instance = resources.run(ec2, image, KeyName=key)["Instances"][0]["InstanceId"]
    for wanted, call in (("running", None), ("stopped", ec2.stop_instances),
                         ("running", ec2.start_instances)):
        if call:
            call(InstanceIds=[instance])
        ec2.get_waiter(f"instance_{wanted}").wait(InstanceIds=[instance])
    assert resources.instance_of(ec2, instance)["PublicIpAddress"]
    assert ec2.get_console_output(InstanceId=instance)["Output"]
    ec2.terminate_instances(InstanceIds=[instance])


def test_calls_to_iam_at_the_door_of_ec2_are_of_no_version(server):
    """As amazon-eks-ami's Packer sends them, with its custom endpoint of EC2."""
    body = urllib.parse.urlencode({"Action": "GetInstanceProfile", "Version": "2010-05-08",
                                   "InstanceProfileName": "eks"})
    answer = calls.send(server, "POST", "/", body, {
        "Authorization": calls.authorization(servers.DEFAULT_ACCOUNT, servers.REGION),
        "Content-Type": calls.FORM})
    assert (answer.status, between(answer.body.decode(), "Code")) == (400, "NoSuchVersion")


def test_what_publishers_ask_beside_is_refused_by_name(server):
    """A marketplace, notifications, accounts: the service is named, so that who reads knows."""
    for service, call, request in (
            ("sns", "publish", {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t",
                                "Message": "built"}),
            ("marketplace-catalog", "start_change_set", {
                "Catalog": "AWSMarketplace", "ChangeSet": [{
                    "ChangeType": "AddDeliveryOptions", "Details": "{}",
                    "Entity": {"Type": "AmiProduct@1.0", "Identifier": "x"}}]}),
            ("account", "list_regions", {}),
            ("service-quotas", "list_service_quotas", {"ServiceCode": "ec2"}),
            ("ec2-instance-connect", "send_ssh_public_key", {
                "InstanceId": "i-0123456789abcdef0", "InstanceOSUser": "ec2-user",
                "SSHPublicKey": "ssh-ed25519 " + 80 * "A"}),
            ("secretsmanager", "get_secret_value", {"SecretId": "x"})):
        client = server.client(service)
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            getattr(client, call)(**request)
        assert refused.value.response["Error"]["Code"] == "UnsupportedOperation"
        assert "amilab does not offer the service" in str(refused.value)
