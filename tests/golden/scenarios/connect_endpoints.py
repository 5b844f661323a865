"""EC2 Instance Connect endpoints."""

from client import filters
from world import tag_specification

NONE = "0123456789abcdef0"
CREATE, SHOW, MODIFY, DELETE = (f"{verb}InstanceConnectEndpoint{end}" for verb, end in (
    ("Create", ""), ("Describe", "s"), ("Modify", ""), ("Delete", "")))


def place(me, number):
    """(Subnet, group) of a VPC of its own."""
    vpc = me.quiet("CreateVpc", CidrBlock=f"10.{number}.0.0/16")["vpcId"]
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock=f"10.{number}.0.0/24")["subnetId"]
    group = me.quiet("CreateSecurityGroup", GroupName="web", GroupDescription="web", VpcId=vpc)
    return subnet, group["groupId"]


def connect_endpoints(emulator):
    me, other = emulator.me, emulator.other
    places = [place(me, number) for number in range(6)]
    subnet, group = places[0]
    me.dry(CREATE, SubnetId=subnet)
    made = {"InstanceConnectEndpointId": me(
        CREATE, SubnetId=subnet, SecurityGroupId=[group], PreserveClientIp=True,
        IpAddressType="ipv4", ClientToken="once",
        TagSpecification=[tag_specification("instance-connect-endpoint", of="test")])[
            "instanceConnectEndpointId"]}
    for wrong in ({}, {"SubnetId": f"subnet-{NONE}"}, {"IpAddressType": "ipv6"},
                  {"IpAddressType": "dualstack"}):
        me.refused(CREATE, {"SubnetId": places[1][0], **({} if wrong else {"SubnetId": subnet}),
                            **wrong})
    for more, _ in places[1:5]:
        me.quiet(CREATE, SubnetId=more)
    me.refused(CREATE, SubnetId=places[5][0])
    me("DescribeNetworkInterfaces", **filters(subnet_id=subnet))
    me.dry(SHOW)
    me(SHOW, InstanceConnectEndpointId=list(made.values()))
    me.two_pages(SHOW, size=3)
    me.refused(SHOW, InstanceConnectEndpointId=[f"eice-{NONE}"])
    default = me.quiet("CreateSecurityGroup", GroupName="more", GroupDescription="more",
                       VpcId=me.quiet("DescribeSubnets", SubnetId=[subnet])["vpcId"])["groupId"]
    change = {**made, "SecurityGroupId": [default], "PreserveClientIp": False}
    me.dry(MODIFY, change)
    me(MODIFY, change)
    me.refused(MODIFY, made)
    other.refused(MODIFY, change)
    me.brief(SHOW, InstanceConnectEndpointId=list(made.values()))
    me.dry(DELETE, made)
    other.refused(DELETE, made)
    me(DELETE, made)
    me.refused(DELETE, made)


SCENARIOS = {"connect_endpoints": connect_endpoints}
