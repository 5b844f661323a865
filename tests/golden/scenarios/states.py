"""Every delay, set to something: the states before, a moment before the end, and after it."""

import world
from client import filters
from world import ZONE, launch

DELAY_MS = 60_000


def image_pending(me):
    runs = world.instance(me)
    made = me("CreateImage", InstanceId=runs, Name="slow")["imageId"]
    me.refused("RunInstances", launch(made))
    me.tried("ModifyImageAttribute", ImageId=made, Description={"Value": "early"})
    return lambda: me("DescribeImages", ImageId=[made])


def snapshot_pending(me):
    made = me("CreateSnapshot", VolumeId=world.volume(me))["snapshotId"]
    copy = me("CopySnapshot", SourceSnapshotId=world.snapshot(me), SourceRegion="us-east-1")
    me.refused("CreateVolume", AvailabilityZone=ZONE, SnapshotId=made)
    me.tried("CopySnapshot", SourceSnapshotId=made, SourceRegion="us-east-1")
    return lambda: me.tried("DescribeSnapshots", SnapshotId=[made, copy["snapshotId"]])


def snapshot_archiving(me):
    made = world.snapshot(me)
    return archiving(me, made)


def archiving(me, made):
    me("ModifySnapshotTier", SnapshotId=made, StorageTier="archive")
    return lambda: (me("DescribeSnapshotTierStatus", **filters(snapshot_id=made)),
                    me("DescribeSnapshots", SnapshotId=[made]))


def snapshot_restoring(me):
    made = world.snapshot(me)
    me.quiet("ModifySnapshotTier", SnapshotId=made, StorageTier="archive")
    me("RestoreSnapshotTier", SnapshotId=made, TemporaryRestoreDays=1)
    me.tried("CreateVolume", AvailabilityZone=ZONE, SnapshotId=made)
    return lambda: (me("DescribeSnapshotTierStatus", **filters(snapshot_id=made)),
                    me("DescribeSnapshots", SnapshotId=[made]))


def fast_restore(me, disable=False):
    made = world.snapshot(me)
    both = {"SourceSnapshotId": [made], "AvailabilityZone": [ZONE]}
    (me.quiet if disable else me)("EnableFastSnapshotRestores", both)
    if disable:
        me("DisableFastSnapshotRestores", both)
    return lambda: me("DescribeFastSnapshotRestores", **filters(snapshot_id=made))


def usage_report_pending(me):
    image = world.image(me, "reported")
    made = me("CreateImageUsageReport", ImageId=image, ResourceType=[
        {"ResourceType": "ec2:Instance"}])["reportId"]
    return lambda: (me("DescribeImageUsageReports", ReportId=[made]),
                    me("DescribeImageUsageReportEntries", ReportId=[made]))


def volume_creating(me):
    made = me("CreateVolume", AvailabilityZone=ZONE, Size=1)["volumeId"]
    me.tried("CreateSnapshot", VolumeId=made)
    me.tried("DeleteVolume", VolumeId=made)
    return lambda: me.tried("DescribeVolumes", VolumeId=[made])


def volume_deleting(me):
    made = world.volume(me)
    me("DeleteVolume", VolumeId=made)
    me.tried("DeleteVolume", VolumeId=made)
    return lambda: me.tried("DescribeVolumes", VolumeId=[made])


def volume_modified(me):
    made = world.volume(me)
    me("ModifyVolume", VolumeId=made, Size=2, VolumeType="gp3")
    me.refused("ModifyVolume", VolumeId=made, Size=3)
    return lambda: (me("DescribeVolumesModifications", VolumeId=[made]),
                    me("DescribeVolumes", VolumeId=[made]))


def volume_initializing(me):
    made = me("CreateVolume", AvailabilityZone=ZONE, SnapshotId=world.snapshot(me))["volumeId"]
    return lambda: me("DescribeVolumeStatus", VolumeId=[made])


def attached(me):
    runs = world.instance(me, Placement={"AvailabilityZone": ZONE})
    return runs, {"VolumeId": world.volume(me), "InstanceId": runs}


def attachment_attaching(me):
    runs, both = attached(me)
    me("AttachVolume", both, Device="/dev/sdf")
    return lambda: (me("DescribeVolumes", VolumeId=[both["VolumeId"]]),
                    me.brief("DescribeInstances", InstanceId=[runs]))


def attachment_detaching(me):
    runs, both = attached(me)
    me.quiet("AttachVolume", both, Device="/dev/sdf")
    me("DetachVolume", both)
    me.tried("DetachVolume", both)
    return lambda: (me("DescribeVolumes", VolumeId=[both["VolumeId"]]),
                    me.brief("DescribeInstances", InstanceId=[runs]))


def instance_pending(me):
    runs = me("RunInstances", launch(world.public_image(me)))["instanceId"]
    me.tried("StopInstances", InstanceId=[runs])
    return described(me, runs)


def described(me, runs):
    return lambda: (me.tried("DescribeInstances", InstanceId=[runs]),
                    me.tried("DescribeInstanceStatus", InstanceId=[runs], IncludeAllInstances=True))


def instance_initializing(me):
    runs = world.instance(me)
    return lambda: me("DescribeInstanceStatus", InstanceId=[runs])


def instance_stopping(me):
    runs = world.instance(me)
    me("StopInstances", InstanceId=[runs])
    me.tried("StartInstances", InstanceId=[runs])
    return described(me, runs)


def instance_shutting_down(me):
    runs = world.instance(me)
    me("TerminateInstances", InstanceId=[runs])
    me.tried("StartInstances", InstanceId=[runs])
    return described(me, runs)


def instance_terminated(me):
    runs = world.instance(me)
    me("TerminateInstances", InstanceId=[runs])
    return described(me, runs)


def replacement(me):
    runs = world.instance(me, world.image(me, "replaced"))
    made = me("CreateReplaceRootVolumeTask", InstanceId=runs)["replaceRootVolumeTaskId"]
    me.tried("CreateReplaceRootVolumeTask", InstanceId=runs)
    me.tried("StopInstances", InstanceId=[runs])
    return lambda: (me("DescribeReplaceRootVolumeTasks", ReplaceRootVolumeTaskId=[made]),
                    me.brief("DescribeInstances", InstanceId=[runs]))


def fast_launch_enabling(me):
    image = world.windows_image(me, "enabling")
    me("EnableFastLaunch", ImageId=image)
    me.tried("DisableFastLaunch", ImageId=image)
    return lambda: me("DescribeFastLaunchImages")


def fast_launch_disabling(me):
    image = world.windows_image(me, "disabling")
    me.quiet("EnableFastLaunch", ImageId=image)
    me("DisableFastLaunch", ImageId=image)
    me.tried("EnableFastLaunch", ImageId=image)
    return lambda: me("DescribeFastLaunchImages")


# What begins the state that each delay holds; it returns what shows the state.
BEGINNINGS = {
    "image.pending": image_pending,
    "snapshot.pending": snapshot_pending,
    "snapshot.archiving": snapshot_archiving,
    "snapshot.restoring": snapshot_restoring,
    "fast-restore.enabling": fast_restore,
    "fast-restore.optimizing": fast_restore,
    "fast-restore.disabling": lambda me: fast_restore(me, disable=True),
    "image-usage-report.pending": usage_report_pending,
    "volume.creating": volume_creating,
    "volume.deleting": volume_deleting,
    "volume.modifying": volume_modified,
    "volume.optimizing": volume_modified,
    "volume.initializing": volume_initializing,
    "attachment.attaching": attachment_attaching,
    "attachment.detaching": attachment_detaching,
    "instance.pending": instance_pending,
    "instance.initializing": instance_initializing,
    "instance.stopping": instance_stopping,
    "instance.shutting-down": instance_shutting_down,
    "instance.terminated": instance_terminated,
    "replacement.pending": replacement,
    "replacement.in-progress": replacement,
    "fast-launch.enabling": fast_launch_enabling,
    "fast-launch.disabling": fast_launch_disabling,
}


def delays(emulator):
    """One delay after the other, each in a state of its own; a new one is to be added above."""
    for name in emulator.control("GET", "delays").json:
        if name not in BEGINNINGS:
            emulator.recorder.complain(f"no scenario has the delay {name}")
            continue
        emulator.start_anew()
        emulator.control("POST", "delays", {name: 0})  # in the recording it heads what follows
        client = Slow(emulator, name)
        show = BEGINNINGS[name](client)
        client.in_brief = True
        show()
        emulator.advance(DELAY_MS - 1)
        show()
        client.in_brief = False
        emulator.advance(1)
        show()


class Slow:
    """A client whose recorded calls meet the delay, while those not recorded do not."""

    def __init__(self, emulator, name):
        self._emulator = emulator
        self._name = name
        self._me = emulator.me
        self.region = emulator.me.region
        self.in_brief = False

    def _delay(self, milliseconds):
        key = self._name.replace(".", "__").replace("-", "_")
        self._emulator.set_delays(**{key: milliseconds})

    def quiet(self, *arguments, **more):
        usual = 3_600_000 if self._name == "instance.terminated" else 0
        self._delay(usual)
        return self._me.quiet(*arguments, **more)

    def __call__(self, *arguments, **more):
        self._delay(DELAY_MS)
        return (self._me.brief if self.in_brief else self._me)(*arguments, **more)

    def tried(self, *arguments, **more):
        return (self._me.brief if self.in_brief else self._me.tried)(*arguments, **more)

    def refused(self, *arguments, **more):
        return self._me.refused(*arguments, **more)

    def brief(self, *arguments, **more):
        return self._me.brief(*arguments, **more)


def together(emulator):
    """All delays at once: what hangs on what."""
    me = emulator.me
    runs = world.instance(me, Placement={"AvailabilityZone": ZONE})
    names = emulator.send("GET", "/_amilab/delays").json
    emulator.set_delays(**{name.replace(".", "__").replace("-", "_"): 1000 * (number + 1)
                           for number, name in enumerate(names)})
    volume = me("CreateVolume", AvailabilityZone=ZONE, Size=1)["volumeId"]
    image = me("CreateImage", InstanceId=runs, Name="slow")["imageId"]
    me("TerminateInstances", InstanceId=[runs])
    for _ in range(6):
        emulator.advance(7000)
        me.brief("DescribeInstances")
        me.brief("DescribeVolumes")
        me.brief("DescribeSnapshots", Owner=["self"])
        me.brief("DescribeImages", Owner=["self"])
    me("DescribeImages", ImageId=[image])
    me("DescribeVolumes", VolumeId=[volume])


SCENARIOS = {"delays": delays, "together": together}
