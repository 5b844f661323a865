"""NAT gateways, IPv6 and prefix lists, as boto3 gives and takes them."""

import ipaddress

import resources


def test_a_private_subnet_reaches_out_by_a_nat_gateway(ec2):
    """What a lesson on networks builds, with the waiters that tools use, and takes down again."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    nat = made["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert {"0.0.0.0/0": nat}.items() <= {one["DestinationCidrBlock"]: one.get("NatGatewayId")
                                          for one in routes}.items()
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[nat])
    ec2.release_address(AllocationId=address)
    ec2.delete_route_table(RouteTableId=table)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    ec2.delete_vpc(VpcId=vpc)


def test_an_instance_has_ipv6_of_its_subnet(ec2):
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = ipaddress.ip_network(made["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    part = str(next(block.subnets(new_prefix=64)))
    subnet = ec2.create_subnet(VpcId=made["VpcId"], CidrBlock="10.0.0.0/24", Ipv6CidrBlock=part,
                               AvailabilityZone=resources.ZONE)["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
    image = resources.newest_image(ec2)["ImageId"]
    instance = resources.run(ec2, image, SubnetId=subnet)["Instances"][0]
    assert ipaddress.ip_address(instance["Ipv6Address"]) in ipaddress.ip_network(part)


def test_an_instance_lives_by_ipv6_alone(ec2):
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = ipaddress.ip_network(made["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    part = str(next(block.subnets(new_prefix=64)))
    subnet = ec2.create_subnet(VpcId=made["VpcId"], Ipv6Native=True, Ipv6CidrBlock=part,
                               AvailabilityZone=resources.ZONE)["Subnet"]
    assert "CidrBlock" not in subnet
    assert (subnet["Ipv6Native"], subnet["AvailableIpAddressCount"]) == (True, 0)
    image = resources.newest_image(ec2)["ImageId"]
    started = resources.run(ec2, image, SubnetId=subnet["SubnetId"])["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[started])
    (instance,) = ec2.describe_instances(InstanceIds=[started])["Reservations"][0]["Instances"]
    assert ipaddress.ip_address(instance["Ipv6Address"]) in ipaddress.ip_network(part)
    assert "PrivateIpAddress" not in instance
    assert instance["PrivateDnsName"].startswith(f"{started}.")
    (interface,) = ec2.describe_network_interfaces(
        Filters=[{"Name": "subnet-id", "Values": [subnet["SubnetId"]]}])["NetworkInterfaces"]
    assert interface["Ipv6Native"] and not interface.get("PrivateIpAddresses")


def test_an_address_is_recovered_by_who_released_it(ec2):
    made = ec2.allocate_address(Domain="vpc")
    ec2.release_address(AllocationId=made["AllocationId"])
    again = ec2.allocate_address(Domain="vpc", Address=made["PublicIp"])
    assert again["PublicIp"] == made["PublicIp"]
    ec2.release_address(AllocationId=again["AllocationId"])


def test_a_prefix_list_is_changed_by_versions(ec2):
    made = ec2.create_managed_prefix_list(
        PrefixListName="office", AddressFamily="IPv4", MaxEntries=2,
        Entries=[{"Cidr": "192.0.2.0/24", "Description": "old"}])["PrefixList"]["PrefixListId"]
    ec2.modify_managed_prefix_list(PrefixListId=made, CurrentVersion=1,
                                   AddEntries=[{"Cidr": "198.51.100.0/24"}])
    entries = ec2.get_paginator("get_managed_prefix_list_entries").paginate(PrefixListId=made)
    assert sorted(one["Cidr"] for one in entries.search("Entries")) == ["192.0.2.0/24",
                                                                       "198.51.100.0/24"]
    ec2.restore_managed_prefix_list_version(PrefixListId=made, PreviousVersion=1, CurrentVersion=2)
    (shown,) = ec2.describe_managed_prefix_lists(PrefixListIds=[made])["PrefixLists"]
    assert (shown["Version"], shown["State"]) == (3, "restore-complete")
    ec2.delete_managed_prefix_list(PrefixListId=made)
