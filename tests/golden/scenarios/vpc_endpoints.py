"""VPC endpoints by routes and by interfaces, the services that they lead to, and lists of those."""

from world import tag_specification

NONE = "0123456789abcdef0"
CREATE, SHOW, MODIFY, DELETE = ("CreateVpcEndpoint", "DescribeVpcEndpoints", "ModifyVpcEndpoint",
                                "DeleteVpcEndpoints")
S3, EC2 = "com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.ec2"


def place(me):
    """(VPC, two subnets, group), where hosts have names."""
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    me.quiet("ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [me.quiet("CreateSubnet", VpcId=vpc, CidrBlock=f"10.0.{n}.0/24",
                        AvailabilityZone=f"us-east-1{'ab'[n]}")["subnetId"] for n in range(2)]
    group = me.quiet("CreateSecurityGroup", GroupName="web", GroupDescription="web",
                     VpcId=vpc)["groupId"]
    return vpc, subnets, group


def gateway_endpoints(emulator):
    me, other = emulator.me, emulator.other
    vpc, (subnet, _), _ = place(me)
    tables = [me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"] for _ in range(2)]
    to_s3 = {"VpcId": vpc, "ServiceName": S3, "RouteTableId": tables[:1]}
    me.dry(CREATE, to_s3)
    made = me(CREATE, to_s3, ClientToken="once", PolicyDocument='{"Statement":[]}',
              TagSpecification=[tag_specification("vpc-endpoint", of="test")])["vpcEndpointId"]
    me("DescribeRouteTables", RouteTableId=tables[:1])
    for wrong in ({"ServiceName": "s3"}, {"ServiceName": EC2}, {"VpcId": f"vpc-{NONE}"}, {},
                  {"SubnetId": [subnet]}, {"PolicyDocument": "{"},
                  {"VpcEndpointType": "GatewayLoadBalancer"}):
        me.refused(CREATE, {**to_s3, **wrong})
    for _ in range(5):
        me.quiet(CREATE, VpcId=vpc, ServiceName=S3)
    me.dry(SHOW)
    me(SHOW, VpcEndpointId=[made])
    me.two_pages(SHOW)
    me.refused(SHOW, VpcEndpointId=[f"vpce-{NONE}"])
    change = {"VpcEndpointId": made, "AddRouteTableId": tables[1:],
              "RemoveRouteTableId": tables[:1], "ResetPolicy": True}
    me.dry(MODIFY, change)
    me(MODIFY, change)
    me.refused(MODIFY, change)
    me.brief(MODIFY, VpcEndpointId=made, PolicyDocument="{}")
    route = {"RouteTableId": tables[1], "DestinationPrefixListId": "pl-63a5400a"}
    me.refused("DeleteRoute", route)
    me.dry(DELETE, VpcEndpointId=[made])
    other(DELETE, VpcEndpointId=[made])
    other.refused(MODIFY, change)
    me(DELETE, VpcEndpointId=[made, f"vpce-{NONE}"])
    me.refused(DELETE, VpcEndpointId=["x"])


def interface_endpoints(emulator):
    me = emulator.me
    vpc, subnets, group = place(me)
    by_ec2 = {"VpcId": vpc, "ServiceName": EC2, "VpcEndpointType": "Interface"}
    configured = [{"SubnetId": subnets[0], "Ipv4": "10.0.0.9"}]
    made = me(CREATE, by_ec2, SubnetId=subnets[:1], SubnetConfiguration=configured,
              SecurityGroupId=[group], PrivateDnsEnabled=True, IpAddressType="ipv4")
    named = {"VpcEndpointId": made["vpcEndpointId"]}
    me("DescribeNetworkInterfaces")
    for wrong in ({}, {"PrivateDnsEnabled": False, "RouteTableId": [f"rtb-{NONE}"]},
                  {"PrivateDnsEnabled": False, "SubnetId": [f"subnet-{NONE}"]}):
        me.refused(CREATE, {**by_ec2, **wrong})
    default = me.quiet("DescribeSecurityGroups", GroupName=["default"])["groupId"]
    me.brief(MODIFY, named, AddSubnetId=subnets[1:], PrivateDnsEnabled=False,
             SubnetConfiguration=[{"SubnetId": subnets[0], "Ipv4": "10.0.0.10"}],
             IpAddressType="ipv4")
    me.brief(MODIFY, named, RemoveSubnetId=subnets[:1])
    me.refused(MODIFY, named, RemoveSecurityGroupId=[group])
    me.refused(MODIFY, named, AddSecurityGroupId=[default])
    more = me.quiet("CreateSecurityGroup", GroupName="more", GroupDescription="more",
                    VpcId=vpc)["groupId"]
    me.brief(MODIFY, named, AddSecurityGroupId=[more], RemoveSecurityGroupId=[group])
    me(SHOW, VpcEndpointId=list(named.values()))
    me.brief(DELETE, VpcEndpointId=list(named.values()))


def endpoint_services(emulator):
    me = emulator.me
    services = "DescribeVpcEndpointServices"
    me.dry(services)
    me(services, ServiceName=[S3])
    me.two_pages(services)
    me.refused(services, ServiceName=["s3"])
    emulator.far.brief(services)


SCENARIOS = {"gateway_endpoints": gateway_endpoints, "interface_endpoints": interface_endpoints,
             "endpoint_services": endpoint_services}
