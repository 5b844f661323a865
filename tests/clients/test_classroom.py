"""A class as docs/classroom.md sets one up: one server at an address of its own, a token for the
teacher, students who have the AWS APIs and nothing else."""

import http.client
import re

import botocore.exceptions
import pytest

import labs
import servers
from resources import make_volume

TOKEN = "correct-horse+battery/staple=="
# A second address of loopback stands for the teacher's in the class's network.
ADDRESS = "127.0.0.2"
NAME = "teacher.local"
STUDENTS = ("100000000001", "100000000002")
# Of docs/classroom.md, with as few rows as a test fills quickly.
OPTIONS = ("--strict-accounts", "--allow-host", NAME, "--account-limit", "rows=40,bytes=2GiB")


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def server(start_server, tmp_path, token_file):
    return start_server("--listen", f"{ADDRESS}:0", "--data", tmp_path / "class",
                        "--control-token-file", token_file, *OPTIONS)


def teacher(server, token_file, *arguments):
    return servers.run_amilab(*arguments, "--control-token-file", token_file,
                              endpoint=server.endpoint, text=True)


def status_for(server, host):
    """The status of a request to the server's address that calls it by this name."""
    connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=servers.HANG_SECONDS)
    connection.request("GET", "/_amilab/health", headers={"Host": f"{host}:{server.port}"})
    with connection.getresponse() as answer:
        return answer.status


def test_students_reach_it_by_its_address_and_by_a_name_that_is_allowed(server):
    assert server.endpoint.startswith(f"http://{ADDRESS}:")
    assert server.client("sts").get_caller_identity()["Account"] == servers.DEFAULT_ACCOUNT
    assert status_for(server, NAME) == 200
    assert status_for(server, "other.local") == 403


def test_a_mistyped_key_is_refused_and_no_other_account_is_taken_for_it(server):
    with pytest.raises(botocore.exceptions.ClientError, match="AuthFailure"):
        make_volume(server.client(account="10000000000l"))
    assert server.control("accounts", token=TOKEN) == {}


def test_a_student_has_the_apis_and_no_control(server, token_file):
    make_volume(server.client(account=STUDENTS[0]))
    for command in ("reset", "clock", "delays", "space", "calls", "accounts"):
        done = servers.run_amilab(command, endpoint=server.endpoint, text=True)
        assert done.returncode != 0 and "control token" in done.stderr, command
        if command != "reset":
            assert teacher(server, token_file, command).returncode == 0, command
    assert len(server.client(account=STUDENTS[0]).describe_volumes()["Volumes"]) == 1


def test_who_loops_for_ever_is_stopped_and_put_back_and_nobody_else_notices(server, token_file):
    looping, neighbour = (server.client(account=account) for account in STUDENTS)
    make_volume(neighbour)
    with pytest.raises(botocore.exceptions.ClientError, match="VolumeLimitExceeded"):
        for _ in range(40):
            make_volume(looping)
    make_volume(neighbour)
    assert STUDENTS[0] in teacher(server, token_file, "space").stdout
    assert teacher(server, token_file, "reset", "--account", STUDENTS[0]).returncode == 0
    make_volume(looping)
    assert len(neighbour.describe_volumes()["Volumes"]) == 2


def test_the_class_goes_on_where_it_was(server, start_server, tmp_path, token_file):
    make_volume(server.client(account=STUDENTS[0]))
    assert server.stop() == 0
    again = start_server("--listen", f"{ADDRESS}:0", "--data", tmp_path / "class",
                         "--control-token-file", token_file, *OPTIONS)
    assert len(again.client(account=STUDENTS[0]).describe_volumes()["Volumes"]) == 1


def test_a_copy_of_the_class_goes_on_elsewhere(server, start_server, tmp_path, token_file):
    names = tmp_path / "names.txt"
    names.write_text("Anna\n")
    made = teacher(server, token_file, "class", "make", names, "--shell", "sh")
    (key,) = re.findall(r"AWS_ACCESS_KEY_ID='?(\w+)", made.stdout)
    volume = make_volume(server.client(account=key))
    copy = tmp_path / "class.save"
    assert "control token" in servers.run_amilab("save", copy, endpoint=server.endpoint, text=True).stderr
    assert not copy.exists()
    assert teacher(server, token_file, "save", copy).returncode == 0
    make_volume(server.client(account=key))  # the class works on
    again = start_server("--listen", f"{ADDRESS}:0", "--data", tmp_path / "again", "--from", copy,
                         "--control-token-file", token_file, *OPTIONS)
    found = again.client(account=key).describe_volumes()["Volumes"]
    assert [one["VolumeId"] for one in found] == [volume]


def test_a_list_of_names_makes_accounts_that_the_table_shows(server, token_file, tmp_path):
    if not labs.has_command("class"):
        pytest.skip("this amilab makes no classes")
    names = tmp_path / "names.txt"
    names.write_text("Anna\nBert\n")
    made = teacher(server, token_file, "class", "make", names, "--url", server.endpoint,
                   "--shell", "sh")
    assert made.returncode == 0, made.stderr
    keys = re.findall(r"AWS_ACCESS_KEY_ID='?(\w+)", made.stdout)
    assert len(keys) == 2
    for key, account in zip(keys, STUDENTS):
        client = server.client("sts", account=key)
        assert client.get_caller_identity()["Account"] == account
    table = teacher(server, token_file, "lab", "class", "--names", names)
    assert table.returncode == 0, table.stderr
    assert "Anna" in table.stdout and "Bert" in table.stdout
