"""What many scenarios begin with, made by calls that are not recorded."""

from client import filters

ZONE = "us-east-1a"
TYPE = "t3.micro"
NAMES = "al2023-ami-2023.*-kernel-6.1-x86_64"
WINDOWS = "Windows_Server-2022-English-Full-Base-*"


def tag_specification(kind, **tags):
    return {"ResourceType": kind, "Tag": [{"Key": key, "Value": value}
                                          for key, value in tags.items()]}


def device(name, **ebs):
    return {"DeviceName": name, "Ebs": ebs}


def launch(image, besides=None, **more):
    return {"ImageId": image, "InstanceType": TYPE, "MinCount": 1, "MaxCount": 1,
            **(besides or {}), **more}


def registration(name, snapshot, **more):
    """RegisterImage of an image that every x86_64 type runs."""
    return {"Name": name, "RootDeviceName": "/dev/xvda", "Architecture": "x86_64",
            "VirtualizationType": "hvm", "EnaSupport": True,
            "BlockDeviceMapping": [device("/dev/xvda", SnapshotId=snapshot)], **more}


def public_image(client, name=NAMES, owner="amazon"):
    """The newest of the catalogue's images of that name."""
    answer = client.quiet("DescribeImages", Owner=[owner], **filters(name=name))
    dates, ids = answer.all("creationDate"), answer.all("imageId")
    return max(zip(dates, ids))[1]


def volume(client, **more):
    return client.quiet("CreateVolume", {"AvailabilityZone": f"{client.region}a", "Size": 1,
                                         **more})["volumeId"]


def snapshot(client, of=None, **more):
    return client.quiet("CreateSnapshot", VolumeId=of or volume(client), **more)["snapshotId"]


def image(client, name="made", **more):
    return client.quiet("RegisterImage",
                        registration(name, snapshot(client), **more))["imageId"]


def instance(client, of=None, **more):
    return client.quiet("RunInstances", launch(of or public_image(client), **more))["instanceId"]


def root_volume(client, instance_id):
    return client.quiet("DescribeInstances", InstanceId=[instance_id])["volumeId"]


def windows_image(client, name="windows"):
    """An image of one's own whose platform is Windows."""
    source = instance(client, public_image(client, WINDOWS), InstanceType="t3.large")
    made = client.quiet("CreateImage", InstanceId=source, Name=name)["imageId"]
    client.quiet("TerminateInstances", InstanceId=[source])
    return made


def keep_deleted(client, kind, days=7, **more):
    """A rule by which the recycle bin takes what is deleted; returns its id."""
    return client.quiet("CreateRule", ResourceType=kind, RetentionPeriod={
        "RetentionPeriodValue": days, "RetentionPeriodUnit": "DAYS"}, **more)["Identifier"]
