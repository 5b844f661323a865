"""Temporary credentials, as SDKs and the CLI get and use them, across accounts."""

import json
import urllib.request

import boto3
import botocore.exceptions
import pytest

import aws_cli
import tool

OTHER_ACCOUNT = "210987654321"
ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/builder"


@pytest.fixture
def assume(server):
    """A client's maker, of the role's session."""
    made = server.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="from-tests",
                                            Tags=[{"Key": "team", "Value": "infra"}])
    return lambda service: client(server, service, made["Credentials"])


def client(server, service, credentials):
    return boto3.session.Session().client(
        service, endpoint_url=server.endpoint, region_name="us-east-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"])


def test_a_session_works_in_the_roles_account(server, assume):
    who = assume("sts").get_caller_identity()
    assert (who["Account"], who["Arn"]) == (
        OTHER_ACCOUNT, f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/builder/from-tests")
    volume = assume("ec2").create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    assert server.client().describe_volumes()["Volumes"] == []
    theirs = server.client(account=OTHER_ACCOUNT).describe_volumes()["Volumes"]
    assert [one["VolumeId"] for one in theirs] == [volume]


def test_a_session_works_at_every_service(assume):
    assume("ssm").put_parameter(Name="/made/here", Value="yes", Type="String")
    assert assume("rbin").list_rules(ResourceType="EC2_IMAGE")["Rules"] == []
    begun = assume("ebs").start_snapshot(VolumeSize=1)
    assert begun["OwnerId"] == OTHER_ACCOUNT


def test_a_presigned_call_carries_its_token(assume):
    with urllib.request.urlopen(assume("sts").generate_presigned_url(
            "get_caller_identity", HttpMethod="GET")) as answer:
        assert b"assumed-role/builder/from-tests" in answer.read()


def test_credentials_without_their_token_are_nobodys(server):
    made = server.client("sts").get_session_token()["Credentials"]
    for service, call, code in (
            ("sts", "get_caller_identity", "InvalidClientTokenId"),
            ("ec2", "describe_vpcs", "AuthFailure"),
            ("ssm", "describe_parameters", "UnrecognizedClientException"),
            ("rbin", "list_rules", "UnrecognizedClientException")):
        request = {"ResourceType": "EC2_IMAGE"} if service == "rbin" else {}
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            getattr(client(server, service, {**made, "SessionToken": "not it"}), call)(**request)
        assert refused.value.response["Error"]["Code"] == code


def test_the_cli_takes_a_role_by_its_profile(server, tmp_path):
    (tmp_path / "config").write_text(
        "[profile base]\naws_access_key_id = 123456789012\naws_secret_access_key = any\n"
        f"[profile lab]\nsource_profile = base\nrole_arn = {ROLE}\nrole_session_name = lesson\n")
    arn = tool.run(server, tmp_path, aws_cli.VERSIONS["v1"], "--profile", "lab", "sts",
                   "get-caller-identity", "--query", "Arn", "--output", "text")
    assert arn.strip() == f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/builder/lesson"


def test_a_role_has_to_trust_its_caller_where_roles_are_strict(start_server):
    server = start_server("--strict-roles")
    sts, iam = server.client("sts"), server.client("iam", account=OTHER_ACCOUNT)
    asked = {"RoleArn": ROLE, "RoleSessionName": "one", "ExternalId": "secret"}

    def refusal(**more):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            sts.assume_role(**{**asked, **more})
        return caught.value.response["Error"]["Code"]

    assert refusal() == "AccessDenied"
    iam.create_role(RoleName="builder", AssumeRolePolicyDocument=json.dumps({"Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
         "Condition": {"StringEquals": {"sts:ExternalId": "secret"}}}]}))
    made = sts.assume_role(**asked)
    who = client(server, "sts", made["Credentials"]).get_caller_identity()
    assert who["Account"] == OTHER_ACCOUNT
    assert refusal(ExternalId="another") == "AccessDenied"
    assert refusal(DurationSeconds=7200) == "ValidationError"


def test_a_federated_user_works_in_the_account(server):
    sts = server.client("sts")
    made = sts.get_federation_token(Name="bob", Policy='{"Statement": []}')
    assert made["FederatedUser"] == {"FederatedUserId": "123456789012:bob",
                                     "Arn": "arn:aws:sts::123456789012:federated-user/bob"}
    theirs = client(server, "sts", made["Credentials"])
    who = theirs.get_caller_identity()
    assert (who["UserId"], who["Arn"]) == tuple(made["FederatedUser"].values())
    volume = client(server, "ec2", made["Credentials"]).create_volume(
        Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    assert server.client().describe_volumes()["Volumes"][0]["VolumeId"] == volume
    for refused in (theirs.get_session_token,
                    lambda: theirs.assume_role(RoleArn=ROLE, RoleSessionName="one")):
        with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
            refused()


def test_a_key_tells_its_account(server):
    sts = server.client("sts")
    assert sts.get_access_key_info(
        AccessKeyId="AKIAIOSFODNN7EXAMPLE")["Account"] == "123456789012"
    with pytest.raises(botocore.exceptions.ClientError, match="ValidationError"):
        sts.get_access_key_info(AccessKeyId="AKIAIOSFODNN7EXAMPL-")
    made = sts.assume_role(RoleArn=ROLE, RoleSessionName="one")["Credentials"]
    asked = {"AccessKeyId": made["AccessKeyId"]}
    assert client(server, "sts", made).get_access_key_info(**asked)["Account"] == OTHER_ACCOUNT
