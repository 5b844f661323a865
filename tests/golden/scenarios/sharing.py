"""What one account lets another see and use, and what it refuses to see itself."""

import world
from client import filters
from emulator import ACCOUNT, OTHER, STRANGER
from world import ZONE, launch

NO_IMAGE = "ami-0123456789abcdef0"
NO_SNAPSHOT = "snap-0123456789abcdef0"
ORGANIZATION = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
UNIT = "arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-abcd-12345678"
PUBLIC = {"Add": [{"Group": "all"}]}


def image_sharing(emulator):
    me, other, stranger = emulator.me, emulator.other, emulator.client(STRANGER)
    image = world.image(me, "golden")
    snapshot = me.quiet("DescribeImages", ImageId=[image])["snapshotId"]
    other.refused("RunInstances", launch(image))
    other("DescribeImages", ImageId=[image])
    me("ModifyImageAttribute", ImageId=image, LaunchPermission={"Add": [{"UserId": OTHER}]})
    other("DescribeImages", Owner=[ACCOUNT])
    other("DescribeImages", ExecutableBy=["self"], Owner=[ACCOUNT])
    me("DescribeImages", ExecutableBy=[OTHER], Owner=[ACCOUNT])
    stranger("DescribeImages", Owner=[ACCOUNT])
    other("RunInstances", launch(image))
    other.refused("CopyImage", SourceImageId=image, SourceRegion="us-east-1", Name="mine")
    other.refused("CreateVolume", AvailabilityZone=ZONE, SnapshotId=snapshot)
    me("ModifySnapshotAttribute", SnapshotId=snapshot, CreateVolumePermission={
        "Add": [{"UserId": OTHER}]})
    copy = other("CopyImage", SourceImageId=image, SourceRegion="us-east-1", Name="mine")["imageId"]
    other("CreateVolume", AvailabilityZone=ZONE, SnapshotId=snapshot)
    other("GetImageAncestry", ImageId=copy)
    other.refused("ModifyImageAttribute", ImageId=image, Description={"Value": "theirs"})
    other.refused("DescribeImageAttribute", ImageId=image, Attribute="launchPermission")
    other.dry("CancelImageLaunchPermission", ImageId=image)
    other("CancelImageLaunchPermission", ImageId=image)
    other.refused("CancelImageLaunchPermission", ImageId=image)
    other.refused("CancelImageLaunchPermission", ImageId=NO_IMAGE)
    other.refused("CancelImageLaunchPermission", ImageId="ami-x")
    me.refused("CancelImageLaunchPermission", ImageId=image)
    me("DescribeImageAttribute", ImageId=image, Attribute="launchPermission")

    emulator.declare(OTHER, organization=ORGANIZATION, organizational_units=[UNIT])
    for grantee in ({"OrganizationArn": ORGANIZATION}, {"OrganizationalUnitArn": UNIT}):
        me("ModifyImageAttribute", ImageId=image, LaunchPermission={"Add": [grantee]})
        other.brief("DescribeImages", Owner=[ACCOUNT])
        other.brief("DescribeImages", ExecutableBy=["self"], Owner=[ACCOUNT])
        other.brief("DescribeImages", ExecutableBy=[OTHER], Owner=[ACCOUNT])
        other.brief("RunInstances", launch(image))
        other.refused("CancelImageLaunchPermission", ImageId=image)
        me("ModifyImageAttribute", ImageId=image, LaunchPermission={"Remove": [grantee]})
        other.brief("DescribeImages", Owner=[ACCOUNT])
    me("ModifyImageAttribute", ImageId=image, LaunchPermission=PUBLIC)
    stranger("DescribeImages", ImageId=[image])
    stranger("DescribeImages", ExecutableBy=["all"], Owner=[ACCOUNT])
    stranger.brief("RunInstances", launch(image))
    me("ResetImageAttribute", ImageId=image, Attribute="launchPermission")
    stranger.refused("RunInstances", launch(image))
    key = {"Encrypted": True, "KmsKeyId": "alias/golden"}
    for name, more in (("managed", {"Encrypted": True}), ("own", key)):
        sealed = me.quiet("CopyImage", SourceImageId=image, SourceRegion="us-east-1", Name=name,
                          **more)["imageId"]
        me.tried("ModifyImageAttribute", ImageId=sealed,
                 LaunchPermission={"Add": [{"UserId": OTHER}]})
        me.refused("ModifyImageAttribute", ImageId=sealed, LaunchPermission=PUBLIC)
    me("DeregisterImage", ImageId=image, DeleteAssociatedSnapshots=True)
    other("DescribeImages", Owner=["self"])


def snapshot_sharing(emulator):
    me, other, stranger = emulator.me, emulator.other, emulator.client(STRANGER)
    snapshot, key = world.snapshot(me), "createVolumePermission"
    sealed = world.snapshot(me, world.volume(me, Encrypted=True))
    own_key = world.snapshot(me, world.volume(me, Encrypted=True, KmsKeyId="alias/two"))
    me("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
    me.dry("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
    flat = {"Attribute": key, "OperationType": "add"}
    me.dry("ModifySnapshotAttribute", flat, SnapshotId=snapshot, UserId=[OTHER])
    for change in ({**flat, "UserId": [OTHER, STRANGER]},
                   {"OperationType": "add", "UserGroup": ["all"]},
                   {"CreateVolumePermission": {"Remove": [{"UserId": STRANGER}]}},
                   {"CreateVolumePermission": {"Remove": [{"Group": "all"}]}},
                   {"CreateVolumePermission": {"Add": [{"UserId": "555566667777"}]}}):
        me("ModifySnapshotAttribute", {"SnapshotId": snapshot, **change})
        me("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
        stranger.brief("DescribeSnapshots", Owner=[ACCOUNT])
    me("ModifySnapshotAttribute", flat, SnapshotId=own_key, UserId=[OTHER])
    other("DescribeSnapshots", Owner=[ACCOUNT])
    other("DescribeSnapshots", RestorableBy=["self"])
    other("DescribeSnapshots", RestorableBy=[OTHER])
    me("DescribeSnapshots", RestorableBy=[OTHER])
    me.brief("DescribeSnapshots", RestorableBy=["all"])
    for wrong in ({}, {**flat, "UserId": ["12"]}, {"UserId": [OTHER]},
                  {**flat, "UserGroup": ["some"]},
                  {"Attribute": "productCodes", "OperationType": "add", "UserId": [OTHER]},
                  {"SnapshotId": NO_SNAPSHOT, **flat, "UserId": [OTHER]}, {"SnapshotId": "snap-x"},
                  {"CreateVolumePermission": {"Add": [{"UserId": STRANGER}],
                                              "Remove": [{"UserId": OTHER}]}},
                  {"SnapshotId": sealed, **flat, "UserId": [OTHER]},
                  {"SnapshotId": own_key, **flat, "UserGroup": ["all"]},
                  {"CreateVolumePermission": {"Add": [{"Group": "some"}]}}):
        me.refused("ModifySnapshotAttribute", {"SnapshotId": snapshot, **wrong})
    other.refused("ModifySnapshotAttribute", flat, SnapshotId=snapshot, UserId=[OTHER])
    other.refused("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
    me.refused("DescribeSnapshotAttribute", SnapshotId=NO_SNAPSHOT, Attribute=key)
    me.refused("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute="size")
    me.dry("ResetSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
    me("ResetSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
    me("DescribeSnapshotAttribute", SnapshotId=snapshot, Attribute=key)
    me.refused("ResetSnapshotAttribute", SnapshotId=snapshot, Attribute="productCodes")
    me.refused("ResetSnapshotAttribute", SnapshotId=NO_SNAPSHOT, Attribute=key)
    other.refused("ResetSnapshotAttribute", SnapshotId=snapshot, Attribute=key)


def public_access(emulator):
    me, far, stranger = emulator.me, emulator.far, emulator.client(STRANGER)
    image, snapshot = world.image(me, "golden"), world.snapshot(me)
    open_snapshot = world.snapshot(me)
    me.quiet("ModifySnapshotAttribute", SnapshotId=open_snapshot, CreateVolumePermission=PUBLIC)
    for enabling, disabling, getting, member in (
            ("EnableImageBlockPublicAccess", "DisableImageBlockPublicAccess",
             "GetImageBlockPublicAccessState", "ImageBlockPublicAccessState"),
            ("EnableSnapshotBlockPublicAccess", "DisableSnapshotBlockPublicAccess",
             "GetSnapshotBlockPublicAccessState", "State")):
        me(getting)
        me.dry(enabling, {member: "block-new-sharing"})
        me(enabling, {member: "block-new-sharing"})
        me.refused(enabling, {member: "block"})
        me.refused(enabling)
        me(getting)
        far(getting)
        me.tried("ModifyImageAttribute", ImageId=image, LaunchPermission=PUBLIC)
        me.tried("ModifySnapshotAttribute", SnapshotId=snapshot, CreateVolumePermission=PUBLIC)
        me.tried(enabling, {member: "block-all-sharing"})
        me(getting)
        stranger.brief("DescribeSnapshots", Owner=[ACCOUNT])
        me.tried(enabling, {member: "unblocked"})
        me.dry(disabling)
        me(disabling)
        me.refused(disabling, Bogus=1)
        me.dry(getting)
        me.refused(getting, Bogus=1)
        me(getting)


def allowed_images(emulator):
    me, other = emulator.me, emulator.other
    mine = world.image(me, "base image 1")
    me.quiet("ModifyImageAttribute", ImageId=mine, LaunchPermission=PUBLIC)
    enabling = "EnableAllowedImagesSettings"
    replacing = "ReplaceImageCriteriaInAllowedImagesSettings"
    other("GetAllowedImagesSettings")
    other.dry(enabling, AllowedImagesSettingsState="enabled")
    other(enabling, AllowedImagesSettingsState="audit-mode")
    other.refused(enabling, AllowedImagesSettingsState="disabled")
    other.refused(enabling)
    other("DescribeImages", ImageId=[mine])
    criteria = [
        {"ImageProvider": ["amazon", ACCOUNT]}, {"MarketplaceProductCode": ["abc"]},
        {"ImageName": ["base*"]}, {"DeprecationTimeCondition": {"MaximumDaysSinceDeprecated": 0}},
        {"CreationDateCondition": {"MaximumDaysSinceCreated": 30}},
        {"ImageWatermark": [{"WatermarkKey": "a*", "SourceImageRegion": "us-*",
                             "MaximumDaysSinceSourceImageCreated": 1,
                             "MaximumDaysSinceWatermarkCreated": 1}]},
        {"ScanResultCondition": {"MaxDaysSinceLastFindingScan": 1, "MaximumSeverityLabel": "low",
                                 "MaxDaysSinceInformationalFixAvailable": 1,
                                 "MaxDaysSinceLowFixAvailable": 1,
                                 "MaxDaysSinceMediumFixAvailable": 1,
                                 "MaxDaysSinceHighFixAvailable": 1,
                                 "MaxDaysSinceCriticalFixAvailable": 1}},
        {"ImageProvider": [ACCOUNT], "ImageName": ["other*"]},
    ]
    for criterion in criteria:
        other(replacing, ImageCriterion=[criterion])
        other("GetAllowedImagesSettings")
        other.brief("DescribeImages", Owner=[ACCOUNT, "amazon"], **filters(image_allowed="true"))
        other.brief("DescribeImages", ImageId=[mine])
    other(replacing, ImageCriterion=criteria)
    for wrong in ([{"ImageProvider": ["nobody"]}], [{}], [{"ImageName": [""]}],
                  [{"ImageProvider": ["none", "amazon"]}], criteria * 2,
                  [{"CreationDateCondition": {"MaximumDaysSinceCreated": -1}}],
                  [{"ScanResultCondition": {"MaximumSeverityLabel": "loud"}}]):
        other.tried(replacing, ImageCriterion=wrong)
    other.dry(replacing)
    other(enabling, AllowedImagesSettingsState="enabled")
    other(replacing, ImageCriterion=[{"ImageProvider": ["amazon"]}])
    other("DescribeImages", ImageId=[mine])
    other.refused("RunInstances", launch(mine))
    me("GetAllowedImagesSettings")
    me("DescribeImages", ImageId=[mine])
    other(replacing)
    other.brief("DescribeImages")
    other.dry("GetAllowedImagesSettings")
    other.refused("GetAllowedImagesSettings", Bogus=1)
    other.dry("DisableAllowedImagesSettings")
    other.refused("DisableAllowedImagesSettings", Bogus=1)
    other("DisableAllowedImagesSettings")
    other("RunInstances", launch(mine))


SCENARIOS = {"image_sharing": image_sharing, "snapshot_sharing": snapshot_sharing,
             "public_access": public_access, "allowed_images": allowed_images}
