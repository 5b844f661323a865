"""The volume family as boto3 calls it and reads its answers."""

import datetime

import botocore.exceptions
import pytest

from resources import ZONE, instance_of, make_volume, newest_image, root_volume, run


def code_of(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def launch(ec2, **more):
    answer = run(ec2, newest_image(ec2)["ImageId"], Placement={"AvailabilityZone": ZONE}, **more)
    return [instance["InstanceId"] for instance in answer["Instances"]]


def test_a_volume_is_modified_step_by_step(server, ec2):
    server.freeze()
    server.set_delays(volume_modifying=1000, volume_optimizing=4000)
    volume = make_volume(ec2)
    made = ec2.modify_volume(VolumeId=volume, Size=4, VolumeType="gp3")["VolumeModification"]
    assert made["ModificationState"] == "modifying" and made["Progress"] == 0
    assert made["OriginalVolumeType"] == "gp2" and made["TargetVolumeType"] == "gp3"
    assert isinstance(made["StartTime"], datetime.datetime)
    assert code_of(ec2.modify_volume, VolumeId=volume, Size=5) == "IncorrectModificationState"
    server.advance(3000)
    (found,) = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
    assert (found["ModificationState"], found["Progress"]) == ("optimizing", 0)
    server.advance(2000)
    (found,) = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
    assert (found["ModificationState"], found["Progress"]) == ("optimizing", 50)
    server.advance(2000)
    paginator = ec2.get_paginator("describe_volumes_modifications")
    (page,) = paginator.paginate(PaginationConfig={"PageSize": 5})
    (found,) = page["VolumesModifications"]
    assert (found["ModificationState"], found["Progress"]) == ("completed", 100)
    assert found["EndTime"] > found["StartTime"]
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"] == 4


def test_a_volume_is_shared_and_let_go(ec2):
    volume = make_volume(ec2, Size=4, VolumeType="io2", Iops=100, MultiAttachEnabled=True)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    one, two = launch(ec2, MinCount=2, MaxCount=2)
    for instance in (one, two):
        ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume])
    (found,) = ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    assert found["MultiAttachEnabled"]
    assert {each["InstanceId"] for each in found["Attachments"]} == {one, two}
    for instance in (one, two):
        ec2.detach_volume(VolumeId=volume, InstanceId=instance)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    ec2.delete_volume(VolumeId=volume)
    ec2.get_waiter("volume_deleted").wait(VolumeIds=[volume])


def test_status_and_attributes_are_read(ec2):
    source = make_volume(ec2)
    (copy,) = ec2.copy_volumes(SourceVolumeId=source)["Volumes"]
    assert copy["SourceVolumeId"] == source
    (status,) = ec2.describe_volume_status(VolumeIds=[copy["VolumeId"]])["VolumeStatuses"]
    assert status["VolumeStatus"]["Status"] == "ok"
    details = {each["Name"]: each["Status"] for each in status["VolumeStatus"]["Details"]}
    assert details == {"io-enabled": "passed", "io-performance": "not-applicable",
                       "initialization-state": "completed"}
    assert status["InitializationStatusDetails"] == {"InitializationType": "volume-copy",
                                                     "Progress": 100}
    assert status["Events"] == [] and status["Actions"] == []

    ec2.modify_volume_attribute(VolumeId=source, AutoEnableIO={"Value": True})
    assert ec2.describe_volume_attribute(
        VolumeId=source, Attribute="autoEnableIO")["AutoEnableIO"] == {"Value": True}
    assert ec2.describe_volume_attribute(
        VolumeId=source, Attribute="productCodes")["ProductCodes"] == []
    ec2.enable_volume_io(VolumeId=source)


def test_a_root_volume_is_replaced(ec2):
    (instance,) = launch(ec2)
    original = root_volume(instance_of(ec2, instance))
    task = ec2.create_replace_root_volume_task(
        InstanceId=instance, DeleteReplacedRootVolume=True,
        TagSpecifications=[{"ResourceType": "replace-root-volume-task",
                            "Tags": [{"Key": "why", "Value": "rescue"}]}])["ReplaceRootVolumeTask"]
    assert task["TaskState"] == "pending"
    assert task["Tags"] == [{"Key": "why", "Value": "rescue"}]
    (found,) = ec2.describe_replace_root_volume_tasks(
        Filters=[{"Name": "instance-id", "Values": [instance]}])["ReplaceRootVolumeTasks"]
    assert found["TaskState"] == "succeeded" and found["CompleteTime"].endswith("Z")
    assert root_volume(instance_of(ec2, instance)) != original
    assert code_of(ec2.describe_volumes, VolumeIds=[original]) == "InvalidVolume.NotFound"
    ec2.stop_instances(InstanceIds=[instance])
    assert code_of(ec2.create_replace_root_volume_task,
                   InstanceId=instance) == "IncorrectInstanceState"
