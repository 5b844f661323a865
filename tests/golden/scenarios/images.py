"""Images: registered, captured, described, copied, changed, retired; where they come from."""

import base64
import hashlib

import world
from client import filters
from emulator import ACCOUNT, DAY_MS, OTHER
from world import device, launch, registration, tag_specification

NO_IMAGE = "ami-0123456789abcdef0"
NO_SNAPSHOT = "snap-0123456789abcdef0"
NO_INSTANCE = "i-0123456789abcdef0"
ROOT = "/dev/xvda"


def put_bundle(me):
    """A bundle of one part and its manifest."""
    me.quiet("CreateBucket", Bucket="bucket")
    part = b"bundled"
    manifest = (
        "<manifest><machine_configuration><architecture>x86_64</architecture>"
        f"</machine_configuration><image><bundled_size>{len(part)}</bundled_size>"
        "<parts count='1'><part index='0'><filename>image.part.0</filename>"
        f"<digest algorithm='SHA1'>{hashlib.sha1(part).hexdigest()}</digest></part></parts>"
        "</image></manifest>")
    me.quiet("PutObject", Bucket="bucket", Key="image.part.0", Body=part)
    me.quiet("PutObject", Bucket="bucket", Key="image.manifest.xml", Body=manifest.encode())


def images(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    snapshot, other_snapshot = world.snapshot(me), world.snapshot(me, world.volume(me, Size=4))
    first = me("RegisterImage", registration("first", snapshot))["imageId"]
    made = [
        {"Name": "bare", "RootDeviceName": ROOT, "BlockDeviceMapping": [
            device(ROOT, SnapshotId=snapshot)]},
        registration("whole", snapshot, Description="<all> & everything", SriovNetSupport="simple",
                     BootMode="uefi", TpmSupport="v2.0", ImdsSupport="v2.0",
                     UefiData=base64.b64encode(b"AMZNUEFI").decode(), TagSpecification=[
                         tag_specification("image", Name="whole", of="call")]),
        registration("mapped", snapshot, BlockDeviceMapping=[
            device(ROOT, SnapshotId=snapshot, VolumeSize=9, VolumeType="gp3", Iops=3500,
                   Throughput=200, DeleteOnTermination=False),
            device("/dev/sdf", SnapshotId=other_snapshot, VolumeType="io1", Iops=100),
            device("/dev/sdg", VolumeSize=3, Encrypted=True, EbsCardIndex=0),
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
            {"DeviceName": "/dev/sdc", "NoDevice": ""}]),
        {**registration("paravirtual", snapshot, KernelId="aki-12345678", RamdiskId="ari-12345678"),
         "VirtualizationType": "paravirtual", "Architecture": "i386", "EnaSupport": False},
        {"Name": "stored", "ImageLocation": "bucket/image.manifest.xml"},
    ]
    put_bundle(me)
    for request in made:
        last = me.tried("RegisterImage", request)
    for wrong in ({"Name": "first"}, {"Name": "no*star"}, {"Name": "ab"}, {"Name": "n" * 129},
                  {"Architecture": "vax"}, {"RootDeviceName": "/dev/sda1"}, {"BootMode": "bios"},
                  {"Architecture": "arm64", "BootMode": "legacy-bios"}, {"TpmSupport": "v2.0"},
                  {"UefiData": "!"}, {"BillingProduct": ["bp-6ba54002"]},
                  {"ImageLocation": "bucket/image.manifest.xml"},
                  {"ImageLocation": "bucket/image.part.0", "BlockDeviceMapping": []},
                  {"ImageLocation": "none/image.manifest.xml", "BlockDeviceMapping": []},
                  {"Description": "d" * 256},
                  {"BlockDeviceMapping": []}, {"VirtualizationType": "other"},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=NO_SNAPSHOT)]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId="snap-x")]},
                  {"BlockDeviceMapping": [device(ROOT, VolumeSize=8)]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=snapshot, VolumeSize=10**6)]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=other_snapshot, VolumeSize=1)]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=snapshot, Encrypted=True)]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=snapshot, Iops=100)]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=snapshot, VolumeType="gp9")]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=snapshot)] * 2},
                  {"BlockDeviceMapping": [device("", SnapshotId=snapshot)]},
                  {"BlockDeviceMapping": [{"DeviceName": ROOT, "NoDevice": ""}]},
                  {"BlockDeviceMapping": [device(ROOT, SnapshotId=snapshot, KmsKeyId="alias/two")]},
                  {"BlockDeviceMapping": [{"DeviceName": ROOT, "VirtualName": "ephemeral0"}]},
                  {"TagSpecification": [tag_specification("volume", a="b")]},
                  {"Name": "no*star", "Architecture": "vax", "BootMode": "bios"}):
        me.refused("RegisterImage", {**registration("fresh", snapshot), **wrong})
    other.refused("RegisterImage", registration("fresh", snapshot))
    me.refused("RegisterImage")
    me.dry("RegisterImage", registration("fresh", snapshot))
    far("DescribeImages", Owner=["self"])
    me("DescribeImages", Owner=["self"])
    other("DescribeImages", ImageId=[first])
    me.pages("DescribeImages", 5, Owner=["self"])
    for wrong in ({"ImageId": [NO_IMAGE]}, {"ImageId": ["ami-x"]}, {"ImageId": [first, NO_IMAGE]},
                  {"MaxResults": 1}, {"MaxResults": 1001}, {"Owner": ["nobody"]},
                  {"ExecutableBy": ["nobody"]}, {"NextToken": "x"}, filters(colour="red"),
                  {"ImageId": [first], "MaxResults": 5},
                  {"ImageId": ["ami-x"], "Owner": ["nobody"], "MaxResults": 1}):
        me.tried("DescribeImages", wrong)
    me.dry("DescribeImages")
    me.dry("DeregisterImage", ImageId=first)
    other.refused("DeregisterImage", ImageId=first)
    me("DeregisterImage", ImageId=first)
    me.refused("DeregisterImage", ImageId=first)
    me("DeregisterImage", ImageId=last["imageId"], DeleteAssociatedSnapshots=True)
    for wrong in ({}, {"ImageId": NO_IMAGE}, {"ImageId": "ami-x"},
                  {"ImageId": world.public_image(me)}):
        me.refused("DeregisterImage", wrong)
    me("DescribeImages", ImageId=[first])


def catalogue(emulator):
    me, far = emulator.me, emulator.far
    newest = world.public_image(me)
    me("DescribeImages", ImageId=[newest])
    me.brief("DescribeImages", Owner=["amazon"])
    me.brief("DescribeImages")
    far.brief("DescribeImages", Owner=["099720109477"], IncludeDeprecated=True)
    me.brief("DescribeImages", Owner=["self", "aws-marketplace", "aws-backup-vault"])
    me.brief("DescribeImages", ExecutableBy=["all"], Owner=["amazon"])
    for name in (world.WINDOWS, "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*",
                 "debian-12-amd64-*", "RHEL-9*x86_64*", "suse-sles-15-*"):
        me.brief("DescribeImages", **filters(name=name))
    page = me("DescribeImages", MaxResults=5, Owner=["amazon"], **filters(
        name="al2023-ami-2023.*-kernel-6.1-arm64"))
    if page.next_token:
        me("DescribeImages", MaxResults=5, Owner=["amazon"], NextToken=page.next_token[0],
           **filters(name="al2023-ami-2023.*-kernel-6.1-arm64"))
    product = me.brief("DescribeImages", Owner=["aws-marketplace"], MaxResults=5)["imageId"]
    me("DescribeImages", ImageId=[product])
    me.refused("RunInstances", launch(product))
    me.refused("ModifyImageAttribute", ImageId=newest, Description={"Value": "mine"})
    me.refused("DescribeImageAttribute", ImageId=newest, Attribute="launchPermission")
    me.refused("CreateVolume", AvailabilityZone=world.ZONE, SnapshotId="snap-0a718da250db53d08")


def captures(emulator):
    me, other = emulator.me, emulator.other
    runs = world.instance(me, Placement={"AvailabilityZone": world.ZONE}, TagSpecification=[
        tag_specification("instance", of="launch")])
    volume = world.volume(me, Size=2)
    me.quiet("AttachVolume", VolumeId=volume, InstanceId=runs, Device="/dev/sdf")
    me.dry("CreateImage", InstanceId=runs, Name="captured")
    first = me("CreateImage", InstanceId=runs, Name="captured")["imageId"]
    second = me("CreateImage", InstanceId=runs, Name="other", Description="nightly", NoReboot=True,
                BootModeOverride="uefi", SnapshotLocation="regional", TagSpecification=[
                    tag_specification("image", a="1"), tag_specification("snapshot", b="2")],
                BlockDeviceMapping=[
                    device(ROOT, DeleteOnTermination=False),
                    {"DeviceName": "/dev/sdf", "NoDevice": ""},
                    device("/dev/sdh", VolumeSize=12, VolumeType="gp3", Iops=4000, Throughput=200,
                           Encrypted=True, EbsCardIndex=0),
                    device("/dev/sdj", SnapshotId=world.snapshot(me)),
                    {"DeviceName": "/dev/sdi", "VirtualName": "ephemeral0"}])["imageId"]
    for wrong in ({"Name": "captured"}, {"Name": "x"}, {"InstanceId": NO_INSTANCE},
                  {"InstanceId": "i-x"}, {"BootModeOverride": "bios"},
                  {"SnapshotLocation": "local"},
                  {"BlockDeviceMapping": [device("/dev/sdf", SnapshotId=NO_SNAPSHOT)]},
                  {"BlockDeviceMapping": [device("/dev/sdf", VolumeSize=1)]},
                  {"BlockDeviceMapping": [device(ROOT, VolumeSize=12)]},
                  {"BlockDeviceMapping": [device("/dev/sdf", Encrypted=True)]},
                  {"BlockDeviceMapping": [device("/dev/sdz", VolumeSize=0)]},
                  {"TagSpecification": [tag_specification("instance", a="b")]}):
        me.tried("CreateImage", {"InstanceId": runs, "Name": "fresh", **wrong})
    other.refused("CreateImage", InstanceId=runs, Name="fresh")
    me.refused("CreateImage")
    me("DescribeImages", ImageId=[first, second])
    me("DescribeSnapshots", Owner=["self"])
    me("RunInstances", launch(second))
    me.quiet("TerminateInstances", InstanceId=[runs])
    me.refused("CreateImage", InstanceId=runs, Name="late")


def image_attributes(emulator):
    me, other = emulator.me, emulator.other
    image = world.image(me, "one", BootMode="uefi", TpmSupport="v2.0",
                        UefiData=base64.b64encode(b"AMZNUEFI").decode(), Description="old")
    for attribute in ("description", "kernel", "ramdisk", "launchPermission", "productCodes",
                      "sriovNetSupport", "bootMode", "tpmSupport", "uefiData", "lastLaunchedTime",
                      "imdsSupport", "deregistrationProtection"):
        me.tried("DescribeImageAttribute", ImageId=image, Attribute=attribute)
    for wrong in ({"Attribute": "blockDeviceMapping"}, {"Attribute": "colour"},
                  {"ImageId": NO_IMAGE}, {"ImageId": "ami-x"}):
        me.refused("DescribeImageAttribute",
                   {"ImageId": image, "Attribute": "description", **wrong})
    me.refused("DescribeImageAttribute")
    other.refused("DescribeImageAttribute", ImageId=image, Attribute="description")
    me.dry("DescribeImageAttribute", ImageId=image, Attribute="description")

    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    unit = "arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-abcd-12345678"
    flat = {"Attribute": "launchPermission", "OperationType": "add"}
    for change in ({"Attribute": "description", "Value": "new"},
                   {"Description": {"Value": "newer"}},
                   {"ImdsSupport": {"Value": "v2.0"}}, {**flat, "UserId": [OTHER, "444455556666"]},
                   {"OperationType": "remove", "UserId": ["444455556666"]},
                   {**flat, "OrganizationArn": [organization]},
                   {**flat, "OrganizationalUnitArn": [unit]}, {**flat, "UserGroup": ["all"]},
                   {"LaunchPermission": {"Remove": [{"Group": "all"},
                                                    {"OrganizationArn": organization}]}},
                   {"LaunchPermission": {"Add": [{"UserId": "555566667777"}]}},
                   {"LaunchPermission": {"Remove": [{"UserId": "555566667777"},
                                                    {"OrganizationalUnitArn": unit}]}}):
        me("ModifyImageAttribute", {"ImageId": image, **change})
    for wrong in ({}, {"LaunchPermission": {"Add": [{"UserId": OTHER}],
                                            "Remove": [{"OrganizationalUnitArn": unit}]}},
                  {"Attribute": "description"}, {"Attribute": "colour", "Value": "red"},
                  {"Description": {"Value": "d" * 256}}, {**flat, "UserId": ["12"]},
                  {"UserId": [OTHER]}, {**flat, "UserGroup": ["some"]},
                  {"LaunchPermission": {"Add": [{"Group": "some"}]}},
                  {"LaunchPermission": {"Add": [{"UserId": OTHER, "Group": "all"}]}},
                  {"LaunchPermission": {"Add": [{}]}}, {**flat, "OrganizationArn": ["arn:x"]},
                  {"Description": {"Value": "a"}, "ImdsSupport": {"Value": "v2.0"}},
                  {"ImdsSupport": {"Value": "v1.0"}}, {"ProductCode": ["abc"]},
                  {"OperationType": "change", "UserId": [OTHER]},
                  {"ImageId": NO_IMAGE, "Description": {"Value": "a"}}):
        me.tried("ModifyImageAttribute", {"ImageId": image, **wrong})
    other.refused("ModifyImageAttribute", ImageId=image, Description={"Value": "theirs"})
    me.dry("ModifyImageAttribute", ImageId=image, Description={"Value": "dry"})
    me("DescribeImageAttribute", ImageId=image, Attribute="launchPermission")
    me("DescribeImageAttribute", ImageId=image, Attribute="description")
    me("DescribeImages", ImageId=[image])
    other("DescribeImages", ImageId=[image])
    me.dry("ResetImageAttribute", ImageId=image, Attribute="launchPermission")
    me("ResetImageAttribute", ImageId=image, Attribute="launchPermission")
    me.refused("ResetImageAttribute", ImageId=image, Attribute="description")
    me.refused("ResetImageAttribute", ImageId=NO_IMAGE, Attribute="launchPermission")
    other.refused("ResetImageAttribute", ImageId=image, Attribute="launchPermission")
    me("DescribeImageAttribute", ImageId=image, Attribute="launchPermission")


def image_life(emulator):
    me, other = emulator.me, emulator.other
    image, public = world.image(me, "one"), world.image(me, "public")
    me.quiet("ModifyImageAttribute", ImageId=public, LaunchPermission={"Add": [{"Group": "all"}]})
    for action, more in (("DisableImage", {}), ("EnableImage", {}),
                         ("EnableImageDeprecation", {"DeprecateAt": "2027-01-02T00:00:31Z"}),
                         ("DisableImageDeprecation", {}),
                         ("EnableImageDeregistrationProtection", {"WithCooldown": True}),
                         ("DisableImageDeregistrationProtection", {})):
        me.dry(action, ImageId=image, **more)
        other.refused(action, ImageId=image, **more)
        me.refused(action, ImageId=NO_IMAGE, **more)
        me.refused(action, ImageId="ami-x", **more)
        me.refused(action, **more)
        me(action, ImageId=image, **more)
        me("DescribeImages", ImageId=[image], IncludeDisabled=True)
        me.tried(action, ImageId=image, **more)
    me.refused("DeregisterImage", ImageId=image)
    emulator.advance(DAY_MS)
    me("DescribeImages", ImageId=[image])
    for wrong in ("soon", "2020-01-01T00:00:00Z", "2037-01-01T00:00:00Z"):
        me.refused("EnableImageDeprecation", ImageId=image, DeprecateAt=wrong)
    me.refused("EnableImageDeprecation", ImageId=public, DeprecateAt="2030-01-01T00:00:00Z")
    me.refused("DisableImageDeprecation", ImageId=public)
    me("DisableImage", ImageId=image)
    me.brief("DescribeImages", Owner=["self"])
    me.refused("RunInstances", launch(image))
    me.refused("ModifyImageAttribute", ImageId=image, LaunchPermission={"Add": [{"UserId": OTHER}]})
    me("EnableImage", ImageId=image)
    me("EnableImageDeprecation", ImageId=image, DeprecateAt="2026-12-24T12:00:00Z")
    me.quiet("ModifyImageAttribute", ImageId=image, LaunchPermission={"Add": [{"UserId": OTHER}]})
    emulator.advance(60 * DAY_MS)
    other("DescribeImages", Owner=[ACCOUNT])
    other("DescribeImages", Owner=[ACCOUNT], IncludeDeprecated=True)
    me("DescribeImages", Owner=["self"])


def annotations(emulator):
    me, other = emulator.me, emulator.other
    image, public = world.image(me, "one"), world.image(me, "public")
    me.quiet("ModifyImageAttribute", ImageId=public, LaunchPermission={"Add": [{"Group": "all"}]})
    mark = {"ImageId": image, "WatermarkName": "approved"}
    me.dry("AttachImageWatermark", mark)
    me("AttachImageWatermark", mark)
    me("AttachImageWatermark", mark)
    me("AttachImageWatermark", ImageId=image, WatermarkName="checked")
    for wrong in ({"WatermarkName": "ab"}, {"WatermarkName": "no*star"}, {"ImageId": public},
                  {"ImageId": NO_IMAGE}, {"ImageId": "ami-x"}, {"WatermarkName": "n" * 129}):
        me.refused("AttachImageWatermark", {**mark, **wrong})
    other.refused("AttachImageWatermark", mark)
    me("DescribeImages", ImageId=[image])
    key = {"ImageId": image, "WatermarkKey": f"{ACCOUNT}:approved"}
    me.dry("DetachImageWatermark", key)
    other.refused("DetachImageWatermark", key)
    me("DetachImageWatermark", key)
    me("DetachImageWatermark", key)
    for wrong in ({"WatermarkKey": "approved"}, {"ImageId": NO_IMAGE}, {"WatermarkKey": ""}):
        me.tried("DetachImageWatermark", {**key, **wrong})
    me("DescribeImages", ImageId=[image])

    action = "ReplaceImageInstanceTypeSpecification"
    me.dry(action, ImageId=image)
    me(action, ImageId=image, InstanceTypeSpecification={
        "SupportedInstanceType": ["t3.*", "m5.large"]})
    me("DescribeImages", ImageId=[image])
    me.refused("RunInstances", launch(image, InstanceType="c5.large"))
    me("RunInstances", launch(image))
    me.tried(action, ImageId=image, InstanceTypeSpecification={
        "SupportedInstanceType": ["t3.*"], "UnsupportedInstanceType": ["t3.nano"]})
    for wrong in ({"SupportedInstanceType": [""]}, {"SupportedInstanceType": ["T3!"]},
                  {"UnsupportedInstanceType": ["x" * 40]}, {"SupportedInstanceType": ["t3.*"] * 2}):
        me.tried(action, ImageId=image, InstanceTypeSpecification=wrong)
    me(action, ImageId=image)
    me.refused(action, ImageId=NO_IMAGE)
    other.refused(action, ImageId=image)
    me("GetImageFindings", ImageId=image)
    me("GetImageFindings", ImageId=image, MaxResults=1)
    me.refused("GetImageFindings", ImageId=NO_IMAGE)
    me.refused("GetImageFindings", ImageId=image, NextToken="bm90IG91cnM=")
    me.refused("GetImageFindings", ImageId=image, MaxResults=1001)
    other.tried("GetImageFindings", ImageId=image)
    me.dry("GetImageFindings", ImageId=image)


def fast_launch(emulator):
    me, other = emulator.me, emulator.other
    windows = [world.windows_image(me, f"windows {number}") for number in range(3)]
    me.dry("EnableFastLaunch", ImageId=windows[0])
    me("EnableFastLaunch", ImageId=windows[0])
    me("EnableFastLaunch", ImageId=windows[1], ResourceType="snapshot", MaxParallelLaunches=9,
       SnapshotConfiguration={"TargetResourceCount": 9})
    template = me.quiet("CreateLaunchTemplate", LaunchTemplateName="own", LaunchTemplateData={
        "InstanceType": "m5.large"})["launchTemplateId"]
    for named in ({"LaunchTemplateId": template}, {"LaunchTemplateName": "own"}):
        me("EnableFastLaunch", ImageId=windows[2], LaunchTemplate={**named, "Version": "1"})
    version = {"Version": "1"}
    for wrong in ({"ImageId": world.image(me, "linux")}, {"ImageId": NO_IMAGE},
                  {"ImageId": "ami-x"}, {"ResourceType": "volume"}, {"MaxParallelLaunches": 5},
                  {"SnapshotConfiguration": {"TargetResourceCount": 0}},
                  {"LaunchTemplate": version}, {"ImageId": world.public_image(me, world.WINDOWS)},
                  {"LaunchTemplate": {"LaunchTemplateId": "lt-0123456789abcdef0", **version}},
                  {"LaunchTemplate": {"LaunchTemplateName": "web", **version}}):
        me.tried("EnableFastLaunch", {"ImageId": windows[2], **wrong})
    other.refused("EnableFastLaunch", ImageId=windows[0])
    me.pages("DescribeFastLaunchImages", 1)
    me("DescribeFastLaunchImages", ImageId=windows[:2])
    other("DescribeFastLaunchImages")
    me.tried("DescribeFastLaunchImages", ImageId=[NO_IMAGE])
    me.refused("DescribeFastLaunchImages", ImageId=["ami-x"])
    me.refused("DescribeFastLaunchImages", MaxResults=201)
    me.refused("DescribeFastLaunchImages", NextToken="x")
    me.dry("DescribeFastLaunchImages")
    me.dry("DisableFastLaunch", ImageId=windows[0])
    me("DisableFastLaunch", ImageId=windows[0])
    me("DisableFastLaunch", ImageId=windows[1], Force=True)
    me.refused("DisableFastLaunch", ImageId=windows[0])
    me.refused("DisableFastLaunch", ImageId=NO_IMAGE)
    other.refused("DisableFastLaunch", ImageId=windows[2])
    me("DescribeFastLaunchImages")


def image_copies(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    image = world.image(me, "source", Description="old", TagSpecification=[
        tag_specification("image", of="source")])
    here = {"SourceImageId": image, "SourceRegion": "us-east-1"}
    far.dry("CopyImage", here, Name="copied")
    copied = far("CopyImage", here, Name="copied", ClientToken="once", CopyImageTags=True,
                 TagSpecification=[tag_specification("image", a="1")])["imageId"]
    far.tried("CopyImage", here, Name="copied", ClientToken="once", CopyImageTags=True,
              TagSpecification=[tag_specification("image", a="1")])
    far("CopyImage", here, Name="copied")
    far.refused("CopyImage", here, Name="other", ClientToken="once")
    sealed = me("CopyImage", here, Name="sealed", Encrypted=True, KmsKeyId="alias/two",
                Description="new", SnapshotCopyCompletionDurationMinutes=15)["imageId"]
    me("CopyImage", SourceImageId=copied, SourceRegion="eu-west-1", Name="back")
    far("DescribeImages", Owner=["self"])
    me("DescribeImages", ImageId=[sealed])
    for wrong in ({"SourceImageId": NO_IMAGE}, {"SourceImageId": "ami-x"},
                  {"SourceRegion": "nowhere-1"},
                  {"SourceRegion": "eu-west-1"}, {"Name": "x"}, {"KmsKeyId": "alias/two"},
                  {"SnapshotCopyCompletionDurationMinutes": 14}, {"ClientToken": "t" * 129},
                  {"DestinationAvailabilityZone": "us-east-1a"},
                  {"SourceImageId": sealed, "Encrypted": False},
                  {"TagSpecification": [tag_specification("volume", a="b")]}):
        me.tried("CopyImage", {**here, "Name": "fresh", **wrong})
    me.refused("CopyImage")
    other.refused("CopyImage", here, Name="theirs")
    me("GetImageAncestry", ImageId=sealed)
    far("GetImageAncestry", ImageId=copied)
    me.refused("GetImageAncestry", ImageId=NO_IMAGE)
    other.tried("GetImageAncestry", ImageId=sealed)
    me.dry("GetImageAncestry", ImageId=sealed)


def lineage(emulator):
    me, other = emulator.me, emulator.other
    image, unused = world.image(me, "used"), world.image(me, "unused")
    runs = [world.instance(me, image) for _ in range(7)]
    me.quiet("StopInstances", InstanceId=runs[5:])
    me.quiet("PutParameter", Name="/golden", Value=image, Type="String", DataType="aws:ec2:image")
    me.pages("DescribeImageReferences", 5, ImageId=[image, unused], IncludeAllResourceTypes=True)
    running = {"ResourceType": "ec2:Instance", "ResourceTypeOption": [
        {"OptionName": "state-name", "OptionValue": ["stopped"]}]}
    me("DescribeImageReferences", ImageId=[image], ResourceType=[running])
    me("DescribeImageReferences", ImageId=[image], ResourceType=[
        {"ResourceType": "ec2:LaunchTemplate", "ResourceTypeOption": [
            {"OptionName": "version-depth", "OptionValue": ["2"]}]},
        {"ResourceType": "ssm:Parameter"}, {"ResourceType": "imagebuilder:ImageRecipe"}])
    for wrong in ({"IncludeAllResourceTypes": False}, {},
                  {"ImageId": [NO_IMAGE], "IncludeAllResourceTypes": True},
                  {"ImageId": ["ami-x"], "IncludeAllResourceTypes": True},
                  {"ImageId": [], "IncludeAllResourceTypes": True},
                  {"IncludeAllResourceTypes": True, "ResourceType": [running]},
                  {"ResourceType": [{"ResourceType": "ec2:Volume"}]},
                  {"ResourceType": [{"ResourceType": "ssm:Parameter", "ResourceTypeOption": [
                      {"OptionName": "version-depth", "OptionValue": ["2"]}]}]},
                  {"ResourceType": [{"ResourceType": "ec2:Instance", "ResourceTypeOption": [
                      {"OptionName": "version-depth", "OptionValue": ["1"]}]}]},
                  {"ResourceType": [{"ResourceType": "ec2:Instance", "ResourceTypeOption": [
                      {"OptionName": "state-name", "OptionValue": ["lost"]}]}]},
                  {"IncludeAllResourceTypes": True, "MaxResults": 4},
                  {"IncludeAllResourceTypes": True, "NextToken": "x"}):
        me.tried("DescribeImageReferences", {"ImageId": [image], **wrong})
    other.tried("DescribeImageReferences", ImageId=[image], IncludeAllResourceTypes=True)
    me.dry("DescribeImageReferences", ImageId=[image], IncludeAllResourceTypes=True)

    me("DescribeInstanceImageMetadata", InstanceId=runs[:2])
    me.pages("DescribeInstanceImageMetadata", 4)
    other("DescribeInstanceImageMetadata")
    me.quiet("DeregisterImage", ImageId=image)
    me("DescribeInstanceImageMetadata", InstanceId=runs[:1])
    me("DescribeImages", ImageId=[image])
    me.refused("DescribeInstanceImageMetadata", InstanceId=[NO_INSTANCE])
    me.refused("DescribeInstanceImageMetadata", MaxResults=1001)
    me.refused("DescribeInstanceImageMetadata", NextToken="x")
    me.dry("DescribeInstanceImageMetadata")


def usage_reports(emulator):
    me, other = emulator.me, emulator.other
    image = world.image(me, "used")
    other_image = world.image(me, "other")
    me.quiet("ModifyImageAttribute", ImageId=image, LaunchPermission={
        "Add": [{"UserId": OTHER}, {"UserId": "444455556666"}]})
    for client in (me, me, other):
        world.instance(client, image)
    instances = {"ResourceType": [{"ResourceType": "ec2:Instance"}]}
    depth = {"ResourceType": [{"ResourceType": "ec2:LaunchTemplate", "ResourceTypeOption": [
        {"OptionName": "version-depth", "OptionValue": ["10"]}]}]}
    me.dry("CreateImageUsageReport", instances, ImageId=image)
    first = me("CreateImageUsageReport", instances, ImageId=image)["reportId"]
    emulator.advance(1000)
    second = me("CreateImageUsageReport", instances, ImageId=image, ClientToken="once",
                AccountId=[OTHER, "444455556666"], TagSpecification=[
                    tag_specification("image-usage-report", a="b")])["reportId"]
    me("CreateImageUsageReport", instances, ImageId=image, ClientToken="once",
       AccountId=[OTHER, "444455556666"], TagSpecification=[
           tag_specification("image-usage-report", a="b")])
    me("CreateImageUsageReport", depth, ImageId=other_image)
    for wrong in ({"ImageId": NO_IMAGE}, {"ImageId": "ami-x"}, {"AccountId": ["12"]},
                  {"ResourceType": [{"ResourceType": "ec2:Volume"}]}, {"ResourceType": []},
                  {"ResourceType": [{"ResourceType": "ec2:LaunchTemplate", "ResourceTypeOption": [
                      {"OptionName": "depth", "OptionValue": ["10"]}]}]},
                  {"ClientToken": "once"}, {"ImageId": world.public_image(me)},
                  {"TagSpecification": [tag_specification("image", a="b")]}):
        me.refused("CreateImageUsageReport", {"ImageId": image, **instances, **wrong})
    other.refused("CreateImageUsageReport", instances, ImageId=image)
    for listing in ("DescribeImageUsageReports", "DescribeImageUsageReportEntries"):
        me(listing)
        me.pages(listing, 1)
        me(listing, ReportId=[second])
        me(listing, ImageId=[other_image])
        other(listing)
        me.refused(listing, ReportId=["amiur-0123456789abcdef0"])
        me.refused(listing, ReportId=["x"])
        me.tried(listing, ImageId=[NO_IMAGE])
        me.refused(listing, MaxResults=0)
        me.refused(listing, NextToken="x")
        me.dry(listing)
    me.dry("DeleteImageUsageReport", ReportId=first)
    other.refused("DeleteImageUsageReport", ReportId=first)
    me("DeleteImageUsageReport", ReportId=first)
    me.refused("DeleteImageUsageReport", ReportId=first)
    me.refused("DeleteImageUsageReport", ReportId="x")
    me("DescribeImageUsageReports")


SCENARIOS = {"images": images, "catalogue": catalogue, "captures": captures,
             "image_attributes": image_attributes, "image_life": image_life,
             "annotations": annotations, "fast_launch": fast_launch, "image_copies": image_copies,
             "lineage": lineage, "usage_reports": usage_reports}
