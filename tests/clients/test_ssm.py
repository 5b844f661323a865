"""Parameter Store as launches want it, with boto3 and the AWS CLI."""

import pytest
from botocore.exceptions import ClientError

import aws_cli
from resources import instance_of, newest_image, run

LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"


@pytest.fixture
def ssm(server):
    return server.client("ssm")


def code_of(refused):
    return refused.value.response["Error"]["Code"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-3"])
def test_public_parameters_are_the_newest_images(server, region):
    ssm, ec2 = server.client("ssm", region=region), server.client(region=region)
    value = ssm.get_parameter(Name=UBUNTU)["Parameter"]["Value"]
    assert value == newest_image(
        ec2, "099720109477",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*")["ImageId"]
    (shown,) = ec2.describe_images(ImageIds=[value])["Images"]
    assert UBUNTU.endswith(shown["PublicSsmParameterName"].replace("noble", "24.04"))


def test_paginators_walk_a_path(ssm):
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/aws/service/ecs", Recursive=True)
    parameters = [one for page in pages for one in page["Parameters"]]
    assert len(parameters) > 20
    assert len({one["Name"] for one in parameters}) == len(parameters)
    assert all(one["ARN"].startswith("arn:aws:ssm:us-east-1::parameter/") for one in parameters)


def test_a_golden_image_is_launched_by_its_parameter_and_rolled_back_by_its_label(ssm, ec2):
    first = run(ec2, newest_image(ec2)["ImageId"])["Instances"][0]["InstanceId"]
    images = [ec2.create_image(InstanceId=first, Name=f"golden-v{n}")["ImageId"] for n in (1, 2)]
    for image in images:
        ssm.put_parameter(Name="/golden/app", Value=image, Type="String", Overwrite=True,
                          DataType="aws:ec2:image")
    ssm.label_parameter_version(Name="/golden/app", ParameterVersion=1, Labels=["stable"])
    for reference, image in (("/golden/app", images[1]), ("/golden/app:stable", images[0]),
                             ("/golden/app:1", images[0])):
        launched = run(ec2, f"resolve:ssm:{reference}")["Instances"][0]
        assert launched["ImageId"] == image
        assert instance_of(ec2, launched["InstanceId"])["ImageId"] == image
    # Two instances refer to the first image, one and the parameter to the second.
    for image, parameters in ((images[0], 0), (images[1], 1)):
        pages = ec2.get_paginator("describe_image_references").paginate(
            ImageIds=[image], IncludeAllResourceTypes=True, PaginationConfig={"PageSize": 5})
        found = [one["Arn"] for page in pages for one in page["ImageReferences"]]
        assert sum(":instance/" in arn for arn in found) == 2 - parameters
        assert [arn.partition(":parameter")[2] for arn in found if ":ssm:" in arn] == [
            "/golden/app"] * parameters


def test_refusals_reach_the_client(ssm, ec2):
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/none")
    ssm.put_parameter(Name="p", Value="v", Type="String")
    with pytest.raises(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name="p", Value="w", Type="String")
    with pytest.raises(ssm.exceptions.ParameterVersionNotFound):
        ssm.get_parameter(Name="p:2")
    with pytest.raises(ClientError) as refused:
        ssm.put_parameter(Name="image", Value="ami-12345678", Type="String",
                          DataType="aws:ec2:image")
    assert code_of(refused) == "ValidationException"
    for dry_run in (False, True):
        with pytest.raises(ClientError) as refused:
            run(ec2, "resolve:ssm:/none", DryRun=dry_run)
        assert code_of(refused) == "SsmInvalidParameter"


def test_a_secret_is_put_tagged_and_read(ssm):
    ssm.put_parameter(Name="/app/key", Value="open sesame", Type="SecureString",
                      KeyId="alias/mine", AllowedPattern="^open", Tier="Intelligent-Tiering",
                      Tags=[{"Key": "team", "Value": "images"}])
    shown = ssm.get_parameter(Name="/app/key")["Parameter"]
    assert shown["Type"] == "SecureString" and shown["Value"] != "open sesame"
    assert ssm.get_parameter(Name="/app/key", WithDecryption=True)["Parameter"]["Value"] == \
        "open sesame"
    with pytest.raises(ssm.exceptions.ParameterPatternMismatchException):
        ssm.put_parameter(Name="/app/key", Value="close", Type="SecureString", Overwrite=True)
    (described,) = ssm.describe_parameters(
        ParameterFilters=[{"Key": "tag:team", "Values": ["images"]}])["Parameters"]
    assert (described["KeyId"], described["AllowedPattern"]) == ("alias/mine", "^open")
    on = {"ResourceType": "Parameter", "ResourceId": "/app/key"}
    ssm.add_tags_to_resource(**on, Tags=[{"Key": "stage", "Value": "test"}])
    ssm.remove_tags_from_resource(**on, TagKeys=["team"])
    assert ssm.list_tags_for_resource(**on)["TagList"] == [{"Key": "stage", "Value": "test"}]


def test_parameters_are_kept_over_a_restart(start_server, tmp_path):
    first = start_server("--data", tmp_path / "data")
    first.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    assert first.stop() == 0
    again = start_server("--data", tmp_path / "data")
    assert again.client("ssm").get_parameter(Name="p")["Parameter"]["Value"] == "v"


@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_aws_cli_launches_the_latest_amazon_linux_as_its_users_guide_shows(
        version, server, tmp_path):
    aws = aws_cli.AwsCli(version, server, tmp_path)
    launched = aws.text("run-instances", "--image-id", f"resolve:ssm:{LINUX}",
                        "--instance-type", "t3.micro", "--query", "Instances[0].ImageId")
    parameter = server.client("ssm").get_parameter(Name=LINUX)["Parameter"]
    assert launched == parameter["Value"]
