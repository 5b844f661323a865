"""IAM's roles, which services and instances take on, the policies in them, and profiles."""

import world
from world import launch

TRUST = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
         '{"Service": "vmie.amazonaws.com"}, "Action": "sts:AssumeRole"}]}')
NAMED = {"RoleName": "vmimport", "PolicyName": "disks"}


def roles(emulator):
    me, other = emulator.me, emulator.other
    role = {"RoleName": "vmimport", "AssumeRolePolicyDocument": TRUST}
    me.refused("GetRole", RoleName="vmimport")
    me("CreateRole", role, Path="/images/", Description="imports", MaxSessionDuration=7200,
       Tags=[{"Key": "of", "Value": "test"}])
    for wrong in ({}, {"RoleName": "VMIMPORT"}, {"AssumeRolePolicyDocument": "{"},
                  {"RoleName": "a role", "MaxSessionDuration": 1}, {"Path": "images"}):
        me.refused("CreateRole", {**role, **wrong})
    me("GetRole", RoleName="vmimport")
    other.refused("GetRole", RoleName="vmimport")
    me.quiet("CreateRole", role, RoleName="builder")
    me.pages("ListRoles", 1)
    me("ListRoles", PathPrefix="/images/")
    other("ListRoles")
    for wrong in ({"MaxItems": 0, "PathPrefix": "images"}, {"Marker": "bm90IG91cnM="}):
        me.refused("ListRoles", wrong)
    me("PutRolePolicy", NAMED, PolicyDocument=TRUST)
    me.refused("PutRolePolicy", NAMED, PolicyDocument="no JSON")
    me.refused("PutRolePolicy", NAMED)
    me.brief("GetRolePolicy", NAMED)
    me("GetRolePolicy", NAMED)
    me.refused("GetRolePolicy", NAMED, PolicyName="none")
    me.refused("DeleteRole", RoleName="vmimport")
    me.quiet("PutRolePolicy", NAMED, PolicyName="more", PolicyDocument=TRUST)
    me.pages("ListRolePolicies", 1, RoleName="vmimport")
    me("ListRolePolicies", RoleName="builder")
    me.refused("ListRolePolicies", RoleName="none")
    me.quiet("DeleteRolePolicy", NAMED, PolicyName="more")
    me("DeleteRolePolicy", NAMED)
    me.refused("DeleteRolePolicy", NAMED)
    me.refused("DeleteRolePolicy", NAMED, RoleName="none")
    trusting = {"RoleName": "vmimport", "PolicyDocument": '{"Statement": []}'}
    me("UpdateAssumeRolePolicy", trusting)
    for wrong in ({"PolicyDocument": "{"}, {"RoleName": "none"}, {"PolicyDocument": ""}):
        me.refused("UpdateAssumeRolePolicy", {**trusting, **wrong})
    me.brief("GetRole", RoleName="vmimport")
    me("DeleteRole", RoleName="vmimport")
    me.refused("DeleteRole", RoleName="vmimport")


def attachments(emulator):
    me, other = emulator.me, emulator.other
    policy = "arn:aws:iam::aws:policy/"
    core = {"RoleName": "web", "PolicyArn": f"{policy}AmazonSSMManagedInstanceCore"}
    me.quiet("CreateRole", RoleName="web", AssumeRolePolicyDocument=TRUST)
    me("AttachRolePolicy", core)
    me.brief("AttachRolePolicy", core)
    for wrong in ({"PolicyArn": "longpolicynamebutnoarn"}, {"PolicyArn": "short"},
                  {"PolicyArn": "arn:aws:iam::123456789012:policy/mine"}, {"RoleName": "none"}):
        me.refused("AttachRolePolicy", {**core, **wrong})
    other.refused("AttachRolePolicy", core)
    me.quiet("AttachRolePolicy", core, PolicyArn=f"{policy}service-role/AWSBackupFullAccess")
    me.pages("ListAttachedRolePolicies", 1, RoleName="web")
    me("ListAttachedRolePolicies", RoleName="web", PathPrefix="/service-role/")
    for wrong in ({"RoleName": "none"}, {"PathPrefix": "service-role"}, {"MaxItems": 0}):
        me.refused("ListAttachedRolePolicies", {"RoleName": "web", **wrong})
    me.refused("DeleteRole", RoleName="web")
    me("DetachRolePolicy", core)
    me.refused("DetachRolePolicy", core)


def changes_of_roles(emulator):
    me, other = emulator.me, emulator.other
    role = {"RoleName": "web"}
    me.quiet("CreateRole", role, AssumeRolePolicyDocument=TRUST)
    me("UpdateRole", role, Description="serves", MaxSessionDuration=7200)
    me.brief("GetRole", role)
    me.brief("UpdateRole", role, MaxSessionDuration=3600)
    for wrong in ({"MaxSessionDuration": 60}, {"RoleName": "none"}, {"RoleName": ""}):
        me.refused("UpdateRole", {**role, **wrong})
    me("UpdateRoleDescription", role, Description="serves pages")
    me.refused("UpdateRoleDescription", role)
    other.refused("UpdateRoleDescription", role, Description="mine")


def tags_of_iam(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateRole", RoleName="web", AssumeRolePolicyDocument=TRUST)
    me.quiet("CreateInstanceProfile", InstanceProfileName="web")
    tags = [{"Key": "Team", "Value": "infra"}, {"Key": "of", "Value": "test"}]
    for kind, named in (("Role", {"RoleName": "web"}),
                        ("InstanceProfile", {"InstanceProfileName": "web"})):
        tag, untag, listed = f"Tag{kind}", f"Untag{kind}", f"List{kind}Tags"
        me(tag, named, Tags=tags)
        me.brief(tag, named, Tags=[{"Key": "team", "Value": "ours"}])
        me.refused(tag, named)
        for wrong in ([{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}],
                      [{"Key": "a*", "Value": "1"}]):
            me.refused(tag, named, Tags=wrong)
        other.refused(tag, named, Tags=tags)
        me.pages(listed, 1, **named)
        me(listed, named)
        me.refused(listed, named, MaxItems=0)
        other.refused(listed, named)
        me(untag, named, TagKeys=["TEAM", "none"])
        me.refused(untag, named)
        me.refused(untag, named, TagKeys=["a*"])
        other.refused(untag, named, TagKeys=["of"])
        me.brief(listed, named)


def profiles_of_instances(emulator):
    me, other = emulator.me, emulator.other
    create, add = "CreateInstanceProfile", "AddRoleToInstanceProfile"
    web, worker = {"InstanceProfileName": "web"}, {"InstanceProfileName": "worker"}
    role = {"RoleName": "web-role"}
    for name in ("web-role", "other-role"):
        me.quiet("CreateRole", RoleName=name, AssumeRolePolicyDocument=TRUST)
    me.refused("GetInstanceProfile", web)
    me(create, web, Path="/servers/", Tags=[{"Key": "of", "Value": "test"}])
    me(create, worker)
    for wrong in ({"InstanceProfileName": "WEB"}, {"InstanceProfileName": "a profile"},
                  {"Path": "x"},
                  {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}):
        me.refused(create, {"InstanceProfileName": "new", **wrong})
    me(add, web, **role)
    me(add, worker, **role)
    for wrong in (role, {"RoleName": "other-role"}, {"RoleName": "none"},
                  {**role, "InstanceProfileName": "none"}, {"RoleName": ""}):
        me.refused(add, {**web, **wrong})
    me("GetInstanceProfile", web)
    me.brief("GetInstanceProfile", worker)
    other.refused("GetInstanceProfile", web)
    me.pages("ListInstanceProfiles", 1)
    me("ListInstanceProfiles", PathPrefix="/servers/")
    me.refused("ListInstanceProfiles", MaxItems=1001)
    me.pages("ListInstanceProfilesForRole", 1, **role)
    me.brief("ListInstanceProfilesForRole", RoleName="other-role")
    me.refused("ListInstanceProfilesForRole", RoleName="none")
    me.refused("DeleteRole", **role)
    me.refused("DeleteInstanceProfile", web)
    me.quiet("RunInstances", launch(world.public_image(me), IamInstanceProfile={"Name": "web"}))
    me("DescribeIamInstanceProfileAssociations")
    remove = "RemoveRoleFromInstanceProfile"
    me.refused(remove, web, RoleName="other-role")
    me(remove, web, **role)
    me.refused(remove, web, **role)
    me("DeleteInstanceProfile", web)
    me.refused("DeleteInstanceProfile", web)


SCENARIOS = {"roles": roles, "role_attachments": attachments, "role_changes": changes_of_roles,
             "tags_of_iam": tags_of_iam,
             "profiles_of_instances": profiles_of_instances}
