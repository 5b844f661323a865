"""Every waiter of the SDKs whose operation is served, through each answer that it looks for.

What waiters there are, and what each takes for success, failure or one more try, is read from
botocore's own file. SITUATIONS says how the server is brought to each of these answers; an
operation that becomes served brings its waiters with it, and fails here until they stand there.
"""

import json

import botocore.exceptions
import botocore.waiter
import pytest
from botocore import xform_name

import model
from resources import (WINDOWS, ZONE, default_subnet, image_request, make_bucket, make_image,
                       make_snapshot, make_volume, newest_image, put_bundle, put_import, run,
                       store_image)
from servers import wait_until

MODEL = botocore.waiter.WaiterModel(model.load("waiters-2"))
# What no acceptor fits: the waiter tries again.
NONE = "retry"
HELD_MS = 60_000
HOUR_MS = 3_600_000


class World:
    """A server with a seed, and a clock that stands."""

    def __init__(self, start_server, folder):
        self._start = start_server
        self._folder = folder
        self._begin("--seed", "14")

    def _begin(self, *arguments):
        self.server = self._start(*arguments)
        self.ec2 = self.server.client()
        self.server.freeze()

    def begin_with(self, image):
        """Goes on with another server, whose catalogue has one image more."""
        path = self._folder / "catalogue.json"
        path.write_text(json.dumps({"Images": [image]}))
        self._begin("--catalogue-add", path)

    def forget(self):
        """The first state again: what is made now has the ids of what was made first."""
        self.server.control("reset", {})
        self.server.freeze()

    def launch(self):
        return run(self.ec2, newest_image(self.ec2)["ImageId"])["Instances"][0]["InstanceId"]


# What is waited for: each makes one and returns what the waiter's operation is asked.

def instance(world):
    return {"InstanceIds": [world.launch()]}


def image(world):
    return {"ImageIds": [make_image(world.ec2)]}


def usage_report(world):
    report = world.ec2.create_image_usage_report(ImageId=make_image(world.ec2),
                                                 ResourceTypes=[{"ResourceType": "ec2:Instance"}])
    return {"ReportIds": [report["ReportId"]]}


def store_task(world):
    make_bucket(world.server)
    made = make_image(world.ec2)
    store_image(world.ec2, made, "disks")
    return {"ImageIds": [made]}


def unstored_image(world):
    make_bucket(world.server)
    made = make_image(world.ec2)
    return {"ImageIds": [made]}, lambda: store_image(world.ec2, made, "disks")


def slow_store_task(world):
    make_bucket(world.server)
    made = make_image(world.ec2)
    world.server.set_delays(**{"store-image-task.in-progress": HELD_MS})
    world.ec2.create_store_image_task(ImageId=made, Bucket="disks")
    return {"ImageIds": [made]}, lambda: world.server.advance(HELD_MS)


def failed_store_task(world):
    """Of an image that goes before its bytes move."""
    request, advance = slow_store_task(world)
    world.ec2.deregister_image(ImageId=request["ImageIds"][0])
    advance()
    wait_until(lambda: world.ec2.describe_store_image_tasks(
        **request)["StoreImageTaskResults"][0]["StoreTaskState"] == "Failed")
    return request, None


def export_task(world):
    """Of an instance of an image of one's own."""
    make_bucket(world.server)
    instance = run(world.ec2, make_image(world.ec2))["Instances"][0]["InstanceId"]
    task = world.ec2.create_instance_export_task(
        InstanceId=instance, TargetEnvironment="vmware", ExportToS3Task={"S3Bucket": "disks"})
    return {"ExportTaskIds": [task["ExportTask"]["ExportTaskId"]]}


def done_export_task(world):
    request = export_task(world)
    wait_until(lambda: world.ec2.describe_export_tasks(
        **request)["ExportTasks"][0]["State"] == "completed")
    return request


def slow_export_task(world):
    world.server.set_delays(**{"export-task.active": HELD_MS})
    return export_task(world), lambda: world.server.advance(HELD_MS)


def cancelled_export_task(world):
    request, _ = slow_export_task(world)
    world.ec2.cancel_export_task(ExportTaskId=request["ExportTaskIds"][0])
    return request, None


def export_task_being_cancelled(world):
    world.server.set_delays(**{"export-task.cancelling": HELD_MS})
    cancelled = cancelled_export_task(world)
    return cancelled[0], lambda: world.server.advance(HELD_MS)


def conversion_task(world):
    task = world.ec2.import_volume(**put_import(world.server))["ConversionTask"]
    return {"ConversionTaskIds": [task["ConversionTaskId"]]}


def done_conversion_task(world):
    request = conversion_task(world)
    wait_until(lambda: world.ec2.describe_conversion_tasks(
        **request)["ConversionTasks"][0]["State"] == "completed")
    return request


def slow_conversion_task(world):
    """One that is done when its time has come."""
    world.server.set_delays(**{"conversion-task.active": HELD_MS})
    request = conversion_task(world)

    def later():
        world.server.advance(HELD_MS)
        wait_until(lambda: world.ec2.describe_conversion_tasks(
            **request)["ConversionTasks"][0]["State"] == "completed")

    return request, later


def cancelled_conversion_task(world):
    request, _ = slow_conversion_task(world)
    world.ec2.cancel_conversion_task(ConversionTaskId=request["ConversionTaskIds"][0])
    return request, None


def conversion_task_being_cancelled(world):
    world.server.set_delays(**{"conversion-task.cancelling": HELD_MS})
    request, _ = cancelled_conversion_task(world)
    return request, lambda: world.server.advance(HELD_MS)


def bundle_task(world):
    bundled = put_bundle(world.server)
    image = world.ec2.register_image(Name="bundled", VirtualizationType="hvm",
                                     ImageLocation=bundled)["ImageId"]
    instance = run(world.ec2, image, InstanceType="m3.medium")["Instances"][0]["InstanceId"]
    task = world.ec2.bundle_instance(InstanceId=instance, Storage={"S3": {
        "Bucket": "bucket", "Prefix": "new"}})
    return {"BundleIds": [task["BundleTask"]["BundleId"]]}


def done_bundle_task(world):
    request = bundle_task(world)
    wait_until(lambda: world.ec2.describe_bundle_tasks(
        **request)["BundleTasks"][0]["State"] == "complete")
    return request


def slow_bundle_task(world):
    world.server.set_delays(**{"bundle-task.pending": HELD_MS})
    return bundle_task(world), lambda: world.server.advance(HELD_MS)


def failed_bundle_task(world):
    request, _ = slow_bundle_task(world)
    world.ec2.cancel_bundle_task(BundleId=request["BundleIds"][0])
    return request, None


def key_pair(world):
    world.ec2.create_key_pair(KeyName="waited")
    return {"KeyNames": ["waited"]}


def security_group(world):
    group = world.ec2.create_security_group(GroupName="waited", Description="waited")
    return {"GroupIds": [group["GroupId"]]}


def snapshot(world):
    return {"SnapshotIds": [make_snapshot(world.ec2)]}


def imported_snapshot(world):
    s3 = world.server.client("s3")
    s3.create_bucket(Bucket="disks")
    s3.put_object(Bucket="disks", Key="disk.raw", Body=b"boot")
    task = world.ec2.import_snapshot(
        DiskContainer={"UserBucket": {"S3Bucket": "disks", "S3Key": "disk.raw"}})
    return {"ImportTaskIds": [task["ImportTaskId"]]}


def volume(world):
    return {"VolumeIds": [make_volume(world.ec2)]}


def vpc(world):
    default_vpc(world)  # which is made when it is first asked for, and takes the first id
    return {"VpcIds": [world.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]]}


def default_vpc(world):
    return {"VpcIds": [world.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]]}


def subnet(world):
    return {"SubnetIds": [default_subnet(world.ec2)]}


def internet_gateway(world):
    default_vpc(world)
    made = world.ec2.create_internet_gateway()["InternetGateway"]
    return {"InternetGatewayIds": [made["InternetGatewayId"]]}


def windows_instance(world):
    world.ec2.create_key_pair(KeyName="windows")
    image = newest_image(world.ec2, pattern=WINDOWS)
    launched = run(world.ec2, image["ImageId"], InstanceType="t3.large", KeyName="windows")
    return {"InstanceId": launched["Instances"][0]["InstanceId"]}


def interface(world):
    made = world.ec2.create_network_interface(SubnetId=subnet(world)["SubnetIds"][0])
    return {"NetworkInterfaceIds": [made["NetworkInterface"]["NetworkInterfaceId"]]}


def attached_interface(world):
    request = interface(world)
    (name,) = request["NetworkInterfaceIds"]
    launched = run(world.ec2, newest_image(world.ec2)["ImageId"],
                   Placement={"AvailabilityZone": ZONE})
    world.ec2.attach_network_interface(NetworkInterfaceId=name, DeviceIndex=1,
                                       InstanceId=launched["Instances"][0]["InstanceId"])
    return request


def nat_gateway(world):
    made = world.ec2.create_nat_gateway(SubnetId=subnet(world)["SubnetIds"][0],
                                        ConnectivityType="private")
    return {"NatGatewayIds": [made["NatGateway"]["NatGatewayId"]]}


def unreachable_nat_gateway(world):
    """A public one in a VPC without an internet gateway, which fails."""
    own = world.ec2.create_subnet(VpcId=vpc(world)["VpcIds"][0], CidrBlock="10.1.0.0/24")
    made = world.ec2.create_nat_gateway(
        SubnetId=own["Subnet"]["SubnetId"],
        AllocationId=world.ec2.allocate_address(Domain="vpc")["AllocationId"])
    return {"NatGatewayIds": [made["NatGateway"]["NatGatewayId"]]}


def peering(world):
    own = vpc(world)["VpcIds"][0]
    peer = world.ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    made = world.ec2.create_vpc_peering_connection(VpcId=own, PeerVpcId=peer)
    return {"VpcPeeringConnectionIds": [made["VpcPeeringConnection"]["VpcPeeringConnectionId"]]}


def spot_request(world, image=None, **more):
    made = world.ec2.request_spot_instances(**more, LaunchSpecification={
        "ImageId": image or newest_image(world.ec2)["ImageId"], "InstanceType": "t3.micro"})
    return {"SpotInstanceRequestIds": [
        one["SpotInstanceRequestId"] for one in made["SpotInstanceRequests"]]}


def cheap_spot_request(world):
    return spot_request(world, SpotPrice="0.001")


def group_of_two_vpcs(world):
    group = security_group(world)["GroupIds"][0]
    return {"Filters": [{"Name": "group-id", "Values": [group]}]}


# What becomes of it.

def delete_nat_gateway(world, request):
    world.ec2.delete_nat_gateway(NatGatewayId=request["NatGatewayIds"][0])


def delete_peering(world, request):
    world.ec2.delete_vpc_peering_connection(
        VpcPeeringConnectionId=request["VpcPeeringConnectionIds"][0])


def cancel(world, request):
    world.ec2.cancel_spot_instance_requests(**request)


def associate(world, request):
    world.ec2.associate_security_group_vpc(GroupId=request["Filters"][0]["Values"][0],
                                           VpcId=vpc(world)["VpcIds"][0])


def associated_group(world):
    request = group_of_two_vpcs(world)
    associate(world, request)
    return request


def disassociate(world, request):
    (found,) = world.ec2.describe_security_group_vpc_associations(
        **request)["SecurityGroupVpcAssociations"]
    world.ec2.disassociate_security_group_vpc(GroupId=found["GroupId"], VpcId=found["VpcId"])


def detach(world, request):
    (found,) = world.ec2.describe_network_interfaces(**request)["NetworkInterfaces"]
    world.ec2.detach_network_interface(AttachmentId=found["Attachment"]["AttachmentId"])


def stop(world, request):
    world.ec2.stop_instances(InstanceIds=request["InstanceIds"])


def start(world, request):
    world.ec2.start_instances(InstanceIds=request["InstanceIds"])


def stopped(world):
    request = instance(world)
    stop(world, request)
    return request


def terminate(world, request):
    world.ec2.terminate_instances(InstanceIds=request["InstanceIds"])


def attach(world, request):
    world.ec2.attach_volume(VolumeId=request["VolumeIds"][0], InstanceId=world.launch(),
                            Device="/dev/sdf")


def delete_volume(world, request):
    world.ec2.delete_volume(VolumeId=request["VolumeIds"][0])


# Situations: functions of the world that return the request and, where waiting has an end, what
# brings it about.

def expired_spot_request(world):
    request = cheap_spot_request(world)
    world.server.advance(8 * 24 * HOUR_MS)
    return request, None


def unlaunchable_spot_request(world):
    """A request whose image goes before it is looked at."""
    image = make_image(world.ec2)
    world.server.set_delays(**{"spot-request.open": HELD_MS})
    request = spot_request(world, image)
    world.ec2.deregister_image(ImageId=image)
    world.server.advance(HELD_MS)
    return request, None


def there(make):
    return lambda world: (make(world), None)


def then(make, change):
    """After one more call."""
    def situation(world):
        request = make(world)
        change(world, request)
        return request, None

    return situation


def before(make, change):
    """Before one more call."""
    def situation(world):
        request = make(world)
        return request, lambda: change(world, request)

    return situation


def held(delay, make, change=None):
    """While a delay lasts: of the change or, where there is none, of what is made."""
    def situation(world):
        request = make(world) if change else None
        world.server.set_delays(**{delay: HELD_MS})
        if change:
            change(world, request)
        request = request or make(world)
        return request, lambda: world.server.advance(HELD_MS)

    return situation


def not_yet(make):
    """Before it is made: the id is known since it was the same before a reset."""
    def situation(world):
        request = make(world)
        world.forget()

        def later():
            assert make(world) == request

        return request, later

    return situation


def forgotten(make, end, hours=1):
    """Some time after its end."""
    def situation(world):
        request = make(world)
        end(world, request)
        world.server.advance(hours * HOUR_MS)
        return request, None

    return situation


def unlabelled(make):
    """Asked by a tag that it gets later."""
    def situation(world):
        made = make(world)
        ((_, (name,)),) = made.items()
        if "KeyNames" in made:
            name = world.ec2.describe_key_pairs(KeyNames=[name])["KeyPairs"][0]["KeyPairId"]
        asked = {"Filters": [{"Name": "tag:waited", "Values": ["for"]}]}
        return asked, lambda: world.ec2.create_tags(
            Resources=[name], Tags=[{"Key": "waited", "Value": "for"}])

    return situation


def failed_image(world):
    world.begin_with({
        "ImageId": "ami-0123456789abcdef0", "OwnerId": "123456789012", "Public": False,
        "Name": "failed", "Architecture": "x86_64", "CreationDate": "2026-01-02T03:04:05.000Z",
        "State": "failed", "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 1}}]})
    return {"ImageIds": ["ami-0123456789abcdef0"]}, None


def abandoned_upload(world):
    begun = world.server.client("ebs").start_snapshot(VolumeSize=1, Timeout=10)
    world.server.advance(10 * 60 * 1000)
    return {"SnapshotIds": [begun["SnapshotId"]]}, None


def slow_copy(world):
    """An image of a snapshot that takes its time."""
    made = make_snapshot(world.ec2)
    world.server.set_delays(image_pending=HELD_MS)
    registered = world.ec2.register_image(**image_request("slow", made))["ImageId"]
    return {"ImageIds": [registered]}, lambda: world.server.advance(HELD_MS)


SITUATIONS = {
    "InstanceExists": {
        "success True": there(instance),
        "retry InvalidInstanceID.NotFound": not_yet(instance),
        NONE: unlabelled(instance),
    },
    "InstanceRunning": {
        "success running": there(instance),
        "failure shutting-down": held("instance.shutting-down", instance, terminate),
        "failure terminated": then(instance, terminate),
        "failure stopping": held("instance.stopping", instance, stop),
        "retry InvalidInstanceID.NotFound": not_yet(instance),
        NONE: held("instance.pending", instance),
    },
    "InstanceStatusOk": {
        "success ok": there(instance),
        "retry InvalidInstanceID.NotFound": not_yet(instance),
        NONE: held("instance.initializing", instance),
    },
    "SystemStatusOk": {
        "success ok": there(instance),
        NONE: before(stopped, start),
    },
    "InstanceStopped": {
        "success stopped": then(instance, stop),
        "failure pending": held("instance.pending", instance),
        "failure terminated": then(instance, terminate),
        NONE: held("instance.stopping", instance, stop),
    },
    "InstanceTerminated": {
        "success terminated": then(instance, terminate),
        "failure pending": held("instance.pending", instance),
        "failure stopping": held("instance.stopping", instance, stop),
        NONE: held("instance.shutting-down", instance, terminate),
    },
    "ImageExists": {
        "success True": there(image),
        "retry InvalidAMIID.NotFound": not_yet(image),
        NONE: unlabelled(image),
    },
    "ImageAvailable": {
        "success available": there(image),
        "failure failed": failed_image,
        NONE: slow_copy,
    },
    "ImageUsageReportAvailable": {
        "success available": there(usage_report),
        NONE: held("image-usage-report.pending", usage_report),
    },
    "BundleTaskComplete": {
        "success complete": there(done_bundle_task),
        "failure failed": failed_bundle_task,
        NONE: slow_bundle_task,
    },
    "ConversionTaskCancelled": {
        "success cancelled": cancelled_conversion_task,
        NONE: conversion_task_being_cancelled,
    },
    "ConversionTaskCompleted": {
        "success completed": there(done_conversion_task),
        "failure cancelled": cancelled_conversion_task,
        "failure cancelling": conversion_task_being_cancelled,
        NONE: slow_conversion_task,
    },
    "ExportTaskCancelled": {
        "success cancelled": cancelled_export_task,
        NONE: export_task_being_cancelled,
    },
    "ExportTaskCompleted": {
        "success completed": there(done_export_task),
        NONE: slow_export_task,
    },
    "KeyPairExists": {
        "success True": there(key_pair),
        "retry InvalidKeyPair.NotFound": not_yet(key_pair),
        NONE: unlabelled(key_pair),
    },
    "NatGatewayAvailable": {
        "success available": there(nat_gateway),
        "failure failed": there(unreachable_nat_gateway),
        "failure deleting": held("nat-gateway.deleting", nat_gateway, delete_nat_gateway),
        "failure deleted": then(nat_gateway, delete_nat_gateway),
        "retry NatGatewayNotFound": not_yet(nat_gateway),
        NONE: held("nat-gateway.pending", nat_gateway),
    },
    "NatGatewayDeleted": {
        "success deleted": then(nat_gateway, delete_nat_gateway),
        "success NatGatewayNotFound": forgotten(nat_gateway, delete_nat_gateway),
        NONE: before(nat_gateway, delete_nat_gateway),
    },
    "NetworkInterfaceAvailable": {
        "success available": there(interface),
        "failure InvalidNetworkInterfaceID.NotFound": not_yet(interface),
        NONE: before(attached_interface, detach),
    },
    "PasswordDataAvailable": {
        "success True": there(windows_instance),
        NONE: held("instance.password", windows_instance),
    },
    "SecurityGroupExists": {
        "success True": there(security_group),
        "retry InvalidGroup.NotFound": not_yet(security_group),
        NONE: unlabelled(security_group),
    },
    "SecurityGroupVpcAssociationAssociated": {
        "success associated": there(associated_group),
        NONE: before(group_of_two_vpcs, associate),
    },
    "SecurityGroupVpcAssociationDisassociated": {
        "success True": then(associated_group, disassociate),
        NONE: before(associated_group, disassociate),
    },
    "SnapshotCompleted": {
        "success completed": there(snapshot),
        "failure error": abandoned_upload,
        NONE: held("snapshot.pending", snapshot),
    },
    "SnapshotImported": {
        "success completed": there(imported_snapshot),
        NONE: held("import-snapshot-task.active", imported_snapshot),
    },
    "SpotInstanceRequestFulfilled": {
        "success fulfilled": there(spot_request),
        "success request-canceled-and-instance-running": then(spot_request, cancel),
        "failure schedule-expired": expired_spot_request,
        "failure canceled-before-fulfillment": then(cheap_spot_request, cancel),
        "failure bad-parameters": unlaunchable_spot_request,
        "retry InvalidSpotInstanceRequestID.NotFound": not_yet(spot_request),
        NONE: held("spot-request.open", spot_request),
    },
    "StoreImageTaskComplete": {
        "success Completed": there(store_task),
        "failure Failed": failed_store_task,
        "retry InProgress": slow_store_task,
        NONE: unstored_image,
    },
    "SubnetAvailable": {
        "success available": there(subnet),
    },
    "VolumeAvailable": {
        "success available": there(volume),
        NONE: held("volume.creating", volume),
    },
    "VolumeDeleted": {
        "success InvalidVolume.NotFound": then(volume, delete_volume),
        NONE: held("volume.deleting", volume, delete_volume),
    },
    "VolumeInUse": {
        "success in-use": then(volume, attach),
        NONE: before(volume, attach),
    },
    "VpcAvailable": {
        "success available": there(vpc),
    },
    "VpcExists": {
        "success 200": there(vpc),
        "retry InvalidVpcID.NotFound": not_yet(vpc),
    },
    "VpcPeeringConnectionExists": {
        "success 200": there(peering),
        "retry InvalidVpcPeeringConnectionID.NotFound": not_yet(peering),
    },
    "VpcPeeringConnectionDeleted": {
        "success deleted": then(peering, delete_peering),
        "success InvalidVpcPeeringConnectionID.NotFound":
            forgotten(peering, delete_peering, hours=2),
        NONE: before(peering, delete_peering),
    },
    "InternetGatewayExists": {
        "success True": there(internet_gateway),
        NONE: unlabelled(internet_gateway),
    },
}

# What no client can bring about here, or anywhere.
UNREACHABLE = {
    **{("SecurityGroupVpcAssociationAssociated", answer): "a group is associated at once"
       for answer in ("retry associating", "failure association-failed")},
    **{("SecurityGroupVpcAssociationDisassociated", answer): "an association goes at once"
       for answer in ("success disassociated", "retry disassociating",
                      "failure disassociation-failed")},
    **{("ConversionTaskDeleted", answer): "a task that has ended is cancelled or completed"
       for answer in ("success deleted", NONE)},
    ("ImageUsageReportAvailable", "failure failed"): "reports do not fail",
    ("VolumeAvailable", "failure deleted"): "a deleted volume is not described",
    ("VolumeInUse", "failure deleted"): "a deleted volume is not described",
    ("VolumeDeleted", "success deleted"): "a deleted volume is not described",
    ("InternetGatewayExists", "retry InvalidInternetGateway.NotFound"):
        "EC2's code is InvalidInternetGatewayID.NotFound",
    ("SnapshotImported", "failure error"): "a task that fails is deleted",
    ("SpotInstanceRequestFulfilled", "failure system-error"): "the system does not err",
    ("SubnetAvailable", NONE): "a subnet is available at once",
    ("VpcAvailable", NONE): "a VPC is available at once",
    ("VpcExists", NONE): "whatever is not refused is a success",
    ("VpcPeeringConnectionExists", NONE): "whatever is not refused is a success",
}


def name_of(acceptor):
    return f"{acceptor.state} {acceptor.expected}"


def answers_of(waiter):
    """All that a waiter tells apart."""
    return [*map(name_of, MODEL.get_waiter(waiter).acceptors), NONE]


def acceptor_that_fits(world, waiter, request):
    """What the waiter takes the answer of now for."""
    config = MODEL.get_waiter(waiter)
    call = botocore.waiter.NormalizedOperationMethod(
        getattr(world.ec2, xform_name(config.operation)))
    answer = call(**request)
    return next((name_of(acceptor) for acceptor in config.acceptors
                 if acceptor.matcher_func(answer)), NONE)


def outcome(world, waiter, request):
    """How waiting ends: the first word of an acceptor's name."""
    try:
        world.ec2.get_waiter(xform_name(waiter)).wait(
            WaiterConfig={"Delay": 0, "MaxAttempts": 2}, **request)
    except botocore.exceptions.WaiterError as error:
        return "retry" if "Max attempts exceeded" in str(error) else "failure"
    return "success"


CASES = [(waiter, answer) for waiter in model.waiters() for answer in SITUATIONS.get(waiter, ())]


@pytest.mark.parametrize("waiter, answer", CASES, ids=["-".join(case) for case in CASES])
def test_a_waiter_ends_as_its_model_says(waiter, answer, start_server, tmp_path):
    world = World(start_server, tmp_path)
    request, later = SITUATIONS[waiter][answer](world)
    assert acceptor_that_fits(world, waiter, request) == answer
    how = answer.split()[0]
    assert outcome(world, waiter, request) == how
    if how == "retry" and later:
        later()
        assert outcome(world, waiter, request) == "success"


def test_every_answer_of_every_waiter_is_tried_or_cannot_be_had():
    known = {(waiter, answer) for waiter in model.waiters() for answer in answers_of(waiter)}
    tried = set(CASES)
    assert known - tried - set(UNREACHABLE) == set()
    assert tried & set(UNREACHABLE) == set()
    assert tried <= known


def test_nothing_stands_here_that_no_waiter_has():
    assert set(SITUATIONS) <= set(MODEL.waiter_names)
    for waiter, answer in UNREACHABLE:
        assert answer in answers_of(waiter)
