"""Volumes: made, described, attached, modified, copied, deleted; tags and encryption."""

import world
from client import filters
from world import ZONE, tag_specification

NO_VOLUME = "vol-0123456789abcdef0"
NO_INSTANCE = "i-0123456789abcdef0"
NO_SNAPSHOT = "snap-0123456789abcdef0"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def volumes(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    first = me("CreateVolume", AvailabilityZone=ZONE, Size=8)["volumeId"]
    snapshot = world.snapshot(me, first)
    large = world.snapshot(me, world.volume(me, Size=10))
    made = [
        {"AvailabilityZoneId": "use1-az1", "Size": 1},
        {"AvailabilityZone": "us-east-1b", "SnapshotId": snapshot},
        {"AvailabilityZone": ZONE, "Size": 9, "SnapshotId": snapshot, "VolumeType": "gp3",
         "Iops": 4000, "Throughput": 200, "VolumeInitializationRate": 200},
        {"AvailabilityZone": ZONE, "Size": 8, "VolumeType": "io2", "Iops": 100,
         "MultiAttachEnabled": True, "Encrypted": True, "KmsKeyId": "alias/two"},
        {"AvailabilityZone": ZONE, "Size": 8, "VolumeType": "io1", "Iops": 100},
        {"AvailabilityZone": ZONE, "Size": 500, "VolumeType": "st1"},
        {"AvailabilityZone": ZONE, "Size": 500, "VolumeType": "sc1"},
        {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "standard"},
        {"AvailabilityZone": ZONE, "Size": 1, "ClientToken": "once", "TagSpecification": [
            tag_specification("volume", Name="data <&> \"1\"", Ünïcode="ä+= ")]},
    ]
    for request in made:
        last = me("CreateVolume", request)["volumeId"]
    me("CreateVolume", made[-1])
    me.refused("CreateVolume", {**made[-1], "Size": 2})
    far("CreateVolume", AvailabilityZone="eu-west-1a", Size=1)
    other.refused("CreateVolume", AvailabilityZone=ZONE, SnapshotId=snapshot)
    for wrong in ({"AvailabilityZone": ZONE}, {"Size": 1}, {"AvailabilityZone": "xx-1a", "Size": 1},
                  {"AvailabilityZone": ZONE, "AvailabilityZoneId": "use1-az1", "Size": 1},
                  {"AvailabilityZone": ZONE, "Size": 0}, {"AvailabilityZone": ZONE, "Size": 65537},
                  {"AvailabilityZone": ZONE, "Size": 16385, "VolumeType": "gp2"},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "gp9"},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "io1"},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "io1", "Iops": 10**6},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "gp2", "Iops": 100},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "gp2", "Throughput": 200},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "gp3", "Throughput": 2001},
                  {"AvailabilityZone": ZONE, "Size": 1, "MultiAttachEnabled": True},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "st1"},
                  {"AvailabilityZone": ZONE, "SnapshotId": large, "Size": 9},
                  {"AvailabilityZone": ZONE, "SnapshotId": NO_SNAPSHOT},
                  {"AvailabilityZone": ZONE, "SnapshotId": "snap-x"},
                  {"AvailabilityZone": ZONE, "Size": 1, "KmsKeyId": "alias/two"},
                  {"AvailabilityZone": ZONE, "Size": 1, "Encrypted": True, "KmsKeyId": "nonsense"},
                  {"AvailabilityZone": ZONE, "Size": 1, "VolumeInitializationRate": 200},
                  {"AvailabilityZone": ZONE, "SnapshotId": snapshot, "VolumeInitializationRate": 1},
                  {"AvailabilityZone": ZONE, "Size": 1, "OutpostArn": "arn:x"},
                  {"AvailabilityZone": ZONE, "Size": 1, "ClientToken": "t" * 65},
                  {"AvailabilityZone": "xx-1a", "Size": 0, "VolumeType": "gp9", "Iops": -1},
                  {"AvailabilityZone": ZONE, "Size": 1, "TagSpecification": [
                      tag_specification("snapshot", a="b")]}):
        me.refused("CreateVolume", wrong)
    me.dry("CreateVolume", AvailabilityZone=ZONE, Size=1)
    me("DescribeVolumes")
    me("DescribeVolumes", VolumeId=[last, first], IncludeManagedResources=True)
    me.pages("DescribeVolumes", 5)
    far("DescribeVolumes")
    other("DescribeVolumes")
    other.refused("DescribeVolumes", VolumeId=[first])
    me.refused("DescribeVolumes", VolumeId=[first, NO_VOLUME, "vol-0123456789abcdef1"])
    me.refused("DescribeVolumes", VolumeId=["vol-x", NO_VOLUME])
    me.refused("DescribeVolumes", MaxResults=4)
    me.refused("DescribeVolumes", MaxResults=5, VolumeId=[first])
    me.refused("DescribeVolumes", NextToken="bm90IG91cnM=")
    me.refused("DescribeVolumes", **filters(colour="red"))
    me.dry("DescribeVolumes")
    me.dry("DeleteVolume", VolumeId=first)
    me("DeleteVolume", VolumeId=first)
    me.refused("DeleteVolume", VolumeId=first)
    me.refused("DeleteVolume", VolumeId="vol-x")
    me.refused("DeleteVolume")
    other.refused("DeleteVolume", VolumeId=last)


def attachments(emulator):
    me, other = emulator.me, emulator.other
    runs = world.instance(me, Placement={"AvailabilityZone": ZONE})
    elsewhere = world.instance(me, Placement={"AvailabilityZone": "us-east-1b"})
    root = world.root_volume(me, runs)
    data = world.volume(me)
    shared = world.volume(me, VolumeType="io2", Iops=100, MultiAttachEnabled=True, Size=4)
    second = world.instance(me, Placement={"AvailabilityZone": ZONE})
    me.dry("AttachVolume", VolumeId=data, InstanceId=runs, Device="/dev/sdf")
    me("AttachVolume", VolumeId=data, InstanceId=runs, Device="/dev/sdf")
    me("DescribeVolumes", VolumeId=[data])
    me("DescribeInstances", InstanceId=[runs])
    me.tried("AttachVolume", VolumeId=shared, InstanceId=runs, Device="/dev/sdg")
    me.tried("AttachVolume", VolumeId=shared, InstanceId=second, Device="/dev/sdg")
    me("DescribeVolumes", VolumeId=[shared])
    me("AttachVolume", VolumeId=world.volume(me), InstanceId=second, Device="sdh", EbsCardIndex=0)
    spare = world.volume(me)
    for wrong in ({"VolumeId": data}, {"Device": "/dev/xvda"}, {"Device": "/dev/sdf"},
                  {"Device": "/dev/sda1"}, {"VolumeId": NO_VOLUME},
                  {"InstanceId": NO_INSTANCE}, {"InstanceId": elsewhere}, {"VolumeId": "vol-x"},
                  {"InstanceId": "i-x"}, {"VolumeId": root}, {"EbsCardIndex": 1}, {"Device": ""},
                  {"VolumeId": NO_VOLUME, "InstanceId": NO_INSTANCE, "Device": "/dev/xvda"}):
        me.tried("AttachVolume", {"VolumeId": spare, "InstanceId": runs, "Device": "/dev/sdh",
                                  **wrong})
    other.refused("AttachVolume", VolumeId=spare, InstanceId=runs, Device="/dev/sdi")
    me.refused("DeleteVolume", VolumeId=data)
    me.dry("DetachVolume", VolumeId=data)
    for wrong in ({"VolumeId": data, "Device": "/dev/sdz"},
                  {"VolumeId": data, "InstanceId": second},
                  {"VolumeId": world.volume(me)}, {"VolumeId": root}, {"VolumeId": NO_VOLUME},
                  {"VolumeId": "vol-x"}, {"VolumeId": data, "InstanceId": NO_INSTANCE},
                  {"VolumeId": shared}):
        me.refused("DetachVolume", wrong)
    me("DetachVolume", VolumeId=data, InstanceId=runs, Device="/dev/sdf", Force=True)
    me("DetachVolume", VolumeId=shared, InstanceId=second)
    me("StopInstances", InstanceId=[runs])
    me("DetachVolume", VolumeId=root)
    me("DescribeInstances", InstanceId=[runs])
    me.refused("StartInstances", InstanceId=[runs])
    me("AttachVolume", VolumeId=root, InstanceId=runs, Device="/dev/xvda")
    me("StartInstances", InstanceId=[runs])
    me("DescribeVolumes", VolumeId=[root, data, shared])


def modifications(emulator):
    me, other = emulator.me, emulator.other
    plain, typed = world.volume(me), world.volume(me, VolumeType="gp3")
    me.dry("ModifyVolume", VolumeId=plain, Size=2)
    me("ModifyVolume", VolumeId=plain, Size=2)
    me.refused("ModifyVolume", VolumeId=plain, Size=1)
    me("ModifyVolume", VolumeId=plain, VolumeType="gp3", Size=10, Iops=4000, Throughput=200)
    me("ModifyVolume", VolumeId=typed, VolumeType="io2", Size=10, Iops=100)
    me("ModifyVolume", VolumeId=world.volume(me), VolumeType="io2", Size=10, Iops=100,
       MultiAttachEnabled=True)
    for wrong in ({}, {"Size": 3}, {"VolumeType": "gp9"}, {"Iops": 10**6}, {"Throughput": 10**6},
                  {"MultiAttachEnabled": True}, {"Size": 10**6}, {"VolumeType": "st1"},
                  {"VolumeId": NO_VOLUME, "Size": 9}, {"VolumeId": "vol-x", "Size": 9},
                  {"VolumeType": "gp9", "Size": 1, "Iops": -1}):
        me.tried("ModifyVolume", {"VolumeId": plain, **wrong})
    other.refused("ModifyVolume", VolumeId=plain, Size=20)
    more = [world.volume(me) for _ in range(5)]
    for volume in more:
        me.quiet("ModifyVolume", VolumeId=volume, VolumeType="gp3")
    me("DescribeVolumesModifications", VolumeId=[plain, typed], IncludeManagedResources=True)
    me.pages("DescribeVolumesModifications", 5)
    other("DescribeVolumesModifications")
    me.refused("DescribeVolumesModifications", VolumeId=[plain, NO_VOLUME])
    me.refused("DescribeVolumesModifications", VolumeId=[plain], MaxResults=5)
    me.refused("DescribeVolumesModifications", MaxResults=1)
    me.dry("DescribeVolumesModifications")
    me("DescribeVolumes", VolumeId=[plain, typed])

    me("CopyVolumes", SourceVolumeId=plain)
    me("CopyVolumes", SourceVolumeId=plain, VolumeType="io2", Iops=100, MultiAttachEnabled=True)
    me("CopyVolumes", SourceVolumeId=plain, Size=20, VolumeType="gp3", Iops=4000, Throughput=200,
       Encrypted=True, KmsKeyId="alias/two", ClientToken="once", TagSpecification=[
           tag_specification("volume", colour="red")])
    me("CopyVolumes", SourceVolumeId=plain, Size=20, VolumeType="gp3", Iops=4000, Throughput=200,
       Encrypted=True, KmsKeyId="alias/two", ClientToken="once", TagSpecification=[
           tag_specification("volume", colour="red")])
    for wrong in ({"ClientToken": "once"}, {"Size": 1}, {"VolumeType": "gp9"}, {"Iops": 1},
                  {"SourceVolumeId": NO_VOLUME}, {"SourceVolumeId": "vol-x"},
                  {"MultiAttachEnabled": True}, {"KmsKeyId": "alias/two"},
                  {"TagSpecification": [tag_specification("image", a="b")]}):
        me.refused("CopyVolumes", {"SourceVolumeId": plain, **wrong})
    other.refused("CopyVolumes", SourceVolumeId=plain)
    me.dry("CopyVolumes", SourceVolumeId=plain)

    me("DescribeVolumeStatus", VolumeId=[plain, more[0]], IncludeManagedResources=True)
    me.pages("DescribeVolumeStatus", 5)
    other("DescribeVolumeStatus")
    me.refused("DescribeVolumeStatus", VolumeId=[plain, NO_VOLUME])
    me.refused("DescribeVolumeStatus", MaxResults=1)
    me.dry("DescribeVolumeStatus")
    me("DescribeVolumeAttribute", VolumeId=plain, Attribute="autoEnableIO")
    me("ModifyVolumeAttribute", VolumeId=plain, AutoEnableIO={"Value": True})
    me("DescribeVolumeAttribute", VolumeId=plain, Attribute="autoEnableIO")
    me("DescribeVolumeAttribute", VolumeId=plain, Attribute="productCodes")
    for wrong in ({"Attribute": "size"}, {"VolumeId": NO_VOLUME}, {"VolumeId": "vol-x"}):
        me.refused("DescribeVolumeAttribute",
                   {"VolumeId": plain, "Attribute": "autoEnableIO", **wrong})
    me.dry("DescribeVolumeAttribute", VolumeId=plain, Attribute="autoEnableIO")
    me.refused("ModifyVolumeAttribute", VolumeId=plain)
    me.refused("ModifyVolumeAttribute", VolumeId=NO_VOLUME, AutoEnableIO={"Value": True})
    me.refused("ModifyVolumeAttribute", VolumeId=plain, AutoEnableIO={"Value": "perhaps"})
    me.dry("ModifyVolumeAttribute", VolumeId=plain, AutoEnableIO={"Value": False})
    me("EnableVolumeIO", VolumeId=plain)
    me.refused("EnableVolumeIO", VolumeId=NO_VOLUME)
    other.refused("EnableVolumeIO", VolumeId=plain)
    me.dry("EnableVolumeIO", VolumeId=plain)


def tags(emulator):
    me, other = emulator.me, emulator.other
    volume, image = world.volume(me), world.image(me)
    runs = world.instance(me, image, TagSpecification=[tag_specification("instance", of="launch"),
                                                       tag_specification("volume", of="launch")])
    snapshot = world.snapshot(me, volume, TagSpecification=[tag_specification("snapshot", a="1")])
    public = world.public_image(me)
    vpc = me.quiet("DescribeVpcs")["vpcId"]
    me("CreateTags", ResourceId=[volume, image, runs],
       Tag=[{"Key": "colour", "Value": "red"}, {"Key": "empty", "Value": ""}])
    me("CreateTags", ResourceId=[volume], Tag=[{"Key": "colour", "Value": "blue <&>"}])
    me.refused("CreateTags", ResourceId=[volume], Tag=[{"Key": "k"}])
    me.tried("CreateTags", ResourceId=[public, vpc], Tag=[{"Key": "mine", "Value": "ünï"}])
    for wrong in ({"Tag": []}, {"Tag": [{"Key": "aws:x", "Value": ""}]}, {"ResourceId": ["x"]},
                  {"Tag": [{"Key": "AWS:x", "Value": ""}]}, {"Tag": [{"Value": "b"}]},
                  {"Tag": [{"Key": "a", "Value": "b"}, {"Key": "a", "Value": "c"}]},
                  {"Tag": [{"Key": "k" * 129, "Value": "b"}]}, {"ResourceId": [volume, NO_VOLUME]},
                  {"Tag": [{"Key": "k", "Value": "v" * 257}]}, {"Tag": [{"Key": "", "Value": "v"}]},
                  {"Tag": [{"Key": f"k{number}", "Value": ""} for number in range(51)]},
                  {"ResourceId": [NO_VOLUME, NO_SNAPSHOT, "i-x"], "Tag": [{"Key": "aws:"}]},
                  {"ResourceId": ["vpc-0123456789abcdef0"]}, {"ResourceId": []}):
        me.refused("CreateTags", {"ResourceId": [volume], "Tag": [{"Key": "a", "Value": "b"}],
                                  **wrong})
    other.refused("CreateTags", ResourceId=[volume], Tag=[{"Key": "a", "Value": "b"}])
    me.dry("CreateTags", ResourceId=[NO_VOLUME], Tag=[{"Key": "a", "Value": "b"}])
    me("DescribeTags")
    me.pages("DescribeTags", 5)
    other("DescribeTags")
    me.refused("DescribeTags", MaxResults=4)
    me.refused("DescribeTags", NextToken="x")
    me.refused("DescribeTags", **filters(colour="red"))
    me.dry("DescribeTags")
    me("DescribeVolumes", VolumeId=[volume])
    me("DescribeImages", ImageId=[public])
    other("DescribeImages", ImageId=[public])
    me("DeleteTags", ResourceId=[volume],
       Tag=[{"Key": "colour", "Value": "other"}, {"Key": "none"}])
    me("DescribeTags", **filters(resource_id=volume))
    me("DeleteTags", ResourceId=[volume, image], Tag=[{"Key": "colour"}])
    me("DeleteTags", ResourceId=[snapshot, runs])
    me.refused("DeleteTags", ResourceId=["vol-x"])
    me.refused("DeleteTags")
    me.tried("DeleteTags", ResourceId=[NO_VOLUME], Tag=[{"Key": "a"}])
    me.tried("DeleteTags", ResourceId=[volume], Tag=[{"Key": "aws:a"}])
    me.dry("DeleteTags", ResourceId=[volume])
    me("DescribeTags")


def encryption(emulator):
    me, far = emulator.me, emulator.far
    me("GetEbsEncryptionByDefault")
    me("GetEbsDefaultKmsKeyId")
    far("GetEbsDefaultKmsKeyId")
    me("EnableEbsEncryptionByDefault")
    me("CreateVolume", AvailabilityZone=ZONE, Size=1)
    me("ModifyEbsDefaultKmsKeyId", KmsKeyId="alias/one")
    me("GetEbsDefaultKmsKeyId")
    for key in (KEY, "1234abcd-12ab-34cd-56ef-1234567890ab", KEY.replace("us-east-1", "eu-west-1"),
                "mrk-1234abcd12ab34cd56ef1234567890ab", "alias/", "nonsense", "", "alias/aws/ebs",
                "arn:aws:kms:us-east-1:123456789012:alias/one"):
        me.tried("ModifyEbsDefaultKmsKeyId", KmsKeyId=key)
    me("CreateVolume", AvailabilityZone=ZONE, Size=1)
    me("ResetEbsDefaultKmsKeyId")
    me("CreateVolume", AvailabilityZone=ZONE, Size=1, Encrypted=False)
    me("GetEbsEncryptionByDefault")
    me("DisableEbsEncryptionByDefault")
    far("GetEbsEncryptionByDefault")
    me("CreateVolume", AvailabilityZone=ZONE, Size=1)
    for action in ("GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId",
                   "EnableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault",
                   "ResetEbsDefaultKmsKeyId"):
        me.dry(action)
        me.refused(action, DryRun="perhaps")
        me.refused(action, Bogus=1)
    me.dry("ModifyEbsDefaultKmsKeyId", KmsKeyId="alias/two")
    me.refused("ModifyEbsDefaultKmsKeyId")


SCENARIOS = {"volumes": volumes, "attachments": attachments, "modifications": modifications,
             "tags": tags, "encryption": encryption}
