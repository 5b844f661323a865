"""Managed prefix lists: their versions, and what refers to them."""

from world import tag_specification

NONE = "pl-0123456789abcdef0"


def prefix_lists(emulator):
    me, other = emulator.me, emulator.other
    create, modify, show = ("CreateManagedPrefixList", "ModifyManagedPrefixList",
                            "DescribeManagedPrefixLists")
    restore, remove = "RestoreManagedPrefixListVersion", "DeleteManagedPrefixList"
    whole = {"PrefixListName": "mine", "AddressFamily": "IPv4", "MaxEntries": 3,
             "Entry": [{"Cidr": "10.0.0.1/8", "Description": "ten"}]}
    me.dry(create, whole)
    made = me(create, whole, ClientToken="once",
              TagSpecification=[tag_specification("prefix-list", of="test")])["prefixListId"]
    for wrong in ({"PrefixListName": "com.amazonaws.x"}, {"AddressFamily": "IPv5"},
                  {"AddressFamily": "IPv6"}, {"MaxEntries": 0}, {"MaxEntries": 1001},
                  {"Entry": [{"Cidr": "10.0.0.0/8"}] * 2},
                  {"MaxEntries": 1, "Entry": [{"Cidr": "10.0.0.0/8"}, {"Cidr": "11.0.0.0/8"}]}):
        me.refused(create, {**whole, **wrong})
    mine = {"PrefixListId": made}
    me.dry(modify, mine, MaxEntries=4)
    me(modify, mine, CurrentVersion=1, AddEntry=[{"Cidr": "11.0.0.0/8", "Description": "more"}],
       RemoveEntry=[{"Cidr": "10.0.0.0/8"}])
    me.brief(modify, mine, PrefixListName="other", MaxEntries=100)
    for wrong in ({}, {"AddEntry": [{"Cidr": "12.0.0.0/8"}]},
                  {"CurrentVersion": 1, "AddEntry": [{"Cidr": "12.0.0.0/8"}]},
                  {"CurrentVersion": 2, "RemoveEntry": [{"Cidr": "12.0.0.0/8"}]},
                  {"CurrentVersion": 2, "MaxEntries": 4, "AddEntry": [{"Cidr": "12.0.0.0/8"}]},
                  {"PrefixListId": NONE, "MaxEntries": 4}):
        me.refused(modify, {**mine, **wrong})
    me.dry("GetManagedPrefixListEntries", mine)
    me("GetManagedPrefixListEntries", mine)
    me("GetManagedPrefixListEntries", mine, TargetVersion=1)
    me.refused("GetManagedPrefixListEntries", mine, TargetVersion=3)
    me.refused("GetManagedPrefixListEntries", PrefixListId=NONE)
    me.dry(restore, mine, PreviousVersion=1, CurrentVersion=2)
    me(restore, mine, PreviousVersion=1, CurrentVersion=2)
    me.refused(restore, mine, PreviousVersion=1, CurrentVersion=2)
    me.refused(restore, mine, PreviousVersion=9, CurrentVersion=3)
    many = [{"Cidr": f"12.{number}.0.0/16"} for number in range(10)]
    me.quiet(modify, mine, CurrentVersion=3, AddEntry=many)
    page = me("GetManagedPrefixListEntries", mine, MaxResults=5)
    me("GetManagedPrefixListEntries", mine, MaxResults=5, NextToken=page["nextToken"])
    for _ in range(5):
        me.quiet(create, whole)
    me.dry(show)
    me(show, PrefixListId=[made])
    me.two_pages(show)
    me.refused(show, PrefixListId=[NONE])
    me.dry(remove, mine)
    other.refused(remove, mine)
    me(remove, mine)
    me.refused(remove, mine)


def prefix_list_uses(emulator):
    me = emulator.me
    used = {"PrefixListId": me.quiet("CreateManagedPrefixList", PrefixListName="used",
                                     AddressFamily="IPv4", MaxEntries=2)["prefixListId"]}
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    rule = {"IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [
        {**used, "Description": "why"}]}]}
    groups = [me.quiet("CreateSecurityGroup", GroupName=f"web-{number}", VpcId=vpc,
                       GroupDescription="many")["groupId"] for number in range(6)]
    made = me("AuthorizeSecurityGroupIngress", rule, GroupId=groups[0])["securityGroupRuleId"]
    me.brief("ModifySecurityGroupRules", GroupId=groups[0], SecurityGroupRule=[
        {"SecurityGroupRuleId": made, "SecurityGroupRule": {
            "IpProtocol": "tcp", "FromPort": 23, "ToPort": 23, **used}}])
    for group in groups[1:]:
        me.brief("AuthorizeSecurityGroupEgress", rule, GroupId=group)
    me("DescribeSecurityGroups", GroupId=groups[:2])
    for action in ("UpdateSecurityGroupRuleDescriptionsEgress", "RevokeSecurityGroupEgress"):
        me.brief(action, rule, GroupId=groups[1])
    for direction in ("Ingress", "Egress"):
        me.brief(f"AuthorizeSecurityGroup{direction}", rule, GroupId=groups[2 if direction ==
                                                                         "Ingress" else 1])
    me.brief("UpdateSecurityGroupRuleDescriptionsIngress", rule, GroupId=groups[2])
    me.brief("RevokeSecurityGroupIngress", rule, GroupId=groups[2])
    table = me.quiet("CreateRouteTable", VpcId=vpc)["routeTableId"]
    gateway = me.quiet("CreateInternetGateway")["internetGatewayId"]
    me.quiet("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    way = {"RouteTableId": table, "DestinationPrefixListId": used["PrefixListId"]}
    me.brief("CreateRoute", way, GatewayId=gateway)
    me.brief("ReplaceRoute", way, GatewayId=gateway)
    me("DescribeRouteTables", RouteTableId=[table])
    me.dry("GetManagedPrefixListAssociations", used)
    me.pages("GetManagedPrefixListAssociations", 5, used)
    me.refused("GetManagedPrefixListAssociations", PrefixListId=NONE)
    me.refused("DeleteManagedPrefixList", used)
    me.brief("DeleteRoute", way)
    me.refused("CreateRoute", {**way, "DestinationPrefixListId": NONE}, GatewayId=gateway)


def aws_prefix_lists(emulator):
    me = emulator.me
    show, s3 = "DescribePrefixLists", {"PrefixListId": "pl-63a5400a"}
    me.dry(show)
    me(show)
    me.pages(show, 2)
    me(show, PrefixListId=["pl-63a5400a"])
    me.refused(show, PrefixListId=[NONE])
    me("DescribeManagedPrefixLists", PrefixListId=["pl-63a5400a"])
    me.brief("GetManagedPrefixListEntries", s3)
    me.refused("DeleteManagedPrefixList", s3)
    me.refused("ModifyManagedPrefixList", s3, PrefixListName="mine")
    emulator.client(me.account, "cn-north-1").brief(show)


SCENARIOS = {"aws_prefix_lists": aws_prefix_lists, "prefix_lists": prefix_lists,
             "prefix_list_uses": prefix_list_uses}
