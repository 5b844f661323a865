"""Network interfaces and elastic addresses, as boto3 gives and takes them."""

import resources
from resources import default_subnet


def launch(ec2, interfaces):
    image = resources.newest_image(ec2)["ImageId"]
    made = resources.run(ec2, image, NetworkInterfaces=interfaces)["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[made])
    return made


def test_a_launch_says_what_its_interface_has(ec2):
    groups = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    made = launch(ec2, [{"DeviceIndex": 0, "SubnetId": default_subnet(ec2),
                         "AssociatePublicIpAddress": True, "DeleteOnTermination": True,
                         "Groups": [groups[0]["GroupId"]]}])
    instance = resources.instance_of(ec2, made)
    (interface,) = instance["NetworkInterfaces"]
    assert interface["Association"]["PublicIp"] == instance["PublicIpAddress"]
    assert [group["GroupName"] for group in instance["SecurityGroups"]] == ["default"]
    ec2.terminate_instances(InstanceIds=[made])
    found = ec2.describe_network_interfaces(Filters=[
        {"Name": "network-interface-id", "Values": [interface["NetworkInterfaceId"]]}])
    assert found["NetworkInterfaces"] == []


def test_an_interface_outlives_the_instance_that_it_was_attached_to(ec2):
    own = ec2.create_network_interface(SubnetId=default_subnet(ec2), Description="kept")[
        "NetworkInterface"]["NetworkInterfaceId"]
    ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[own])
    made = launch(ec2, [{"DeviceIndex": 0, "NetworkInterfaceId": own}])
    assert resources.instance_of(ec2, made)["NetworkInterfaces"][0]["NetworkInterfaceId"] == own
    ec2.terminate_instances(InstanceIds=[made])
    ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[own])
    ec2.delete_network_interface(NetworkInterfaceId=own)


def test_an_elastic_address_goes_from_one_instance_to_another(ec2):
    address = ec2.allocate_address(Domain="vpc")
    for _ in range(2):
        made = launch(ec2, [{"DeviceIndex": 0, "SubnetId": default_subnet(ec2)}])
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=made)
        assert resources.instance_of(ec2, made)["PublicIpAddress"] == address["PublicIp"]
    (found,) = ec2.describe_addresses(PublicIps=[address["PublicIp"]])["Addresses"]
    assert found["InstanceId"] == made
    ec2.disassociate_address(AssociationId=found["AssociationId"])
    ec2.release_address(AllocationId=address["AllocationId"])
