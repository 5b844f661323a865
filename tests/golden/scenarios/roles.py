"""IAM's roles, which services take on, and the policies in them."""

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
    me("PutRolePolicy", NAMED, PolicyDocument=TRUST)
    me.refused("PutRolePolicy", NAMED, PolicyDocument="no JSON")
    me.refused("PutRolePolicy", NAMED)
    me.brief("GetRolePolicy", NAMED)
    me("GetRolePolicy", NAMED)
    me.refused("GetRolePolicy", NAMED, PolicyName="none")
    me.refused("DeleteRole", RoleName="vmimport")
    me("DeleteRolePolicy", NAMED)
    me.refused("DeleteRolePolicy", NAMED)
    me.refused("DeleteRolePolicy", NAMED, RoleName="none")
    me("DeleteRole", RoleName="vmimport")
    me.refused("DeleteRole", RoleName="vmimport")


SCENARIOS = {"roles": roles}
