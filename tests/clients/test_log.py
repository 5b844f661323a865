"""What the server's log says of calls and of keys that name no account."""

import re
import urllib.error
import urllib.request

import pytest

from refusals import code_of
from resources import newest_image

LINE = re.compile(
    r"\[[-0-9]+ [:.0-9]+\] \[amilab\] \[info\] "
    r"(\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) \d+\.\d\d")


def calls(server):
    """(request id, account, region, service, operation, status, error code) of each."""
    return [LINE.fullmatch(line).groups() for line in server.log().splitlines()
            if "[info]" in line]


def test_each_call_has_one_line_that_says_whose_it_is_and_what_became_of_it(start_server):
    server = start_server("--log-level", "info")
    ec2 = server.client(account="222222222222", region="eu-west-1")
    answer = ec2.describe_regions()
    assert code_of(ec2.describe_volumes, VolumeIds=["vol-00000000"]) == "InvalidVolume.NotFound"
    assert code_of(ec2.describe_fleets) == "UnsupportedOperation"
    server.client("sts").get_caller_identity()
    assert code_of(server.client("iam").list_users) == "UnsupportedOperation"
    server.control("clock")
    server.refused_control("delays", {"image.slow": 1})
    lines = calls(server)
    assert [line[1:] for line in lines] == [
        ("222222222222", "eu-west-1", "ec2", "DescribeRegions", "200", "-"),
        ("222222222222", "eu-west-1", "ec2", "DescribeVolumes", "400", "InvalidVolume.NotFound"),
        ("222222222222", "eu-west-1", "ec2", "DescribeFleets", "400", "UnsupportedOperation"),
        ("123456789012", "us-east-1", "sts", "GetCallerIdentity", "200", "-"),
        ("123456789012", "us-east-1", "iam", "ListUsers", "400", "UnsupportedOperation"),
        ("-", "-", "control", "GET:/_amilab/clock", "200", "-"),
        ("-", "-", "control", "POST:/_amilab/delays", "400", "-"),
    ]
    assert lines[0][0] == answer["ResponseMetadata"]["RequestId"]


def test_what_is_refused_before_any_handler_has_a_line_too(start_server):
    server = start_server("--log-level", "info")
    request = urllib.request.Request(f"{server.endpoint}/some%0Awhere",
                                     headers={"Host": "example.com"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    refused.value.close()
    (line,) = server.log().splitlines()
    assert re.search(rf"\[info\] [0-9a-f-]{{36}} - - - GET:/some%0Awhere {refused.value.code} - - ",
                     line), line


def test_debug_shows_parameters_without_their_secrets(start_server):
    server = start_server("--log-level", "debug")
    ec2, ssm = server.client(), server.client("ssm")
    ami = newest_image(ec2)["ImageId"]
    request_id = ec2.run_instances(
        ImageId=ami, InstanceType="t3.micro", MinCount=1, MaxCount=1,
        UserData="a secret")["ResponseMetadata"]["RequestId"]
    ssm.put_parameter(Name="/db/password", Value="a secret", Type="String")
    server.control("delays", {"image.pending": 5})
    server.control("delays", {"image.pending": 0})
    debug = [line for line in server.log().splitlines() if "[debug]" in line]
    (launch,) = [line for line in debug if request_id in line]
    assert f'ImageId="{ami}" InstanceType="t3.micro"' in launch
    assert "UserData=(12 bytes)" in launch
    assert any('Name="/db/password"' in line and "Value=(8 bytes)" in line for line in debug)
    assert any('"{"image.pending":5}"' in line for line in debug)
    log = server.log()
    for secret in ("a secret", "YSBzZWNyZXQ", "Signature", "AWS4-HMAC"):
        assert secret not in log
    # The lines of info are among them.
    assert len(calls(server)) == 5


def test_warning_is_silent_about_calls(server, ec2):
    ec2.describe_regions()
    server.control("clock")
    assert server.log() == ""


def test_a_key_that_names_no_account_is_told_of_once(start_server):
    server = start_server("--account", "999999999999")
    for key in ("12345678901", "student7", "12345678901", "222222222222", "student7"):
        server.client(account=key).describe_regions()
    mistyped, unknown = server.log().splitlines()
    assert mistyped.endswith("[warning] access key 12345678901 is no account number, which has 12 "
                             "digits: its calls are those of the default account 999999999999")
    assert "access key student7 names no account: its calls are those of the default account " \
        "999999999999" in unknown
    assert server.client("sts", account="student7").get_caller_identity()["Account"] \
        == "999999999999"


def test_strict_accounts_refuse_keys_that_name_none(start_server):
    server = start_server("--strict-accounts")
    server.control("accounts", {"222222222222": {"access_keys": ["AKIAIOSFODNN7EXAMPLE"]}})
    for key in ("12345678901", "1234-5678-9012", "student7"):
        assert code_of(server.client(account=key).describe_regions) == "AuthFailure"
        assert code_of(server.client("sts", account=key).get_caller_identity) == "AuthFailure"
        # As the json protocols spell it.
        assert code_of(server.client("ssm", account=key).describe_parameters) \
            == "InvalidSignatureException"
    assert [line.count("its calls are refused") for line in server.log().splitlines()] == [1, 1, 1]
    for key, account in (("AKIAIOSFODNN7EXAMPLE", "222222222222"),
                         ("111111111111", "111111111111")):
        assert server.client("sts", account=key).get_caller_identity()["Account"] == account


def test_the_control_api_lists_who_has_called(server):
    server.freeze()
    now = server.control("clock")["now"]
    server.client(account="222222222222").describe_regions()
    code_of(server.client(account="222222222222").describe_fleets)
    assert server.control("accounts") == {"222222222222": {
        "access_keys": [], "organization": None, "organizational_units": [], "subscriptions": [],
        "products": [], "declared": False, "calls": 2, "last_call": now}}
    declared = server.control("accounts", {"222222222222": {"subscriptions": ["abc"]}})
    assert declared["222222222222"]["declared"] is True
    status, answer = server.refused_control("accounts", declared)
    assert (status, answer) == (400, {"error": "declared is told, not set"})
    server.control("reset", method="POST")
    assert server.control("accounts") == {}
