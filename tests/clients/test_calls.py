"""What was called: listed and followed by the control API and by `amilab calls`."""

import contextlib
import http.client
import json
import subprocess
import urllib.parse
import urllib.request

import boto3
import botocore.exceptions
import pytest

import servers
from calls import call as call_action
from refusals import code_of
from resources import newest_image

ACCOUNT = "222222222222"


def calls(server, **filters):
    return server.control(f"calls?{urllib.parse.urlencode(filters)}")["calls"]


def operations(server, **filters):
    return [call["operation"] for call in calls(server, **filters)]


def show(server, *arguments):
    done = servers.run_amilab("calls", *arguments, endpoint=server.endpoint, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


class Follower:
    """Server-sent events of /_amilab/calls, from when it is made."""

    def __init__(self, server, **filters):
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                      timeout=servers.HANG_SECONDS)
        query = urllib.parse.urlencode({"follow": "true", **filters})
        self._connection.request("GET", f"/_amilab/calls?{query}")
        self.answer = self._connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def next(self):
        """The next call; None at the end."""
        for line in iter(self.answer.readline, b""):
            if line.startswith(b"data: "):
                return json.loads(line[len(b"data: "):])
        return None


def test_a_test_can_assert_on_what_was_called(server, ec2):
    last = server.control("calls")["last"]
    ec2.describe_regions()
    image = "ami-00000000000000000"
    assert code_of(ec2.create_image, InstanceId="i-00000000000000000", Name="golden") \
        == "InvalidInstanceID.NotFound"
    code_of(server.client(account=ACCOUNT).describe_images, ImageIds=[image])
    (call,) = calls(server, operation="CreateImage", since=last)
    assert call["parameters"]["Name"] == "golden"
    assert (call["status"], call["code"]) == (400, "InvalidInstanceID.NotFound")
    assert call["message"] == "The instance ID 'i-00000000000000000' does not exist"
    assert call["parameter"] == "InstanceId"
    (other,) = calls(server, account=ACCOUNT, status="4xx")
    assert (other["operation"], other["parameter"]) == ("DescribeImages", "ImageId.1")
    assert operations(server, since=last, status=200) == ["DescribeRegions"]


@pytest.mark.parametrize("query, said", [
    ("status=9xx", "status is 9xx; expected one such as 200, or 2xx, 3xx, 4xx or 5xx"),
    ("limit=all", "limit is all; expected a number of calls from 0 to 10000"),
    ("since=noon", "since is noon; expected a call's number, or a time such as "
     "2026-01-02T03:04:05Z"),
    ("operation=RunInstance", "operation is RunInstance; did you mean RunInstances?"),
    ("service=ec3", "service is ec3; expected one of ec2, ebs, iam, rbin, s3, ssm, sts"),
    ("account=12", "account is 12; expected 12 digits"),
    ("follow=true&operation=NoSuch",
     "operation is NoSuch; expected one of a service, such as RunInstances"),
    ("who=me", "unknown parameter who; expected account, service, operation, status, code, since, "
     "limit, follow"),
])
def test_a_filter_that_is_none_is_refused(server, query, said):
    assert server.refused_control(f"calls?{query}") == (400, {"error": said})


def test_json_protocols_blame_their_parameters_too(server):
    last = server.control("calls")["last"]
    ssm = server.client("ssm", parameter_validation=False)
    code_of(ssm.get_parameter, Name="")
    (short,) = calls(server, since=last)
    assert (short["service"], short["parameter"]) == ("ssm", "Name")


def attempt(call, **parameters):
    """Calls it, whatever becomes of that."""
    with contextlib.suppress(botocore.exceptions.ClientError):
        call(**parameters)


def test_nothing_secret_is_among_them(server, ec2):
    secret = "correct-horse-battery-staple"
    ssm = server.client("ssm")
    attempt(ec2.run_instances, ImageId=newest_image(ec2)["ImageId"], InstanceType="t3.nano.x",
            MinCount=1, MaxCount=1, UserData=secret, ClientToken=secret)
    attempt(ec2.import_key_pair, KeyName="k", PublicKeyMaterial=secret.encode())
    attempt(ec2.describe_images, NextToken=secret, MaxResults=10)
    for kind in ("String", "SecureString", "Nonsense"):
        attempt(ssm.put_parameter, Name="/db/password", Value=secret, Type=kind)
    attempt(ssm.put_parameter, Name="/db/image", Value=secret, Type="String",
            DataType="aws:ec2:image")
    attempt(ec2.create_launch_template, LaunchTemplateName="t", ClientToken=secret,
            LaunchTemplateData={"UserData": secret})
    attempt(ec2.modify_instance_attribute, InstanceId="i-00000000000000000",
            UserData={"Value": secret.encode()})
    s3 = server.client("s3")
    s3.create_bucket(Bucket="secret-disks")
    key = secret.ljust(32, ".").encode()
    attempt(s3.put_object, Bucket="secret-disks", Key="k", Body=b"x", SSECustomerAlgorithm="AES256",
            SSECustomerKey=key)
    attempt(s3.get_object, Bucket="secret-disks", Key="k", SSECustomerAlgorithm="AES256",
            SSECustomerKey=key)
    attempt(ec2.import_snapshot, DiskContainer={
        "Format": "raw", "Url": f"https://disks.test/disk?X-Amz-Signature={secret}"})
    attempt(ec2.register_image, Name="uefi", BootMode="uefi", UefiData=secret)
    session = role_session(server)
    url = session.client("ec2", endpoint_url=server.endpoint).generate_presigned_url(
        "describe_volumes")
    urllib.request.urlopen(url, timeout=30).close()
    session.client("ec2", endpoint_url=server.endpoint).describe_regions()
    material = ec2.create_key_pair(KeyName="made")["KeyMaterial"]
    stored = ssm.get_parameter(Name="/db/password", WithDecryption=True)["Parameter"]["Value"]
    assert stored == secret
    text = json.dumps(calls(server, limit=10000)) + show(server) + show(server, "--json")
    for operation in ("PutParameter", "UserData", "AssumeRole", "DescribeVolumes", "GetParameter"):
        assert operation in text
    credentials = session.get_credentials()
    for hidden in (secret, "Y29ycmVjdC1ob3JzZ", "Signature", "AWS4-HMAC", credentials.token,
                   urllib.parse.quote_plus(credentials.token), credentials.secret_key,
                   material.splitlines()[1]):
        assert hidden not in text


def role_session(server):
    """A session of boto3's by AssumeRole, with a session token."""
    given = server.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{servers.DEFAULT_ACCOUNT}:role/builder",
        RoleSessionName="one")["Credentials"]
    return boto3.session.Session(
        aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"], region_name="us-east-1")


def test_calls_are_followed_until_the_server_ends(start_server):
    server = start_server()
    with Follower(server, operation="DescribeVolumes") as follower:
        assert follower.answer.headers["Content-Type"] == "text/event-stream"
        server.client().describe_regions()
        server.client(account=ACCOUNT).describe_volumes()
        call = follower.next()
        assert (call["operation"], call["account"]) == ("DescribeVolumes", ACCOUNT)
        assert server.stop() == 0
        assert follower.next() is None
    assert server.log() == ""


def test_few_may_follow_at_a_time(start_server):
    server = start_server()
    followers = [Follower(server) for _ in range(16)]
    assert {follower.answer.status for follower in followers} == {200}
    with Follower(server) as one_more:
        assert one_more.answer.status == 503
    for follower in followers:
        with follower:
            pass
    assert server.stop() == 0


def test_the_command_shows_them_in_lines(start_server):
    server = start_server()
    server.freeze()
    now = server.control("clock")["now"]
    code_of(server.client(account=ACCOUNT).describe_images, ImageIds=["ami-00000000000000000"])
    server.client().describe_regions()
    assert show(server).splitlines() == [
        f"{now} {ACCOUNT} us-east-1 ec2 DescribeImages 400 InvalidAMIID.NotFound ImageId.1",
        "    ImageId.1=ami-00000000000000000",
        "    The image id '[ami-00000000000000000]' does not exist",
        f"{now} 123456789012 us-east-1 ec2 DescribeRegions 200 - -"]
    assert show(server, "--status", "2xx", "--account", "123456789012", "--limit", "1") \
        .splitlines()[0].endswith("DescribeRegions 200 - -")
    assert show(server, "--operation", "RunInstances") == ""
    (line,) = show(server, "--json", "--code", "InvalidAMIID.NotFound").splitlines()
    assert json.loads(line)["account"] == ACCOUNT
    done = servers.run_amilab("calls", "--status", "x", endpoint=server.endpoint, text=True)
    assert done.returncode == 2 and done.stderr == (
        "amilab: --status is x; expected one such as 200, or 2xx, 3xx, 4xx or 5xx; see amilab "
        "calls --help\n")


@pytest.mark.parametrize("filters, said", [
    (("--operation", "RunInstance"), "--operation is RunInstance; did you mean RunInstances?"),
    (("--operation", "NoSuch"),
     "--operation is NoSuch; expected one of a service, such as RunInstances"),
    (("--service", "ec3"),
     "--service is ec3; expected one of ec2, ebs, iam, rbin, s3, ssm, sts"),
    (("--since", "noon"), "--since is noon; expected a call's number, or a time such as "
     "2026-01-02T03:04:05Z"),
    (("--limit", "all"), "--limit is all; expected a number of calls from 0 to 10000"),
])
@pytest.mark.parametrize("follows", [(), ("-f",)])
def test_the_command_refuses_a_condition_that_no_call_could_meet(server, filters, said, follows):
    done = servers.run_amilab("calls", *filters, *follows, endpoint=server.endpoint, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", f"amilab: {said}; see amilab calls --help\n")


def test_an_operation_that_there_is_not_is_found_where_a_call_asked_for_it(server):
    assert calls(server, operation="DescribeFleets") == []  # at AWS, and nobody called it
    call_action(server, "DescribeUnicorns")
    (call,) = calls(server, operation="DescribeUnicorns")
    assert call["code"] == "InvalidAction"


def test_the_command_follows_them(start_server):
    server = start_server()
    server.client().describe_regions()
    process = subprocess.Popen(
        [servers.binary(), "calls", "-f", "--limit", "1", "--endpoint", server.endpoint],
        stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().split()[4:6] == ["DescribeRegions", "200"]
    server.client().describe_volumes()
    assert process.stdout.readline().split()[4:6] == ["DescribeVolumes", "200"]
    assert server.stop() == 0
    assert process.wait(servers.HANG_SECONDS) == 0
    process.stdout.close()


def test_a_reset_forgets_them(server, ec2):
    ec2.describe_regions()
    server.client(account=ACCOUNT).describe_volumes()
    server.control("reset", {"account": ACCOUNT})
    assert "DescribeVolumes" not in operations(server)
    assert "DescribeRegions" in operations(server)
    server.control("reset", method="POST")
    assert operations(server) == []
