"""Peering connections between VPCs: their states, options, routes, and rules about groups."""

from world import tag_specification

NONE = "0123456789abcdef0"
CREATE, SHOW = "CreateVpcPeeringConnection", "DescribeVpcPeeringConnections"
MODIFY = "ModifyVpcPeeringConnectionOptions"


def vpcs(me, count):
    return [me.quiet("CreateVpc", CidrBlock=f"10.{n}.0.0/16")["vpcId"] for n in range(count)]


def asked(me, vpc, peer, **more):
    made = me.quiet(CREATE, VpcId=vpc, PeerVpcId=peer, **more)
    return {"VpcPeeringConnectionId": made["vpcPeeringConnectionId"]}


def vpc_peering_connections(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    vpc, *peers = vpcs(me, 6)
    theirs = other.quiet("CreateVpc", CidrBlock="10.9.0.0/16")["vpcId"]
    abroad = far.quiet("CreateVpc", CidrBlock="10.8.0.0/16")["vpcId"]
    me.dry(CREATE, VpcId=vpc, PeerVpcId=theirs)
    made = {"VpcPeeringConnectionId": me(
        CREATE, VpcId=vpc, PeerVpcId=theirs, PeerOwnerId=other.account,
        TagSpecification=[tag_specification("vpc-peering-connection", of="test")])[
            "vpcPeeringConnectionId"]}
    me(SHOW, VpcPeeringConnectionId=list(made.values()))
    for wrong in ({"VpcId": f"vpc-{NONE}"}, {"PeerVpcId": ""}, {"PeerVpcId": theirs},
                  {"PeerOwnerId": "me"}, {"PeerRegion": "mars"},
                  {"RequesterPeeringConnectionOptions": {"AllowMultipathResilience": True}}):
        me.refused(CREATE, {"VpcId": vpc, "PeerVpcId": peers[0], **wrong})
    resilient = {"AllowMultipathResilience": True, "MultipathResilienceMode": "always-on"}
    wide = {"VpcPeeringConnectionId": me(
        CREATE, VpcId=vpc, PeerVpcId=abroad, PeerRegion=far.region,
        RequesterPeeringConnectionOptions=resilient)["vpcPeeringConnectionId"]}
    waiting = [asked(me, vpc, peer) for peer in peers]
    me.dry(SHOW)
    me.two_pages(SHOW)
    me.refused(SHOW, VpcPeeringConnectionId=[f"pcx-{NONE}"])
    me.refused("AcceptVpcPeeringConnection", made)
    me.refused("AcceptVpcPeeringConnection", wide)
    other.dry("AcceptVpcPeeringConnection", made)
    other("AcceptVpcPeeringConnection", made)
    other(SHOW)
    far.brief("AcceptVpcPeeringConnection", wide)
    me.dry("RejectVpcPeeringConnection", waiting[0])
    me("RejectVpcPeeringConnection", waiting[0])
    me.refused("RejectVpcPeeringConnection", waiting[0])
    options = {"AllowDnsResolutionFromRemoteVpc": True}
    both = {"RequesterPeeringConnectionOptions": options}
    me.dry(MODIFY, {**made, **both})
    me(MODIFY, {**made, **both})
    me.brief(MODIFY, wide, RequesterPeeringConnectionOptions=resilient)
    classic = {"AllowEgressFromLocalClassicLinkToRemoteVpc": False,
               "AllowEgressFromLocalVpcToRemoteClassicLink": False}
    me.brief(MODIFY, {**made, **both, "RequesterPeeringConnectionOptions": {
        **both["RequesterPeeringConnectionOptions"], **classic}})
    other.brief(MODIFY, made, AccepterPeeringConnectionOptions={**options, **classic})
    other.brief(MODIFY, made, AccepterPeeringConnectionOptions=options)
    far.brief(MODIFY, wide, AccepterPeeringConnectionOptions=resilient)
    me.refused(MODIFY, made, AccepterPeeringConnectionOptions=options)
    me.refused(MODIFY, {**waiting[1], **both})
    me(SHOW, VpcPeeringConnectionId=list(wide.values()))
    me.refused("DeleteVpc", VpcId=vpc)
    me.dry("DeleteVpcPeeringConnection", made)
    me("DeleteVpcPeeringConnection", made)
    me.refused("DeleteVpcPeeringConnection", made)
    other(SHOW)
    failed = asked(me, vpc, f"vpc-{NONE}")
    me(SHOW, VpcPeeringConnectionId=list(failed.values()))
    me.refused("DeleteVpcPeeringConnection", failed)


def peered_groups(emulator):
    me, other = emulator.me, emulator.other
    vpc = me.quiet("CreateVpc", CidrBlock="10.1.0.0/16")["vpcId"]
    theirs = other.quiet("CreateVpc", CidrBlock="10.2.0.0/16")["vpcId"]
    peering = asked(me, vpc, theirs, PeerOwnerId=other.account)
    own, peer = (who.quiet("CreateSecurityGroup", GroupName="web", GroupDescription="web",
                           VpcId=of)["groupId"] for who, of in ((me, vpc), (other, theirs)))
    way = {**peering, "DestinationCidrBlock": "10.2.0.0/16",
           "RouteTableId": me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"]}
    me("CreateRoute", way)
    me("DescribeRouteTables", RouteTableId=[way["RouteTableId"]])
    pair = {"GroupId": peer, "UserId": other.account, "VpcId": theirs, "PeeringStatus": "active",
            **peering}
    rule = {"GroupId": own, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                                               "Groups": [pair]}]}
    me.refused("AuthorizeSecurityGroupIngress", rule)
    other.quiet("AcceptVpcPeeringConnection", peering)
    for call in ("AuthorizeSecurityGroup", "UpdateSecurityGroupRuleDescriptions"):
        for direction in ("Ingress", "Egress"):
            me.brief(f"{call}{direction}", rule)
    me("DescribeSecurityGroups", GroupId=[own])
    me.brief("ReplaceRoute", way)
    other("DescribeSecurityGroupReferences", GroupId=[peer])
    me.quiet("DeleteVpcPeeringConnection", peering)
    me("DescribeStaleSecurityGroups", VpcId=vpc)
    for direction in ("Ingress", "Egress"):
        me.brief(f"RevokeSecurityGroup{direction}", rule)


SCENARIOS = {"vpc_peering_connections": vpc_peering_connections, "peered_groups": peered_groups}
