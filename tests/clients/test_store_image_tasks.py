"""Images in objects of S3 and back, in another region too: bytes, tags and what goes wrong."""

import hashlib
import time

import pytest
from botocore.exceptions import ClientError

import disks
from resources import make_bucket, store_image
from servers import run_amilab, wait_until

GIB = 1 << 30
FAR = "eu-west-1"
TAGS = [{"Key": "Name", "Value": "stored"}]


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def import_disk(server, path, name="imported"):
    """The id of an image whose root is the disk, rounded up to whole GiB."""
    result = run_amilab("import", path, "--name", name, endpoint=server.endpoint)
    assert result.returncode == 0, result.stderr
    return result.stdout.decode().strip()


def export_disk(server, image, path, region="us-east-1"):
    result = run_amilab("export", image, path, "--region", region, endpoint=server.endpoint)
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture
def buckets(server):
    return make_bucket(server), make_bucket(server, "far-disks", FAR)


@pytest.mark.parametrize("size", [GIB, 8 * GIB, GIB - 512 * 1023])
def test_a_disk_is_the_same_in_another_region(server, ec2, buckets, dice, tmp_path, size):
    source = disks.scattered(tmp_path / "source.raw", size, dice)
    image = import_disk(server, source)
    ec2.create_tags(Resources=[image], Tags=TAGS)
    key = store_image(ec2, image, "disks")
    server.client("s3", region=FAR).copy_object(Bucket="far-disks", Key=key,
                                                CopySource=f"disks/{key}")
    far = server.client(region=FAR)
    restored = far.create_restore_image_task(Bucket="far-disks", ObjectKey=key)["ImageId"]
    far.get_waiter("image_available").wait(ImageIds=[restored], WaiterConfig={"Delay": 0.05})
    (shown,) = far.describe_images(ImageIds=[restored])["Images"]
    assert shown["Tags"] == TAGS
    assert shown["SourceImageId"] == image
    here = export_disk(server, image, tmp_path / "here.raw")
    there = export_disk(server, restored, tmp_path / "there.raw", FAR)
    assert sha256(here) == sha256(there)
    assert disks.same_disk(source, there)


def test_what_a_disk_does_not_hold_takes_no_room_in_its_object(server, ec2, buckets):
    snapshot = ec2.create_snapshot(
        VolumeId=ec2.create_volume(AvailabilityZone="us-east-1a", Size=4000)["VolumeId"])
    image = ec2.register_image(Name="large", RootDeviceName="/dev/xvda", BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot["SnapshotId"]}}],
        VirtualizationType="hvm")["ImageId"]
    key = store_image(ec2, image, "disks")
    assert server.client("s3").head_object(Bucket="disks", Key=key)["ContentLength"] < 10_000


def test_a_damaged_object_restores_nothing(server, ec2, buckets, dice, tmp_path):
    image = import_disk(server, disks.scattered(tmp_path / "source.raw", GIB, dice))
    s3 = server.client("s3")
    key = store_image(ec2, image, "disks")
    content = bytearray(s3.get_object(Bucket="disks", Key=key)["Body"].read())
    content[dice.randrange(len(content) // 2, len(content))] ^= 1
    s3.put_object(Bucket="disks", Key=key, Body=bytes(content))
    made = ec2.create_restore_image_task(Bucket="disks", ObjectKey=key, Name="two")["ImageId"]
    wait_until(lambda: ec2.describe_images(ImageIds=[made])["Images"][0]["State"] == "failed")
    s3.put_object(Bucket="disks", Key=key, Body=b"no image")
    with pytest.raises(ClientError, match="is not an AMI"):
        ec2.create_restore_image_task(Bucket="disks", ObjectKey=key, Name="two")


@pytest.mark.parametrize("restores", [False, True])
@pytest.mark.parametrize("delay_s", [0, 0.02, 0.05])
def test_a_server_that_is_killed_ends_what_it_began(start_server, dice, tmp_path, restores,
                                                    delay_s):
    """Killed at any moment: the next start stores and restores all the same."""
    data = tmp_path / "data"
    server = start_server("--data", data)
    source = disks.scattered(tmp_path / "source.raw", GIB, dice)
    image = import_disk(server, source)
    make_bucket(server)
    ec2 = server.client()
    if restores:
        key = store_image(ec2, image, "disks")
        restored = ec2.create_restore_image_task(Bucket="disks", ObjectKey=key,
                                                 Name="restored")["ImageId"]
    else:
        key = ec2.create_store_image_task(ImageId=image, Bucket="disks")["ObjectKey"]
    time.sleep(delay_s)  # whatever has been done by then
    server.kill()
    server = start_server("--data", data)
    ec2 = server.client()
    if not restores:
        ec2.get_waiter("store_image_task_complete").wait(WaiterConfig={"Delay": 0.05})
        restored = ec2.create_restore_image_task(Bucket="disks", ObjectKey=key,
                                                 Name="restored")["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[restored], WaiterConfig={"Delay": 0.05})
    assert disks.same_disk(source, export_disk(server, restored, tmp_path / "restored.raw"))
    assert server.stop() == 0
    assert run_amilab("check", data).returncode == 0
