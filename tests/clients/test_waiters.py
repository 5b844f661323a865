"""Waiters, at once and while a frozen clock holds things back."""

import botocore.exceptions
import pytest

import aws_cli
from resources import instance_of, newest_image, run

TRIES = {"Delay": 0, "MaxAttempts": 3}


@pytest.fixture
def image_id(ec2):
    return newest_image(ec2)["ImageId"]


def run_one(ec2, image_id):
    return run(ec2, image_id)["Instances"][0]


def instance_state(ec2, instance_id):
    return instance_of(ec2, instance_id)["State"]["Name"]


def waits_in_vain(ec2, waiter, **request):
    with pytest.raises(botocore.exceptions.WaiterError, match="Max attempts exceeded"):
        ec2.get_waiter(waiter).wait(WaiterConfig=TRIES, **request)


def waits(ec2, waiter, **request):
    ec2.get_waiter(waiter).wait(WaiterConfig=TRIES, **request)


def test_every_waiter_ends_at_once_without_delays(server, ec2, image_id):
    instance = run_one(ec2, image_id)
    ids = [instance["InstanceId"]]
    for waiter in ("instance_exists", "instance_running", "instance_status_ok",
                   "system_status_ok"):
        waits(ec2, waiter, InstanceIds=ids)
    volume = ec2.create_volume(AvailabilityZone=instance["Placement"]["AvailabilityZone"],
                               Size=1)["VolumeId"]
    waits(ec2, "volume_available", VolumeIds=[volume])
    ec2.attach_volume(VolumeId=volume, InstanceId=ids[0], Device="/dev/sdf")
    waits(ec2, "volume_in_use", VolumeIds=[volume])
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    waits(ec2, "snapshot_completed", SnapshotIds=[snapshot])
    image = ec2.create_image(InstanceId=ids[0], Name="waited")["ImageId"]
    waits(ec2, "image_exists", ImageIds=[image])
    waits(ec2, "image_available", ImageIds=[image])
    ec2.stop_instances(InstanceIds=ids)
    waits(ec2, "instance_stopped", InstanceIds=ids)
    ec2.detach_volume(VolumeId=volume)
    waits(ec2, "volume_available", VolumeIds=[volume])
    ec2.delete_volume(VolumeId=volume)
    waits(ec2, "volume_deleted", VolumeIds=[volume])
    ec2.terminate_instances(InstanceIds=ids)
    waits(ec2, "instance_terminated", InstanceIds=ids)


def test_a_frozen_clock_holds_an_instance_in_each_state(server, ec2, image_id):
    server.freeze()
    server.set_delays(instance_pending=5000, instance_stopping=7000, instance_shutting_down=9000)
    ids = [run_one(ec2, image_id)["InstanceId"]]
    assert instance_state(ec2, ids[0]) == "pending"
    waits_in_vain(ec2, "instance_running", InstanceIds=ids)
    server.advance(4999)
    assert instance_state(ec2, ids[0]) == "pending"
    server.advance(1)
    waits(ec2, "instance_running", InstanceIds=ids)

    ec2.stop_instances(InstanceIds=ids)
    assert instance_state(ec2, ids[0]) == "stopping"
    waits_in_vain(ec2, "instance_stopped", InstanceIds=ids)
    server.advance(7000)
    waits(ec2, "instance_stopped", InstanceIds=ids)

    ec2.terminate_instances(InstanceIds=ids)
    assert instance_state(ec2, ids[0]) == "shutting-down"
    waits_in_vain(ec2, "instance_terminated", InstanceIds=ids)
    server.advance(9000)
    waits(ec2, "instance_terminated", InstanceIds=ids)


def test_a_frozen_clock_holds_images_and_snapshots_pending(server, ec2, image_id):
    instance_id = run_one(ec2, image_id)["InstanceId"]
    server.freeze()
    server.set_delays(image_pending=60000, snapshot_pending=30000)
    image = ec2.create_image(InstanceId=instance_id, Name="slow")["ImageId"]
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "pending"
    waits(ec2, "image_exists", ImageIds=[image])
    waits_in_vain(ec2, "image_available", ImageIds=[image])
    server.advance(60000)
    waits(ec2, "image_available", ImageIds=[image])

    volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)
    assert snapshot["State"] == "pending"
    waits_in_vain(ec2, "snapshot_completed", SnapshotIds=[snapshot["SnapshotId"]])
    server.advance(30000)
    waits(ec2, "snapshot_completed", SnapshotIds=[snapshot["SnapshotId"]])


def test_a_frozen_clock_holds_volumes_in_each_state(server, ec2, image_id):
    instance = run_one(ec2, image_id)
    server.freeze()
    server.set_delays(volume_creating=1000, attachment_attaching=1000, attachment_detaching=1000,
                      volume_deleting=1000)
    volume = ec2.create_volume(AvailabilityZone=instance["Placement"]["AvailabilityZone"], Size=1)
    assert volume["State"] == "creating"
    ids = [volume["VolumeId"]]

    def attachment_state():
        (described,) = ec2.describe_volumes(VolumeIds=ids)["Volumes"]
        return described["Attachments"][0]["State"]

    waits_in_vain(ec2, "volume_available", VolumeIds=ids)
    server.advance(1000)
    waits(ec2, "volume_available", VolumeIds=ids)
    ec2.attach_volume(VolumeId=ids[0], InstanceId=instance["InstanceId"], Device="/dev/sdf")
    assert attachment_state() == "attaching"
    server.advance(1000)
    assert attachment_state() == "attached"
    ec2.detach_volume(VolumeId=ids[0])
    assert attachment_state() == "detaching"
    server.advance(1000)
    waits(ec2, "volume_available", VolumeIds=ids)
    ec2.delete_volume(VolumeId=ids[0])
    waits_in_vain(ec2, "volume_deleted", VolumeIds=ids)
    server.advance(1000)
    waits(ec2, "volume_deleted", VolumeIds=ids)


def test_terminated_instances_are_described_for_an_hour(server, ec2, image_id):
    server.freeze()
    instance_id = run_one(ec2, image_id)["InstanceId"]
    ec2.terminate_instances(InstanceIds=[instance_id])
    server.advance(60 * 60 * 1000 - 1)
    assert instance_state(ec2, instance_id) == "terminated"
    server.advance(1)
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidInstanceID.NotFound"):
        ec2.describe_instances(InstanceIds=[instance_id])


def test_times_in_answers_come_from_the_clock(server, ec2, image_id):
    server.control("clock", {"freeze": True, "set": "2031-05-06T07:08:09Z"})
    instance_id = run_one(ec2, image_id)["InstanceId"]
    launched = instance_of(ec2, instance_id)["LaunchTime"]
    assert launched.isoformat() == "2031-05-06T07:08:09+00:00"
    image = ec2.create_image(InstanceId=instance_id, Name="later")["ImageId"]
    (described,) = ec2.describe_images(ImageIds=[image])["Images"]
    assert described["CreationDate"] == "2031-05-06T07:08:09.000Z"


def test_a_running_clock_ends_a_delay_by_itself(server, ec2, image_id):
    server.set_delays(instance_pending=50)
    instance_id = run_one(ec2, image_id)["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance_id],
                                            WaiterConfig={"Delay": 0, "MaxAttempts": 10_000})


def test_the_control_api_refuses_what_it_does_not_know(server):
    before = server.control("delays")
    for path, body in (("delays", {"image.slow": 1}), ("delays", {"image.pending": -1}),
                       ("delays", {"image.pending": "soon"}), ("delays", []),
                       ("clock", {"frozen": True}), ("clock", {"set": "tomorrow"}),
                       ("clock", {"freeze": 1})):
        status, answer = server.refused_control(path, body)
        assert status == 400
        assert answer["error"]
    assert server.control("delays") == before
    assert server.control("clock")["frozen"] is False
    assert server.refused_control("nothing")[0] == 404
    assert server.refused_control("reset", method="GET")[0] == 405


@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_aws_cli_waits(version, server, ec2, image_id, tmp_path):
    aws = aws_cli.AwsCli(version, server, tmp_path)
    instance_id = run_one(ec2, image_id)["InstanceId"]
    image = aws.text("create-image", "--instance-id", instance_id, "--name", "by-cli", "--query",
                     "ImageId")
    aws.text("wait", "image-available", "--image-ids", image)
    aws.text("terminate-instances", "--instance-ids", instance_id)
    aws.text("wait", "instance-terminated", "--instance-ids", instance_id)
