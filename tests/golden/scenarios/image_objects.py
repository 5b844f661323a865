"""Images in objects of S3 and back: states by the clock, lists, what is refused."""

import time

import world
from client import filters
from emulator import SECOND_MS
from . import images
from .objects import FAR
from world import tag_specification

NO_IMAGE = "ami-0123456789abcdef0"


def stored(client, image):
    """Waits until the image's task has ended."""
    while "InProgress" in client.quiet("DescribeStoreImageTasks", ImageId=[image]).text:
        time.sleep(0.01)


def restored(client, image):
    while "pending" in client.quiet("DescribeImages", ImageId=[image]).text:
        time.sleep(0.01)


def store_image_tasks(emulator):
    me, other = emulator.me, emulator.other
    for client, bucket in ((me, "disks"), (me, "more"), (other, "theirs")):
        client.quiet("CreateBucket", Bucket=bucket)
    me.quiet("CreateBucket", Bucket="far", CreateBucketConfiguration=FAR)
    image = world.image(me, "stored", TagSpecification=[tag_specification("image", of="test")])
    second = world.image(me, "second")
    me.dry("CreateStoreImageTask", ImageId=image, Bucket="disks")
    me("CreateStoreImageTask", ImageId=image, Bucket="disks",
       S3ObjectTag=[{"Key": "of", "Value": "test"}])
    stored(me, image)
    me("DescribeStoreImageTasks", ImageId=[image])
    me("HeadObject", Bucket="disks", Key=f"{image}.bin")
    emulator.set_delays(store_image_task__in_progress=60 * SECOND_MS)
    me.brief("CreateStoreImageTask", ImageId=image, Bucket="more")
    emulator.advance(15 * SECOND_MS)
    me("DescribeStoreImageTasks", **filters(bucket="more"))
    for wrong in ({"ImageId": image, "Bucket": "more"}, {"ImageId": image, "Bucket": "theirs"},
                  {"ImageId": image, "Bucket": "far"}, {"ImageId": image, "Bucket": "none"},
                  {"ImageId": NO_IMAGE, "Bucket": "disks"}, {"ImageId": "x", "Bucket": "disks"},
                  {"ImageId": image}, {"Bucket": "disks"},
                  {"ImageId": second, "Bucket": "disks", "S3ObjectTag": [{"Value": "x"}]},
                  {"ImageId": second, "Bucket": "disks",
                   "S3ObjectTag": [{"Key": str(n)} for n in range(11)]}):
        me.refused("CreateStoreImageTask", wrong)
    other.refused("CreateStoreImageTask", ImageId=image, Bucket="theirs")
    me.brief("CreateStoreImageTask", ImageId=second, Bucket="disks")
    me.dry("DescribeStoreImageTasks")
    me.two_pages("DescribeStoreImageTasks", size=2)
    me.brief("DescribeStoreImageTasks", **filters(task_state="Completed"))
    for wrong in ({"ImageId": ["x"]}, {"ImageId": [image], "MaxResults": 5},
                  {"ImageId": [image] * 21}, {"MaxResults": 201}, {"NextToken": "x"}):
        me.refused("DescribeStoreImageTasks", wrong)
    other.brief("DescribeStoreImageTasks")
    restore_image_tasks(emulator, image)


def restore_image_tasks(emulator, image):
    me = emulator.me
    key = f"{image}.bin"
    me.dry("CreateRestoreImageTask", Bucket="disks", ObjectKey=key)
    made = me("CreateRestoreImageTask", Bucket="disks", ObjectKey=key, Name="restored",
              TagSpecification=[tag_specification("image", also="tagged"),
                                tag_specification("snapshot", of="restored")])["imageId"]
    restored(me, made)
    me("DescribeImages", ImageId=[made])
    me.quiet("PutObject", Bucket="disks", Key="text", Body=b"no image")
    for wrong in ({"Bucket": "disks", "ObjectKey": "text"},
                  {"Bucket": "disks", "ObjectKey": "none"},
                  {"Bucket": "none", "ObjectKey": key}, {"Bucket": "far", "ObjectKey": key},
                  {"Bucket": "theirs", "ObjectKey": key}, {"Bucket": "disks", "ObjectKey": key},
                  {"Bucket": "disks", "ObjectKey": key, "Name": "?"}, {"Bucket": "disks"},
                  {"ObjectKey": key}):
        me.refused("CreateRestoreImageTask", wrong)


def exported(client, **asked):
    while ">active<" in client.quiet("DescribeExportImageTasks", **asked).text + client.quiet(
            "DescribeExportTasks").text:
        time.sleep(0.01)


def export_image_tasks(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    other.quiet("CreateBucket", Bucket="theirs")
    image = world.image(me, "exported")
    location = {"S3Bucket": "disks", "S3Prefix": "exports/"}
    asked = {"ImageId": image, "DiskImageFormat": "VMDK", "S3ExportLocation": location}
    me.dry("ExportImage", asked)
    first = me("ExportImage", asked, Description="nightly", RoleName="exporter", ClientToken="once",
               TagSpecification=[tag_specification("export-image-task", of="test")])
    me.refused("ExportImage", asked, ClientToken="once")
    exported(me)
    task = first["exportImageTaskId"]
    me("DescribeExportImageTasks", ExportImageTaskId=[task])
    me.brief("HeadObject", Bucket="disks", Key=f"exports/{task}.vmdk")
    emulator.set_delays(export_image_task__active=60 * SECOND_MS)
    slow = me.brief("ExportImage", {**asked, "DiskImageFormat": "RAW"})["exportImageTaskId"]
    me.brief("ExportImage", {**asked, "DiskImageFormat": "VHD"})
    emulator.advance(21 * SECOND_MS)
    me("DescribeExportImageTasks", **filters(task_state="active"))
    for wrong in ({"ImageId": NO_IMAGE}, {"ImageId": "x"}, {"DiskImageFormat": "QCOW2"},
                  {"S3ExportLocation": {"S3Bucket": "theirs"}},
                  {"S3ExportLocation": {"S3Bucket": "none"}}, {"Description": "x" * 256},
                  {"ImageId": world.public_image(me)}):
        me.refused("ExportImage", {**asked, **wrong})
    me.dry("DescribeExportImageTasks")
    me.two_pages("DescribeExportImageTasks", size=2)
    for wrong in ({"ExportImageTaskId": ["export-ami-0123456789abcdef0"]},
                  {"ExportImageTaskId": ["x"]}, {"MaxResults": 501}, {"NextToken": "x"}):
        me.refused("DescribeExportImageTasks", wrong)
    other.refused("DescribeExportImageTasks", ExportImageTaskId=[task])
    me("CreateTags", ResourceId=[task], Tag=[{"Key": "more", "Value": "tags"}])
    me("CancelExportTask", ExportTaskId=slow)
    me.refused("CancelExportTask", ExportTaskId=slow)
    me.refused("CancelExportTask", ExportTaskId=task)
    me.brief("DescribeExportImageTasks", ExportImageTaskId=[slow])


def export_tasks(emulator):
    me = emulator.me
    me.quiet("CreateBucket", Bucket="disks")
    runs = world.instance(me, world.image(me, "own"))
    target = {"S3Bucket": "disks", "S3Prefix": "exports/"}
    asked = {"InstanceId": runs, "TargetEnvironment": "vmware", "ExportToS3": target}
    made = me("CreateInstanceExportTask", asked, Description="nightly",
              TagSpecification=[tag_specification("export-instance-task", of="test")])
    me.brief("CreateInstanceExportTask", {**asked, "TargetEnvironment": "citrix"})
    me.brief("CreateInstanceExportTask", {**asked, "TargetEnvironment": "microsoft"})
    me.brief("CreateInstanceExportTask", {**asked, "ExportToS3": {
        **target, "ContainerFormat": "ova", "DiskImageFormat": "VMDK"}})
    exported(me)
    task = made["exportTaskId"]
    me("DescribeExportTasks", ExportTaskId=[task])
    me.brief("DescribeExportTasks")
    for wrong in ({"InstanceId": "i-0123456789abcdef0"}, {"InstanceId": "x"},
                  {"InstanceId": world.instance(me)}, {"TargetEnvironment": "other"},
                  {"ExportToS3": {"S3Bucket": "none"}}, {"ExportToS3": {"S3Prefix": "x"}},
                  {"ExportToS3": {**target, "DiskImageFormat": "RAW", "ContainerFormat": "ova"}}):
        me.refused("CreateInstanceExportTask", {**asked, **wrong})
    for wrong in ({"ExportTaskId": ["export-i-0123456789abcdef0"]}, {"ExportTaskId": ["x"]},
                  filters(state="active")):
        me.refused("DescribeExportTasks", wrong)
    me.refused("CancelExportTask", ExportTaskId=task)
    me.refused("CancelExportTask", ExportTaskId="export-i-0123456789abcdef0")
    me.refused("CancelExportTask", ExportTaskId="x")


def bundled_instance(me, name="bundled"):
    """An instance with its root on the instance store, of a bundle in the bucket."""
    images.put_bundle(me)
    image = me.quiet("RegisterImage", Name=name, VirtualizationType="hvm",
                     ImageLocation="bucket/image.manifest.xml")["imageId"]
    return world.instance(me, image, InstanceType="m3.medium")


def bundled(me):
    while ">bundling<" in me.quiet("DescribeBundleTasks").text:
        time.sleep(0.01)


def bundle_tasks(emulator):
    me, other = emulator.me, emulator.other
    runs = bundled_instance(me)
    asked = {"InstanceId": runs, "Storage": {"S3": {"Bucket": "bucket", "Prefix": "new"}}}
    me.dry("BundleInstance", asked)
    me("BundleInstance", {**asked, "Storage": {"S3": {
        "Bucket": "bucket", "Prefix": "new", "AWSAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "UploadPolicy": "e30=", "UploadPolicySignature": "signature"}}})
    bundled(me)
    me("DescribeBundleTasks")
    me("GetObject", Bucket="bucket", Key="new.manifest.xml")
    for wrong in ({"InstanceId": "i-0123456789abcdef0"}, {"InstanceId": "x"},
                  {"InstanceId": world.instance(me)}, {"Storage": {"S3": {"Bucket": "bucket"}}},
                  {"Storage": {"S3": {"Prefix": "new"}}},
                  {"Storage": {"S3": {"Bucket": "none", "Prefix": "new"}}}):
        me.refused("BundleInstance", {**asked, **wrong})
    emulator.set_delays(bundle_task__pending=60 * SECOND_MS)
    task = me.brief("BundleInstance", asked)["bundleId"]
    me.refused("BundleInstance", asked)
    me.dry("DescribeBundleTasks")
    me.brief("DescribeBundleTasks", BundleId=[task])
    for wrong in ({"BundleId": ["bun-01234567"]}, {"BundleId": ["x"]}):
        me.refused("DescribeBundleTasks", wrong)
    other.refused("DescribeBundleTasks", BundleId=[task])
    me.dry("CancelBundleTask", BundleId=task)
    me("CancelBundleTask", BundleId=task)
    me.refused("CancelBundleTask", BundleId=task)
    me.refused("CancelBundleTask", BundleId="bun-01234567")
    me("DescribeBundleTasks", BundleId=[task])


SCENARIOS = {"store_image_tasks": store_image_tasks, "export_image_tasks": export_image_tasks,
             "export_tasks": export_tasks, "bundle_tasks": bundle_tasks}
