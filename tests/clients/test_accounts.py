"""Accounts by their access keys, regions, and what is shared between them."""

import botocore.exceptions
import pytest

from resources import make_image, run

OWNER = "111111111111"
FRIEND = "222222222222"
STRANGER = "333333333333"


def sees(ec2, image_id):
    try:
        return len(ec2.describe_images(ImageIds=[image_id])["Images"]) == 1
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidAMIID.NotFound"
        return False


def own_everything(ec2):
    return (ec2.describe_images(Owners=["self"])["Images"],
            ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"],
            ec2.describe_volumes()["Volumes"], ec2.describe_instances()["Reservations"],
            ec2.describe_tags()["Tags"])


def test_an_access_key_of_twelve_digits_names_the_account(server):
    owner = server.client(account=OWNER)
    image_id = make_image(owner)
    run(owner, image_id)
    assert owner.describe_images(ImageIds=[image_id])["Images"][0]["OwnerId"] == OWNER
    assert owner.describe_instances()["Reservations"][0]["OwnerId"] == OWNER
    assert own_everything(server.client(account=FRIEND)) == ([], [], [], [], [])


def test_any_other_key_is_the_default_account(server, start_server):
    assert server.client("sts", account="AKIAIOSFODNN7EXAMPLE").get_caller_identity()["Account"] \
        == "123456789012"
    other = start_server("--account", "999999999999")
    assert other.client("sts", account="AKIAIOSFODNN7EXAMPLE").get_caller_identity()["Account"] \
        == "999999999999"


def test_regions_are_separate(server):
    here = server.client(region="us-east-1")
    there = server.client(region="eu-west-1")
    image_id = make_image(here)
    assert not sees(there, image_id)
    assert own_everything(there) == ([], [], [], [], [])
    make_image(there)  # the same name is free there
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidAMIID.NotFound"):
        run(there, image_id)


def test_a_private_image_is_seen_and_run_by_its_owner_alone(server):
    image_id = make_image(server.client(account=OWNER))
    stranger = server.client(account=STRANGER)
    assert not sees(stranger, image_id)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        run(stranger, image_id)
    assert caught.value.response["Error"]["Code"] in ("InvalidAMIID.NotFound", "AuthFailure")


def test_a_launch_permission_lets_the_other_account_see_and_run(server):
    owner, friend = server.client(account=OWNER), server.client(account=FRIEND)
    image_id = make_image(owner)
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Add": [{"UserId": FRIEND}]})
    assert owner.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")[
        "LaunchPermissions"] == [{"UserId": FRIEND}]
    assert sees(friend, image_id)
    assert not sees(server.client(account=STRANGER), image_id)
    shared = friend.describe_images(ExecutableUsers=["self"])["Images"]
    assert [image["ImageId"] for image in shared] == [image_id]
    assert friend.describe_images(Owners=["self"])["Images"] == []
    assert run(friend, image_id)["Instances"][0]["ImageId"] == image_id

    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Remove": [{"UserId": FRIEND}]})
    assert not sees(friend, image_id)
    assert len(friend.describe_instances()["Reservations"]) == 1  # what runs goes on


def test_a_public_image_is_everybodys_until_it_is_reset(server):
    owner, stranger = server.client(account=OWNER), server.client(account=STRANGER)
    image_id = make_image(owner)
    owner.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": [{"Group": "all"}]})
    assert sees(stranger, image_id)
    assert owner.describe_images(ImageIds=[image_id])["Images"][0]["Public"] is True
    owner.reset_image_attribute(ImageId=image_id, Attribute="launchPermission")
    assert not sees(stranger, image_id)


@pytest.mark.parametrize("operation, request_", [
    ("modify_image_attribute", {"Description": {"Value": "mine now"}}),
    ("reset_image_attribute", {"Attribute": "launchPermission"}),
    ("deregister_image", {}),
])
def test_sharing_gives_no_right_to_change(server, operation, request_):
    owner, friend = server.client(account=OWNER), server.client(account=FRIEND)
    image_id = make_image(owner)
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Add": [{"UserId": FRIEND}]})
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(friend, operation)(ImageId=image_id, **request_)
    assert caught.value.response["Error"]["Code"] == "AuthFailure"
    assert sees(owner, image_id)


def test_another_accounts_volumes_and_snapshots_do_not_exist(server):
    owner, stranger = server.client(account=OWNER), server.client(account=STRANGER)
    make_image(owner)
    volume = owner.describe_volumes()["Volumes"][0]["VolumeId"]
    snapshot = owner.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["SnapshotId"]
    for code, operation, request in (
            ("InvalidVolume.NotFound", "delete_volume", {"VolumeId": volume}),
            ("InvalidVolume.NotFound", "create_snapshot", {"VolumeId": volume}),
            ("InvalidSnapshot.NotFound", "delete_snapshot", {"SnapshotId": snapshot}),
            ("InvalidSnapshot.NotFound", "create_volume",
             {"SnapshotId": snapshot, "AvailabilityZone": "us-east-1a"})):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            getattr(stranger, operation)(**request)
        assert caught.value.response["Error"]["Code"] == code, operation
    # As the documentation has it: no error, just not among the results.
    assert stranger.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"] == []
