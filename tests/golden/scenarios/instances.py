"""Instances: launched, described, stopped and started, changed, given new root volumes."""

import base64

import world
from client import filters
from emulator import ACCOUNT, HOUR_MS, OTHER
from world import TYPE, ZONE, device, launch, tag_specification

NO_INSTANCE = "i-0123456789abcdef0"
NO_IMAGE = "ami-0123456789abcdef0"
NO_SNAPSHOT = "snap-0123456789abcdef0"
ROOT = "/dev/xvda"
# Each with the value that it has anyway.
DEFAULTS = {
    "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
    "CpuOptions": {"NestedVirtualization": "disabled"},
    "EbsOptimized": False, "EnablePrimaryIpv6": False, "EnclaveOptions": {"Enabled": False},
    "HibernationOptions": {"Configured": False}, "Ipv6AddressCount": 0,
    "MaintenanceOptions": {"AutoRecovery": "default"},
    "MetadataOptions": {"HttpEndpoint": "enabled", "HttpProtocolIpv6": "disabled",
                        "InstanceMetadataTags": "disabled"},
    "Monitoring": {"Enabled": False},
    "NetworkPerformanceOptions": {"BandwidthWeighting": "default"},
    "Placement": {"Affinity": "default", "GroupName": "", "Tenancy": "default"},
}
HELLO = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()


def launches(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    image = world.image(me, "own")
    public = world.public_image(me)
    arm = world.public_image(me, "al2023-ami-2023.*-kernel-6.1-arm64")
    snapshot = world.snapshot(me)
    subnet = me.quiet("DescribeSubnets", **filters(availability_zone="us-east-1b"))["subnetId"]
    group = me.quiet("DescribeSecurityGroups")["groupId"]
    me.dry("RunInstances", launch(image))
    me("RunInstances", launch(image))
    twice = launch(public, MaxCount=2, ClientToken="once", UserData=HELLO, TagSpecification=[
        tag_specification("instance", Name="two", of="instance"),
        tag_specification("volume", of="volume"),
        tag_specification("network-interface", of="interface")])
    me("RunInstances", twice)
    me.brief("RunInstances", twice)
    me.refused("RunInstances", launch(public, ClientToken="once"))
    me("RunInstances", launch(image, SubnetId=subnet, SecurityGroupId=[group], DisableApiStop=True,
                              DisableApiTermination=True,
                              InstanceInitiatedShutdownBehavior="terminate", BlockDeviceMapping=[
        device(ROOT, VolumeSize=9, VolumeType="gp3", Iops=3500, Throughput=200,
               DeleteOnTermination=False),
        device("/dev/sdf", SnapshotId=snapshot, VolumeInitializationRate=200),
        device("/dev/sdg", VolumeSize=4, Encrypted=True, KmsKeyId="alias/two")]))
    me("RunInstances", launch(arm, InstanceType="t4g.micro",
                              Placement={"AvailabilityZone": "us-east-1c"}))
    windows = world.public_image(me, world.WINDOWS)
    me("RunInstances", launch(windows, InstanceType="m5.large"))
    paravirtual = world.image(me, "paravirtual", VirtualizationType="paravirtual",
                              EnaSupport=False)
    me("RunInstances", ImageId=paravirtual, MinCount=1, MaxCount=1)
    me.quiet("PutParameter", Name="/golden", Value=image, Type="String", DataType="aws:ec2:image")
    me("RunInstances", launch("resolve:ssm:/golden"))
    refuse_launches(me, image, arm, subnet)
    me.refused("RunInstances", ImageId=image)
    me.refused("RunInstances", MinCount=1, MaxCount=1)
    me.refused("RunInstances", launch(NO_IMAGE), DryRun=True)
    other.refused("RunInstances", launch(image))
    far.refused("RunInstances", launch(image))
    mapped = world.image(me, "mapped", BlockDeviceMapping=[
        device(ROOT, SnapshotId=snapshot), device("/dev/sdf", VolumeSize=2)])
    me("RunInstances", launch(mapped, BlockDeviceMapping=[
        {"DeviceName": "/dev/sdf", "NoDevice": ""},
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
        device("/dev/sdg", VolumeSize=1, EbsCardIndex=0)]))
    me("RunInstances", launch(image, DEFAULTS))


def refuse_launches(me, image, arm, subnet):
    for wrong in ({"ImageId": NO_IMAGE}, {"ImageId": "ami-x"}, {"ImageId": arm}, {"ImageId": ""},
                  {"InstanceType": "t9.colossal"}, {"InstanceType": "t4g.micro"}, {"MinCount": 0},
                  {"MinCount": 3}, {"MaxCount": 1001}, {"MinCount": 2000, "MaxCount": 2000},
                  {"KeyName": "mine"}, {"SecurityGroupId": ["sg-0123456789abcdef0"]},
                  {"SecurityGroupId": ["sg-x"]}, {"SubnetId": "subnet-0123456789abcdef0"},
                  {"SubnetId": "subnet-x"}, {"Placement": {"AvailabilityZone": "xx-1a"}},
                  {"SubnetId": subnet, "Placement": {"AvailabilityZone": "us-east-1a"}},
                  {"InstanceInitiatedShutdownBehavior": "explode"}, {"UserData": "!"},
                  {"UserData": base64.b64encode(b"u" * 16385).decode()},
                  {"LaunchTemplate": {"LaunchTemplateName": "web"}},
                  {"ClientToken": "t" * 65}, {"ImageId": "resolve:ssm:/none"},
                  {"ImageId": "resolve:ssm:/golden:9"}, {"ImageId": "resolve:other:/golden"},
                  {"TagSpecification": [tag_specification("image", a="b")]},
                  {"BlockDeviceMapping": [{"DeviceName": ROOT, "NoDevice": ""}]},
                  {"BlockDeviceMapping": [{"DeviceName": ROOT, "VirtualName": "ephemeral0"}]},
                  {"BlockDeviceMapping": [device(ROOT, VolumeSize=0)]},
                  {"BlockDeviceMapping": [device(ROOT, VolumeType="st1", VolumeSize=500)]},
                  {"BlockDeviceMapping": [device(ROOT, VolumeType="gp9")]},
                  {"BlockDeviceMapping": [device("/dev/sdf")]},
                  {"BlockDeviceMapping": [device("/dev/sdf", SnapshotId=NO_SNAPSHOT)]},
                  {"BlockDeviceMapping": [device("/dev/sdf", VolumeSize=1)] * 2},
                  {"BlockDeviceMapping": [device("/dev/sdf", VolumeSize=1, OutpostArn="x")]},
                  {"ImageId": NO_IMAGE, "InstanceType": "t9.colossal", "KeyName": "mine",
                   "MinCount": 5}):
        me.tried("RunInstances", {**launch(image), **wrong})


def instances(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    image = world.image(me, "own")
    ids = [world.instance(me, image) for _ in range(6)]
    theirs = world.instance(other)
    me("DescribeInstances", InstanceId=[ids[1], ids[0]])
    me.pages("DescribeInstances", 5)
    other("DescribeInstances")
    far("DescribeInstances")
    for wrong in ({"InstanceId": [NO_INSTANCE]}, {"InstanceId": [ids[0], NO_INSTANCE, theirs]},
                  {"InstanceId": ["i-x", NO_INSTANCE]}, {"MaxResults": 4},
                  {"MaxResults": 5, "InstanceId": ids[:1]}, {"NextToken": "abc"},
                  filters(colour="red"), {"Filter": [{"Name": "image-id"}]},
                  {"Filter": [{"Value": ["x"]}]}):
        me.tried("DescribeInstances", wrong)
    me.dry("DescribeInstances")
    me("DescribeInstanceStatus", InstanceId=ids[:2], IncludeManagedResources=True)
    me.brief("DescribeInstances", IncludeManagedResources=True)
    me.dry("StopInstances", InstanceId=ids[:1])
    me("StopInstances", InstanceId=ids[:2])
    me("StopInstances", InstanceId=[ids[0], ids[2]], Force=True)
    me("StopInstances", InstanceId=[ids[2]], SkipOsShutdown=True, Hibernate=False)
    me.pages("DescribeInstanceStatus", 5, IncludeAllInstances=True)
    me.pages("DescribeInstanceStatus", 5)
    other("DescribeInstanceStatus")
    me.refused("DescribeInstanceStatus", InstanceId=[NO_INSTANCE])
    me.refused("DescribeInstanceStatus", MaxResults=4)
    me.dry("DescribeInstanceStatus")
    emulator.advance(90_000)
    me.dry("StartInstances", InstanceId=ids[:1])
    me("StartInstances", InstanceId=[ids[0], ids[3]])
    me("DescribeInstances", InstanceId=[ids[0], ids[1]])
    me.dry("RebootInstances", InstanceId=ids[:1])
    me("RebootInstances", InstanceId=ids[:1])
    me.refused("RebootInstances", InstanceId=[ids[0], ids[1]])
    me.dry("TerminateInstances", InstanceId=ids[:1])
    me("TerminateInstances", InstanceId=[ids[4], ids[1]])
    me("TerminateInstances", InstanceId=[ids[4], ids[5]], Force=True, SkipOsShutdown=True)
    me("DescribeInstances", InstanceId=[ids[4]])
    for action in ("StartInstances", "StopInstances", "RebootInstances", "TerminateInstances"):
        me.tried(action, InstanceId=[ids[4]])
        me.refused(action, InstanceId=[NO_INSTANCE])
        me.refused(action, InstanceId=["i-x", ids[0]])
        me.refused(action, InstanceId=[ids[0], theirs])
        me.refused(action)
    me.refused("StopInstances", InstanceId=ids[:1], Hibernate=True)
    me.refused("StartInstances", InstanceId=ids[:1], AdditionalInfo="x")
    emulator.advance(HOUR_MS)
    me.refused("DescribeInstances", InstanceId=[ids[4]])
    me("DescribeVolumes")


def instance_attributes(emulator):
    me, other = emulator.me, emulator.other
    runs = world.instance(me, UserData=HELLO)
    for attribute in ("instanceType", "kernel", "ramdisk", "userData", "disableApiTermination",
                      "instanceInitiatedShutdownBehavior", "rootDeviceName", "blockDeviceMapping",
                      "productCodes", "sourceDestCheck", "groupSet", "ebsOptimized",
                      "sriovNetSupport", "enaSupport", "enclaveOptions", "disableApiStop"):
        me.tried("DescribeInstanceAttribute", InstanceId=runs, Attribute=attribute)
    for wrong in ({"Attribute": "colour"}, {"InstanceId": NO_INSTANCE}, {"InstanceId": "i-x"}):
        me.refused("DescribeInstanceAttribute",
                   {"InstanceId": runs, "Attribute": "userData", **wrong})
    me.refused("DescribeInstanceAttribute")
    other.refused("DescribeInstanceAttribute", InstanceId=runs, Attribute="userData")
    me.dry("DescribeInstanceAttribute", InstanceId=runs, Attribute="userData")

    group = me.quiet("DescribeSecurityGroups")["groupId"]
    root = {"BlockDeviceMapping": [device(ROOT, DeleteOnTermination=False)]}
    changes = [
        {"Attribute": "disableApiStop", "Value": "true"}, {"DisableApiStop": {"Value": False}},
        {"InstanceType": {"Value": "t3.small"}}, {"DisableApiTermination": {"Value": True}},
        {"EbsOptimized": {"Value": True}},
        {"EnaSupport": {"Value": False}}, {"SourceDestCheck": {"Value": False}},
        {"InstanceInitiatedShutdownBehavior": {"Value": "terminate"}},
        {"InstanceType": {"Value": "t3.large"}}, {"SriovNetSupport": {"Value": "simple"}},
        {"UserData": {"Value": base64.b64encode(b"other").decode()}}, {"GroupId": [group]}, root,
        {"Attribute": "instanceType", "Value": "t3.micro"},
        {"Attribute": "userData", "Value": HELLO},
    ]
    for change in changes:
        me.tried("ModifyInstanceAttribute", {"InstanceId": runs, **change})
    me.refused("TerminateInstances", InstanceId=[runs])
    me.quiet("StopInstances", InstanceId=[runs])
    for change in changes:
        me.tried("ModifyInstanceAttribute", {"InstanceId": runs, **change})
    me("DescribeInstances", InstanceId=[runs])
    for wrong in ({}, {"Attribute": "colour", "Value": "red"}, {"Attribute": "userData"},
                  {"InstanceType": {"Value": "t9.colossal"}},
                  {"InstanceType": {"Value": "t4g.micro"}},
                  {"InstanceInitiatedShutdownBehavior": {"Value": "explode"}},
                  {"UserData": {"Value": "!"}}, {"GroupId": ["sg-0123456789abcdef0"]},
                  {"SriovNetSupport": {"Value": "complex"}}, {"Kernel": {"Value": "aki-12345678"}},
                  {"BlockDeviceMapping": [device("/dev/sdz", DeleteOnTermination=False)]},
                  {"DisableApiStop": {"Value": True}, "SourceDestCheck": {"Value": True}},
                  {"InstanceId": NO_INSTANCE, "DisableApiStop": {"Value": True}}):
        me.tried("ModifyInstanceAttribute", {"InstanceId": runs, **wrong})
    other.refused("ModifyInstanceAttribute", InstanceId=runs, DisableApiStop={"Value": True})
    me.dry("ModifyInstanceAttribute", InstanceId=runs, DisableApiStop={"Value": True})
    me("ModifyInstanceAttribute", InstanceId=runs, DisableApiTermination={"Value": False})
    me("TerminateInstances", InstanceId=[runs])


def root_volumes(emulator):
    me, other = emulator.me, emulator.other
    image, second = world.image(me, "own"), world.image(me, "second")
    runs = world.instance(me, image, Placement={"AvailabilityZone": ZONE})
    root = world.root_volume(me, runs)
    snapshot = world.snapshot(me, root)
    action = "CreateReplaceRootVolumeTask"
    me.dry(action, InstanceId=runs)
    first = me(action, InstanceId=runs)["replaceRootVolumeTaskId"]
    me(action, InstanceId=runs, SnapshotId=snapshot, DeleteReplacedRootVolume=True,
       ClientToken="once", TagSpecification=[tag_specification("replace-root-volume-task", a="b")])
    me(action, InstanceId=runs, SnapshotId=snapshot, DeleteReplacedRootVolume=True,
       ClientToken="once", TagSpecification=[tag_specification("replace-root-volume-task", a="b")])
    me(action, InstanceId=runs, ImageId=second, VolumeInitializationRate=200)
    me.tried(action, InstanceId=runs, VolumeId=root)
    other_snapshot = world.snapshot(me)
    for wrong in ({"InstanceId": NO_INSTANCE}, {"InstanceId": "i-x"}, {"ImageId": NO_IMAGE},
                  {"SnapshotId": NO_SNAPSHOT}, {"SnapshotId": other_snapshot}, {"ImageId": "ami-x"},
                  {"ImageId": image, "SnapshotId": snapshot}, {"VolumeId": "vol-0123456789abcdef0"},
                  {"ImageId": world.public_image(me)}, {"ClientToken": "once"},
                  {"VolumeInitializationRate": 1},
                  {"TagSpecification": [tag_specification("volume", a="b")]}):
        me.tried(action, {"InstanceId": runs, **wrong})
    other.refused(action, InstanceId=runs)
    me.refused(action)
    me("DescribeReplaceRootVolumeTasks", ReplaceRootVolumeTaskId=[first])
    me.pages("DescribeReplaceRootVolumeTasks", 2)
    other("DescribeReplaceRootVolumeTasks")
    me.refused("DescribeReplaceRootVolumeTasks",
               ReplaceRootVolumeTaskId=["replacevol-0123456789abcdef0"])
    me.refused("DescribeReplaceRootVolumeTasks", ReplaceRootVolumeTaskId=["x"])
    me.refused("DescribeReplaceRootVolumeTasks", MaxResults=51)
    me.refused("DescribeReplaceRootVolumeTasks", NextToken="x")
    me.dry("DescribeReplaceRootVolumeTasks")
    me("DescribeInstances", InstanceId=[runs])
    me("DescribeVolumes")
    me.quiet("StopInstances", InstanceId=[runs])
    me.tried(action, InstanceId=runs)


def product_codes(emulator):
    me, other = emulator.me, emulator.other
    product = me.quiet("DescribeImages", Owner=["aws-marketplace"], **filters(
        architecture="x86_64", virtualization_type="hvm"))["imageId"]
    code = me("DescribeImages", ImageId=[product])["productCode"]
    large = launch(product, InstanceType="m5.large")
    me.refused("RunInstances", large)
    emulator.declare(ACCOUNT, subscriptions=[code])
    runs = me("RunInstances", large)["instanceId"]
    emulator.declare(OTHER, products=[code])
    sold = world.image(other, "sold")
    other("ModifyImageAttribute", ImageId=sold, ProductCode=[code])
    other.refused("ModifyImageAttribute", ImageId=sold, ProductCode=["other"])
    other.brief("DescribeImageAttribute", ImageId=sold, Attribute="productCodes")
    other("ConfirmProductInstance", InstanceId=runs, ProductCode=code)
    other.tried("ConfirmProductInstance", InstanceId=NO_INSTANCE, ProductCode=code)
    other.refused("ConfirmProductInstance", InstanceId=runs, ProductCode="other")
    other.dry("ConfirmProductInstance", InstanceId=runs, ProductCode=code)
    me.refused("ConfirmProductInstance", InstanceId=runs, ProductCode=code)
    me.refused("ConfirmProductInstance", InstanceId=runs)
    volume = world.root_volume(me, runs)
    snapshot = world.snapshot(me, volume)
    me("DescribeInstanceAttribute", InstanceId=runs, Attribute="productCodes")
    me("DescribeVolumeAttribute", VolumeId=volume, Attribute="productCodes")
    me("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute="productCodes")
    image = me("CreateImage", InstanceId=runs, Name="captured")["imageId"]
    me("DescribeImageAttribute", ImageId=image, Attribute="productCodes")
    for name in ("product-code", "product-code.type"):
        me.brief("DescribeInstances", **filters(**{name.replace("-", "_"): "*"}))
    me.refused("ModifyImageAttribute", ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    me.refused("ModifySnapshotAttribute", SnapshotId=snapshot,
               CreateVolumePermission={"Add": [{"Group": "all"}]})
    me.tried("ReplaceImageInstanceTypeSpecification", ImageId=image)
    me.quiet("StopInstances", InstanceId=[runs])
    emulator.declare(ACCOUNT, subscriptions=[])
    me.refused("StartInstances", InstanceId=[runs])
    me.tried("RunInstances", launch(image, InstanceType=TYPE))


SCENARIOS = {"launches": launches, "instances": instances,
             "instance_attributes": instance_attributes, "root_volumes": root_volumes,
             "product_codes": product_codes}
