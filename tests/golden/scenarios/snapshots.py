"""Snapshots: made, described, copied, locked, archived, restored fast, in the recycle bin."""

import world
from client import filters
from emulator import DAY_MS, HOUR_MS, OTHER
from world import ZONE, tag_specification

NO_SNAPSHOT = "snap-0123456789abcdef0"
NO_VOLUME = "vol-0123456789abcdef0"
NO_IMAGE = "ami-0123456789abcdef0"
NO_INSTANCE = "i-0123456789abcdef0"


def snapshots(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    volume = world.volume(me, TagSpecification=[tag_specification("volume", of="volume")])
    runs = world.instance(me, Placement={"AvailabilityZone": ZONE})
    me.quiet("AttachVolume", VolumeId=volume, InstanceId=runs, Device="/dev/sdf")
    me.dry("CreateSnapshot", VolumeId=volume)
    first = me("CreateSnapshot", VolumeId=volume)["snapshotId"]
    emulator.advance(1500)
    me("CreateSnapshot", VolumeId=volume, Description="nightly <1> & \"2\"", TagSpecification=[
        tag_specification("snapshot", Name="one", of="call")])
    me("CreateSnapshot", VolumeId=world.volume(me, Encrypted=True, KmsKeyId="alias/two"),
       Location="regional", OutpostArn="")
    for wrong in ({}, {"VolumeId": NO_VOLUME}, {"VolumeId": "vol-x"},
                  {"VolumeId": volume, "Description": "d" * 256},
                  {"VolumeId": volume, "Location": "local"},
                  {"VolumeId": volume, "OutpostArn": "x"},
                  {"VolumeId": volume, "TagSpecification": [tag_specification("volume", a="b")]}):
        me.refused("CreateSnapshot", wrong)
    other.refused("CreateSnapshot", VolumeId=volume)
    me("CreateSnapshots", InstanceSpecification={"InstanceId": runs})
    me("CreateSnapshots", InstanceSpecification={"InstanceId": runs, "ExcludeBootVolume": True},
       CopyTagsFromSource="volume", Description="set", TagSpecification=[
           tag_specification("snapshot", of="call")])
    me("CreateSnapshots",
       InstanceSpecification={"InstanceId": runs, "ExcludeDataVolumeId": [volume]},
       Location="regional")
    for wrong in ({}, {"InstanceId": NO_INSTANCE}, {"InstanceId": "i-x"},
                  {"InstanceId": runs, "ExcludeDataVolumeId": [NO_VOLUME]},
                  {"InstanceId": runs, "ExcludeDataVolumeId": [world.root_volume(me, runs)]},
                  {"InstanceId": runs, "ExcludeBootVolume": True, "ExcludeDataVolumeId": [volume]}):
        me.refused("CreateSnapshots", InstanceSpecification=wrong)
    me.refused("CreateSnapshots")
    me.dry("CreateSnapshots", InstanceSpecification={"InstanceId": runs})
    me("DescribeSnapshots", Owner=["self"])
    me("DescribeSnapshots", SnapshotId=[first])
    me.pages("DescribeSnapshots", 5, Owner=["self"])
    me.brief("DescribeSnapshots", Owner=["amazon"])
    other("DescribeSnapshots", Owner=["self"])
    far("DescribeSnapshots", Owner=["self"])
    other("DescribeSnapshots", SnapshotId=[first])
    me.refused("DescribeSnapshots", Owner=["nobody"])
    for wrong in ({"SnapshotId": [first, NO_SNAPSHOT]}, {"SnapshotId": ["snap-x"]},
                  {"MaxResults": 4}, {"SnapshotId": [first], "MaxResults": 5},
                  {"NextToken": "x"}, {"RestorableBy": ["nobody"]}, filters(colour="red")):
        me.tried("DescribeSnapshots", wrong)
    me("DescribeSnapshots", RestorableBy=["self"], MaxResults=5)
    me.dry("DescribeSnapshots")
    image = me.quiet("RegisterImage", world.registration("uses it", first))["imageId"]
    me.refused("DeleteSnapshot", SnapshotId=first)
    me.quiet("DeregisterImage", ImageId=image)
    me.dry("DeleteSnapshot", SnapshotId=first)
    other.refused("DeleteSnapshot", SnapshotId=first)
    me("DeleteSnapshot", SnapshotId=first)
    me.refused("DeleteSnapshot", SnapshotId=first)
    me.refused("DeleteSnapshot", SnapshotId="snap-x")
    me.refused("DeleteSnapshot")


def snapshot_copies(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    plain = world.snapshot(me)
    key = {"Encrypted": True, "KmsKeyId": "alias/two"}
    copied = far("CopySnapshot", SourceSnapshotId=plain, SourceRegion="us-east-1",
                 Description="over there", TagSpecification=[tag_specification("snapshot", a="b")],
                 PresignedUrl="https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot",
                 DestinationRegion="eu-west-1")["snapshotId"]
    sealed = me("CopySnapshot", SourceSnapshotId=plain, SourceRegion="us-east-1",
                **key)["snapshotId"]
    me("CopySnapshot", SourceSnapshotId=sealed, SourceRegion="us-east-1")
    me("CopySnapshot", SourceSnapshotId=copied, SourceRegion="eu-west-1",
       CompletionDurationMinutes=15)
    far("DescribeSnapshots", Owner=["self"])
    me("DescribeSnapshots", Owner=["self"])
    for wrong in ({"SourceSnapshotId": NO_SNAPSHOT}, {"SourceSnapshotId": "snap-x"},
                  {"SourceRegion": "eu-west-1"}, {"SourceRegion": "nowhere-1"},
                  {"Encrypted": False, "KmsKeyId": "alias/two"},
                  {"DestinationRegion": "eu-west-1"}, {"CompletionDurationMinutes": 14},
                  {"CompletionDurationMinutes": 2881}, {"KmsKeyId": "alias/two"},
                  {"DestinationAvailabilityZone": ZONE}, {"SourceRegion": ""},
                  {"TagSpecification": [tag_specification("image", a="b")]}):
        me.tried("CopySnapshot", {"SourceSnapshotId": plain, "SourceRegion": "us-east-1", **wrong})
    other.refused("CopySnapshot", SourceSnapshotId=plain, SourceRegion="us-east-1")
    me.refused("CopySnapshot")
    me.dry("CopySnapshot", SourceSnapshotId=plain, SourceRegion="us-east-1")


def locks(emulator):
    me, other = emulator.me, emulator.other
    volume = world.volume(me)
    made = [world.snapshot(me, volume) for _ in range(7)]
    me.dry("LockSnapshot", SnapshotId=made[0], LockMode="governance", LockDuration=1)
    me("LockSnapshot", SnapshotId=made[0], LockMode="governance", LockDuration=1)
    me("LockSnapshot", SnapshotId=made[1], LockMode="compliance", LockDuration=2, CoolOffPeriod=1)
    me("LockSnapshot", SnapshotId=made[2], LockMode="governance",
       ExpirationDate="2030-01-01T00:00:00Z")
    for snapshot in made[3:6]:
        me.quiet("LockSnapshot", SnapshotId=snapshot, LockMode="governance", LockDuration=3)
    for wrong in ({"LockMode": "none"}, {"LockDuration": 0}, {"LockDuration": 36501},
                  {"ExpirationDate": "2030-01-01T00:00:00Z"}, {"CoolOffPeriod": 1},
                  {"LockMode": "compliance", "CoolOffPeriod": 73}, {"SnapshotId": NO_SNAPSHOT},
                  {"SnapshotId": "snap-x"}):
        me.refused("LockSnapshot", {"SnapshotId": made[6], "LockMode": "governance",
                                    "LockDuration": 1, **wrong})
    me.refused("LockSnapshot", SnapshotId=made[6], LockMode="governance")
    me.refused("LockSnapshot", SnapshotId=made[6], LockMode="governance",
               ExpirationDate="2020-01-01T00:00:00Z")
    other.refused("LockSnapshot", SnapshotId=made[6], LockMode="governance", LockDuration=1)
    me.refused("DeleteSnapshot", SnapshotId=made[0])
    me.pages("DescribeLockedSnapshots", 5)
    me("DescribeLockedSnapshots", SnapshotId=[made[1], made[0], made[6]])
    other("DescribeLockedSnapshots")
    me.tried("DescribeLockedSnapshots", SnapshotId=[NO_SNAPSHOT])
    me.refused("DescribeLockedSnapshots", SnapshotId=["snap-x"])
    me.refused("DescribeLockedSnapshots", MaxResults=4)
    me.dry("DescribeLockedSnapshots")
    emulator.advance(HOUR_MS)
    me("DescribeLockedSnapshots", SnapshotId=[made[1]])
    me.refused("UnlockSnapshot", SnapshotId=made[1])
    me.refused("LockSnapshot", SnapshotId=made[1], LockMode="compliance", LockDuration=1)
    me("LockSnapshot", SnapshotId=made[1], LockMode="compliance", LockDuration=5)
    me.dry("UnlockSnapshot", SnapshotId=made[2])
    me("UnlockSnapshot", SnapshotId=made[2])
    me.refused("UnlockSnapshot", SnapshotId=made[2])
    me.refused("UnlockSnapshot", SnapshotId=NO_SNAPSHOT)
    emulator.advance(DAY_MS)
    me("DescribeLockedSnapshots")
    me.tried("UnlockSnapshot", SnapshotId=made[0])
    me.tried("DeleteSnapshot", SnapshotId=made[0])


def tiers(emulator):
    me, other = emulator.me, emulator.other
    volume = world.volume(me)
    made = [world.snapshot(me, volume) for _ in range(6)]
    image = me.quiet("RegisterImage", world.registration("uses it", made[5]))["imageId"]
    me.dry("ModifySnapshotTier", SnapshotId=made[0], StorageTier="archive")
    for snapshot in made[:5]:
        archived = me.quiet if snapshot in made[2:] else me
        archived("ModifySnapshotTier", SnapshotId=snapshot, StorageTier="archive")
    for wrong in ({"SnapshotId": made[0]}, {"SnapshotId": made[5]}, {"SnapshotId": NO_SNAPSHOT},
                  {"SnapshotId": "snap-x"}, {"StorageTier": "standard"}):
        me.refused("ModifySnapshotTier", {"SnapshotId": made[5], "StorageTier": "archive", **wrong})
    me.refused("ModifySnapshotTier", SnapshotId=made[5])
    other.refused("ModifySnapshotTier", SnapshotId=made[5], StorageTier="archive")
    me.pages("DescribeSnapshotTierStatus", 5)
    other("DescribeSnapshotTierStatus")
    me.refused("DescribeSnapshotTierStatus", MaxResults=1)
    me.refused("DescribeSnapshotTierStatus", NextToken="x")
    me.dry("DescribeSnapshotTierStatus")
    me.refused("CreateVolume", AvailabilityZone=ZONE, SnapshotId=made[0])
    me("DescribeSnapshots", SnapshotId=[made[0]])
    me.dry("RestoreSnapshotTier", SnapshotId=made[0], TemporaryRestoreDays=1)
    me("RestoreSnapshotTier", SnapshotId=made[0], TemporaryRestoreDays=1)
    me("RestoreSnapshotTier", SnapshotId=made[1], PermanentRestore=True)
    for wrong in ({}, {"TemporaryRestoreDays": 0}, {"TemporaryRestoreDays": 181},
                  {"TemporaryRestoreDays": 1, "PermanentRestore": True},
                  {"PermanentRestore": False}, {"SnapshotId": made[5], "PermanentRestore": True},
                  {"SnapshotId": NO_SNAPSHOT, "PermanentRestore": True}):
        me.tried("RestoreSnapshotTier", {"SnapshotId": made[2], **wrong})
    me("DescribeSnapshotTierStatus", **filters(snapshot_id=made[:2]))
    me("RestoreSnapshotTier", SnapshotId=made[0], TemporaryRestoreDays=3)
    emulator.advance(DAY_MS)
    me("DescribeSnapshotTierStatus", **filters(snapshot_id=made[:2]))
    emulator.advance(2 * DAY_MS)
    me("DescribeSnapshotTierStatus", **filters(snapshot_id=made[:2]))
    me("DeregisterImage", ImageId=image, DeleteAssociatedSnapshots=True)


def fast_restores(emulator):
    me, other = emulator.me, emulator.other
    made = [world.snapshot(me) for _ in range(2)]
    zones = ["us-east-1a", "us-east-1b"]
    me.dry("EnableFastSnapshotRestores", SourceSnapshotId=made, AvailabilityZone=zones)
    me("EnableFastSnapshotRestores", SourceSnapshotId=made, AvailabilityZone=zones)
    me("EnableFastSnapshotRestores", SourceSnapshotId=made, AvailabilityZoneId=["use1-az6"])
    for wrong in ({}, {"SourceSnapshotId": [NO_SNAPSHOT, made[0]], "AvailabilityZone": zones},
                  {"SourceSnapshotId": made, "AvailabilityZone": ["us-east-1x"]},
                  {"SourceSnapshotId": made}, {"AvailabilityZone": zones},
                  {"SourceSnapshotId": ["snap-x"], "AvailabilityZone": zones},
                  {"SourceSnapshotId": made, "AvailabilityZone": zones,
                   "AvailabilityZoneId": ["use1-az1"]}):
        me.refused("EnableFastSnapshotRestores", wrong)
    me.pages("DescribeFastSnapshotRestores", 2)
    me("DescribeVolumes", VolumeId=[world.volume(me, SnapshotId=made[0])])
    other("DescribeFastSnapshotRestores")
    me.refused("DescribeFastSnapshotRestores", MaxResults=201)
    me.refused("DescribeFastSnapshotRestores", NextToken="x")
    me.dry("DescribeFastSnapshotRestores")
    me.dry("DisableFastSnapshotRestores", SourceSnapshotId=made, AvailabilityZone=zones)
    me("DisableFastSnapshotRestores", SourceSnapshotId=made[:1], AvailabilityZone=zones)
    me.tried("DisableFastSnapshotRestores", SourceSnapshotId=[made[1]],
             AvailabilityZone=["us-east-1a", "us-east-1f"])
    me("DisableFastSnapshotRestores", SourceSnapshotId=made, AvailabilityZoneId=["use1-az6"])
    me.refused("DisableFastSnapshotRestores", SourceSnapshotId=[NO_SNAPSHOT, made[1]],
               AvailabilityZone=zones)
    me.refused("DisableFastSnapshotRestores", SourceSnapshotId=made)
    other.tried("EnableFastSnapshotRestores", SourceSnapshotId=made, AvailabilityZone=zones)
    me.quiet("ModifySnapshotAttribute", SnapshotId=made[0],
             CreateVolumePermission={"Add": [{"UserId": OTHER}]})
    other("EnableFastSnapshotRestores", SourceSnapshotId=made[:1], AvailabilityZone=zones)
    other("DescribeFastSnapshotRestores")
    me("DescribeFastSnapshotRestores")


def recycle_bin(emulator):
    me, other = emulator.me, emulator.other
    for kind in ("EC2_IMAGE", "EBS_SNAPSHOT", "EBS_VOLUME"):
        world.keep_deleted(me, kind, 7)
    volume = world.volume(me)
    binned = []
    images = []
    for number in range(6):
        snapshot = world.snapshot(me, volume, Description=f"number {number}")
        wanted = world.registration(f"binned {number}", snapshot)
        image = me.quiet("RegisterImage", wanted)["imageId"]
        me.quiet("DeregisterImage", ImageId=image)
        me.quiet("DeleteSnapshot", SnapshotId=snapshot)
        binned.append(snapshot)
        images.append(image)
        emulator.advance(1000)
    volumes = [world.volume(me) for _ in range(6)]
    for one in volumes:
        me.quiet("DeleteVolume", VolumeId=one)
    for listing, member, ids, unknown in (
            ("ListSnapshotsInRecycleBin", "SnapshotId", binned, NO_SNAPSHOT),
            ("ListImagesInRecycleBin", "ImageId", images, NO_IMAGE),
            ("ListVolumesInRecycleBin", "VolumeId", volumes, NO_VOLUME)):
        me.pages(listing, 5)
        me(listing, {member: ids[:2]})
        other(listing)
        me.refused(listing, {member: [ids[0], unknown]})
        me.refused(listing, {member: [unknown[:-10] + "x"]})
        me.refused(listing, NextToken="x")
        me.refused(listing, MaxResults=1001)
        me.dry(listing)
    me("ListImagesInRecycleBin", MaxResults=1)
    me("DescribeTags")
    me.refused("DescribeSnapshots", SnapshotId=[binned[0]])
    me.refused("DescribeVolumes", VolumeId=[volumes[0]])
    me.tried("DescribeImages", ImageId=[images[0]])
    me.refused("DeleteSnapshot", SnapshotId=binned[0])
    me.refused("RestoreImageFromRecycleBin", ImageId=images[0])
    for restoring, member, ids, unknown in (
            ("RestoreSnapshotFromRecycleBin", "SnapshotId", binned, NO_SNAPSHOT),
            ("RestoreImageFromRecycleBin", "ImageId", images, NO_IMAGE),
            ("RestoreVolumeFromRecycleBin", "VolumeId", volumes, NO_VOLUME)):
        me.dry(restoring, {member: ids[0]})
        other.refused(restoring, {member: ids[0]})
        me(restoring, {member: ids[0]})
        me.refused(restoring, {member: ids[0]})
        me.refused(restoring, {member: unknown})
        me.refused(restoring)
    me("DescribeImages", ImageId=[images[0]])
    me("DescribeSnapshots", SnapshotId=[binned[0]])
    me("DescribeVolumes", VolumeId=[volumes[0]])
    me.quiet("RestoreSnapshotFromRecycleBin", SnapshotId=binned[1])
    me.quiet("RegisterImage", world.registration("binned 1", binned[0]))
    me.refused("RestoreImageFromRecycleBin", ImageId=images[1])
    emulator.advance(7 * DAY_MS)
    me("ListSnapshotsInRecycleBin")
    me("ListImagesInRecycleBin")
    me("ListVolumesInRecycleBin")


SCENARIOS = {"snapshots": snapshots, "snapshot_copies": snapshot_copies, "locks": locks,
             "tiers": tiers, "fast_restores": fast_restores, "recycle_bin": recycle_bin}
