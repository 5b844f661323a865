"""Further blocks of VPCs, IPv6 blocks of VPCs and subnets, and the addresses that come of them."""

import ipaddress

import world
from client import filter_list
from world import ZONE, launch

NONE = "0123456789abcdef0"


def parts_of(block):
    """The /64s of a VPC's IPv6 block."""
    return [str(one) for one in ipaddress.ip_network(block).subnets(new_prefix=64)]


def cidr_blocks(emulator):
    me, other = emulator.me, emulator.other
    add, remove = "AssociateVpcCidrBlock", "DisassociateVpcCidrBlock"
    made = me("CreateVpc", CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True,
              Ipv6CidrBlockNetworkBorderGroup="us-east-1")
    vpc = made["vpcId"]
    primary = me.quiet("CreateVpc", CidrBlock="10.5.0.0/16")["associationId"]
    more = me(add, VpcId=vpc, CidrBlock="10.1.0.9/16")["associationId"]
    ipv6 = me(add, VpcId=vpc, AmazonProvidedIpv6CidrBlock=True,
              Ipv6CidrBlockNetworkBorderGroup="us-east-1")["associationId"]
    for wrong in ({}, {"CidrBlock": "10.0.9.0/24"}, {"CidrBlock": "192.168.0.0/16"},
                  {"CidrBlock": "10.2.0.0/29"}, {"CidrBlock": "x"},
                  {"CidrBlock": "10.2.0.0/16", "Ipv6CidrBlockNetworkBorderGroup": "us-east-1"},
                  {"AmazonProvidedIpv6CidrBlock": True,
                   "Ipv6CidrBlockNetworkBorderGroup": "nowhere"},
                  {"CidrBlock": "10.2.0.0/16", "AmazonProvidedIpv6CidrBlock": True},
                  {"CidrBlock": "10.2.0.0/16", "VpcId": f"vpc-{NONE}"}):
        me.refused(add, {"VpcId": vpc, **wrong})
    me("DescribeVpcs", VpcId=[vpc])
    me.brief("CreateRouteTable", VpcId=vpc)
    me.brief("CreateSubnet", VpcId=vpc, CidrBlock="10.1.0.0/24")
    for wrong in (more, primary, f"vpc-cidr-assoc-{NONE}", "vpc-cidr-assoc-x"):
        me.refused(remove, AssociationId=wrong)
    other.refused(remove, AssociationId=ipv6)
    me(remove, AssociationId=ipv6)
    spare = me.quiet(add, VpcId=vpc, CidrBlock="10.2.0.0/16")["associationId"]
    me(remove, AssociationId=spare)
    dedicated = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16", InstanceTenancy="dedicated")["vpcId"]
    me.dry("ModifyVpcTenancy", VpcId=dedicated, InstanceTenancy="default")
    me("ModifyVpcTenancy", VpcId=dedicated, InstanceTenancy="default")
    me.refused("ModifyVpcTenancy", VpcId=f"vpc-{NONE}", InstanceTenancy="default")


def ipv6_network(me):
    """(VPC, its /64s)"""
    made = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)
    return made["vpcId"], parts_of(made["ipv6CidrBlock"])


def ipv6_subnets(emulator):
    me = emulator.me
    add, remove = "AssociateSubnetCidrBlock", "DisassociateSubnetCidrBlock"
    vpc, blocks = ipv6_network(me)
    first = me("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24", Ipv6CidrBlock=blocks[0])
    plain = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["subnetId"]
    for wrong in (blocks[0], "2001:db9::/64", "x", blocks[1].replace("/64", "/65")):
        me.refused(add, SubnetId=plain, Ipv6CidrBlock=wrong)
    tied = me(add, SubnetId=plain, Ipv6CidrBlock=blocks[1])["associationId"]
    me.refused(add, SubnetId=plain, Ipv6CidrBlock=blocks[2])
    for attribute in ("AssignIpv6AddressOnCreation", "EnableDns64"):
        me.brief("ModifySubnetAttribute", {"SubnetId": plain, attribute: {"Value": True}})
    me("DescribeSubnets", SubnetId=[plain])
    eni = me("CreateNetworkInterface", SubnetId=plain)["networkInterfaceId"]
    me.refused(remove, AssociationId=tied)
    me.quiet("DeleteNetworkInterface", NetworkInterfaceId=eni)
    me.refused(remove, AssociationId=tied)
    me.quiet("ModifySubnetAttribute", SubnetId=plain,
             AssignIpv6AddressOnCreation={"Value": False})
    me(remove, AssociationId=tied)
    me.refused(remove, AssociationId=tied)
    me.brief(remove, AssociationId=first["associationId"])


def ipv6_only_subnets(emulator):
    me = emulator.me
    make = "CreateSubnet"
    vpc, blocks = ipv6_network(me)
    for wrong in ({}, {"CidrBlock": "10.0.0.0/24"}, {"Ipv6CidrBlock": "2001:db9::/64"},
                  {"CidrBlock": "10.0.0.0/24", "Ipv6CidrBlock": blocks[0]}):
        me.refused(make, VpcId=vpc, Ipv6Native=True, **wrong)
    subnet = me(make, VpcId=vpc, AvailabilityZone=ZONE, Ipv6Native=True,
                Ipv6CidrBlock=blocks[0])["subnetId"]
    here = {"SubnetId": subnet}
    me("DescribeSubnets", filter_list({"ipv6-native": "true"}))
    for attribute, value in (("AssignIpv6AddressOnCreation", False),
                             ("MapPublicIpOnLaunch", True)):
        me.refused("ModifySubnetAttribute", {**here, attribute: {"Value": value}})
    me.refused("ModifySubnetAttribute", here, PrivateDnsHostnameTypeOnLaunch="ip-name")
    me.refused("CreateNetworkInterface", here, PrivateIpAddress="10.0.0.9")
    spare = me("CreateNetworkInterface", here)["networkInterfaceId"]
    for action, wanted in (("AssignPrivateIpAddresses", {"SecondaryPrivateIpAddressCount": 1}),
                           ("ModifyNetworkInterfaceAttribute",
                            {"AssociatePublicIpAddress": True})):
        me.refused(action, {"NetworkInterfaceId": spare, **wanted})
    me.refused("CreateNatGateway", here, ConnectivityType="private")
    image = world.image(me, "own")
    for wrong in ({"InstanceType": "t2.micro"}, {"PrivateIpAddress": "10.0.0.9"},
                  {"PrivateDnsNameOptions": {"HostnameType": "ip-name"}}):
        me.refused("RunInstances", launch(image, **here, **wrong))
    instance = me("RunInstances", launch(image, **here))["instanceId"]
    me("DescribeInstances", InstanceId=[instance])


def ipv6_addresses(emulator):
    me = emulator.me
    add, remove = "AssignIpv6Addresses", "UnassignIpv6Addresses"
    vpc, blocks = ipv6_network(me)
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=ZONE,
                      Ipv6CidrBlock=blocks[0])["subnetId"]
    named, taken, free = (blocks[0].replace("/64", ending) for ending in ("10", "11", "12"))
    me.brief("CreateNetworkInterface", SubnetId=subnet, Ipv6AddressCount=1)
    spare = me("CreateNetworkInterface", SubnetId=subnet, Ipv6Addresses=[
        {"Ipv6Address": taken, "IsPrimaryIpv6": False}])["networkInterfaceId"]
    me.refused("CreateNetworkInterface", SubnetId=subnet, Ipv6Addresses=[{"Ipv6Address": taken}])
    mine = {"NetworkInterfaceId": spare}
    me(add, mine, Ipv6Addresses=[named], Ipv6PrefixCount=0)
    me(add, mine, Ipv6AddressCount=1)
    for wrong in ({}, {"Ipv6Addresses": [taken]}, {"Ipv6Addresses": ["2001:db9::1"]},
                  {"Ipv6Addresses": ["x"]}, {"Ipv6AddressCount": 1, "Ipv6Addresses": [free]},
                  {"Ipv6Prefix": ["2001:db8::/64"]}, {"Ipv6Prefix": ["2001:db9::/80"]},
                  {"Ipv6PrefixCount": 1, "Ipv6AddressCount": 1},
                  {"NetworkInterfaceId": f"eni-{NONE}", "Ipv6AddressCount": 1}):
        me.refused(add, {**mine, **wrong})
    prefix = blocks[0].replace("::/64", ":99::/80")
    me(add, mine, Ipv6PrefixCount=1)
    me(add, mine, Ipv6Prefix=[prefix])
    me.refused(add, mine, Ipv6Addresses=[prefix.replace("/80", "5")])
    me("DescribeNetworkInterfaces", NetworkInterfaceId=[spare])
    me(remove, mine, Ipv6Prefix=[prefix])
    me.refused(remove, mine, Ipv6Prefix=[prefix])
    me.brief("CreateNetworkInterface", SubnetId=subnet, Ipv6PrefixCount=1)
    me.brief("CreateNetworkInterface", SubnetId=subnet, Ipv6Prefix=[{"Ipv6Prefix": prefix}])
    me(remove, mine, Ipv6Addresses=[named])
    for wrong in ({"Ipv6Addresses": [named]}, {}):
        me.refused(remove, {**mine, **wrong})
    image = world.image(me, "own")
    ids = me.brief("RunInstances", launch(image, SubnetId=subnet, Ipv6Address=[
        {"Ipv6Address": named, "IsPrimaryIpv6": False}]))
    me("DescribeInstances", InstanceId=[ids["instanceId"]])
    me.brief("RunInstances", launch(image, NetworkInterface=[
        {"DeviceIndex": 0, "SubnetId": subnet,
         "Ipv6Addresses": [{"Ipv6Address": free, "IsPrimaryIpv6": False}]}]))
    me.brief("RunInstances", launch(image, SubnetId=subnet, Ipv6AddressCount=2))
    place = {"DeviceIndex": 0, "SubnetId": subnet}
    me.brief("RunInstances", launch(image, NetworkInterface=[{**place, "Ipv6PrefixCount": 1}]))
    me.brief("RunInstances", launch(image, NetworkInterface=[
        {**place, "Ipv6Prefix": [{"Ipv6Prefix": prefix.replace(":99::", ":98::")}]}]))
    for more in ({"Ipv6PrefixCount": 1},
                 {"Ipv6Prefix": [{"Ipv6Prefix": prefix.replace(":99::", ":97::")}]},
                 {"Ipv6Addresses": [{"Ipv6Address": free.replace("::12", "::13"),
                                     "IsPrimaryIpv6": False}]}):
        me.brief("RequestSpotInstances", LaunchSpecification={
            "ImageId": image, "InstanceType": "t3.micro", "NetworkInterface": [{**place, **more}]})
    for wrong in ({"Ipv6AddressCount": 3}, {"Ipv6Address": [{"Ipv6Address": named}]}):
        me.refused("RunInstances", {**launch(image, SubnetId=subnet), **wrong})
    me.refused("RunInstances", launch(image, Ipv6AddressCount=1))


def primary_ipv6(emulator):
    me = emulator.me
    vpc, blocks = ipv6_network(me)
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=ZONE,
                      Ipv6CidrBlock=blocks[0])["subnetId"]
    plain = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["subnetId"]
    first, second, third = (blocks[0].replace("/64", ending) for ending in ("10", "11", "12"))
    create, modify = "CreateNetworkInterface", "ModifyNetworkInterfaceAttribute"
    me.refused(create, SubnetId=plain, EnablePrimaryIpv6=True)
    me.refused(create, SubnetId=subnet, Ipv6Addresses=[
        {"Ipv6Address": first}, {"Ipv6Address": second, "IsPrimaryIpv6": True}])
    eni = me(create, SubnetId=subnet, EnablePrimaryIpv6=True, Ipv6Addresses=[
        {"Ipv6Address": first, "IsPrimaryIpv6": True}, {"Ipv6Address": second}]
        )["networkInterfaceId"]
    mine = {"NetworkInterfaceId": eni}
    me.refused("UnassignIpv6Addresses", mine, Ipv6Addresses=[first])
    me("UnassignIpv6Addresses", mine, Ipv6Addresses=[second])
    me.refused(modify, mine, EnablePrimaryIpv6=False)
    late = {"NetworkInterfaceId": me.quiet(create, SubnetId=subnet,
                                           Ipv6AddressCount=1)["networkInterfaceId"]}
    me.dry(modify, late, EnablePrimaryIpv6=True)
    me(modify, late, EnablePrimaryIpv6=True)
    me("DescribeNetworkInterfaces", NetworkInterfaceId=[late["NetworkInterfaceId"]])
    image = world.image(me, "own")
    me("RunInstances", launch(image, SubnetId=subnet, EnablePrimaryIpv6=True, Ipv6Address=[
        {"Ipv6Address": second, "IsPrimaryIpv6": True}]))
    place = {"DeviceIndex": 0, "SubnetId": subnet, "PrimaryIpv6": True}
    launched = me.brief("RunInstances", launch(image, NetworkInterface=[
        {**place, "Ipv6Addresses": [{"Ipv6Address": third, "IsPrimaryIpv6": True}]}]))
    me("DescribeInstances", **filter_list(
        {"network-interface.ipv6-addresses.is-primary-ipv6": "true"}))
    me("GetLaunchTemplateData", InstanceId=launched["instanceId"])
    me.brief("RequestSpotInstances", LaunchSpecification={
        "ImageId": image, "InstanceType": "t3.micro", "NetworkInterface": [
            {**place, "Ipv6Addresses": [{"Ipv6Address": third.replace("::12", "::13"),
                                         "IsPrimaryIpv6": True}]}]})
    me.refused("RunInstances", launch(image, EnablePrimaryIpv6=True))
    me.refused("RunInstances", launch(image, EnablePrimaryIpv6=True,
                                      NetworkInterface=[{"DeviceIndex": 0, "SubnetId": subnet}]))
    me.refused("RunInstances", launch(image, NetworkInterface=[
        {"DeviceIndex": 0, "NetworkInterfaceId": eni, "PrimaryIpv6": True}]))


def group_associations(emulator):
    me, other = emulator.me, emulator.other
    add, remove = "AssociateSecurityGroupVpc", "DisassociateSecurityGroupVpc"
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    groups = [me.quiet("CreateSecurityGroup", GroupName=f"web-{number}",
                       GroupDescription="many")["groupId"] for number in range(6)]
    mine = {"GroupId": groups[0], "VpcId": vpc}
    me.dry(add, mine)
    me(add, mine)
    for group in groups[1:]:
        me.quiet(add, GroupId=group, VpcId=vpc)
    default = me.quiet("DescribeSecurityGroups", GroupName=["default"])["groupId"]
    for wrong in ({}, {"GroupId": default}, {"GroupId": f"sg-{NONE}"}, {"VpcId": f"vpc-{NONE}"}):
        me.refused(add, {**mine, **wrong})
    own = me.quiet("CreateSecurityGroup", GroupName="own", GroupDescription="many", VpcId=vpc)
    home = me.quiet("DescribeVpcs", filter_list({"is-default": "true"}))["vpcId"]
    me.refused(add, GroupId=own["groupId"], VpcId=home)
    other.refused(add, mine)
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    me.brief("CreateNetworkInterface", SubnetId=subnet, SecurityGroupId=[groups[0]])
    me.dry("DescribeSecurityGroupVpcAssociations")
    me.pages("DescribeSecurityGroupVpcAssociations", 5)
    me.refused("DescribeSecurityGroupVpcAssociations", MaxResults=4)
    me.dry("GetSecurityGroupsForVpc", VpcId=vpc)
    page = me("GetSecurityGroupsForVpc", VpcId=vpc, MaxResults=5)
    me.brief("GetSecurityGroupsForVpc", VpcId=vpc, MaxResults=5, NextToken=page["nextToken"])
    me.refused("GetSecurityGroupsForVpc", VpcId=f"vpc-{NONE}")
    me.refused(remove, mine)
    me.dry(remove, mine)
    me(remove, {**mine, "GroupId": groups[1]})
    me.refused(remove, {**mine, "GroupId": groups[1]})


def interface_permissions(emulator):
    me, other = emulator.me, emulator.other
    create, show = "CreateNetworkInterfacePermission", "DescribeNetworkInterfacePermissions"
    subnet = me.quiet("DescribeSubnets")["subnetId"]
    eni = me.quiet("CreateNetworkInterface", SubnetId=subnet)["networkInterfaceId"]
    grant = {"NetworkInterfaceId": eni, "AwsAccountId": "000000000001",
             "Permission": "INSTANCE-ATTACH"}
    me.dry(create, grant)
    made = me(create, grant)["networkInterfacePermissionId"]
    for number in range(2, 7):
        more = me.quiet("CreateNetworkInterface", SubnetId=subnet)["networkInterfaceId"]
        me.quiet(create, {**grant, "NetworkInterfaceId": more,
                          "AwsAccountId": f"00000000000{number}"})
    for wrong in ({}, {"AwsAccountId": "x"}, {"AwsAccountId": "000000000002"},
                  {"Permission": "ALL"}, {"AwsService": "x"},
                  {"NetworkInterfaceId": f"eni-{NONE}"}):
        me.refused(create, {**grant, **wrong})
    me(show, NetworkInterfacePermissionId=[made])
    me.two_pages(show)
    me.refused(show, NetworkInterfacePermissionId=[f"eni-perm-{NONE}"])
    eni = me.quiet("CreateNetworkInterface", SubnetId=subnet)["networkInterfaceId"]
    made = me.quiet(create, {**grant, "NetworkInterfaceId": eni, "AwsAccountId": other.account})[
        "networkInterfacePermissionId"]
    theirs = world.instance(other)
    wanted = {"InstanceId": theirs, "NetworkInterfaceId": eni, "DeviceIndex": 1}
    other.tried("AttachNetworkInterface", wanted)
    me("DescribeNetworkInterfaces", NetworkInterfaceId=[eni])
    gone = {"NetworkInterfacePermissionId": made, "Force": False}
    me.dry("DeleteNetworkInterfacePermission", gone)
    other.refused("DeleteNetworkInterfacePermission", gone)
    me("DeleteNetworkInterfacePermission", gone)
    me.refused("DeleteNetworkInterfacePermission", gone)


SCENARIOS = {"group_associations": group_associations,
             "interface_permissions": interface_permissions,
             "cidr_blocks": cidr_blocks, "ipv6_subnets": ipv6_subnets,
             "ipv6_only_subnets": ipv6_only_subnets,
             "ipv6_addresses": ipv6_addresses, "primary_ipv6": primary_ipv6}
