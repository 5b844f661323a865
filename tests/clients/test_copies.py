"""Images and snapshots on their way between regions, and several volumes at one instant, with
boto3: golden image to another region and restored there, lineage, and consistent sets."""

import concurrent.futures

import pytest

import disks
import servers
from refusals import code_of
from resources import ZONE, instance_of, newest_image, root_volume, run

FAR = "eu-west-1"
FAR_ZONE = "eu-west-1a"


@pytest.fixture
def far(server):
    return server.client(region=FAR)


def raw_disk(path, *pieces):
    """A disk of 1 MiB with (offset, text) in it."""
    with open(path, "wb") as disk:
        disk.truncate(disks.MIB)
        for offset, text in pieces:
            disk.seek(offset)
            disk.write(text)
    return path


def import_disk(server, path, name):
    done = servers.run_amilab("import", path, "--name", name, endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def export(server, resource, path, region=servers.REGION):
    done = servers.run_amilab("export", resource, path, "--region", region,
                              endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    return path


def test_an_image_is_copied_to_another_region_and_restored_there(server, ec2, far, tmp_path):
    disk = raw_disk(tmp_path / "disk.raw", (0, b"golden"), (700_000, b"tail"))
    golden = import_disk(server, disk, "golden")
    ec2.create_tags(Resources=[golden], Tags=[{"Key": "Version", "Value": "1"}])
    copy = far.copy_image(SourceImageId=golden, SourceRegion=servers.REGION, Name="golden",
                          CopyImageTags=True, Encrypted=True)["ImageId"]
    far.get_waiter("image_available").wait(ImageIds=[copy])
    (image,) = far.describe_images(ImageIds=[copy])["Images"]
    assert (image["SourceImageId"], image["SourceImageRegion"]) == (golden, servers.REGION)
    assert image["Tags"] == [{"Key": "Version", "Value": "1"}]
    assert image["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]

    # The source and all that belongs to it goes; the copy does not need it.
    ec2.deregister_image(ImageId=golden, DeleteAssociatedSnapshots=True)
    instance = run(far, copy)["Instances"][0]["InstanceId"]
    far.get_waiter("instance_running").wait(InstanceIds=[instance])
    volume = root_volume(instance_of(far, instance))
    assert disks.same_disk(disk, export(server, volume, tmp_path / "back.raw", FAR))
    entries = far.get_image_ancestry(ImageId=copy)["ImageAncestryEntries"]
    assert [entry["ImageId"] for entry in entries] == [copy, golden]


def test_sixteen_copies_at_once_are_made_once_for_each_token(server, ec2, tmp_path):
    disk = raw_disk(tmp_path / "disk.raw", (0, b"golden"), (disks.MIB - 6, b"golden"))
    image = import_disk(server, disk, "golden")
    ec2 = server.client(region=FAR, max_pool_connections=32)

    def copy(number):
        return number % 16, ec2.copy_image(
            SourceImageId=image, SourceRegion=servers.REGION, Name=f"copy-{number % 16}",
            ClientToken=f"token-{number % 16}")["ImageId"]

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        made = set(pool.map(copy, range(32)))
    assert len(made) == len({made_id for _, made_id in made}) == 16
    copies = [made_id for _, made_id in made]
    ec2.get_waiter("image_available").wait(ImageIds=copies)
    for number, made_id in made:
        (shown,) = ec2.describe_images(ImageIds=[made_id])["Images"]
        assert shown["Name"] == f"copy-{number}"
    assert len(ec2.describe_images(Owners=["self"])["Images"]) == 16
    for made_id in copies[:2]:
        exported = export(server, made_id, tmp_path / f"{made_id}.raw", region=FAR)
        assert disks.same_disk(disk, exported)


def test_a_snapshot_is_copied_and_restored_in_another_region(server, ec2, far, tmp_path):
    disk = raw_disk(tmp_path / "disk.raw", (4096, b"data"))
    image = import_disk(server, disk, "source")
    source = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]
    server.freeze()
    server.set_delays(snapshot_pending=60_000)
    # boto3 adds PresignedUrl and DestinationRegion by itself.
    copy = far.copy_snapshot(SourceSnapshotId=source["SnapshotId"], SourceRegion=servers.REGION,
                             Description="for disaster recovery")["SnapshotId"]
    server.advance(30_000)
    (snapshot,) = far.describe_snapshots(SnapshotIds=[copy])["Snapshots"]
    assert (snapshot["State"], snapshot["Progress"]) == ("pending", "50%")
    assert code_of(far.create_volume, SnapshotId=copy, AvailabilityZone=FAR_ZONE) \
        == "IncorrectState"
    server.advance(30_000)
    far.get_waiter("snapshot_completed").wait(SnapshotIds=[copy])
    (snapshot,) = far.describe_snapshots(SnapshotIds=[copy])["Snapshots"]
    assert snapshot["TransferType"] == "standard"
    assert snapshot["FullSnapshotSizeInBytes"] == 512 * 1024
    volume = far.create_volume(SnapshotId=copy, AvailabilityZone=FAR_ZONE)["VolumeId"]
    assert disks.same_disk(disk, export(server, volume, tmp_path / "back.raw", FAR))


def test_snapshots_of_an_instance_are_of_one_instant(server, ec2, tmp_path):
    first = import_disk(server, raw_disk(tmp_path / "one.raw", (0, b"one")), "one")
    second = import_disk(server, raw_disk(tmp_path / "two.raw", (0, b"two")), "two")
    (data,) = ec2.describe_images(ImageIds=[second])["Images"][0]["BlockDeviceMappings"]
    instance = run(ec2, first, Placement={"AvailabilityZone": ZONE}, BlockDeviceMappings=[
        {"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": data["Ebs"]["SnapshotId"]}},
        {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 1}}])["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    volumes = {mapping["DeviceName"]: mapping["Ebs"]["VolumeId"]
               for mapping in instance_of(ec2, instance)["BlockDeviceMappings"]}
    ec2.create_tags(Resources=[volumes["/dev/sdf"]], Tags=[{"Key": "Role", "Value": "data"}])
    made = ec2.create_snapshots(
        InstanceSpecification={"InstanceId": instance,
                               "ExcludeDataVolumeIds": [volumes["/dev/sdg"]]},
        CopyTagsFromSource="volume", Description="set")["Snapshots"]
    assert {one["VolumeId"] for one in made} == {volumes["/dev/xvda"], volumes["/dev/sdf"]}
    assert len({one["StartTime"] for one in made}) == 1
    ids = {one["VolumeId"]: one["SnapshotId"] for one in made}
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=list(ids.values()))
    (tagged,) = ec2.describe_snapshots(Filters=[{"Name": "tag:Role", "Values": ["data"]}])[
        "Snapshots"]
    assert tagged["SnapshotId"] == ids[volumes["/dev/sdf"]]
    for device, disk in (("/dev/xvda", "one.raw"), ("/dev/sdf", "two.raw")):
        snapshot = ids[volumes[device]]
        assert disks.same_disk(tmp_path / disk, export(server, snapshot, tmp_path / snapshot))


def test_a_locked_snapshot_is_kept(ec2):
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    lock = ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=1)
    assert lock["LockState"] == "governance"
    assert (lock["LockExpiresOn"] - lock["LockDurationStartTime"]).days == 1
    assert code_of(ec2.delete_snapshot, SnapshotId=snapshot) == "OperationNotPermitted"
    ec2.unlock_snapshot(SnapshotId=snapshot)
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_an_archived_snapshot_is_restored_before_it_is_used(ec2):
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
    (status,) = ec2.describe_snapshot_tier_status()["SnapshotTierStatuses"]
    assert status["LastTieringOperationStatus"] == "archival-completed"
    assert code_of(ec2.create_volume, SnapshotId=snapshot, AvailabilityZone=ZONE) \
        == "IncorrectState"
    ec2.restore_snapshot_tier(SnapshotId=snapshot, TemporaryRestoreDays=3)
    ec2.create_volume(SnapshotId=snapshot, AvailabilityZone=ZONE)


def test_another_accounts_image_is_launched_but_not_copied(server, ec2, tmp_path):
    other = server.client(account="210987654321")
    image = import_disk(server, raw_disk(tmp_path / "disk.raw", (0, b"x")), "shared")
    ec2.modify_image_attribute(ImageId=image,
                               LaunchPermission={"Add": [{"UserId": "210987654321"}]})
    run(other, image)
    assert code_of(other.copy_image, SourceImageId=image, SourceRegion=servers.REGION,
                   Name="mine") == "InvalidRequest"
    report = ec2.create_image_usage_report(
        ImageId=image, ResourceTypes=[{"ResourceType": "ec2:Instance"}])["ReportId"]
    (entry,) = ec2.describe_image_usage_report_entries(ReportIds=[report])[
        "ImageUsageReportEntries"]
    assert (entry["AccountId"], entry["UsageCount"]) == ("210987654321", 1)


def test_encryption_by_default_encrypts_what_is_launched(ec2):
    ec2.enable_ebs_encryption_by_default()
    instance = run(ec2, newest_image(ec2)["ImageId"])["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    (volume,) = ec2.describe_volumes(
        VolumeIds=[root_volume(instance_of(ec2, instance))])["Volumes"]
    assert volume["Encrypted"]
    assert volume["KmsKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")
    (metadata,) = ec2.describe_instance_image_metadata()["InstanceImageMetadata"]
    assert metadata["ImageMetadata"]["ImageOwnerAlias"] == "amazon"
