"""Every delay, set to something: the states before, a moment before the end, and after it."""

import world
from . import conversions, image_objects
from client import filters
from emulator import ACCOUNT
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


def imported(me, of, cancelled=False):
    """An import of nothing that is there: it fails when its time has come."""
    me.quiet("CreateBucket", Bucket="disks")
    disk = {"UserBucket": {"S3Bucket": "disks", "S3Key": "absent"}}
    make, show, parameters = {
        "snapshot": ("ImportSnapshot", "DescribeImportSnapshotTasks", {"DiskContainer": disk}),
        "image": ("ImportImage", "DescribeImportImageTasks", {"DiskContainer": [disk]})}[of]
    if cancelled:
        me.emulator.set_delays(**{f"import_{of}_task__active": 3_600_000})
    made = me(make, parameters)["importTaskId"]
    if cancelled:
        me("CancelImportTask", ImportTaskId=made)
    return lambda: me(show, ImportTaskId=[made])


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


def instance_password(me):
    me.quiet("CreateKeyPair", KeyName="mine")
    runs = world.instance(me, world.public_image(me, world.WINDOWS), InstanceType="m5.large",
                          KeyName="mine")
    return lambda: me.brief("GetPasswordData", InstanceId=runs)


def bucket(me):
    me.quiet("CreateBucket", Bucket="disks")
    return "disks"


def image_stored(me):
    image = world.image(me, "stored")
    me("CreateStoreImageTask", ImageId=image, Bucket=bucket(me))

    def show():
        if not me.in_brief:  # its bytes move behind the calls
            image_objects.stored(me, image)
        me("DescribeStoreImageTasks", ImageId=[image])

    return show


def image_restored(me):
    image = world.image(me, "stored")
    key = me.quiet("CreateStoreImageTask", ImageId=image, Bucket=bucket(me))["objectKey"]
    image_objects.stored(me, image)
    made = me("CreateRestoreImageTask", Bucket="disks", ObjectKey=key, Name="restored")["imageId"]

    def show():
        if not me.in_brief:
            image_objects.restored(me, made)
        me("DescribeImages", ImageId=[made])

    return show


def image_exported(me):
    task = me("ExportImage", ImageId=world.image(me, "exported"), DiskImageFormat="VMDK",
              S3ExportLocation={"S3Bucket": bucket(me)})["exportImageTaskId"]

    def show():
        if not me.in_brief:
            image_objects.exported(me)
        me("DescribeExportImageTasks", ExportImageTaskId=[task])

    return show


def export_begun(me, cancelled=False):
    runs = world.instance(me, world.image(me, "exported"))
    ask = me.quiet if cancelled else me
    if cancelled:
        me.emulator.set_delays(export_task__active=3_600_000)
    task = ask("CreateInstanceExportTask", InstanceId=runs, TargetEnvironment="vmware",
               ExportToS3={"S3Bucket": bucket(me)})["exportTaskId"]
    if cancelled:
        me("CancelExportTask", ExportTaskId=task)

    def show():
        if not me.in_brief and not cancelled:
            image_objects.exported(me)
        me("DescribeExportTasks", ExportTaskId=[task])

    return show


def conversion(me, cancelled=False):
    """Of a manifest that is not there: it fails when its time has come."""
    me.quiet("CreateBucket", Bucket="disks")
    ask = me.quiet if cancelled else me
    if cancelled:
        me.emulator.set_delays(conversion_task__active=3_600_000)
    task = ask("ImportVolume", conversions.disk(conversions.presigned("disks/absent")),
               AvailabilityZone=ZONE)["conversionTaskId"]
    if cancelled:
        me("CancelConversionTask", ConversionTaskId=task)

    def show():
        if not me.in_brief and not cancelled:
            conversions.converted(me)
        me("DescribeConversionTasks", ConversionTaskId=[task])

    return show


def bundle_pending(me):
    runs = image_objects.bundled_instance(me)
    task = me("BundleInstance", InstanceId=runs, Storage={"S3": {
        "Bucket": "bucket", "Prefix": "new"}})["bundleId"]

    def show():
        if not me.in_brief:
            image_objects.bundled(me)
        me("DescribeBundleTasks", BundleId=[task])

    return show


def bundle_cancelling(me):
    runs = image_objects.bundled_instance(me)
    me.emulator.set_delays(bundle_task__pending=3_600_000)
    task = me.quiet("BundleInstance", InstanceId=runs, Storage={"S3": {
        "Bucket": "bucket", "Prefix": "new"}})["bundleId"]
    me("CancelBundleTask", BundleId=task)
    return lambda: me("DescribeBundleTasks", BundleId=[task])


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


def nat_gateway_pending(me):
    subnet = me.quiet("DescribeSubnets")["subnetId"]
    made = me("CreateNatGateway", SubnetId=subnet, ConnectivityType="private")
    return lambda: me.tried("DescribeNatGateways", NatGatewayId=[made["natGatewayId"]])


def nat_gateway_deleting(me):
    subnet = me.quiet("DescribeSubnets")["subnetId"]
    made = me.quiet("CreateNatGateway", SubnetId=subnet, ConnectivityType="private")
    me("DeleteNatGateway", NatGatewayId=made["natGatewayId"])
    return lambda: me.tried("DescribeNatGateways", NatGatewayId=[made["natGatewayId"]])


def peering(me, step=None):
    """A request between two VPCs, and what is done about it."""
    vpc, peer = (me.quiet("CreateVpc", CidrBlock=f"10.{n}.0.0/16")["vpcId"] for n in (1, 2))
    ask = me.quiet if step else me
    made = ask("CreateVpcPeeringConnection", VpcId=vpc, PeerVpcId=peer)["vpcPeeringConnectionId"]
    if step:
        me(step, VpcPeeringConnectionId=made)
    return lambda: me.tried("DescribeVpcPeeringConnections", VpcPeeringConnectionId=[made])


def peering_deleting(me):
    vpc = me.quiet("CreateVpc", CidrBlock="10.1.0.0/16")["vpcId"]
    peer = me.emulator.far.quiet("CreateVpc", CidrBlock="10.2.0.0/16")["vpcId"]
    made = me.quiet("CreateVpcPeeringConnection", VpcId=vpc, PeerVpcId=peer,
                    PeerRegion=me.emulator.far.region)["vpcPeeringConnectionId"]
    me("DeleteVpcPeeringConnection", VpcPeeringConnectionId=made)
    return lambda: me.tried("DescribeVpcPeeringConnections", VpcPeeringConnectionId=[made])


def peering_ended_there(me):
    other = me.emulator.other
    vpc = me.quiet("CreateVpc", CidrBlock="10.1.0.0/16")["vpcId"]
    peer = other.quiet("CreateVpc", CidrBlock="10.2.0.0/16")["vpcId"]
    made = me.quiet("CreateVpcPeeringConnection", VpcId=vpc, PeerVpcId=peer,
                    PeerOwnerId=other.account)["vpcPeeringConnectionId"]
    me("DeleteVpcPeeringConnection", VpcPeeringConnectionId=made)
    return lambda: other.tried("DescribeVpcPeeringConnections", VpcPeeringConnectionId=[made])


def endpoint(me, deleted=False):
    vpc = me.quiet("DescribeVpcs")["vpcId"]
    make = me.quiet if deleted else me
    made = make("CreateVpcEndpoint", VpcId=vpc, ServiceName="com.amazonaws.us-east-1.ec2",
                VpcEndpointType="Interface")["vpcEndpointId"]
    if deleted:
        me("DeleteVpcEndpoints", VpcEndpointId=[made])
    return lambda: me.tried("DescribeVpcEndpoints", VpcEndpointId=[made])


def transfer(me, accepted=False):
    other = me.emulator.other
    address = me.quiet("AllocateAddress")
    ask = me.quiet if accepted else me
    ask("EnableAddressTransfer", AllocationId=address["allocationId"],
        TransferAccountId=other.account)
    if accepted:
        other.quiet("AcceptAddressTransfer", Address=address["publicIp"])
    return lambda: me("DescribeAddressTransfers")


def connect_endpoint(me, step=None):
    subnet = me.quiet("DescribeSubnets")["subnetId"]
    make = me.quiet if step else me
    made = {"InstanceConnectEndpointId": make(
        "CreateInstanceConnectEndpoint", SubnetId=subnet)["instanceConnectEndpointId"]}
    if step == "ModifyInstanceConnectEndpoint":
        me(step, made, PreserveClientIp=True)
    elif step:
        me(step, made)
    return lambda: me.tried("DescribeInstanceConnectEndpoints",
                            InstanceConnectEndpointId=list(made.values()))


# What begins the state that each delay holds; it returns what shows the state.
def spot_request(me):
    return me("RequestSpotInstances", LaunchSpecification={
        "ImageId": world.public_image(me), "InstanceType": "t3.micro"})["spotInstanceRequestId"]


def spot_request_open(me):
    made = spot_request(me)
    return lambda: me("DescribeSpotInstanceRequests", SpotInstanceRequestId=[made])


def spot_request_ended(me):
    made = spot_request(me)
    me("CancelSpotInstanceRequests", SpotInstanceRequestId=[made])
    me("TerminateInstances", InstanceId=me.quiet("DescribeInstances").all("instanceId"))
    return lambda: me.tried("DescribeSpotInstanceRequests", SpotInstanceRequestId=[made])


def capacity_reservation_ended(me):
    made = me("CreateCapacityReservation", InstanceType="t3.micro", InstancePlatform="Linux/UNIX",
              AvailabilityZone=ZONE, InstanceCount=1)["capacityReservationId"]
    me("CancelCapacityReservation", CapacityReservationId=made)
    return lambda: me.tried("DescribeCapacityReservations", CapacityReservationId=[made])


def billing_request(me, cancelled=False):
    other = me.emulator.other
    for account in (ACCOUNT, other.account):
        me.emulator.declare(
            account, organization="arn:aws:organizations::999988887777:organization/o-abcdefghij")
    made = me.quiet("CreateCapacityReservation", InstanceType="t3.micro", InstanceCount=1,
                    InstancePlatform="Linux/UNIX", AvailabilityZone=ZONE)["capacityReservationId"]
    asked = {"CapacityReservationId": made, "UnusedReservationBillingOwnerId": other.account}
    ask = me.quiet if cancelled else me
    ask("AssociateCapacityReservationBillingOwner", asked)
    if cancelled:
        me("DisassociateCapacityReservationBillingOwner", asked)
    return lambda: me("DescribeCapacityReservationBillingRequests", Role="odcr-owner")


def dedicated_host_released(me):
    made = me("AllocateHosts", InstanceType="m5.large", AvailabilityZone=ZONE)["item"]
    me("ReleaseHosts", HostId=[made])
    return lambda: me.tried("DescribeHosts", HostId=[made])


BEGINNINGS = {
    "image.pending": image_pending,
    "snapshot.pending": snapshot_pending,
    "snapshot.archiving": snapshot_archiving,
    "snapshot.restoring": snapshot_restoring,
    "fast-restore.enabling": fast_restore,
    "fast-restore.optimizing": fast_restore,
    "fast-restore.disabling": lambda me: fast_restore(me, disable=True),
    "image-usage-report.pending": usage_report_pending,
    **{f"import-{of}-task.{state}":
       lambda me, of=of, state=state: imported(me, of, cancelled=state == "deleting")
       for of in ("snapshot", "image") for state in ("active", "deleting")},
    "volume.creating": volume_creating,
    "volume.deleting": volume_deleting,
    "volume.modifying": volume_modified,
    "volume.optimizing": volume_modified,
    "volume.initializing": volume_initializing,
    "attachment.attaching": attachment_attaching,
    "attachment.detaching": attachment_detaching,
    "instance.pending": instance_pending,
    "instance.initializing": instance_initializing,
    "instance.password": instance_password,
    "instance.stopping": instance_stopping,
    "instance.shutting-down": instance_shutting_down,
    "instance.terminated": instance_terminated,
    "spot-request.open": spot_request_open,
    "spot-request.ended": spot_request_ended,
    "capacity-reservation.ended": capacity_reservation_ended,
    "billing-request.pending": billing_request,
    "billing-request.ended": lambda me: billing_request(me, cancelled=True),
    "dedicated-host.released": dedicated_host_released,
    "nat-gateway.pending": nat_gateway_pending,
    "nat-gateway.deleting": nat_gateway_deleting,
    "nat-gateway.deleted": nat_gateway_deleting,
    "address-transfer.pending": transfer,
    "address-transfer.accepted": lambda me: transfer(me, accepted=True),
    "instance-connect-endpoint.creating": connect_endpoint,
    "instance-connect-endpoint.updating":
        lambda me: connect_endpoint(me, "ModifyInstanceConnectEndpoint"),
    "instance-connect-endpoint.deleting":
        lambda me: connect_endpoint(me, "DeleteInstanceConnectEndpoint"),
    "vpc-endpoint.pending": endpoint,
    "vpc-endpoint.deleting": lambda me: endpoint(me, deleted=True),
    "vpc-peering-connection.initiating-request": peering,
    "vpc-peering-connection.pending-acceptance": peering,
    "vpc-peering-connection.provisioning": lambda me: peering(me, "AcceptVpcPeeringConnection"),
    "vpc-peering-connection.deleting": peering_deleting,
    "vpc-peering-connection.ended-here": lambda me: peering(me, "RejectVpcPeeringConnection"),
    "vpc-peering-connection.ended-there": peering_ended_there,
    "replacement.pending": replacement,
    "replacement.in-progress": replacement,
    "fast-launch.enabling": fast_launch_enabling,
    "fast-launch.disabling": fast_launch_disabling,
    "store-image-task.in-progress": image_stored,
    "restore-image-task.in-progress": image_restored,
    "export-image-task.active": image_exported,
    "export-task.active": export_begun,
    "bundle-task.pending": bundle_pending,
    "bundle-task.cancelling": bundle_cancelling,
    "export-task.cancelling": lambda me: export_begun(me, cancelled=True),
    "conversion-task.active": conversion,
    "conversion-task.cancelling": lambda me: conversion(me, cancelled=True),
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


# What ends what is shown, which has to be there for the calls that are not recorded.
LONG_GONE = ("instance.terminated", "nat-gateway.deleted", "address-transfer.pending",
             "vpc-peering-connection.pending-acceptance", "vpc-peering-connection.ended-here",
             "vpc-peering-connection.ended-there")


class Slow:
    """A client whose recorded calls meet the delay, while those not recorded do not."""

    def __init__(self, emulator, name):
        self.emulator = emulator
        self._name = name
        self._me = emulator.me
        self.region = emulator.me.region
        self.in_brief = False

    def _delay(self, milliseconds):
        key = self._name.replace(".", "__").replace("-", "_")
        self.emulator.set_delays(**{key: milliseconds})

    def quiet(self, *arguments, **more):
        usual = 3_600_000 if self._name in LONG_GONE else 0
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
