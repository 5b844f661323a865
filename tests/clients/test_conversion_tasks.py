"""Disks in parts, told of by a manifest of presigned URLs: the bytes at the end are those at the
beginning, as ec2-import-volume and euca-import-instance have them brought."""

import hashlib
import subprocess

import botocore.exceptions
import pytest

import programs
from disks import MIB, scattered
from resources import ZONE, import_manifest, presigned, put_import
from servers import run_amilab, wait_until
from test_durability import checked
from test_imports import sum_of_file, sum_of_snapshot

PART = 10 * MIB


class Upload:
    """A disk's file on its way: the manifest first, then the parts, as clients do it."""

    def __init__(self, server, path, file_format="RAW", volume_size=1):
        self.s3 = server.client("s3")
        if not self.s3.list_buckets()["Buckets"]:
            self.s3.create_bucket(Bucket="imports")
        self.path = path
        self.format = file_format
        self.size = path.stat().st_size
        self.volume_size = volume_size
        self.keys = [f"{path.name}.part{number}" for number in range(-(-self.size // PART))]
        parts = [(key, presigned(self.s3, "imports", key),
                  min(PART, self.size - number * PART)) for number, key in enumerate(self.keys)]
        self.s3.put_object(Bucket="imports", Key=f"{path.name}.xml", Body=import_manifest(
            self.size, parts, file_format, volume_size))

    def put_parts(self):
        with open(self.path, "rb") as file:
            for key in self.keys:
                self.s3.put_object(Bucket="imports", Key=key, Body=file.read(PART))

    def asked(self):
        return {"Image": {"Format": self.format, "Bytes": self.size,
                          "ImportManifestUrl": presigned(self.s3, "imports",
                                                         f"{self.path.name}.xml")},
                "Volume": {"Size": self.volume_size}}


def shown(ec2, task):
    (one,) = ec2.describe_conversion_tasks(ConversionTaskIds=[task])["ConversionTasks"]
    return one


def ended(ec2, task):
    """What became of the task, once it has ended."""
    return wait_until(lambda: one if (one := shown(ec2, task))["State"] != "active" else None)


def import_volume(ec2, upload):
    return ec2.import_volume(AvailabilityZone=ZONE,
                             **upload.asked())["ConversionTask"]["ConversionTaskId"]


def sum_of_volume(server, volume, size):
    snapshot = server.client().create_snapshot(VolumeId=volume)["SnapshotId"]
    return sum_of_snapshot(server, snapshot, size)


def made_volume(server, task):
    done = ended(server.client(), task)
    assert done["State"] == "completed", done
    assert "StatusMessage" not in done
    return done["ImportVolume"]["Volume"]["Id"]


def test_a_raw_disk_with_holes_is_the_volume(server, ec2, tmp_path, dice):
    size = 150 * MIB + 4096  # neither whole GiB nor whole parts
    disk = scattered(tmp_path / "disk.raw", size, dice)
    upload = Upload(server, disk)
    task = import_volume(ec2, upload)
    assert shown(ec2, task)["State"] == "active", "its parts are still to come"
    upload.put_parts()
    volume = made_volume(server, task)
    assert shown(ec2, task)["ImportVolume"]["BytesConverted"] == size
    (found,) = ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    assert (found["State"], found["Size"]) == ("available", 1)
    assert sum_of_volume(server, volume, size) == sum_of_file(disk)
    assert upload.s3.list_objects_v2(Bucket="imports")["KeyCount"] == len(upload.keys) + 1, \
        "whoever has uploaded parts deletes them"


@pytest.mark.needs("qemu-img")
@pytest.mark.parametrize("file_format, kind, options", [
    ("VMDK", "vmdk", "subformat=streamOptimized"),
    ("VHD", "vpc", "subformat=dynamic,force_size=on")])
def test_the_other_formats_are_the_same_disk(file_format, kind, options, server, ec2, tmp_path,
                                             dice):
    size = 150 * MIB
    disk = scattered(tmp_path / "disk.raw", size, dice)
    image = tmp_path / "disk.image"
    subprocess.run([programs.find("qemu-img"), "convert", "-f", "raw", "-O", kind, "-o", options,
                    str(disk), str(image)], check=True)
    upload = Upload(server, image, file_format)
    upload.put_parts()
    volume = made_volume(server, import_volume(ec2, upload))
    assert sum_of_volume(server, volume, size) == sum_of_file(disk)


def test_holes_cost_nothing(start_server, tmp_path, dice):
    server = start_server("--data", tmp_path / "data")
    disk = tmp_path / "disk.raw"
    with open(disk, "wb") as file:
        file.write(dice.randbytes(MIB))
        file.truncate(100 * MIB)
    upload = Upload(server, disk)
    upload.put_parts()
    made_volume(server, import_volume(server.client(), upload))

    def held():
        """Of files that may go meanwhile."""
        layers, = (tmp_path / "data").glob("generation-*/layers")
        return int(subprocess.run(["du", "-s", "-B1", layers], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False).stdout.split()[0])

    # What was uploaded and what the volume has become of it are there at once while they merge.
    wait_until(lambda: held() < 2 * MIB)


def test_an_instance_has_the_disk_and_is_stopped(server, ec2, tmp_path, dice):
    size = 60 * MIB
    disk = scattered(tmp_path / "disk.raw", size, dice)
    upload = Upload(server, disk, volume_size=2)
    begun = ec2.import_instance(
        Platform="Windows", Description="a machine", DiskImages=[upload.asked()],
        LaunchSpecification={"InstanceType": "t3.micro", "Architecture": "x86_64",
                             "Placement": {"AvailabilityZone": ZONE}})["ConversionTask"]
    upload.put_parts()
    ec2.get_waiter("conversion_task_completed").wait(
        ConversionTaskIds=[begun["ConversionTaskId"]],
        WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    instance = begun["ImportInstance"]["InstanceId"]
    (reservation,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    (made,) = reservation["Instances"]
    assert made["State"]["Name"] == "stopped"
    assert made["Platform"] == "windows"
    (root,) = made["BlockDeviceMappings"]
    assert root["DeviceName"] == made["RootDeviceName"]
    assert sum_of_volume(server, root["Ebs"]["VolumeId"], size) == sum_of_file(disk)
    ec2.start_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 0.05})
    image = ec2.create_image(InstanceId=instance, Name="captured")["ImageId"]
    run_amilab("export", image, tmp_path / "captured.raw", endpoint=server.endpoint)
    with open(tmp_path / "captured.raw", "rb") as file:
        captured = hashlib.sha256(file.read(size)).hexdigest()
    assert captured == hashlib.sha256(disk.read_bytes()).hexdigest()


def test_what_is_cancelled_leaves_nothing(server, ec2):
    task = ec2.import_volume(**put_import(server, missing=True))["ConversionTask"]
    ec2.cancel_conversion_task(ConversionTaskId=task["ConversionTaskId"],
                               ReasonMessage="a mistake")
    done = shown(ec2, task["ConversionTaskId"])
    assert (done["State"], done["StatusMessage"]) == ("cancelled", "a mistake")
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidVolume.NotFound"):
        ec2.describe_volumes(VolumeIds=[task["ImportVolume"]["Volume"]["Id"]])


def test_a_manifest_of_another_host_is_refused_by_name(server, ec2):
    asked = put_import(server)
    asked["Image"]["ImportManifestUrl"] = "https://bucket.s3.amazonaws.com/manifest.xml"
    with pytest.raises(botocore.exceptions.ClientError, match=r"bucket\.s3\.amazonaws\.com"):
        ec2.import_volume(**asked)


def test_a_task_survives_kill_9(start_server, tmp_path, dice):
    data = tmp_path / "data"
    disk = tmp_path / "disk.raw"
    disk.write_bytes(dice.randbytes(200 * MIB))
    server = start_server("--data", data)
    upload = Upload(server, disk)
    upload.put_parts()
    task = import_volume(server.client(), upload)
    server.kill()
    server = start_server("--data", data)  # on another port: a URL names the host
    volume = made_volume(server, task)
    assert sum_of_volume(server, volume, 200 * MIB) == sum_of_file(disk)
    assert server.stop() == 0
    assert checked(data)[0] == 0
