"""Each kind of task that moves bytes: how it begins, what has become of it, and whether the bytes
at its end are those of the disk that it began with."""

import hashlib

import disks
import model
import resources
import snapshot_blocks
from test_conversion_tasks import sum_of_volume
from test_imports import sum_of_file, sum_of_snapshot

MIB = 1 << 20
# More pieces than a call does itself, so that the background does the rest.
PIECES = 70
SIZE = PIECES * MIB + 4096


def make_disk(path, dice):
    """A disk that boots, with a partition of ext4; some sectors in each MiB."""
    with open(path, "wb") as disk:
        disk.truncate(SIZE)
        for piece in range(1, PIECES):
            disk.seek(piece * MIB + 8192)
            disk.write(dice.randbytes(512))
    return disks.make_bootable(path)


class World:
    """The disk in all the forms that tasks begin with, on the server that is there now."""

    def __init__(self, server, disk):
        self.use(server)
        self._sum = sum_of_file(disk)
        self._bytes = disk.read_bytes()
        self._number = 0
        resources.make_bucket(server)
        self.s3.upload_file(str(disk), "disks", "disk")
        self.image = self.ec2.register_image(**resources.image_request(
            "disk", self._ended(KINDS["import-snapshot"])))["ImageId"]
        self.own_instance = resources.run(self.ec2, self.image)["Instances"][0]["InstanceId"]
        self.stored = f"{self.image}.bin"
        self._ended(KINDS["store-image"])
        bundled = self.ec2.register_image(Name="bundled", VirtualizationType="hvm",
                                          ImageLocation=resources.put_bundle(server))["ImageId"]
        self.instance = resources.run(self.ec2, bundled, InstanceType="m3.medium")[
            "Instances"][0]["InstanceId"]
        if is_there("import-volume"):
            self.manifest = resources.put_import(server, self._bytes)

    def use(self, server):
        self.server = server
        self.ec2 = server.client()
        self.s3 = server.client("s3")

    def next_name(self):
        self._number += 1
        return f"task-{self._number}"

    def _ended(self, kind):
        task = kind.begin(self)
        result, message = resources.wait_until(lambda: kind.ended(self, task))
        assert result, message
        return result

    def is_disk(self, snapshot):
        return sum_of_snapshot(self.server, snapshot, SIZE) == self._sum

    def holds_disk(self, key):
        """Whether an object is the disk in some format."""
        task = self.ec2.import_snapshot(DiskContainer={
            "UserBucket": {"S3Bucket": "disks", "S3Key": key}})["ImportTaskId"]
        made, _ = resources.wait_until(lambda: KINDS["import-snapshot"].ended(self, task))
        return made and self.is_disk(made)

    def is_volume(self, volume):
        return sum_of_volume(self.server, volume, SIZE) == self._sum

    def is_raw_object(self, key):
        got = self.s3.get_object(Bucket="disks", Key=key, Range=f"bytes=0-{SIZE - 1}")
        return got["Body"].read() == self._bytes and got["ContentRange"].endswith(f"/{1 << 30}")

    def snapshots_of(self, image):
        (shown,) = self.ec2.describe_images(ImageIds=[image])["Images"]
        return [mapping["Ebs"]["SnapshotId"] for mapping in shown["BlockDeviceMappings"]]


class Kind:
    """begin(world) gives the task; ended(world, task) nothing while it goes on, then (what it has
    made, why it has failed), one of which is None."""


class ImportSnapshot(Kind):
    serves = "ImportSnapshot"

    def begin(self, world):
        return world.ec2.import_snapshot(DiskContainer={
            "UserBucket": {"S3Bucket": "disks", "S3Key": "disk"}})["ImportTaskId"]

    def ended(self, world, task):
        (one,) = world.ec2.describe_import_snapshot_tasks(
            ImportTaskIds=[task])["ImportSnapshotTasks"]
        detail = one["SnapshotTaskDetail"]
        if detail["Status"] == "active":
            return None
        return detail.get("SnapshotId"), detail.get("StatusMessage")

    def is_right(self, world, snapshot):
        return world.is_disk(snapshot)


class ImportImage(Kind):
    """Of two disks, so that one may be there when the other fails."""

    serves = "ImportImage"

    def begin(self, world):
        return world.ec2.import_image(DiskContainers=2 * [{
            "UserBucket": {"S3Bucket": "disks", "S3Key": "disk"}}])["ImportTaskId"]

    def ended(self, world, task):
        (one,) = world.ec2.describe_import_image_tasks(ImportTaskIds=[task])["ImportImageTasks"]
        if one["Status"] == "active":
            return None
        return one.get("ImageId"), one.get("StatusMessage")

    def is_right(self, world, image):
        snapshots = world.snapshots_of(image)
        return len(snapshots) == 2 and all(map(world.is_disk, snapshots))


class ExportImage(Kind):
    serves = "ExportImage"

    def begin(self, world):
        return world.ec2.export_image(
            ImageId=world.image, DiskImageFormat="RAW",
            S3ExportLocation={"S3Bucket": "disks"})["ExportImageTaskId"]

    def ended(self, world, task):
        (one,) = world.ec2.describe_export_image_tasks(
            ExportImageTaskIds=[task])["ExportImageTasks"]
        if one["Status"] == "active":
            return None
        return f"{task}.raw" if one["Status"] == "completed" else None, one.get("StatusMessage")

    def is_right(self, world, key):
        return world.is_raw_object(key)


class ExportInstance(Kind):
    serves = "CreateInstanceExportTask"

    def begin(self, world):
        return world.ec2.create_instance_export_task(
            InstanceId=world.own_instance, TargetEnvironment="vmware", ExportToS3Task={
                "S3Bucket": "disks", "DiskImageFormat": "VMDK"})["ExportTask"]["ExportTaskId"]

    def ended(self, world, task):
        (one,) = world.ec2.describe_export_tasks(ExportTaskIds=[task])["ExportTasks"]
        if one["State"] == "active":
            return None
        done = one["State"] == "completed"
        return one["ExportToS3Task"]["S3Key"] if done else None, one.get("StatusMessage")

    def is_right(self, world, key):
        return world.holds_disk(key)


class StoreImage(Kind):
    """Once at a time, and under the image's name: an object that was there is the same again."""

    serves = "CreateStoreImageTask"

    def begin(self, world):
        return world.ec2.create_store_image_task(ImageId=world.image, Bucket="disks")["ObjectKey"]

    def ended(self, world, task):
        latest = world.ec2.describe_store_image_tasks(
            ImageIds=[world.image])["StoreImageTaskResults"][0]
        if latest["StoreTaskState"] == "InProgress":
            return None
        done = latest["StoreTaskState"] == "Completed"
        return task if done else None, latest.get("StoreTaskFailureReason")

    def is_right(self, world, key):
        made = world.ec2.create_restore_image_task(Bucket="disks", ObjectKey=key,
                                                   Name=world.next_name())["ImageId"]
        restore = KINDS["restore-image"]
        image, _ = resources.wait_until(lambda: restore.ended(world, made))
        return restore.is_right(world, image)


class RestoreImage(Kind):
    serves = "CreateRestoreImageTask"

    def begin(self, world):
        return world.ec2.create_restore_image_task(Bucket="disks", ObjectKey=world.stored,
                                                   Name=world.next_name())["ImageId"]

    def ended(self, world, image):
        (one,) = world.ec2.describe_images(ImageIds=[image])["Images"]
        if one["State"] == "pending":
            return None
        return (image if one["State"] == "available" else None,
                one.get("StateReason", {}).get("Message"))

    def is_right(self, world, image):
        snapshots = world.snapshots_of(image)
        return snapshots and all(map(world.is_disk, snapshots))


class BundleInstance(Kind):
    serves = "BundleInstance"

    def begin(self, world):
        return world.ec2.bundle_instance(InstanceId=world.instance, Storage={"S3": {
            "Bucket": "bucket", "Prefix": world.next_name()}})["BundleTask"]["BundleId"]

    def ended(self, world, task):
        (one,) = world.ec2.describe_bundle_tasks(BundleIds=[task])["BundleTasks"]
        if one["State"] not in ("complete", "failed"):
            return None
        made = one["Storage"]["S3"]["Prefix"] if one["State"] == "complete" else None
        return made, one.get("BundleTaskError", {}).get("Message")

    def is_right(self, world, prefix):
        world.ec2.register_image(Name=world.next_name(), VirtualizationType="hvm",
                                 ImageLocation=f"bucket/{prefix}.manifest.xml")
        got = world.s3.get_object(Bucket="bucket", Key=f"{prefix}.part.0")["Body"].read()
        return got == resources.bundle()["image.part.0"]


class ImportVolume(Kind):
    serves = "ImportVolume"

    def begin(self, world):
        return world.ec2.import_volume(**world.manifest)["ConversionTask"]["ConversionTaskId"]

    def ended(self, world, task):
        (one,) = world.ec2.describe_conversion_tasks(ConversionTaskIds=[task])["ConversionTasks"]
        if one["State"] == "active":
            return None
        done = one["State"] == "completed"
        return one["ImportVolume"]["Volume"]["Id"] if done else None, one.get("StatusMessage")

    def is_right(self, world, volume):
        return world.is_volume(volume)


class UploadInParts(Kind):
    """Of which the last call makes an object."""

    serves = "s3:CompleteMultipartUpload"

    def begin(self, world):
        named = {"Bucket": "disks", "Key": world.next_name()}
        named["UploadId"] = world.s3.create_multipart_upload(**named)["UploadId"]
        data = hashlib.sha256(named["Key"].encode()).digest() * (5 * MIB // 32)
        parts = [{"PartNumber": number, "ETag": world.s3.upload_part(
            **named, PartNumber=number, Body=data[:length])["ETag"]}
            for number, length in ((1, 5 * MIB), (2, 1000))]
        world.s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
        return named["Key"], data + data[:1000]

    def ended(self, _, task):
        return task, None

    def is_right(self, world, task):
        return KINDS["put-object"].is_right(world, task)


class PutObject(Kind):
    """No task, but what all of them begin and end with."""

    serves = "s3:PutObject"

    def begin(self, world):
        key = world.next_name()
        data = hashlib.sha256(key.encode()).digest() * (snapshot_blocks.BLOCK // 32)
        world.s3.put_object(Bucket="disks", Key=key, Body=data)
        return key, data

    def ended(self, _, task):
        return task, None

    def is_right(self, world, task):
        key, data = task
        return world.s3.get_object(Bucket="disks", Key=key)["Body"].read() == data


KINDS = {"import-snapshot": ImportSnapshot(), "import-image": ImportImage(),
         "export-image": ExportImage(), "export-instance": ExportInstance(),
         "store-image": StoreImage(), "restore-image": RestoreImage(),
         "bundle-instance": BundleInstance(), "import-volume": ImportVolume(),
         "put-object": PutObject(), "upload-in-parts": UploadInParts()}


def is_there(name):
    return model.is_served(KINDS[name].serves)
