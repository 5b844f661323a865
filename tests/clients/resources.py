"""What many tests begin with: an image to run, a volume, an image of one's own."""

import hashlib
from xml.sax.saxutils import escape

from servers import DEFAULT_ACCOUNT, wait_until

ZONE = "us-east-1a"
TYPE = "t3.micro"
AMAZON_LINUX = "al2023-ami-2023.*-kernel-6.1-x86_64"
WINDOWS = "Windows_Server-2022-English-Full-Base-*"


def newest_image(ec2, owner="amazon", pattern=AMAZON_LINUX, architecture=None):
    """The public image that scripts would choose."""
    images = ec2.describe_images(Owners=[owner], Filters=[
        *([{"Name": "architecture", "Values": [architecture]}] if architecture else []),
        {"Name": "name", "Values": [pattern]},
        {"Name": "state", "Values": ["available"]},
        {"Name": "virtualization-type", "Values": ["hvm"]},
        {"Name": "root-device-type", "Values": ["ebs"]}])["Images"]
    assert images, pattern
    return max(images, key=lambda image: image["CreationDate"])


def default_subnet(ec2, zone=ZONE):
    """The id of the default VPC's subnet in a zone."""
    (subnet,) = ec2.describe_subnets(Filters=[
        {"Name": "availability-zone", "Values": [zone]},
        {"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    return subnet["SubnetId"]


def make_volume(ec2, **more):
    return ec2.create_volume(**{"AvailabilityZone": ZONE, "Size": 1, **more})["VolumeId"]


def make_snapshot(ec2):
    return ec2.create_snapshot(VolumeId=make_volume(ec2))["SnapshotId"]


def image_request(name, snapshot):
    """A RegisterImage request for an image that every x86_64 type runs."""
    return {"Name": name, "RootDeviceName": "/dev/xvda", "Architecture": "x86_64",
            "VirtualizationType": "hvm", "EnaSupport": True,
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}]}


def make_image(ec2, name="made"):
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    volume = make_volume(ec2, AvailabilityZone=zone)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    return ec2.register_image(**image_request(name, snapshot))["ImageId"]


def make_bucket(server, name="disks", region="us-east-1", account=DEFAULT_ACCOUNT):
    configuration = {} if region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": region}}
    server.client("s3", account, region).create_bucket(Bucket=name, **configuration)
    return name


def import_manifest(size, parts, file_format="RAW", volume_size=1):
    """The manifest of a disk's file in parts: [(key, presigned URL, bytes)]."""
    begin, told = 0, ""
    for index, (key, url, length) in enumerate(parts):
        told += (f"<part index='{index}'><byte-range start='{begin}' end='{begin + length - 1}'/>"
                 f"<key>{key}</key>"
                 + "".join(f"<{name}-url>{escape(url)}</{name}-url>"
                           for name in ("head", "get", "delete")) + "</part>")
        begin += length
    return ("<?xml version='1.0'?><manifest><version>2010-11-15</version>"
            f"<file-format>{file_format}</file-format><importer><name>test</name>"
            "<version>1.0.0</version><release>2010-11-15</release></importer>"
            "<self-destruct-url>http://localhost/</self-destruct-url>"
            f"<import><size>{size}</size><volume-size>{volume_size}</volume-size>"
            f"<parts count='{len(parts)}'>{told}</parts></import></manifest>").encode()


def put_import(server, body=b"disk".ljust(512), missing=False):
    """Puts a disk of one part and its manifest; what ImportVolume is asked."""
    s3 = server.client("s3")
    make_bucket(server, "imports")
    if not missing:
        s3.put_object(Bucket="imports", Key="disk.part0", Body=body)
    url = presigned(s3, "imports", "disk.part0")
    s3.put_object(Bucket="imports", Key="disk.xml",
                  Body=import_manifest(len(body), [("disk.part0", url, len(body))]))
    return {"AvailabilityZone": ZONE, "Volume": {"Size": 1}, "Image": {
        "Format": "RAW", "Bytes": len(body),
        "ImportManifestUrl": presigned(s3, "imports", "disk.xml")}}


def presigned(s3, bucket, key):
    return s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key},
                                     ExpiresIn=86_400)


def bundle():
    """The objects of a bundle of one part, by the names that they have beside each other."""
    part = b"bundled"
    manifest = (
        "<manifest><machine_configuration><architecture>x86_64</architecture>"
        f"</machine_configuration><image><bundled_size>{len(part)}</bundled_size>"
        "<parts count='1'><part index='0'><filename>image.part.0</filename>"
        f"<digest algorithm='SHA1'>{hashlib.sha1(part).hexdigest()}</digest></part></parts>"
        "</image></manifest>")
    return {"image.part.0": part, "image.manifest.xml": manifest.encode()}


def put_bundle(server):
    """Puts a bundle into a new bucket; the location of its manifest."""
    make_bucket(server, "bucket")
    for key, body in bundle().items():
        server.client("s3").put_object(Bucket="bucket", Key=key, Body=body)
    return "bucket/image.manifest.xml"


def store_image(ec2, image, bucket):
    """Begins to store the image, and waits for the end; the object's key."""
    key = ec2.create_store_image_task(ImageId=image, Bucket=bucket)["ObjectKey"]
    wait_until(lambda: "InProgress" not in [
        task["StoreTaskState"] for task in ec2.describe_store_image_tasks(
            ImageIds=[image])["StoreImageTaskResults"]])
    return key


def run(ec2, image_id, **more):
    """Launches one instance unless told otherwise; returns the whole answer."""
    return ec2.run_instances(**{"ImageId": image_id, "InstanceType": TYPE, "MinCount": 1,
                                "MaxCount": 1, **more})


def instance_of(ec2, instance_id):
    (reservation,) = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    (instance,) = reservation["Instances"]
    return instance


def root_volume(instance):
    """The id of the volume that DescribeInstances shows at the root device."""
    (volume,) = [mapping["Ebs"]["VolumeId"] for mapping in instance["BlockDeviceMappings"]
                 if mapping["DeviceName"] == instance["RootDeviceName"]]
    return volume


def keep_deleted(rbin, kind, days=1):
    """Has the recycle bin take what is deleted of a kind."""
    rbin.create_rule(ResourceType=kind, RetentionPeriod={
        "RetentionPeriodValue": days, "RetentionPeriodUnit": "DAYS"})


def register_form(name, snapshot):
    """image_request() as calls.call takes it."""
    return {"Name": name, "RootDeviceName": "/dev/xvda", "Architecture": "x86_64",
            "VirtualizationType": "hvm", "EnaSupport": "true",
            "BlockDeviceMapping.1.DeviceName": "/dev/xvda",
            "BlockDeviceMapping.1.Ebs.SnapshotId": snapshot}


def export_archive(ec2, instance):
    """Exports the instance to the bucket "disks" as an OVA; the object's key."""
    task = ec2.create_instance_export_task(
        InstanceId=instance, TargetEnvironment="vmware",
        ExportToS3Task={"S3Bucket": "disks", "DiskImageFormat": "VMDK",
                        "ContainerFormat": "ova"})["ExportTask"]
    ec2.get_waiter("export_task_completed").wait(ExportTaskIds=[task["ExportTaskId"]],
                                                 WaiterConfig={"Delay": 0.05})
    return task["ExportToS3Task"]["S3Key"]
