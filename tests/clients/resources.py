"""What many tests begin with: an image to run, a volume, an image of one's own."""

ZONE = "us-east-1a"
TYPE = "t3.micro"
AMAZON_LINUX = "al2023-ami-2023.*-kernel-6.1-x86_64"


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


def register_form(name, snapshot):
    """image_request() as calls.call takes it."""
    return {"Name": name, "RootDeviceName": "/dev/xvda", "Architecture": "x86_64",
            "VirtualizationType": "hvm", "EnaSupport": "true",
            "BlockDeviceMapping.1.DeviceName": "/dev/xvda",
            "BlockDeviceMapping.1.Ebs.SnapshotId": snapshot}
