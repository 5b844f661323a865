"""NAT gateways and their addresses, egress-only gateways, and the routes that lead to them."""

import world
from client import filter_list
from world import launch, tag_specification

NONE = "0123456789abcdef0"


def open_subnet(me):
    """(VPC, subnet, internet gateway) of one that public addresses lead into."""
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    gateway = me.quiet("CreateInternetGateway")["internetGatewayId"]
    me.quiet("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    return vpc, me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"], gateway


def nat_gateways(emulator):
    me, other = emulator.me, emulator.other
    vpc, subnet, _ = open_subnet(me)
    free, more = (me.quiet("AllocateAddress")["allocationId"] for _ in range(2))
    public = {"SubnetId": subnet, "AllocationId": free}
    me.dry("CreateNatGateway", public)
    nat = me("CreateNatGateway", public, ClientToken="once", PrivateIpAddress="10.0.0.9",
             SecondaryAllocationId=[more], SecondaryPrivateIpAddress=["10.0.0.10"],
             TagSpecification=[tag_specification("natgateway", of="test")])["natGatewayId"]
    me("DescribeNatGateways", NatGatewayId=[nat])
    held = me("DescribeNetworkInterfaces",
              **filter_list({"attachment.instance-owner-id": "amazon-aws"}))["attachmentId"]
    me.refused("DetachNetworkInterface", AttachmentId=held)
    failed = me.brief("CreateNatGateway", public)["natGatewayId"]
    me("DescribeNatGateways", NatGatewayId=[failed])
    for wrong in ({"SubnetId": f"subnet-{NONE}"}, {"AllocationId": ""},
                  {"ConnectivityType": "private"}, {"AvailabilityMode": "regional"},
                  {"SecondaryPrivateIpAddressCount": 1}, {"PrivateIpAddress": "10.0.0.9"}):
        me.refused("CreateNatGateway", {**public, **wrong})
    own = {"SubnetId": subnet, "ConnectivityType": "private"}
    for _ in range(4):
        spare = me.brief("CreateNatGateway", own, SecondaryPrivateIpAddressCount=1,
                         AvailabilityMode="zonal")["natGatewayId"]
    me.dry("DescribeNatGateways")
    me.two_pages("DescribeNatGateways")
    me.refused("DescribeNatGateways", NatGatewayId=[f"nat-{NONE}"])
    table = me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"]
    way = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    me.brief("CreateRoute", way, NatGatewayId=nat)
    me.brief("ReplaceRoute", way, NatGatewayId=spare)
    me("DescribeRouteTables", RouteTableId=[table])
    me.refused("CreateRoute", way, NatGatewayId=failed)
    me.refused("CreateRoute", way, NatGatewayId=nat, GatewayId=f"igw-{NONE}")
    me.dry("DeleteNatGateway", NatGatewayId=nat)
    other.refused("DeleteNatGateway", NatGatewayId=nat)
    me("DeleteNatGateway", NatGatewayId=nat)
    me("DescribeNatGateways", NatGatewayId=[nat])
    me.refused("DeleteNatGateway", NatGatewayId=nat)


def nat_gateway_addresses(emulator):
    me = emulator.me
    _, subnet, _ = open_subnet(me)
    first, second = (me.quiet("AllocateAddress")["allocationId"] for _ in range(2))
    public = {"NatGatewayId": me.quiet("CreateNatGateway", SubnetId=subnet,
                                       AllocationId=first)["natGatewayId"]}
    own = {"NatGatewayId": me.quiet("CreateNatGateway", SubnetId=subnet,
                                    ConnectivityType="private")["natGatewayId"]}
    associate, remove = "AssociateNatGatewayAddress", "DisassociateNatGatewayAddress"
    me.dry(associate, public, AllocationId=[second])
    added = me(associate, public, AllocationId=[second], PrivateIpAddress=["10.0.0.50"])
    for wrong in ({"AllocationId": [second]}, {"AllocationId": []},
                  {"AllocationId": [f"eipalloc-{NONE}"]}, {**own, "AllocationId": [second]}):
        me.refused(associate, {**public, **wrong})
    gone = {**public, "AssociationId": [added["associationId"]], "MaxDrainDurationSeconds": 10}
    me.dry(remove, gone)
    me(remove, gone)
    me.refused(remove, gone)
    me.dry("AssignPrivateNatGatewayAddress", own, PrivateIpAddressCount=1)
    me("AssignPrivateNatGatewayAddress", own, PrivateIpAddressCount=1)
    me.brief("AssignPrivateNatGatewayAddress", own, PrivateIpAddress=["10.0.0.60"])
    for wrong in ({}, {"PrivateIpAddressCount": 7}, {"PrivateIpAddress": ["10.0.0.60"]}):
        me.refused("AssignPrivateNatGatewayAddress", {**own, **wrong})
    less = {**own, "PrivateIpAddress": ["10.0.0.60"], "MaxDrainDurationSeconds": 10}
    me.dry("UnassignPrivateNatGatewayAddress", less)
    me("UnassignPrivateNatGatewayAddress", less)
    me.refused("UnassignPrivateNatGatewayAddress", less)


def egress_only_gateways(emulator):
    me, other = emulator.me, emulator.other
    create, show = "CreateEgressOnlyInternetGateway", "DescribeEgressOnlyInternetGateways"
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    me.dry(create, VpcId=vpc)
    tags = [tag_specification("egress-only-internet-gateway", of="test")]
    gateway = me(create, VpcId=vpc, ClientToken="once",
                 TagSpecification=tags)["egressOnlyInternetGatewayId"]
    me.refused(create, VpcId=f"vpc-{NONE}")
    for _ in range(5):
        me.quiet(create, VpcId=vpc)
    me.dry(show)
    me(show, EgressOnlyInternetGatewayId=[gateway])
    me.two_pages(show)
    me.refused(show, EgressOnlyInternetGatewayId=[f"eigw-{NONE}"])
    table = me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"]
    way = {"RouteTableId": table, "DestinationIpv6CidrBlock": "::/0"}
    me.brief("CreateRoute", way, EgressOnlyInternetGatewayId=gateway)
    me.brief("ReplaceRoute", way, EgressOnlyInternetGatewayId=gateway)
    me("DescribeRouteTables", RouteTableId=[table])
    me.brief("DeleteRoute", way)
    for wrong in ({"DestinationCidrBlock": "0.0.0.0/0"}, {"DestinationIpv6CidrBlock": "::"}):
        me.refused("CreateRoute", {**way, **wrong}, EgressOnlyInternetGatewayId=gateway)
    gone = {"EgressOnlyInternetGatewayId": gateway}
    me.dry("DeleteEgressOnlyInternetGateway", gone)
    other.refused("DeleteEgressOnlyInternetGateway", gone)
    me("DeleteEgressOnlyInternetGateway", gone)
    me.refused("DeleteEgressOnlyInternetGateway", gone)


def routes_to_interfaces(emulator):
    me = emulator.me
    vpc, subnet, gateway = open_subnet(me)
    interface = me.quiet("CreateNetworkInterface", SubnetId=subnet)["networkInterfaceId"]
    table = me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"]
    way = {"RouteTableId": table, "DestinationCidrBlock": "192.168.0.0/16"}
    me.brief("CreateRoute", way, NetworkInterfaceId=interface)
    me.refused("CreateRoute", way, GatewayId=gateway)
    me("DescribeRouteTables", RouteTableId=[table])
    me.brief("ReplaceRoute", way, GatewayId=gateway)
    me.brief("ReplaceRoute", way, NetworkInterfaceId=interface)
    runs = me.quiet("RunInstances", launch(world.image(me, "own"), SubnetId=subnet))["instanceId"]
    to_instance = {"RouteTableId": table, "DestinationCidrBlock": "192.0.2.0/24"}
    me.brief("CreateRoute", to_instance, InstanceId=runs)
    me("DescribeRouteTables", RouteTableId=[table])
    me.brief("ReplaceRoute", to_instance, InstanceId=runs)
    me.refused("CreateRoute", way, NetworkInterfaceId=f"eni-{NONE}")
    me.refused("CreateRoute", way, InstanceId=f"i-{NONE}")


SCENARIOS = {"nat_gateways": nat_gateways, "nat_gateway_addresses": nat_gateway_addresses,
             "egress_only_gateways": egress_only_gateways,
             "routes_to_interfaces": routes_to_interfaces}
