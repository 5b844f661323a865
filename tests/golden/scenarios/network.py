"""VPCs, subnets and what is around them: made, tied together, shown, refused, deleted."""

from client import filter_list, filters
from world import tag_specification

NONE = "0123456789abcdef0"


def vpcs(emulator):
    me, other = emulator.me, emulator.other
    me.dry("CreateVpc", CidrBlock="10.0.0.0/16")
    vpc = me("CreateVpc", CidrBlock="10.0.3.4/16",
             TagSpecification=[tag_specification("vpc", of="test")])["vpcId"]
    for number in range(1, 6):
        me.quiet("CreateVpc", CidrBlock=f"10.{number}.0.0/16")
    dedicated = me.brief("CreateVpc", CidrBlock="10.9.0.0/28", InstanceTenancy="dedicated")["vpcId"]
    for wrong in ({}, {"CidrBlock": "10.0.0.0/15"}, {"CidrBlock": "10.0.0.0/29"},
                  {"CidrBlock": "10.0.0"},
                  {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "host"},
                  {"CidrBlock": "10.0.0.0/16", "Ipv6Pool": "ipv6pool-ec2-0123456789abcdef0"}):
        me.refused("CreateVpc", wrong)
    me.two_pages("DescribeVpcs")
    me.two_pages("DescribeSecurityGroups")
    me.dry("DescribeVpcAttribute", VpcId=vpc, Attribute="enableDnsSupport")
    for name in ("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"):
        me("DescribeVpcAttribute", VpcId=vpc, Attribute=name)
    me.refused("DescribeVpcAttribute", VpcId=vpc, Attribute="enableAll")
    for name in ("EnableDnsHostnames", "EnableDnsSupport", "EnableNetworkAddressUsageMetrics"):
        me.brief("ModifyVpcAttribute", {"VpcId": vpc, name: {"Value": True}})
    for wrong in ({}, {"EnableDnsHostnames": {"Value": True}, "EnableDnsSupport": {"Value": True}}):
        me.refused("ModifyVpcAttribute", {"VpcId": vpc, **wrong})
    me.dry("DeleteVpc", VpcId=dedicated)
    me.brief("DeleteVpc", VpcId=dedicated)
    for wrong in (dedicated, me.quiet("DescribeVpcs", **filters(is_default="true"))["vpcId"], "x"):
        me.refused("DeleteVpc", VpcId=wrong)
    other.refused("DeleteVpc", VpcId=vpc)


def subnets(emulator):
    me = emulator.me
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    me.dry("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")
    subnet = me("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.9/24", AvailabilityZone="us-east-1b",
                TagSpecification=[tag_specification("subnet", of="test")])["subnetId"]
    me.brief("CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZoneId="use1-az2")
    me.brief("CreateSubnet", VpcId=vpc, CidrBlock="10.0.2.0/28", Ipv6Native=False)
    for wrong in ({"CidrBlock": "10.0.0.128/25"}, {"CidrBlock": "10.1.0.0/24"}, {"CidrBlock": "x"},
                  {}, {"CidrBlock": "10.0.3.0/29"},
                  {"CidrBlock": "10.0.3.0/24", "AvailabilityZone": "xx"}):
        me.refused("CreateSubnet", {"VpcId": vpc, **wrong})
    for wished in ({"MapPublicIpOnLaunch": {"Value": True}},
                   {"EnableResourceNameDnsARecordOnLaunch": {"Value": True}},
                   {"EnableResourceNameDnsAAAARecordOnLaunch": {"Value": True}},
                   {"PrivateDnsHostnameTypeOnLaunch": "resource-name"}):
        me.brief("ModifySubnetAttribute", {"SubnetId": subnet, **wished})
    me.refused("ModifySubnetAttribute", SubnetId=subnet)
    me("DescribeSubnets", SubnetId=[subnet])
    me.dry("DeleteSubnet", SubnetId=subnet)
    me.refused("DeleteVpc", VpcId=vpc)
    me.brief("DeleteSubnet", SubnetId=subnet)
    me.refused("DeleteSubnet", SubnetId=subnet)


def default_networks(emulator):
    me = emulator.me
    vpc = me.quiet("DescribeVpcs")["vpcId"]
    subnet = me.quiet("DescribeSubnets", **filters(availability_zone="us-east-1a"))["subnetId"]
    me.dry("CreateDefaultVpc")
    me.refused("CreateDefaultVpc")
    me.dry("CreateDefaultSubnet", AvailabilityZone="us-east-1a")
    me.refused("CreateDefaultSubnet", AvailabilityZone="us-east-1a")
    me.quiet("DeleteSubnet", SubnetId=subnet)
    made = me("CreateDefaultSubnet", AvailabilityZone="us-east-1a")["subnetId"]
    me.quiet("DeleteSubnet", SubnetId=made)
    me.brief("CreateDefaultSubnet", AvailabilityZoneId="use1-az2")
    for one in me.quiet("DescribeSubnets").all("subnetId"):
        me.quiet("DeleteSubnet", SubnetId=one)
    gateway = me.quiet("DescribeInternetGateways")["internetGatewayId"]
    me.quiet("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.brief("DeleteVpc", VpcId=vpc)
    me.brief("DescribeVpcs")
    me.refused("CreateDefaultSubnet", AvailabilityZone="us-east-1a")
    me("CreateDefaultVpc")


def internet_gateways(emulator):
    me, other = emulator.me, emulator.other
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    me.dry("CreateInternetGateway")
    tags = [tag_specification("internet-gateway", of="test")]
    gateway = me("CreateInternetGateway", TagSpecification=tags)["internetGatewayId"]
    spare = [me.quiet("CreateInternetGateway")["internetGatewayId"] for _ in range(5)]
    me.refused("CreateInternetGateway", TagSpecification=[tag_specification("vpc", of="test")])
    me.dry("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.refused("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.refused("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.refused("AttachInternetGateway", InternetGatewayId=spare[0], VpcId=vpc)
    me.dry("DescribeInternetGateways")
    me("DescribeInternetGateways", InternetGatewayId=[gateway])
    me.two_pages("DescribeInternetGateways")
    me.brief("DescribeInternetGateways", filter_list({"attachment.vpc-id": vpc}))
    for wrong in (f"igw-{NONE}", "x"):
        me.refused("DescribeInternetGateways", InternetGatewayId=[wrong])
    other.refused("DeleteInternetGateway", InternetGatewayId=gateway)
    me.dry("DeleteInternetGateway", InternetGatewayId=gateway)
    me.refused("DeleteInternetGateway", InternetGatewayId=gateway)
    me.refused("DeleteVpc", VpcId=vpc)
    me.dry("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me("DeleteInternetGateway", InternetGatewayId=gateway)


def route_tables(emulator):
    me = emulator.me
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    foreign = me.quiet("CreateVpc", CidrBlock="10.1.0.0/16")["vpcId"]
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    gateway = me.quiet("CreateInternetGateway")["internetGatewayId"]
    me.dry("CreateRouteTable", VpcId=vpc)
    table = me("CreateRouteTable", VpcId=vpc, ClientToken="once",
               TagSpecification=[tag_specification("route-table", of="test")])["routeTableId"]
    me.refused("CreateRouteTable", VpcId=f"vpc-{NONE}")
    others = [me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"] for _ in range(4)]
    abroad = me.quiet("CreateRouteTable", VpcId=foreign)["routeTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    me.refused("CreateRoute", route, GatewayId=gateway)
    me.quiet("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.dry("CreateRoute", route, GatewayId=gateway)
    me("CreateRoute", route, GatewayId=gateway)
    me.brief("CreateRoute", route, GatewayId=gateway)
    me.refused("CreateRoute", route, NatGatewayId=f"nat-{NONE}")
    me.dry("ReplaceRoute", route, GatewayId=gateway)
    me("ReplaceRoute", route, GatewayId=gateway)
    me.brief("ReplaceRoute", RouteTableId=table, DestinationCidrBlock="10.0.0.0/16",
             LocalTarget=True)
    me.refused("ReplaceRoute", RouteTableId=table, DestinationCidrBlock="10.9.0.0/16",
               GatewayId=gateway)
    me.dry("AssociateRouteTable", RouteTableId=table, SubnetId=subnet)
    tied = me("AssociateRouteTable", RouteTableId=table, SubnetId=subnet)["associationId"]
    me.refused("AssociateRouteTable", RouteTableId=others[0], SubnetId=subnet)
    me.refused("AssociateRouteTable", RouteTableId=abroad, SubnetId=subnet)
    me.refused("AssociateRouteTable", RouteTableId=table, GatewayId=gateway)
    of_gateway = me("AssociateRouteTable", RouteTableId=others[1],
                    GatewayId=gateway)["associationId"]
    for wrong in ({}, {"SubnetId": subnet, "GatewayId": gateway}, {"GatewayId": f"igw-{NONE}"}):
        me.refused("AssociateRouteTable", {"RouteTableId": others[1], **wrong})
    me("DescribeRouteTables", filter_list({"association.gateway-id": gateway}))
    me.refused("CreateRoute", {**route, "RouteTableId": others[1]}, GatewayId=gateway)
    me.refused("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.quiet("DisassociateRouteTable", AssociationId=of_gateway)
    me.dry("DescribeRouteTables")
    me("DescribeRouteTables", RouteTableId=[table])
    me("DescribeRouteTables", filter_list({"association.main": "true"}))
    me.two_pages("DescribeRouteTables")
    me.refused("DescribeRouteTables", RouteTableId=[f"rtb-{NONE}"])
    me.dry("ReplaceRouteTableAssociation", AssociationId=tied, RouteTableId=others[0])
    tied = me("ReplaceRouteTableAssociation", AssociationId=tied,
              RouteTableId=others[0])["newAssociationId"]
    me.refused("ReplaceRouteTableAssociation", AssociationId=tied, RouteTableId=abroad)
    me.dry("DeleteRouteTable", RouteTableId=others[0])
    me.refused("DeleteRouteTable", RouteTableId=others[0])
    me.dry("DisassociateRouteTable", AssociationId=tied)
    me("DisassociateRouteTable", AssociationId=tied)
    me.refused("DisassociateRouteTable", AssociationId=tied)
    me("DeleteRouteTable", RouteTableId=others[0])
    me.quiet("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.brief("DescribeRouteTables", filter_list({"route.state": "blackhole"}))
    me.dry("DeleteRoute", route)
    me("DeleteRoute", route)
    me.refused("DeleteRoute", route)
    me.refused("DeleteRoute", RouteTableId=table, DestinationCidrBlock="10.0.0.0/16")


def network_acls(emulator):
    me = emulator.me
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    me.dry("CreateNetworkAcl", VpcId=vpc)
    acl = me("CreateNetworkAcl", VpcId=vpc, ClientToken="once",
             TagSpecification=[tag_specification("network-acl", of="test")])["networkAclId"]
    me.refused("CreateNetworkAcl", VpcId=f"vpc-{NONE}")
    for _ in range(4):
        me.quiet("CreateNetworkAcl", VpcId=vpc)
    rule = {"NetworkAclId": acl, "Egress": False, "RuleNumber": 100, "RuleAction": "allow"}
    entry = {**rule, "Protocol": "6", "CidrBlock": "10.0.0.0/8",
             "PortRange": {"From": 22, "To": 80}}
    ping = {**rule, "Ipv6CidrBlock": "::/0", "Protocol": "58", "Icmp": {"Type": 128, "Code": -1}}
    for action in ("CreateNetworkAclEntry", "ReplaceNetworkAclEntry"):
        me.dry(action, entry)
        me.brief(action, entry)
        me.brief(action, ping, Egress=True)
        for wrong in ({"RuleNumber": 32767}, {"CidrBlock": "x"},
                      {"PortRange": {"From": 2, "To": 1}},
                      {"RuleNumber": 100 if action.startswith("Create") else 101},
                      {"Protocol": "tcp"}, {"NetworkAclId": f"acl-{NONE}"}):
            me.refused(action, {**entry, **wrong})
    default = me("DescribeNetworkAcls", filter_list({"association.subnet-id": subnet}))
    tied = default["networkAclAssociationId"]
    me.dry("ReplaceNetworkAclAssociation", AssociationId=tied, NetworkAclId=acl)
    me("ReplaceNetworkAclAssociation", AssociationId=tied, NetworkAclId=acl)
    me.refused("ReplaceNetworkAclAssociation", AssociationId=tied, NetworkAclId=acl)
    me.dry("DescribeNetworkAcls")
    me("DescribeNetworkAcls", NetworkAclId=[acl])
    me.two_pages("DescribeNetworkAcls")
    me.refused("DescribeNetworkAcls", NetworkAclId=[f"acl-{NONE}"])
    gone = {"NetworkAclId": acl, "Egress": False, "RuleNumber": 100}
    me.dry("DeleteNetworkAclEntry", gone)
    me("DeleteNetworkAclEntry", gone)
    me.refused("DeleteNetworkAclEntry", gone)
    me.dry("DeleteNetworkAcl", NetworkAclId=acl)
    me.refused("DeleteNetworkAcl", NetworkAclId=acl)
    me.refused("DeleteNetworkAcl", NetworkAclId=default["networkAclId"])
    me.quiet("DeleteSubnet", SubnetId=subnet)
    me("DeleteNetworkAcl", NetworkAclId=acl)


def dhcp_options(emulator):
    me = emulator.me
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    wished = [{"Key": "domain-name-servers", "Value": ["10.0.0.2", "AmazonProvidedDNS"]},
              {"Key": "domain-name", "Value": ["example.com"]}]
    me.dry("CreateDhcpOptions", DhcpConfiguration=wished)
    made = me("CreateDhcpOptions", DhcpConfiguration=wished,
              TagSpecification=[tag_specification("dhcp-options", of="test")])["dhcpOptionsId"]
    for _ in range(5):
        me.quiet("CreateDhcpOptions", DhcpConfiguration=wished)
    for wrong in ([], [{"Key": "x", "Value": ["y"]}], [{"Key": "domain-name"}], wished[:1] * 2,
                  [{"Key": "ntp-servers", "Value": ["10.0.0.2"] * 5}],
                  [{"Key": "netbios-node-type", "Value": ["3"]}],
                  [{"Key": "ipv6-address-preferred-lease-time", "Value": ["139"]}]):
        me.refused("CreateDhcpOptions", DhcpConfiguration=wrong)
    me.dry("AssociateDhcpOptions", DhcpOptionsId=made, VpcId=vpc)
    me("AssociateDhcpOptions", DhcpOptionsId=made, VpcId=vpc)
    me.refused("AssociateDhcpOptions", DhcpOptionsId=f"dopt-{NONE}", VpcId=vpc)
    me.dry("DescribeDhcpOptions")
    me("DescribeDhcpOptions", DhcpOptionsId=[made])
    me.two_pages("DescribeDhcpOptions")
    me.brief("DescribeDhcpOptions", **filters(key="domain-name", value="ec2.internal"))
    me.refused("DescribeDhcpOptions", DhcpOptionsId=[f"dopt-{NONE}"])
    me.dry("DeleteDhcpOptions", DhcpOptionsId=made)
    me.refused("DeleteDhcpOptions", DhcpOptionsId=made)
    me.brief("AssociateDhcpOptions", DhcpOptionsId="default", VpcId=vpc)
    me("DeleteDhcpOptions", DhcpOptionsId=made)


SCENARIOS = {"vpcs": vpcs, "subnets": subnets, "default_networks": default_networks,
             "internet_gateways": internet_gateways, "route_tables": route_tables,
             "network_acls": network_acls, "dhcp_options": dhcp_options}
