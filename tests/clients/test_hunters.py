"""Stories of tools that look for secrets in images and snapshots: their calls in their order. Each
compares what they find with what somebody published."""

import concurrent.futures
import datetime
import hashlib

import nbd_requests
import resources
import servers
import snapshot_blocks
from published import MIB
from refusals import code_of
from test_publishers import FAR, FRIEND, nixos_register, nixos_upload, small_disk, tags


def read_device(server, volume, size):
    """The bytes of an attached volume, as its instance would read them."""
    host, port = server.nbd_uris[0].removeprefix("nbd://").rsplit(":", 1)
    with nbd_requests.Disk((host, int(port)), volume) as device:
        return b"".join(device.read(begin, min(MIB, size - begin))
                        for begin in range(0, size, MIB))


def sum_of(data):
    return hashlib.sha256(data).hexdigest()


def cloudshovel_profile(server):
    """The role of its scanner, which it makes when nobody has before; the profile's ARN."""
    iam, name = server.client("iam"), "minimal-ssm"
    mark = [{"Key": "usage", "Value": "CloudQuarry"}]
    assert code_of(iam.get_role, RoleName=name) == "NoSuchEntity"
    trust = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": '
             '"sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}')
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=mark)
    iam.attach_role_policy(RoleName=name, PolicyArn=(
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"))
    assert iam.get_role(RoleName=name)["Role"]["RoleName"] == name
    assert code_of(iam.get_instance_profile, InstanceProfileName=name) == "NoSuchEntity"
    made = iam.create_instance_profile(InstanceProfileName=name, Tags=mark)["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return made["Arn"]


def cloudshovel_scanner(ec2, profile):
    searcher = [{"Name": "tag-key", "Values": ["usage"]},
                {"Name": "tag-value", "Values": ["SecretSearcher"]},
                {"Name": "instance-state-name", "Values": ["pending", "running"]}]
    assert ec2.describe_instances(Filters=searcher)["Reservations"] == []
    images = ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": ["al202*-ami-202*-x86_64"]}])["Images"]
    newest = max(images, key=lambda image: datetime.datetime.strptime(
        image["CreationDate"], "%Y-%m-%dT%H:%M:%S.%fZ"))
    scanner = ec2.run_instances(
        InstanceType="c5.large", Placement={"AvailabilityZone": resources.ZONE},
        IamInstanceProfile={"Arn": profile}, ImageId=newest["ImageId"], MinCount=1, MaxCount=1,
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50}}],
        TagSpecifications=tags("instance", usage="SecretSearcher"))["Instances"][0]["InstanceId"]
    servers.wait_until(
        lambda: resources.instance_of(ec2, scanner)["State"]["Name"] == "running")
    (found,) = ec2.describe_instances(Filters=searcher)["Reservations"]
    assert found["Instances"][0]["InstanceId"] == scanner
    return scanner


def cloudshovel_volumes(ec2, image, scanner):
    """Those of the image, from an instance of it, that is stopped and ended, to the scanner."""
    target = ec2.run_instances(
        InstanceType="c5.large", Placement={"AvailabilityZone": resources.ZONE},
        NetworkInterfaces=[{"AssociatePublicIpAddress": False, "DeviceIndex": 0}],
        MaxCount=1, MinCount=1, ImageId=image,
        TagSpecifications=tags("instance", usage="CloudQuarry"))["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[target])
    ec2.stop_instances(InstanceIds=[target])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[target])
    volumes = [one["VolumeId"] for one in ec2.describe_volumes(Filters=[
        {"Name": "attachment.instance-id", "Values": [target]}])["Volumes"]]
    for volume in volumes:
        ec2.detach_volume(VolumeId=volume)
    servers.wait_until(lambda: all(
        one["State"] == "available"
        for one in ec2.describe_volumes(VolumeIds=volumes)["Volumes"]))
    ec2.terminate_instances(InstanceIds=[target])
    for letter, volume in zip("fghijklmnop", volumes):
        ec2.attach_volume(Device=f"/dev/sd{letter}", InstanceId=scanner, VolumeId=volume)
    ec2.get_waiter("volume_in_use").wait(VolumeIds=volumes)
    return volumes


def cloudshovel_end(server, ec2, volumes, scanner):
    iam, name = server.client("iam"), "minimal-ssm"
    for volume in volumes:
        ec2.detach_volume(VolumeId=volume)
    ec2.get_waiter("volume_available").wait(VolumeIds=volumes)
    for volume in volumes:
        ec2.delete_volume(VolumeId=volume)
    ec2.terminate_instances(InstanceIds=[scanner])
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
    iam.delete_instance_profile(InstanceProfileName=name)
    iam.detach_role_policy(RoleName=name, PolicyArn=(
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"))
    iam.delete_role(RoleName=name)


def test_cloudshovel_moves_the_volumes_of_an_image_to_its_scanner(start_server, tmp_path, dice):
    """All but what it has the scanner do by SSM; the block device stands for that."""
    server = start_server("--nbd", "127.0.0.1:0")
    ec2, s3 = server.client(), server.client("s3")
    disk = small_disk(tmp_path / "disk.raw", dice)
    theirs = server.client(account=FRIEND)
    snapshot = nixos_upload(server.client("ebs", account=FRIEND), disk, 1, "theirs")
    theirs.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    image = nixos_register(theirs, snapshot, "theirs")

    assert server.client("sts").get_caller_identity()["Arn"]
    assert ec2.describe_images(ImageIds=[image], IncludeDeprecated=True)["Images"]
    scanner = cloudshovel_scanner(ec2, cloudshovel_profile(server))
    assert "dug" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    s3.create_bucket(Bucket="dug")
    assert s3.get_bucket_location(Bucket="dug")["LocationConstraint"] is None
    assert "Contents" not in s3.list_objects_v2(Bucket="dug", Prefix="mount_and_dig.sh")
    s3.put_object(Bucket="dug", Body="#!/bin/bash\n", Key="mount_and_dig.sh")
    volumes = cloudshovel_volumes(ec2, image, scanner)
    assert code_of(server.client("ssm").send_command, InstanceIds=[scanner],
                   DocumentName="AWS-RunShellScript",
                   Parameters={"commands": ["./mount_and_dig.sh /dev/sdf"]}
                   ) == "UnsupportedOperationException"
    (volume,) = volumes
    content = disk.read_bytes()
    assert sum_of(read_device(server, volume, len(content))) == sum_of(content)
    cloudshovel_end(server, ec2, volumes, scanner)


def pacu_listed(server):
    """Volumes, snapshots and who may have those, region by region."""
    sts = server.client("sts")
    account = sts.get_caller_identity()["Account"]
    volumes, snapshots = [], {}
    for region in (servers.REGION, FAR):
        ec2 = server.client(region=region)
        page = ec2.describe_volumes(MaxResults=500)
        volumes += [one["VolumeId"] for one in page["Volumes"]]
        for one in ec2.describe_snapshots(OwnerIds=[account], MaxResults=1000)["Snapshots"]:
            snapshots[one["SnapshotId"]] = region, ec2.describe_snapshot_attribute(
                Attribute="createVolumePermission",
                SnapshotId=one["SnapshotId"])["CreateVolumePermissions"]
    return volumes, snapshots


def pacu_attached(ec2, instance, volumes, last_device):
    """At the letters behind the last one in use."""
    ec2.get_waiter("volume_available").wait(VolumeIds=volumes)
    for volume in volumes:
        last_device = last_device[:-1] + chr(ord(last_device[-1]) + 1)
        ec2.attach_volume(InstanceId=instance, VolumeId=volume, Device=last_device)
    ec2.get_waiter("volume_in_use").wait(VolumeIds=volumes)


def test_pacu_lists_downloads_and_attaches_what_an_account_has(start_server, tmp_path, dice):
    server = start_server("--nbd", "127.0.0.1:0")
    ec2, ebs = server.client(), server.client("ebs", max_pool_connections=64)
    disk = small_disk(tmp_path / "disk.raw", dice)
    content = disk.read_bytes()
    snapshot = nixos_upload(ebs, disk, 1, "theirs")
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission",
                                  OperationType="add", UserIds=[FRIEND])
    instance = resources.run(ec2, resources.newest_image(ec2)["ImageId"])[
        "Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])

    volumes, snapshots = pacu_listed(server)
    shown = resources.instance_of(ec2, instance)
    assert volumes == [resources.root_volume(shown)]
    assert snapshots == {snapshot: (servers.REGION, [{"UserId": FRIEND}])}

    blocks = snapshot_blocks.listed(ebs, snapshot)
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        got = dict(pool.map(
            lambda item: (item[0], snapshot_blocks.read(ebs, snapshot, *item)), blocks.items()))
    whole = b"".join(got.get(index, bytes(snapshot_blocks.BLOCK))
                     for index in range(-(-len(content) // snapshot_blocks.BLOCK)))
    assert sum_of(whole[:len(content)]) == sum_of(content)

    taken = [ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for volume in volumes]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[*taken, snapshot])
    copies = [ec2.create_volume(SnapshotId=one, AvailabilityZone=shown["Placement"][
        "AvailabilityZone"])["VolumeId"] for one in (*taken, snapshot)]
    last = max(mapping["DeviceName"] for mapping in shown["BlockDeviceMappings"])
    pacu_attached(ec2, instance, copies, last)
    assert sum_of(read_device(server, copies[-1], len(content))) == sum_of(content)
    for one in taken:
        ec2.delete_snapshot(SnapshotId=one)
    for volume in copies:
        assert code_of(ec2.delete_volume, VolumeId=volume) == "VolumeInUse"
        ec2.detach_volume(VolumeId=volume, Force=True)
        ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
        ec2.delete_volume(VolumeId=volume)
