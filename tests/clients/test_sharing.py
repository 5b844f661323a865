"""Stories between two and three accounts: share, use, take back; public and blocked; restricted."""

import pytest

from refusals import code_of
from resources import ZONE, make_image, newest_image, run

OWNER = "111111111111"
FRIEND = "222222222222"
STRANGER = "333333333333"
FRIENDS_KEY = "AKIAIOSFODNN7EXAMPLE"
ORGANIZATION = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
UNIT = "arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-abcd-12345678"


def seen(ec2, owner=OWNER):
    return [image["ImageId"] for image in ec2.describe_images(Owners=[owner])["Images"]]


def snapshot_of(ec2, image_id):
    (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
    return image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]


@pytest.fixture
def accounts(server):
    return [server.client(account=account) for account in (OWNER, FRIEND, STRANGER)]


def test_a_shared_image_launches_while_its_snapshot_is_shared_apart(accounts):
    owner, friend, stranger = accounts
    image_id = make_image(owner, "golden")
    snapshot_id = snapshot_of(owner, image_id)
    assert code_of(run, ec2=friend, image_id=image_id) == "AuthFailure"
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Add": [{"UserId": FRIEND}]})
    run(friend, image_id)
    # The rule that trips everyone: what launches cannot be copied yet.
    volume = {"AvailabilityZone": ZONE, "SnapshotId": snapshot_id}
    assert code_of(friend.create_volume, **volume) == "InvalidSnapshot.NotFound"
    owner.modify_snapshot_attribute(SnapshotId=snapshot_id, Attribute="createVolumePermission",
                                    OperationType="add", UserIds=[FRIEND])
    assert owner.describe_snapshot_attribute(
        SnapshotId=snapshot_id, Attribute="createVolumePermission")[
            "CreateVolumePermissions"] == [{"UserId": FRIEND}]
    shared = friend.describe_snapshots(RestorableByUserIds=["self"])["Snapshots"]
    assert [snapshot["SnapshotId"] for snapshot in shared] == [snapshot_id]
    copy = friend.create_volume(**volume)["VolumeId"]
    mine = friend.create_snapshot(VolumeId=copy)["SnapshotId"]

    # Taken back, the friend keeps what it has made.
    owner.reset_image_attribute(ImageId=image_id, Attribute="launchPermission")
    owner.reset_snapshot_attribute(SnapshotId=snapshot_id, Attribute="createVolumePermission")
    assert seen(friend) == []
    assert code_of(run, ec2=friend, image_id=image_id) == "AuthFailure"
    assert code_of(friend.create_volume, **volume) == "InvalidSnapshot.NotFound"
    assert friend.describe_snapshots(SnapshotIds=[mine])["Snapshots"][0]["OwnerId"] == FRIEND
    assert len(friend.describe_instances()["Reservations"]) == 1
    assert seen(stranger) == []


def test_a_copy_outlives_what_it_was_made_of(server, accounts):
    owner, friend, _ = accounts
    image_id = make_image(owner, "golden")
    snapshot_id = snapshot_of(owner, image_id)
    far = server.client(account=FRIEND, region="eu-west-1")
    request = {"SourceImageId": image_id, "SourceRegion": "us-east-1", "Name": "mine"}
    assert code_of(far.copy_image, **request) == "InvalidAMIID.NotFound"
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Add": [{"UserId": FRIEND}]})
    assert code_of(far.copy_image, **request) == "InvalidRequest"
    owner.modify_snapshot_attribute(SnapshotId=snapshot_id, Attribute="createVolumePermission",
                                    OperationType="add", UserIds=[FRIEND])
    copy = far.copy_image(**request)["ImageId"]
    far.get_waiter("image_available").wait(ImageIds=[copy])
    (image,) = far.describe_images(ImageIds=[copy])["Images"]
    assert (image["OwnerId"], image["SourceImageId"], image["Public"]) == (FRIEND, image_id, False)

    # Unshared and gone: the copy does not need it.
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Remove": [{"UserId": FRIEND}]})
    assert code_of(far.copy_image, **{**request, "Name": "again"}) == "InvalidAMIID.NotFound"
    gone = owner.deregister_image(ImageId=image_id, DeleteAssociatedSnapshots=True)
    assert gone["DeleteSnapshotResults"] == [{"SnapshotId": snapshot_id, "ReturnCode": "success"}]
    instance = run(far, copy)["Instances"][0]["InstanceId"]
    far.get_waiter("instance_running").wait(InstanceIds=[instance])
    assert code_of(run, ec2=friend, image_id=copy) == "InvalidAMIID.NotFound"  # another region


def test_an_encrypted_image_is_shared_under_a_key_of_ones_own(accounts):
    owner, friend, stranger = accounts
    source = {"SourceImageId": make_image(owner, "plain"), "SourceRegion": "us-east-1"}
    managed = owner.copy_image(**source, Name="managed", Encrypted=True)["ImageId"]
    own = owner.copy_image(**source, Name="own", Encrypted=True, KmsKeyId="alias/golden")["ImageId"]
    to_friend = {"LaunchPermission": {"Add": [{"UserId": FRIEND}]}}
    assert code_of(owner.modify_image_attribute, ImageId=managed, **to_friend) \
        == "InvalidParameter"
    permission = {"CreateVolumePermission": {"Add": [{"UserId": FRIEND}]}}
    assert code_of(owner.modify_snapshot_attribute, SnapshotId=snapshot_of(owner, managed),
                   **permission) == "OperationNotPermitted"
    owner.modify_image_attribute(ImageId=own, **to_friend)
    owner.modify_snapshot_attribute(SnapshotId=snapshot_of(owner, own), **permission)
    run(friend, own)
    mine = friend.copy_image(SourceImageId=own, SourceRegion="us-east-1", Name="mine")["ImageId"]
    (image,) = friend.describe_images(ImageIds=[mine])["Images"]
    assert image["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]
    # The copy is under the friend's default key: it stays with him.
    assert code_of(friend.modify_image_attribute, ImageId=mine, LaunchPermission={
        "Add": [{"UserId": STRANGER}]}) == "InvalidParameter"
    for image_id, code in ((own, "UnsupportedOperation"), (managed, "UnsupportedOperation")):
        assert code_of(owner.modify_image_attribute, ImageId=image_id,
                       LaunchPermission={"Add": [{"Group": "all"}]}) == code
    assert seen(stranger) == []


@pytest.mark.parametrize("request_", [
    # Packer before its version 1.7.
    {"LaunchPermission": {"Add": [{"UserId": FRIEND}]}, "UserIds": [FRIEND]},
    {"LaunchPermission": {"Add": [{"UserId": FRIEND}, {"UserId": STRANGER}]},
     "UserIds": [FRIEND, STRANGER]},
    # Terraform's aws_ami_launch_permission.
    {"Attribute": "launchPermission", "LaunchPermission": {"Add": [{"UserId": FRIEND}]}},
    # The AWS CLI's two ways, and both at once.
    {"Attribute": "launchPermission", "OperationType": "add", "UserIds": [FRIEND]},
    {"OperationType": "add", "UserIds": [FRIEND]},
    {"Attribute": "launchPermission", "OperationType": "add", "UserIds": [FRIEND],
     "LaunchPermission": {"Add": [{"UserId": FRIEND}]}},
])
def test_clients_share_in_mixtures_of_both_styles(accounts, request_):
    owner, friend, _ = accounts
    image_id = make_image(owner)
    owner.modify_image_attribute(ImageId=image_id, **request_)
    assert seen(friend) == [image_id]
    run(friend, image_id)


@pytest.mark.parametrize("request_", [
    {"CreateVolumePermission": {"Add": [{"UserId": FRIEND}]}, "UserIds": [FRIEND]},
    {"Attribute": "createVolumePermission",
     "CreateVolumePermission": {"Add": [{"UserId": FRIEND}]}},
    {"Attribute": "createVolumePermission", "OperationType": "add", "UserIds": [FRIEND]},
])
def test_snapshots_are_shared_in_the_same_mixtures(accounts, request_):
    owner, friend, _ = accounts
    snapshot_id = snapshot_of(owner, make_image(owner))
    owner.modify_snapshot_attribute(SnapshotId=snapshot_id, **request_)
    friend.create_volume(AvailabilityZone=ZONE, SnapshotId=snapshot_id)


@pytest.mark.parametrize("request_", [
    {"LaunchPermission": {"Add": [{"UserId": FRIEND}]}, "OperationType": "remove",
     "UserIds": [FRIEND]},
    {"LaunchPermission": {"Add": [{"UserId": FRIEND}]}, "Description": {"Value": "both"}},
    {"Attribute": "description", "LaunchPermission": {"Add": [{"UserId": FRIEND}]}},
    {"Description": {"Value": "one"}, "Attribute": "description", "Value": "two"},
])
def test_what_contradicts_itself_is_refused(accounts, request_):
    owner, friend, _ = accounts
    image_id = make_image(owner)
    assert code_of(owner.modify_image_attribute, ImageId=image_id, **request_) \
        == "InvalidParameterCombination"
    assert seen(friend) == []
    assert "Description" not in owner.describe_images(ImageIds=[image_id])["Images"][0]


def test_an_image_that_nobody_asked_for_can_be_given_back(accounts):
    owner, friend, _ = accounts
    image_id = make_image(owner)
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Add": [{"UserId": FRIEND}]})
    assert friend.cancel_image_launch_permission(ImageId=image_id)["Return"] is True
    assert seen(friend) == []
    assert owner.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")[
        "LaunchPermissions"] == []


def test_public_sharing_is_blocked_by_the_account(accounts):
    owner, _, stranger = accounts
    published, kept = make_image(owner, "published"), make_image(owner, "kept")
    everybody = {"Add": [{"Group": "all"}]}
    assert owner.get_image_block_public_access_state()["ImageBlockPublicAccessState"] \
        == "unblocked"
    owner.modify_image_attribute(ImageId=published, LaunchPermission=everybody)
    assert seen(stranger) == [published]
    owner.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    assert code_of(owner.modify_image_attribute, ImageId=kept, LaunchPermission=everybody) \
        == "OperationNotPermitted"
    assert seen(stranger) == [published]
    owner.disable_image_block_public_access()
    owner.modify_image_attribute(ImageId=kept, LaunchPermission=everybody)
    assert sorted(seen(stranger)) == sorted([published, kept])


def test_public_snapshots_are_private_while_all_sharing_is_blocked(accounts):
    owner, _, stranger = accounts
    snapshot_id = snapshot_of(owner, make_image(owner))
    everybody = {"Add": [{"Group": "all"}]}
    owner.modify_snapshot_attribute(SnapshotId=snapshot_id, CreateVolumePermission=everybody)

    def public():
        return [snapshot["SnapshotId"] for snapshot in stranger.describe_snapshots(
            OwnerIds=[OWNER], RestorableByUserIds=["all"])["Snapshots"]]

    assert public() == [snapshot_id]
    owner.enable_snapshot_block_public_access(State="block-all-sharing")
    assert public() == []
    assert code_of(owner.modify_snapshot_attribute, SnapshotId=snapshot_id,
                   CreateVolumePermission=everybody) == "OperationNotPermitted"
    owner.enable_snapshot_block_public_access(State="block-new-sharing")
    assert public() == [snapshot_id]


def test_an_organization_shares_by_its_arn(server, accounts):
    owner, friend, stranger = accounts
    for_all, for_unit = make_image(owner, "for all"), make_image(owner, "for the unit")
    owner.modify_image_attribute(ImageId=for_all, Attribute="launchPermission",
                                 OperationType="add", OrganizationArns=[ORGANIZATION])
    owner.modify_image_attribute(
        ImageId=for_unit, LaunchPermission={"Add": [{"OrganizationalUnitArn": UNIT}]})
    assert seen(friend) == seen(stranger) == []
    server.control("accounts", {
        FRIEND: {"organization": ORGANIZATION, "organizational_units": [UNIT]},
        STRANGER: {"organization": ORGANIZATION}})
    assert sorted(seen(friend)) == sorted([for_all, for_unit])
    assert seen(stranger) == [for_all]
    run(stranger, for_all)
    assert code_of(run, ec2=stranger, image_id=for_unit) == "AuthFailure"
    server.control("accounts", {STRANGER: None})
    assert seen(stranger) == []


def test_allowed_images_settings_restrict_what_an_account_runs(accounts):
    owner, friend, _ = accounts
    image_id = make_image(owner)
    owner.modify_image_attribute(ImageId=image_id,
                                 LaunchPermission={"Add": [{"UserId": FRIEND}]})
    friend.replace_image_criteria_in_allowed_images_settings(
        ImageCriteria=[{"ImageProviders": ["amazon"]}])
    friend.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    assert friend.describe_images(ImageIds=[image_id])["Images"][0]["ImageAllowed"] is False
    run(friend, image_id)
    friend.enable_allowed_images_settings(AllowedImagesSettingsState="enabled")
    assert seen(friend) == []
    assert code_of(run, ec2=friend, image_id=image_id) == "AuthFailure"
    run(friend, newest_image(friend)["ImageId"])
    friend.disable_allowed_images_settings()
    run(friend, image_id)


def test_a_marketplace_product_wants_a_subscription(server, accounts):
    _, friend, _ = accounts
    products = [image for image in friend.describe_images(
        Owners=["aws-marketplace"], Filters=[
            {"Name": "product-code.type", "Values": ["marketplace"]},
            {"Name": "architecture", "Values": ["x86_64"]},
            {"Name": "root-device-type", "Values": ["ebs"]}])["Images"]]
    if not products:
        pytest.skip("the catalogue has no product")
    image_id = products[0]["ImageId"]
    codes = [code["ProductCodeId"] for code in products[0]["ProductCodes"]]
    launch = {"ec2": friend, "image_id": image_id, "InstanceType": "m5.large"}
    assert code_of(run, **launch) == "OptInRequired"
    server.control("accounts", {FRIEND: {"subscriptions": codes}})
    (instance,) = run(**launch)["Instances"]
    assert [code["ProductCodeId"] for code in instance["ProductCodes"]] == codes
    seller = server.client(account=products[0]["OwnerId"])
    confirmed = seller.confirm_product_instance(InstanceId=instance["InstanceId"],
                                                ProductCode=codes[0])
    assert (confirmed["Return"], confirmed["OwnerId"]) == (True, FRIEND)


# The control API

def test_accounts_are_declared_and_shown(server):
    assert server.control("accounts") == {}
    declared = {"access_keys": [FRIENDS_KEY], "organization": ORGANIZATION,
                "organizational_units": [UNIT], "subscriptions": ["abc123"],
                "products": ["def456"]}
    never = {"declared": True, "calls": 0, "last_call": None}
    assert server.control("accounts", {FRIEND: declared}, method="PUT") == {
        FRIEND: {**declared, **never}}
    key = server.client("sts", account=FRIENDS_KEY)
    assert key.get_caller_identity()["Account"] == FRIEND
    # What is not named stays.
    changed = {**declared, "subscriptions": []}
    told = server.control("accounts", {FRIEND: {"subscriptions": []}})[FRIEND]
    assert {name: told[name] for name in changed} == changed
    assert (told["declared"], told["calls"]) == (True, 1)
    assert server.control("accounts", {FRIEND: {"organization": None}})[FRIEND][
        "organization"] is None
    moved = server.control("accounts", {FRIEND: None, OWNER: {"access_keys": [FRIENDS_KEY]}})
    assert [account for account, told in moved.items() if told["declared"]] == [OWNER]
    assert key.get_caller_identity()["Account"] == OWNER
    server.control("reset", {})
    assert server.control("accounts") == {}
    assert key.get_caller_identity()["Account"] == "123456789012"


def test_accounts_survive_a_restart(start_server, tmp_path):
    server = start_server("--data", tmp_path)
    server.control("accounts", {FRIEND: {"access_keys": [FRIENDS_KEY]}})
    assert server.stop() == 0
    server = start_server("--data", tmp_path)
    assert server.control("accounts")[FRIEND]["access_keys"] == [FRIENDS_KEY]
    assert server.client("sts", account=FRIENDS_KEY).get_caller_identity()["Account"] == FRIEND


@pytest.mark.parametrize("wanted", [
    [], "text", {"1234": {}}, {FRIEND: []}, {FRIEND: {"colour": "red"}},
    {FRIEND: {"access_keys": FRIENDS_KEY}}, {FRIEND: {"access_keys": ["short"]}},
    {FRIEND: {"access_keys": ["AKIA-WITH-DASHES-IN-IT"]}}, {FRIEND: {"access_keys": [OWNER]}},
    {FRIEND: {"organization": UNIT}}, {FRIEND: {"organization": 5}},
    {FRIEND: {"organizational_units": [ORGANIZATION]}}, {FRIEND: {"subscriptions": [""]}},
    {FRIEND: {"access_keys": [FRIENDS_KEY]}, STRANGER: {"access_keys": [FRIENDS_KEY]}},
    {FRIEND: {"products": ["a"]}, STRANGER: {"products": ["a"]}},
])
def test_accounts_are_refused_whole(server, wanted):
    before = server.control("accounts", {OWNER: {"subscriptions": ["abc"]}})
    status, answer = server.refused_control("accounts", wanted)
    assert status == 400 and answer["error"]
    assert server.control("accounts") == before
