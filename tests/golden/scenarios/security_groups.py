"""Security groups and their rules, in both forms of the calls."""

from world import tag_specification

NO_GROUP, NO_RULE, NO_VPC = ("sg-0123456789abcdef0", "sgr-0123456789abcdef0",
                             "vpc-0123456789abcdef0")
HOME = "192.0.2.0/24"
BOTH = ("Ingress", "Egress")


def permission(port=22, protocol="tcp", ranges=(HOME,), **more):
    return {"IpProtocol": protocol, "FromPort": port, "ToPort": port,
            "IpRanges": [{"CidrIp": one} for one in ranges], **more}


def described(group, vpc, account):
    """A permission with each kind of peer, told by all that there is to tell."""
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
            "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "all"}],
            "Groups": [{"GroupId": group, "UserId": account, "VpcId": vpc, "Description": "us"},
                       {"GroupName": "other", "Description": "them"}]}


def made(me, name, **more):
    return me.quiet("CreateSecurityGroup", GroupName=name, GroupDescription=name,
                    **more)["groupId"]


def security_groups(emulator):
    me, other = emulator.me, emulator.other
    vpc = me.quiet("DescribeVpcs")["vpcId"]
    me.dry("CreateSecurityGroup", GroupName="web", GroupDescription="for the web")
    web = me("CreateSecurityGroup", GroupName="web", GroupDescription="for the web", VpcId=vpc,
             TagSpecification=[tag_specification("security-group", of="test")])["groupId"]
    for wrong in ({"GroupName": "WEB"}, {"GroupName": "default"}, {"GroupName": "sg-1"},
                  {"GroupName": "it's"}, {"GroupDescription": "it's"}, {"VpcId": NO_VPC}):
        me.refused("CreateSecurityGroup", {"GroupName": "new", "GroupDescription": "new", **wrong})
    for number in range(4):
        made(me, f"more{number}")
    me("DescribeSecurityGroups", GroupName=["web"])
    me.two_pages("DescribeSecurityGroups")
    me.dry("DescribeSecurityGroupReferences", GroupId=[web])
    me("DescribeSecurityGroupReferences", GroupId=[web])
    me.refused("DescribeSecurityGroupReferences", GroupId=[NO_GROUP])
    me.dry("DescribeStaleSecurityGroups", VpcId=vpc)
    me("DescribeStaleSecurityGroups", VpcId=vpc, MaxResults=5)
    me.refused("DescribeStaleSecurityGroups", VpcId=NO_VPC)
    me.dry("DeleteSecurityGroup", GroupId=web)
    for wrong in ({"GroupName": "default"}, {"GroupId": NO_GROUP}, {}):
        me.refused("DeleteSecurityGroup", wrong)
    other.refused("DeleteSecurityGroup", GroupId=web)
    me("DeleteSecurityGroup", GroupId=web)
    me.brief("DeleteSecurityGroup", GroupName="more0")


def security_group_rules(emulator):
    me = emulator.me
    vpc = me.quiet("DescribeVpcs")["vpcId"]
    web, group = made(me, "web"), made(me, "other")
    for way in BOTH:
        call = f"AuthorizeSecurityGroup{way}"
        me.dry(call, GroupId=web, IpPermissions=[permission()])
        me.brief(call, GroupId=web, IpPermissions=[described(web, vpc, me.account)],
                 TagSpecification=[tag_specification("security-group-rule", of="test")])
    rule = me("AuthorizeSecurityGroupIngress", GroupId=web,
              IpPermissions=[permission(Ipv6Ranges=[{"CidrIpv6": "2001:db8::1/32"}])])[
                  "securityGroupRuleId"]
    flat = {"GroupName": "other", "IpProtocol": "udp", "FromPort": 53, "ToPort": 53,
            "CidrIp": "198.51.100.9/24"}
    by_group = {"GroupName": "other", "SourceSecurityGroupName": "web"}
    me.brief("AuthorizeSecurityGroupIngress", flat)
    me.brief("AuthorizeSecurityGroupIngress", by_group, SourceSecurityGroupOwnerId=me.account)
    for wrong in ({"IpPermissions": [permission()]}, {"IpPermissions": [permission(70000)]},
                  {"IpPermissions": [permission(protocol="any")]},
                  {"IpPermissions": [permission(ranges=["192.0.2.0/33"])]},
                  {"IpPermissions": [permission(23, ranges=[HOME, HOME])]},
                  {"IpPermissions": [permission(23, Groups=[{"GroupId": NO_GROUP}])]},
                  {"IpPermissions": [permission(23, ranges=[f"10.0.{n}.0/24" for n in range(61)])]},
                  {}):
        me.refused("AuthorizeSecurityGroupIngress", {"GroupId": web, **wrong})
    for wrong in ({"IpPermissions": [permission(443, ranges=["0.0.0.0/0"])]}, {"CidrIp": HOME}):
        me.refused("AuthorizeSecurityGroupEgress", {"GroupId": web, **wrong})
    me("DescribeSecurityGroups", GroupId=[web])
    me.dry("DescribeSecurityGroupRules")
    me("DescribeSecurityGroupRules", SecurityGroupRuleId=[rule])
    me.refused("DescribeSecurityGroupRules", SecurityGroupRuleId=[NO_RULE])
    me.two_pages("DescribeSecurityGroupRules")
    changes(me, web, rule)
    descriptions(me, web, rule, described(web, vpc, me.account))
    revocations(me, web, rule, described(web, vpc, me.account), flat, by_group)


def changes(me, web, rule):
    for peer in ({"CidrIpv6": "::/0"}, {"ReferencedGroupId": web},
                 {"CidrIpv4": HOME, "Description": "ssh"}):
        to = {"IpProtocol": "tcp", "FromPort": 24, "ToPort": 25, **peer}
        update = {"GroupId": web,
                  "SecurityGroupRule": [{"SecurityGroupRuleId": rule, "SecurityGroupRule": to}]}
        me.brief("ModifySecurityGroupRules", update)
    me.dry("ModifySecurityGroupRules", update)
    me.refused("ModifySecurityGroupRules", GroupId=web, SecurityGroupRule=[
        {"SecurityGroupRuleId": NO_RULE, "SecurityGroupRule": to}])


def descriptions(me, web, rule, permissions):
    for way in BOTH:
        call = f"UpdateSecurityGroupRuleDescriptions{way}"
        me.dry(call, GroupId=web, IpPermissions=[permissions])
        me.brief(call, GroupId=web, IpPermissions=[permissions])
        me.refused(call, GroupId=web, IpPermissions=[permission(9)])
        one = rule if way == "Ingress" else egress_rule(me, web, 21)
        me.brief(call, GroupName="web", SecurityGroupRuleDescription=[
            {"SecurityGroupRuleId": one, "Description": "why"}])


def egress_rule(me, web, port):
    return me.quiet("AuthorizeSecurityGroupEgress", GroupId=web,
                    IpPermissions=[permission(port)])["securityGroupRuleId"]


def revocations(me, web, rule, permissions, flat, by_group):
    for way in BOTH:
        call = f"RevokeSecurityGroup{way}"
        me.dry(call, GroupId=web, IpPermissions=[permissions])
        me.refused(call, GroupId=web, SecurityGroupRuleId=[NO_RULE])
        me.brief(call, GroupId=web, IpPermissions=[permissions])
    me("RevokeSecurityGroupIngress", GroupId=web, SecurityGroupRuleId=[rule])
    me("RevokeSecurityGroupIngress", GroupId=web, IpPermissions=[permission(9)])
    me.brief("RevokeSecurityGroupIngress", flat)
    me.brief("RevokeSecurityGroupIngress", by_group)
    me.brief("RevokeSecurityGroupEgress", GroupId=web,
             SecurityGroupRuleId=[egress_rule(me, web, 20)])


SCENARIOS = {"security_groups": security_groups, "security_group_rules": security_group_rules}
