"""Security groups, as people open and close them."""

import pytest

from aws_cli import VERSIONS, AwsCli

SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}


def made(ec2, name):
    return ec2.create_security_group(GroupName=name, Description="for tests")["GroupId"]


def shown(ec2, group):
    return ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_command_line_opens_and_closes_a_port(server, ec2, tmp_path, version):
    aws = AwsCli(version, server, tmp_path)
    group = aws.ec2("create-security-group", "--group-name", "lesson", "--description",
                    "of a lesson")["GroupId"]
    port = ["--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0"]
    for way in ("ingress", "egress"):
        aws.ec2(f"authorize-security-group-{way}", *port)
        permissions = shown(ec2, group)["IpPermissions" + ("Egress" if way == "egress" else "")]
        assert SSH.items() <= permissions[-1].items()
        aws.ec2(f"revoke-security-group-{way}", *port)
    aws.ec2("authorize-security-group-ingress", "--group-name", "lesson", "--protocol", "tcp",
            "--port", "8000-8080", "--source-group", group)
    assert shown(ec2, group)["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group
    aws.ec2("delete-security-group", "--group-name", "lesson")


def test_what_a_description_shows_can_be_revoked_and_authorized_again(ec2):
    """Terraform and Ansible send permissions back as they have read them."""
    group = made(ec2, "round")
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {**SSH, "IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "home"}],
         "UserIdGroupPairs": [{"GroupId": group}]},
        {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])
    before = shown(ec2, group)
    for way, name in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        revoke = getattr(ec2, f"revoke_security_group_{way}")
        authorize = getattr(ec2, f"authorize_security_group_{way}")
        assert revoke(GroupId=group, IpPermissions=before[name])["UnknownIpPermissions"] == []
        assert shown(ec2, group)[name] == []
        authorize(GroupId=group, IpPermissions=before[name])
    assert shown(ec2, group) == before


def test_waiter_and_pages_find_all_groups_and_rules(ec2):
    groups = [made(ec2, f"page-{number}") for number in range(6)]
    ec2.get_waiter("security_group_exists").wait(GroupIds=groups)
    pages = ec2.get_paginator("describe_security_groups").paginate(
        PaginationConfig={"PageSize": 5})
    assert set(groups) <= {one["GroupId"] for page in pages for one in page["SecurityGroups"]}
    pages = ec2.get_paginator("describe_security_group_rules").paginate(
        PaginationConfig={"PageSize": 5}, Filters=[{"Name": "group-id", "Values": groups}])
    assert [one["IsEgress"] for page in pages for one in page["SecurityGroupRules"]] == [True] * 6
