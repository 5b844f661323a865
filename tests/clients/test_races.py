"""Many clients want the same thing at once: there is one winner and no half of anything."""

import threading

import pytest

import calls
from resources import ZONE, make_volume, newest_image, register_form, run

CLIENTS = 64


def race(*jobs):
    """Runs the jobs at once; returns their answers."""
    barrier = threading.Barrier(len(jobs))
    answers = [None] * len(jobs)

    def run(number, job):
        barrier.wait()
        answers[number] = job()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers)
    assert not [answer.body for answer in answers if answer.status >= 500]
    return answers


def register(server, name, snapshot):
    return lambda: calls.call(server, "RegisterImage", **register_form(name, snapshot))


@pytest.fixture
def volume(ec2):
    return make_volume(ec2)


@pytest.fixture
def image_id(ec2):
    return newest_image(ec2)["ImageId"]


def test_one_name_has_one_winner(server, ec2, volume):
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    answers = race(*[register(server, "wanted", snapshot)] * CLIENTS)
    codes = [answer.code for answer in answers]
    assert codes.count(None) == 1
    assert codes.count("InvalidAMIName.Duplicate") == CLIENTS - 1
    assert len(ec2.describe_images(Owners=["self"])["Images"]) == 1


def test_one_client_token_makes_one_reservation(server, ec2, image_id):
    answers = race(*[lambda: calls.call(
        server, "RunInstances", ImageId=image_id, InstanceType="t3.micro", MinCount="1",
        MaxCount="1", ClientToken="once")] * CLIENTS)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.xml.findtext("reservationId") for answer in answers}) == 1
    assert len(ec2.describe_instances()["Reservations"]) == 1
    assert len(ec2.describe_volumes()["Volumes"]) == 1


def test_a_snapshot_is_deleted_or_used_but_not_both(server, ec2, volume):
    for number in range(12):
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        deleted, registered = race(
            lambda: calls.call(server, "DeleteSnapshot", SnapshotId=snapshot),
            register(server, f"image-{number}", snapshot))
        assert (deleted.code, registered.code) in (
            (None, "InvalidSnapshot.NotFound"), ("InvalidSnapshot.InUse", None))


def test_a_volume_is_deleted_or_attached_but_not_both(server, ec2, image_id):
    launched = run(ec2, image_id, Placement={"AvailabilityZone": ZONE})
    instance = launched["Instances"][0]["InstanceId"]
    for number in range(12):
        volume = make_volume(ec2)
        deleted, attached = race(
            lambda: calls.call(server, "DeleteVolume", VolumeId=volume),
            lambda: calls.call(server, "AttachVolume", VolumeId=volume, InstanceId=instance,
                               Device=f"/dev/sd{'fghijklmnopq'[number]}"))
        assert (deleted.code, attached.code) in (
            (None, "InvalidVolume.NotFound"), ("VolumeInUse", None))


def test_an_image_is_deregistered_or_run(server, ec2, volume):
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    for number in range(12):
        image = register(server, f"image-{number}", snapshot)().xml.findtext("imageId")
        deregistered, launched = race(
            lambda: calls.call(server, "DeregisterImage", ImageId=image),
            lambda: calls.call(server, "RunInstances", ImageId=image, InstanceType="t3.micro",
                               MinCount="1", MaxCount="1"))
        assert deregistered.code is None
        assert launched.code in (None, "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")


def test_one_device_takes_one_volume(server, ec2, image_id):
    launched = run(ec2, image_id, Placement={"AvailabilityZone": ZONE})
    instance = launched["Instances"][0]["InstanceId"]
    volumes = [make_volume(ec2)
               for _ in range(8)]
    answers = race(*[lambda volume=volume: calls.call(
        server, "AttachVolume", VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
        for volume in volumes])
    codes = [answer.code for answer in answers]
    assert codes.count(None) == 1
    assert codes.count("InvalidParameterValue") == len(volumes) - 1
