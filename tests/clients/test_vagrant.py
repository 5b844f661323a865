"""What Vagrant's aws provider calls, in its order and in the words of fog, by which it calls.

Vagrant is no package of Debian's any more. fog numbers the members of some lists from 0, and takes
an association of an address without `return` for a failure.
Source: vagrant-aws 0.7.2 and fog-aws 0.10, read.
"""

import base64

import pytest

import calls
from resources import default_subnet, newest_image

ACCOUNT = "123456789012"


@pytest.fixture
def fog(server):
    """Makes a call that must succeed; returns its answer's tree."""
    def call(action, **parameters):
        answer = calls.call(server, action, headers={"Authorization": calls.authorization(ACCOUNT)},
                            **parameters)
        assert answer.status == 200, answer.body
        return answer.xml

    return call


def see(fog, instance):
    """The instance as the provider reads it, for the machine's state and how to log in."""
    return fog("DescribeInstances", **{"Filter.1.Name": "instance-id",
                                       "Filter.1.Value.1": instance}).find(".//instancesSet/item")


def launch(fog, ec2, **more):
    """vagrant up, up to the instance's id."""
    ec2.create_key_pair(KeyName="vagrant")
    assert fog("DescribeSecurityGroups").findall(".//securityGroupInfo/item")
    launched = fog("RunInstances", **{
        "ImageId": newest_image(ec2)["ImageId"], "MinCount": "1", "MaxCount": "1",
        "InstanceType": "t3.micro", "KeyName": "vagrant",
        "BlockDeviceMapping.0.DeviceName": "/dev/xvda",
        "BlockDeviceMapping.0.Ebs.VolumeSize": "10",
        "UserData": base64.b64encode(b"#!/bin/sh\necho hello\n").decode() + "\n",
        "InstanceInitiatedShutdownBehavior": "terminate", "EbsOptimized": "false", **more})
    instance = launched.findtext(".//instanceId")
    fog("CreateTags", **{"ResourceId.1": instance, "Tag.1.Key": "Name", "Tag.1.Value": "box"})
    return instance


def test_a_machine_goes_up_is_packaged_halts_and_is_destroyed(fog, ec2):
    instance = launch(fog, ec2, **{"SecurityGroup.1": "default",
                                   "Placement.AvailabilityZone": "us-east-1a"})
    seen = see(fog, instance)
    assert seen.findtext("instanceState/name") == "running"
    assert seen.findtext("ipAddress") and seen.findtext("dnsName")
    assert seen.findtext("privateIpAddress")
    assert seen.findtext("keyName") == "vagrant"
    assert [group.findtext("groupName") for group in seen.findall("groupSet/item")] == ["default"]
    fog("ModifyInstanceAttribute",
        **{"InstanceId": instance, "SourceDestCheck.Value": "false"})

    image = fog("CreateImage", InstanceId=instance, Name="box Package - 20260102-030405",
                Description="", NoReboot="false").findtext("imageId")
    fog("CreateTags", **{"ResourceId.1": image, "Tag.1.Key": "of", "Tag.1.Value": "vagrant"})
    packaged = fog("DescribeImages", **{"Filter.1.Name": "image-id", "Filter.1.Value.1": image})
    assert packaged.findtext(".//imageState") == "available"
    assert packaged.findtext(".//blockDeviceMapping/item/ebs/volumeSize") == "10"

    fog("StopInstances", **{"InstanceId.1": instance, "Force": "false"})
    assert see(fog, instance).findtext("instanceState/name") == "stopped"
    fog("StartInstances", **{"InstanceId.1": instance})
    fog("TerminateInstances", **{"InstanceId.1": instance})
    assert see(fog, instance).findtext("instanceState/name") == "terminated"


def test_a_machine_in_a_subnet_has_a_public_address_of_its_own(fog, ec2):
    subnet = default_subnet(ec2)
    group = ec2.create_security_group(GroupName="ssh", Description="ssh")["GroupId"]
    instance = launch(fog, ec2, **{
        "NetworkInterface.0.DeviceIndex": "0",
        "NetworkInterface.0.AssociatePublicIpAddress": "true",
        "NetworkInterface.0.SubnetId": subnet,
        "NetworkInterface.0.SecurityGroupId.0": group})
    seen = see(fog, instance)
    assert seen.findtext("subnetId") == subnet and seen.findtext("ipAddress")
    assert [one.findtext("groupId") for one in seen.findall("groupSet/item")] == [group]

    allocated = fog("AllocateAddress", Domain="vpc")
    address = allocated.findtext("publicIp")
    associated = fog("AssociateAddress", InstanceId=instance,
                     AllocationId=allocated.findtext("allocationId"))
    assert associated.findtext("return") == "true"
    assert see(fog, instance).findtext("ipAddress") == address
    found = fog("DescribeAddresses", **{"Filter.1.Name": "public-ip", "Filter.1.Value.1": address})
    assert found.findtext(".//addressesSet/item/instanceId") == instance

    fog("DisassociateAddress", AssociationId=associated.findtext("associationId"))
    fog("ReleaseAddress", AllocationId=allocated.findtext("allocationId"))
    fog("TerminateInstances", **{"InstanceId.1": instance})
    assert ec2.describe_addresses()["Addresses"] == []
