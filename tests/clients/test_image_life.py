"""The life of golden images with boto3: versions v1, v2, v3; deprecated, disabled, protected,
deregistered with their snapshots, rolled back, recycled and restored."""

import datetime

import pytest

from refusals import code_of
from resources import image_request, instance_of, keep_deleted, make_snapshot, run

OTHER = "210987654321"
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def still_server(start_server):
    """A server whose clock stands still."""
    server = start_server()
    server.freeze()
    return server


@pytest.fixture
def still_ec2(still_server):
    return still_server.client()


@pytest.fixture
def rbin(still_server):
    return still_server.client("rbin")


def make_version(ec2, number):
    """Image golden-v<number>, tagged on create, and its snapshot."""
    snapshot = make_snapshot(ec2)
    request = image_request(f"golden-v{number}", snapshot)
    image = ec2.register_image(**request, TagSpecifications=[
        {"ResourceType": "image", "Tags": [{"Key": "Family", "Value": "golden"},
                                           {"Key": "Version", "Value": f"v{number}"}]}])["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[image])
    return image, snapshot


def current(ec2, owner="self"):
    """The newest version, as a deployment looks for it."""
    images = ec2.describe_images(Owners=[owner], Filters=[
        {"Name": "name", "Values": ["golden-v*"]},
        {"Name": "state", "Values": ["available"]}])["Images"]
    return max(images, key=lambda image: (image["CreationDate"], image["Name"]))["ImageId"]


def server_time(ec2, image):
    (shown,) = ec2.describe_images(ImageIds=[image])["Images"]
    return datetime.datetime.fromisoformat(shown["CreationDate"].replace("Z", "+00:00"))


def test_golden_image_versions_are_rolled_out_retired_and_rolled_back(still_server, still_ec2):
    ec2, other = still_ec2, still_server.client(account=OTHER)
    versions = []
    for number in (1, 2, 3):
        versions.append(make_version(ec2, number))
        still_server.advance(1000)
    (v1, snapshot_1), (v2, _), (v3, snapshot_3) = versions
    assert current(ec2) == v3
    for image in (v1, v2, v3):
        ec2.modify_image_attribute(ImageId=image,
                                   LaunchPermission={"Add": [{"UserId": OTHER}]})
    tagged = ec2.describe_images(Owners=["self"], Filters=[
        {"Name": "tag:Family", "Values": ["golden"]}, {"Name": "tag:Version", "Values": ["v2"]}])
    assert [image["ImageId"] for image in tagged["Images"]] == [v2]

    # v1 is deprecated: others find it no more, and what names it still launches.
    soon = server_time(ec2, v1) + datetime.timedelta(minutes=5)
    assert ec2.enable_image_deprecation(ImageId=v1, DeprecateAt=soon)["Return"] is True
    still_server.advance(10 * 60 * 1000)
    seen = {image["ImageId"] for image in
            other.describe_images(ExecutableUsers=["self"])["Images"]}
    assert seen == {v2, v3}
    old = run(other, v1)["Instances"][0]["InstanceId"]
    assert instance_of(other, old)["ImageId"] == v1

    # v3 is protected; v1 goes, with its snapshot.
    ec2.enable_image_deregistration_protection(ImageId=v3)
    assert code_of(ec2.deregister_image, ImageId=v3) == "OperationNotPermitted"
    gone = ec2.deregister_image(ImageId=v1, DeleteAssociatedSnapshots=True)
    assert gone["DeleteSnapshotResults"] == [{"SnapshotId": snapshot_1, "ReturnCode": "success"}]
    assert code_of(ec2.describe_snapshots, SnapshotIds=[snapshot_1]) == "InvalidSnapshot.NotFound"
    assert code_of(run, ec2=ec2, image_id=v1) == "InvalidAMIID.Unavailable"
    assert instance_of(other, old)["State"]["Name"] == "running"

    # v3 is bad: back to v2, and forward again.
    ec2.disable_image(ImageId=v3)
    assert current(ec2) == v2
    assert code_of(run, ec2=ec2, image_id=v3) == "InvalidAMIID.Unavailable"
    seen = [image["ImageId"] for image in
            other.describe_images(ExecutableUsers=["self"], IncludeDisabled=True)["Images"]]
    assert seen == [v2]
    assert code_of(ec2.delete_snapshot, SnapshotId=snapshot_3) == "InvalidSnapshot.InUse"
    run(ec2, current(ec2))
    ec2.enable_image(ImageId=v3)
    assert current(ec2) == v3

    # The name of v1 is free, its id is nobody's.
    again, _ = make_version(ec2, 1)
    assert again != v1


def test_protection_with_a_cooldown_holds_for_a_day(still_server, still_ec2):
    image, _ = make_version(still_ec2, 1)
    still_ec2.enable_image_deregistration_protection(ImageId=image, WithCooldown=True)
    (shown,) = still_ec2.describe_images(ImageIds=[image])["Images"]
    assert shown["DeregistrationProtection"] == "enabled-with-cooldown"
    still_ec2.disable_image_deregistration_protection(ImageId=image)
    still_server.advance(DAY_MS - 1)
    assert code_of(still_ec2.deregister_image, ImageId=image) == "OperationNotPermitted"
    still_server.advance(1)
    assert still_ec2.deregister_image(ImageId=image)["Return"] is True


def test_what_a_rule_keeps_is_recycled_and_restored(still_server, still_ec2, rbin):
    ec2 = still_ec2
    for kind in ("EC2_IMAGE", "EBS_SNAPSHOT"):
        keep_deleted(rbin, kind, days=7)
    image, snapshot = make_version(ec2, 1)
    (before,) = ec2.describe_images(ImageIds=[image])["Images"]
    ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    (kept,) = ec2.list_images_in_recycle_bin()["Images"]
    assert (kept["ImageId"], kept["Name"]) == (image, "golden-v1")
    assert kept["RecycleBinExitTime"] - kept["RecycleBinEnterTime"] == datetime.timedelta(days=7)
    assert [entry["SnapshotId"] for entry in ec2.list_snapshots_in_recycle_bin()["Snapshots"]] \
        == [snapshot]
    assert code_of(ec2.restore_image_from_recycle_bin, ImageId=image) == "InvalidSnapshot.NotFound"
    assert ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot)["State"] == "completed"
    assert ec2.restore_image_from_recycle_bin(ImageId=image)["Return"] is True
    (after,) = ec2.describe_images(ImageIds=[image])["Images"]
    assert after == before
    run(ec2, image)

    ec2.deregister_image(ImageId=image)
    still_server.advance(7 * DAY_MS)
    assert ec2.list_images_in_recycle_bin()["Images"] == []
    assert code_of(ec2.restore_image_from_recycle_bin, ImageId=image) == "InvalidAMIID.NotFound"
