"""What the measured calls are, and what must be there before them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from load import Client, Form, form
from processes import BenchError

# sample_rows.cpp has as many volumes and tag keys.
VOLUMES = 100
TAG_KEYS = 40
LISTED_INSTANCES = 10
INSTANCE_TYPE = "t3.micro"
WAIT_S = 30


@dataclass(frozen=True)
class Operation:
    name: str
    writes: bool
    # Makes what the call refers to; returns the call.
    prepare: Callable[[Client], Form]


def wait_for(client: Client, state: str, element: str, action: str, **parameters: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while state not in client.call(action, **parameters).all(element):
        if time.monotonic() > deadline:
            raise BenchError(f"{action} of {client.server.name}: {parameters} is never {state}")
        time.sleep(0.01)


def create_volume(client: Client, size_gib: int = 1) -> str:
    return client.call("CreateVolume", AvailabilityZone="us-east-1a",
                       Size=str(size_gib)).one("volumeId")


def create_snapshot(client: Client, volume: str) -> str:
    snapshot = client.call("CreateSnapshot", VolumeId=volume).one("snapshotId")
    wait_for(client, "completed", "status", "DescribeSnapshots", SnapshotId_1=snapshot)
    return snapshot


def registration(name: str, snapshot: str) -> Form:
    return form("RegisterImage", Name=name, RootDeviceName="/dev/xvda", Architecture="x86_64",
                VirtualizationType="hvm", EnaSupport="true",
                BlockDeviceMapping_1_DeviceName="/dev/xvda",
                BlockDeviceMapping_1_Ebs_SnapshotId=snapshot)


def register_image(client: Client, size_gib: int = 1) -> str:
    snapshot = create_snapshot(client, create_volume(client, size_gib))
    client.send(registration("first", snapshot))
    found = client.call("DescribeImages", Filter_1_Name="name", Filter_1_Value_1="first")
    image = found.one("imageId")
    wait_for(client, "available", "imageState", "DescribeImages", ImageId_1=image)
    return image


def launch(image: str, count: int = 1) -> Form:
    return form("RunInstances", ImageId=image, InstanceType=INSTANCE_TYPE, MinCount=str(count),
                MaxCount=str(count))


def new_subnet(client: Client, number: int) -> str:
    """Of a VPC of its own, which it fills."""
    block = f"10.{number}.0.0/16"
    vpc = client.call("CreateVpc", CidrBlock=block).one("vpcId")
    return client.call("CreateSubnet", VpcId=vpc, CidrBlock=block,
                       AvailabilityZone="us-east-1a").one("subnetId")


def prepare_describe_images(client: Client) -> Form:
    return form("DescribeImages", ImageId_1=register_image(client))


def prepare_describe_instances(client: Client) -> Form:
    client.send(launch(register_image(client), LISTED_INSTANCES))
    wait_for(client, "running", "name", "DescribeInstances")
    return form("DescribeInstances")


def prepare_run_instances(client: Client) -> Form:
    return launch(register_image(client))


def prepare_launch_by_template(client: Client) -> Form:
    """What an instance is and who may log in is the template's, where it is the call's."""
    client.call("CreateKeyPair", KeyName="bench", KeyType="ed25519")
    subnet = new_subnet(client, 1)
    vpc = client.call("DescribeSubnets", SubnetId_1=subnet).one("vpcId")
    group = client.call("CreateSecurityGroup", GroupName="bench", GroupDescription="of the bench",
                        VpcId=vpc).one("groupId")
    client.call("CreateLaunchTemplate", LaunchTemplateName="bench",
                LaunchTemplateData_ImageId=register_image(client),
                LaunchTemplateData_InstanceType=INSTANCE_TYPE, LaunchTemplateData_KeyName="bench")
    return form("RunInstances", MinCount="1", MaxCount="1",
                LaunchTemplate_LaunchTemplateName="bench", NetworkInterface_1_DeviceIndex="0",
                NetworkInterface_1_SubnetId=subnet, NetworkInterface_1_SecurityGroupId_1=group,
                NetworkInterface_1_AssociatePublicIpAddress="true")


def prepare_create_tags(client: Client) -> Form:
    keys = tuple(f"k{number}" for number in range(TAG_KEYS))
    return form("CreateTags", keys, ResourceId_1=register_image(client), Tag_1_Key="{value}",
                Tag_1_Value="v{n}")


def prepare_register_image(client: Client) -> Form:
    return registration("image-{n}", create_snapshot(client, create_volume(client)))


def prepare_create_snapshot(client: Client) -> Form:
    volumes = tuple(create_volume(client) for _ in range(VOLUMES))
    return form("CreateSnapshot", volumes, VolumeId="{value}")


OPERATIONS = {operation.name: operation for operation in (
    Operation("DescribeImages", False, prepare_describe_images),
    Operation("DescribeInstances", False, prepare_describe_instances),
    Operation("RunInstances", True, prepare_run_instances),
    Operation("RunInstances by template", True, prepare_launch_by_template),
    Operation("CreateTags", True, prepare_create_tags),
    Operation("RegisterImage", True, prepare_register_image),
    Operation("CreateSnapshot", True, prepare_create_snapshot),
)}
