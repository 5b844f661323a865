"""Labs: begun, checked wrong and right, solved, finished; and what a teacher sees."""

import csv
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree

import pytest

import programs
import servers

LABS = pathlib.Path(__file__).parent / "example_labs"
STUDENT = "222222222222"
NEIGHBOUR = "333333333333"
TOKEN = "a-control-token"
NOT_YET, USAGE, CANNOT_LOOK = 1, 2, 3

needs_tools = pytest.mark.needs("aws", "mke2fs", "debugfs", "dumpe2fs")


class Classroom:
    """`amilab lab` as students and a teacher call it."""

    def __init__(self, server, labs=LABS):
        self.server = server
        self.labs = labs

    def run(self, *arguments, account=STUDENT, token=None):
        environment = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "any",
                       "AWS_DEFAULT_REGION": "us-east-1", "PATH": programs.SYSTEM_PATH}
        if token:
            environment["AMILAB_CONTROL_TOKEN"] = token
        return servers.run_amilab(*arguments, endpoint=self.server.endpoint, text=True,
                                  environment=environment)

    def lab(self, command, *arguments, **options):
        own = [] if command == "disk" else ["--labs", self.labs]
        return self.run("lab", command, *arguments, *own, **options)

    def did(self, command, *arguments, **options):
        done = self.lab(command, *arguments, **options)
        # What a sheet's commands say on stderr stands there too.
        assert done.returncode == 0 and "amilab: " not in done.stderr, done
        return done.stdout

    def report(self, *arguments, **options):
        done = self.lab("check", *arguments, "--output", "json", **options)
        assert done.returncode in (0, NOT_YET) and done.stderr == "", done
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def room(server):
    return Classroom(server)


def refused(done, code):
    """The one line that a command says."""
    assert done.returncode == code, done
    (line,) = done.stderr.splitlines()
    assert line.startswith("amilab: ")
    return line.removeprefix("amilab: ")


def right_steps(report):
    return [step["step"] for step in report["steps"] if step["right"]]


def everything(server, account):
    """Ids and names of what an account has."""
    ec2, ssm = server.client(account=account), server.client("ssm", account=account)
    return ([one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]],
            [one["ImageId"] for one in ec2.describe_images(Owners=["self"])["Images"]],
            [one["SnapshotId"] for one in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]],
            [one["KeyName"] for one in ec2.describe_key_pairs()["KeyPairs"]],
            [one["Name"] for one in ssm.describe_parameters()["Parameters"]])


NOTHING = ([], [], [], [], [])


def settings(ec2):
    """What an account has set for a region."""
    return (ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"],
            ec2.get_snapshot_block_public_access_state()["State"],
            ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
            ec2.get_ebs_default_kms_key_id()["KmsKeyId"],
            ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"],
            ec2.get_allowed_images_settings()["State"],
            ec2.get_instance_metadata_defaults()["AccountLevel"])


@needs_tools
def test_a_lab_is_begun_checked_wrong_then_right_solved_and_finished(room):
    server = room.server
    server.client(account=NEIGHBOUR).create_key_pair(KeyName="given")
    before = everything(server, NEIGHBOUR)
    assert "first in account 222222222222, us-east-1 is begun" in room.did("start", "first")
    code, report = room.report("first")
    assert (code, right_steps(report), report["points"], report["of"]) == (NOT_YET, [], 1, 7)
    assert [step["step"] for step in report["steps"]] == [1, 2, 3, 4]
    hints = [check["hint"] for step in report["steps"] for check in step["checks"]
             if not check["right"]]
    assert "CreateVolume takes a size." in hints

    volume = server.client(account=STUDENT).create_volume(Size=1, AvailabilityZone="us-east-1a")
    code, report = room.report("first")
    assert (code, right_steps(report), report["points"]) == (NOT_YET, [1], 3)
    assert room.lab("check", "first", "1").returncode == 0
    server.client(account=STUDENT).delete_volume(VolumeId=volume["VolumeId"])

    assert "== step 4: The other one is gone" in room.did("solve", "first")
    code, report = room.report("first")
    assert (code, right_steps(report), report["points"]) == (0, [1, 2, 3, 4], 7), report
    assert "first in account 222222222222, us-east-1 is finished" in room.did("finish", "first")
    assert everything(server, STUDENT) == NOTHING
    assert everything(server, NEIGHBOUR) == before


@needs_tools
def test_reports_are_text_json_and_junit_and_say_no_solution(room):
    room.did("start", "first")
    text = room.lab("check", "first")
    assert text.returncode == NOT_YET
    assert re.search(r"^ +2  not yet   0/1   Its tag$", text.stdout, re.M), text.stdout
    assert text.stdout.endswith("points: 1 of 7\n")
    junit = room.lab("check", "first", "--output", "junit")
    suite = xml.etree.ElementTree.fromstring(junit.stdout).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("6", "5")
    failed = [one.get("name") for one in suite.iter("testcase") if one.find("failure") is not None]
    assert "step 2: Its owner" in failed
    for printed in (text.stdout, junit.stdout,
                    room.lab("check", "first", "--output", "json").stdout):
        assert "version 2" not in printed and "DEPLOY_TOKEN" not in printed


@needs_tools
def test_a_student_without_the_control_api_starts_checks_and_finishes(start_server, tmp_path):
    token = tmp_path / "token"
    token.write_text(TOKEN)
    server = start_server("--control-token-file", token)
    sheet = (LABS / "first.md").read_text()
    own = tmp_path / "labs"
    own.mkdir()
    # Without what needs the token.
    (own / "first.md").write_text(re.sub(r"^amilab .*\n", "", sheet, flags=re.M))
    shutil.copy(LABS / "first.json", own)
    room = Classroom(server, own)
    room.did("start", "first")
    assert room.lab("check", "first").returncode == NOT_YET
    done = room.lab("start", "first", "--step", "2")
    line = refused(done, CANNOT_LOOK)
    assert "it wants the control token; without it: amilab reset --account 222222222222" in line
    ec2 = server.client(account=STUDENT)
    volume = ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.register_image(Name="mine", RootDeviceName="/dev/xvda", BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}])
    s3 = server.client("s3", account=STUDENT)
    s3.create_bucket(Bucket="students-bucket")
    s3.put_object(Bucket="students-bucket", Key="a/b", Body=b"bytes")
    neighbour = server.client(account=NEIGHBOUR)
    neighbour.create_key_pair(KeyName="kept")
    # An instance that takes its time keeps its volume meanwhile.
    server.control("delays", {"instance.shutting-down": 1500}, token=TOKEN)
    newest = ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}])["Images"][-1]["ImageId"]
    ec2.run_instances(ImageId=newest, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    unset = settings(ec2)
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    ec2.enable_ebs_encryption_by_default()
    ec2.modify_ebs_default_kms_key_id(
        KmsKeyId="arn:aws:kms:us-east-1:222222222222:key/11111111-2222-3333-4444-555555555555")
    ec2.enable_serial_console_access()
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    assert all(one != other for one, other in zip(settings(ec2), unset))
    room.did("finish", "first")
    assert everything(server, STUDENT) == NOTHING
    assert settings(ec2) == unset
    assert "is not begun" in refused(room.lab("finish", "first"), NOT_YET)
    assert s3.list_buckets()["Buckets"] == []
    assert [one["KeyName"] for one in neighbour.describe_key_pairs()["KeyPairs"]] == ["kept"]
    # The default security group would not go, which is no fault of the student's.
    listed = room.lab("class", "--output", "json", token=TOKEN)
    refusals = {row["account"]: row["last_refusal"] for row in json.loads(listed.stdout)}
    assert refusals[STUDENT] is None, refusals


@needs_tools
def test_who_is_lost_begins_where_a_step_begins(room):
    room.did("start", "first")
    server = room.server
    server.client(account=STUDENT).create_key_pair(KeyName="mess")
    server.client(account=NEIGHBOUR).create_key_pair(KeyName="kept")
    said = room.did("start", "first", "--step", "3")
    (volume,) = everything(server, STUDENT)[0]
    assert f"volume='{volume}'\n" in said
    assert everything(server, STUDENT)[3] == ["given"]
    _, report = room.report("first")
    assert right_steps(report) == [1, 2]
    assert everything(server, NEIGHBOUR)[3] == ["kept"]


@needs_tools
def test_bad_turns_are_one_line_each_and_touch_nobody_else(room):
    server = room.server
    assert "is not begun; amilab lab start first" in refused(room.lab("check", "first"), NOT_YET)
    assert "is not begun" in refused(room.lab("finish", "first"), NOT_YET)
    room.did("start", "first")
    before = everything(server, STUDENT)
    assert "is begun already" in refused(room.lab("start", "first"), NOT_YET)
    assert everything(server, STUDENT) == before
    # Another's account: nothing is begun there.
    assert "333333333333" in refused(room.lab("check", "first", account=NEIGHBOUR), NOT_YET)
    # The start state is deleted.
    server.client(account=STUDENT).delete_key_pair(KeyName="given")
    done = room.lab("check", "first")
    assert "the key pair given has gone" in refused(done, NOT_YET)
    # Steps that there are not.
    assert "first has the steps 1 to 4" in refused(room.lab("check", "first", "5"), USAGE)
    assert "there is no lab frist; there are first" in refused(room.lab("check", "frist"),
                                                               CANNOT_LOOK)


@needs_tools
def test_a_lab_that_is_begun_in_another_region_is_found_there(room):
    room.did("start", "first")
    for command in ("check", "solve", "finish"):
        line = refused(room.lab(command, "first", "--region", "eu-west-1"), NOT_YET)
        assert line == (
            "first in account 222222222222, eu-west-1 is not begun, but in us-east-1 it is: set "
            "AWS_REGION to that, or use --region")
    # What was asked for on the way is no refusal of the student's, nor is another's lab theirs.
    rows = json.loads(room.lab("class", "--output", "json").stdout)
    assert {row["account"]: row["last_refusal"] for row in rows}[STUDENT] is None, rows
    assert refused(room.lab("check", "first", "--region", "eu-west-1", account=NEIGHBOUR), NOT_YET) \
        == ("first in account 333333333333, eu-west-1 is not begun; amilab lab start first begins "
            "it")
    room.did("finish", "first", "--region", "us-east-1")


def two_labs(folder, room, more=""):
    """The labs `one` and `two`, each with a step that wants no volume, and `more` steps."""
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text(f"# X\n## Step 1: a\n{more}")
        (folder / f"{name}.json").write_text(json.dumps([{
            "step": 1, "hint": "h", "call": {"service": "ec2", "operation": "DescribeVolumes"},
            "expect": {"pointer": "/Volumes", "operator": "length", "value": 0}}]))
    return Classroom(room.server, folder)


@needs_tools
def test_finishing_one_of_two_labs_says_that_the_other_goes_too(tmp_path, room):
    own = two_labs(tmp_path, room)
    own.did("start", "one")
    own.did("start", "two")
    assert "two is begun in account 222222222222 too" in refused(own.lab("finish", "one"), NOT_YET)
    assert own.lab("check", "two").returncode == 0
    own.did("finish", "one", "--all")
    assert "is not begun" in refused(own.lab("check", "two"), NOT_YET)


@needs_tools
def test_beginning_at_a_step_of_one_of_two_labs_says_that_the_other_goes_too(tmp_path, room):
    own = two_labs(tmp_path, room, "## Step 2: b\n")
    own.did("start", "two")
    ec2 = room.server.client(account=STUDENT)
    ec2.create_key_pair(KeyName="work")
    assert refused(own.lab("start", "one", "--step", "2"), NOT_YET) == (
        "two is begun in account 222222222222 too, and --step empties it: --all ends that as well")
    assert [one["KeyName"] for one in ec2.describe_key_pairs()["KeyPairs"]] == ["work"]
    assert "is not begun" in refused(own.lab("check", "one"), NOT_YET)
    assert refused(own.lab("start", "one", "--all"), USAGE)
    own.did("start", "one", "--step", "2", "--all")
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    assert "is not begun" in refused(own.lab("check", "two"), NOT_YET)
    # Of the lab itself one begins anew, as often as one likes.
    own.did("start", "one", "--step", "1")


@needs_tools
def test_what_will_not_go_is_told(start_server, tmp_path):
    token = tmp_path / "token"
    token.write_text(TOKEN)
    (tmp_path / "x.md").write_text("# X\n## Step 1: a\n")
    (tmp_path / "x.json").write_text(json.dumps([{
        "step": 1, "hint": "h", "call": {"service": "ec2", "operation": "DescribeVolumes"},
        "expect": {"pointer": "/Volumes", "operator": "length", "value": 0}}]))
    server = start_server("--control-token-file", token)
    own = Classroom(server, tmp_path)
    own.did("start", "x")
    ec2 = server.client(account=STUDENT)
    volume = ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="compliance", LockDuration=1)
    spare = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(Name="kept", RootDeviceName="/dev/xvda", BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": spare}}])["ImageId"]
    ec2.enable_image_deregistration_protection(ImageId=image, WithCooldown=True)
    done = own.lab("finish", "x")
    assert (done.returncode, done.stdout) == (NOT_YET, ""), done
    *left, last = done.stderr.splitlines()
    assert any(line.startswith(f"amilab: {snapshot}: DeleteSnapshot was refused: "
                               "OperationNotPermitted") for line in left), left
    assert any(line.startswith(f"amilab: {image}: DeregisterImage was refused: ")
               for line in left), left
    # Nothing of it is the student's to do.
    assert last == (
        "amilab: x in account 222222222222, us-east-1 is not finished: what is named above is "
        "left; amilab lab finish x deletes it once it may go, and at once: amilab reset --account "
        "222222222222, with the control token, which a class's teacher has")
    assert everything(server, STUDENT)[0] == []
    # It is begun still, so that what may go by now goes.
    assert "is begun already" in refused(own.lab("start", "x"), NOT_YET)
    ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
    assert own.lab("finish", "x").returncode == NOT_YET
    assert everything(server, STUDENT)[0] == []
    assert own.run("reset", "--account", STUDENT, token=TOKEN).returncode == 0
    assert everything(server, STUDENT) == NOTHING


@needs_tools
def test_a_moved_clock_is_told_of_and_two_checks_at_once_agree(room):
    room.did("start", "first")
    room.server.control("clock", {"set": "2031-01-01T00:00:00Z"})
    done = room.lab("check", "first")
    assert "the server's clock stands at 2031-01-01T00:00:" in refused(done, NOT_YET)
    room.server.control("clock", {"freeze": False, "set_ms": int(time.time() * 1000)})
    command = [servers.binary(), "lab", "check", "first", "--labs", str(LABS), "--endpoint",
               room.server.endpoint, "--account", STUDENT]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(2)]
    said = [one.communicate(timeout=servers.HANG_SECONDS) for one in both]
    assert said[0] == said[1]
    assert [one.returncode for one in both] == [NOT_YET, NOT_YET]


@needs_tools
def test_of_two_starts_at_once_one_begins(room):
    command = [servers.binary(), "lab", "start", "first", "--labs", str(LABS), "--endpoint",
               room.server.endpoint, "--account", STUDENT]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=os.environ | {"PATH": programs.SYSTEM_PATH}) for _ in range(2)]
    said = [one.communicate(timeout=servers.HANG_SECONDS) for one in both]
    assert sorted(one.returncode for one in both) == [0, NOT_YET], said
    ((_, refusal),) = [texts for one, texts in zip(both, said) if one.returncode == NOT_YET]
    assert refusal == ("amilab: first in account 222222222222, us-east-1 is begun already; amilab "
                       "lab check first says what is right so far, amilab lab finish first ends "
                       "it and deletes all that is in the account\n")
    assert len(everything(room.server, STUDENT)[1]) == 1  # the start state's image, made once


@needs_tools
def test_who_works_in_anothers_account_has_done_nothing_of_their_own(room):
    for account in (STUDENT, NEIGHBOUR):
        room.did("start", "first", account=account)
    room.server.client(account=NEIGHBOUR).create_volume(Size=1, AvailabilityZone="us-east-1a")
    before = everything(room.server, NEIGHBOUR)
    assert right_steps(room.report("first")[1]) == []  # by the student, with the wrong key
    assert right_steps(room.report("first", account=NEIGHBOUR)[1]) == [1]
    room.did("finish", "first")
    assert everything(room.server, STUDENT) == NOTHING
    assert everything(room.server, NEIGHBOUR) == before


def test_without_a_server_or_with_a_wrong_file_nothing_is_looked_at(tmp_path, room):
    done = servers.run_amilab("lab", "check", "first", "--labs", LABS,
                              endpoint="http://127.0.0.1:1", text=True)
    assert "no server at http://127.0.0.1:1" in refused(done, CANNOT_LOOK)
    own = Classroom(room.server, tmp_path)
    shutil.copy(LABS / "first.md", tmp_path)
    for text, said in (
            ("{", "first.json: this is no JSON"),
            ('[{"step": 1, "hint": "h", "call": {"service": "ec2", "operation": "DescribeNothing"},'
             ' "expect": {"pointer": "/A", "operator": "exists"}}]',
             "first.json: check 1: there is no operation DescribeNothing of ec2 here")):
        (tmp_path / "first.json").write_text(text)
        assert said in refused(own.lab("check", "first"), CANNOT_LOOK)
        assert said in refused(own.lab("list"), CANNOT_LOOK)
        assert said in refused(own.lab("start", "first"), CANNOT_LOOK)
        assert said in refused(own.lab("solve", "first"), CANNOT_LOOK)
        assert said in refused(own.lab("class", "first"), CANNOT_LOOK)
    assert everything(room.server, STUDENT) == NOTHING
    assert "cannot look at" in refused(Classroom(room.server, tmp_path / "none").lab("list"),
                                       CANNOT_LOOK)


def test_a_folder_without_a_whole_lab_says_what_is_missing(tmp_path, room):
    own = Classroom(room.server, tmp_path)
    (tmp_path / "My Lab.md").write_text("# X\n## Step 1: a\n")
    (tmp_path / "notes.md").write_text("# Notes\n")
    assert f"there is no lab in {tmp_path}" in refused(own.lab("list"), CANNOT_LOOK)
    (tmp_path / "x.md").write_text("# X\n## Step 1: a\n")
    line = refused(own.lab("list"), CANNOT_LOOK)
    assert f"cannot read {tmp_path / 'x.json'}: No such file" in line


def test_a_fault_of_a_file_is_one_line_whatever_is_in_it(tmp_path, room):
    folder = tmp_path / "my\nlabs"
    folder.mkdir()
    (folder / "x.md").write_text("# X\n## Step 1: a\n")
    own = Classroom(room.server, folder)
    (folder / "x.json").write_text(json.dumps([{
        "step": 1, "hint": "h", "call": {"service": "ec2", "operation": "DescribeVolumes"},
        "expect": {"pointer": "/Volumes", "operator": "exists", "a\nb\x1b[2J": 1}}]))
    for command in (("list",), ("check", "x")):
        line = refused(own.lab(*command), CANNOT_LOOK)
        assert line.endswith("x.json: check 1: expect cannot have a?b?[2J")
    (folder / "x.json").unlink()
    assert "my?labs" in refused(own.lab("list"), CANNOT_LOOK)


def test_what_a_hint_says_of_the_start_state_is_one_line(tmp_path, room):
    (tmp_path / "x.md").write_text("# X\n## Step 1: a\n")
    (tmp_path / "x.json").write_text(json.dumps([
        {"step": step, "hint": "it is\ngone\x1b[2J",
         "call": {"service": "ec2", "operation": "DescribeVolumes"},
         "expect": {"pointer": "/Volumes", "operator": "length", "value": 5}} for step in (0, 1)]))
    mark = room.server.client("ssm", account=STUDENT)
    mark.put_parameter(Name="/amilab/labs/x", Value="begun", Type="String")
    line = refused(Classroom(room.server, tmp_path).lab("check", "x"), NOT_YET)
    assert "is not whole: it is?gone?[2J; amilab lab finish x" in line


@needs_tools
def test_a_start_that_fails_is_not_begun(tmp_path, room):
    (tmp_path / "x.md").write_text("# X\n```sh start\naws ec2 delete-key-pair\n```\n## Step 1: a\n")
    (tmp_path / "x.json").write_text(json.dumps(
        [one for one in json.loads((LABS / "first.json").read_text()) if one["step"] == 1]))
    own = Classroom(room.server, tmp_path)
    done = own.lab("start", "x")
    assert done.returncode == NOT_YET
    assert "could not be made" in done.stderr.splitlines()[-1]
    assert "amilab lab start x --step 1 " in done.stderr.splitlines()[-1]
    assert "; where that is not allowed: amilab reset --account 222222222222, with the control " \
        "token" in done.stderr.splitlines()[-1]
    assert "is not begun" in refused(own.lab("check", "x"), NOT_YET)


def test_commands_of_a_sheet_call_the_server_whichever_aws_cli_there_is(tmp_path, room):
    """Debian 12's does not read AWS_ENDPOINT_URL, and would call AWS."""
    old, labs = tmp_path / "old programs", tmp_path / "labs"
    old.mkdir()
    labs.mkdir()
    (old / "aws").write_text('#!/bin/sh\nprintf "%s\\n" "$*" "$AWS_ACCESS_KEY_ID"\n')
    (old / "aws").chmod(0o755)
    (labs / "x.md").write_text("# X\n```sh start\nAWS_ACCESS_KEY_ID=333333333333 aws ec2 x\n"
                               "sh -c 'aws --version'\nkey=$(aws ec2 y)\n```\n## Step 1: a\n")
    (labs / "x.json").write_text(json.dumps([check_with({"path": "/etc/motd"})]))
    own = Classroom(room.server, labs)
    done = servers.run_amilab(
        "lab", "start", "x", "--labs", labs, "--account", STUDENT, endpoint=room.server.endpoint,
        text=True, environment={"PATH": f"{old}:{programs.SYSTEM_PATH}"})
    assert done.returncode == 0, done
    endpoint = f"--endpoint-url {room.server.endpoint}"
    assert done.stdout.splitlines()[:-1] == [
        f"{endpoint} ec2 x", NEIGHBOUR, f"{endpoint} --version", STUDENT]
    own.did("finish", "x")


def test_a_sheet_that_is_no_file_is_one_line(tmp_path, room):
    own = Classroom(room.server, tmp_path)
    (tmp_path / "x.json").write_text("[]")
    (tmp_path / "x.md").mkdir()
    assert "it is no regular file" in refused(own.lab("check", "x"), CANNOT_LOOK)
    (tmp_path / "x.md").rmdir()
    os.mkfifo(tmp_path / "x.md")
    assert "it is no regular file" in refused(own.lab("check", "x"), CANNOT_LOOK)


@needs_tools
def test_the_template_is_a_lab_that_can_be_solved(room, tmp_path):
    docs = pathlib.Path(__file__).parents[2] / "docs/labs"
    shutil.copy(docs / "TEMPLATE.md", tmp_path / "mine.md")
    shutil.copy(docs / "template.json", tmp_path / "mine.json")
    own = Classroom(room.server, tmp_path)
    own.did("start", "mine")
    assert own.report("mine")[0] == NOT_YET
    own.did("solve", "mine")
    assert own.report("mine")[0] == 0
    own.did("finish", "mine")


def test_who_asks_for_a_labs_number_is_told_its_name(room):
    names = [one["name"] for one in json.loads(room.run("lab", "list", "--output", "json").stdout)]
    for number, name in enumerate(names, 1):
        assert refused(room.run("lab", "check", str(number)), CANNOT_LOOK) == (
            f"there is no lab {number}, but Lab {number} is named {name}; there are "
            f"{', '.join(names)}")
    for none in ("0", str(len(names) + 1), "Lab"):
        assert refused(room.run("lab", "sheet", none), CANNOT_LOOK) == (
            f"there is no lab {none}; there are {', '.join(names)}")
    # Of sheets without numbers as ever.
    assert refused(room.lab("sheet", "1"), CANNOT_LOOK) == "there is no lab 1; there are first"


def test_labs_are_listed_and_printed_without_their_start_state(room):
    assert room.did("list") == (
        "first         4 steps    7 points     5 min  A first lab\n")
    assert json.loads(room.did("list", "--output", "json")) == [
        {"name": "first", "title": "A first lab", "minutes": 5, "steps": 4, "points": 7}]
    sheet = room.did("sheet", "first")
    assert "## Step 4" in sheet and "create-key-pair" not in sheet


# The small disk, and looks into others.

def check_with(file, title="look"):
    return {"step": 1, "title": title, "hint": "h", "file": {"of": "/Images/0/ImageId", **file},
            "call": {"service": "ec2", "operation": "DescribeImages",
                     "parameters": {"Owners": ["self"]}}}


class Looks:
    """A lab whose checks are looks into the one image of the student."""

    def __init__(self, room, folder):
        self._folder = folder
        self._room = Classroom(room.server, folder)
        folder.mkdir(exist_ok=True)
        (folder / "look.md").write_text("# Look\n## Step 1: look\n")

    def outcomes(self, *files):
        """(right, fault) of each look."""
        (self._folder / "look.json").write_text(json.dumps([check_with(one) for one in files]))
        self._room.lab("start", "look")
        _, report = self._room.report("look")
        return [(one["right"], one.get("fault", "")) for one in report["steps"][0]["checks"]]

    def import_disk(self, file):
        done = self._room.run("import", file, "--name", "looked-at")
        assert done.returncode == 0, done


@pytest.fixture
def looks(room, tmp_path):
    return Looks(room, tmp_path / "own")


@needs_tools
def test_the_small_disk_has_what_the_documentation_says(room, looks, tmp_path):
    disk = tmp_path / "disk.raw"
    room.did("disk", disk)
    assert disk.stat().st_size == 16 << 20
    assert "File exists" in refused(room.lab("disk", disk), CANNOT_LOOK)
    looks.import_disk(disk)
    motd = b"Welcome to the golden image, version 1\n"
    assert looks.outcomes(
        {"path": "/etc/motd", "sha256": hashlib.sha256(motd).hexdigest()},
        {"path": "/home/ec2-user/.aws/credentials", "text": "AKIAIOSFODNN7EXAMPLE"},
        {"path": "/home/ec2-user/.bash_history", "text": "-phunter2-example"},
        {"path": "/etc/ssh/ssh_host_ed25519_key"},
        {"path": "/root/deploy.env", "present": False},
        {"free_blocks": {"text": "ghp_EXAMPLEdeletedTokenInFreeBlocks0001"}},
        {"free_blocks": {"text": "AKIAIOSFODNN7EXAMPLE"}, "present": False},
    ) == [(True, "")] * 7


@needs_tools
@pytest.mark.parametrize("table", ["mbr", "gpt"])
def test_file_systems_are_found_in_partitions(room, looks, tmp_path, table):
    disk, whole = tmp_path / "disk.raw", tmp_path / "whole.raw"
    room.did("disk", disk)
    first, sectors = 2048, (16 << 20) // 512
    with open(whole, "wb") as file:
        file.truncate((first + sectors + 2048) * 512)
        if table == "mbr":
            file.seek(446)
            file.write(b"\0\0\0\0\x83\0\0\0" + first.to_bytes(4, "little")
                       + sectors.to_bytes(4, "little"))
        else:
            file.seek(512)
            file.write(b"EFI PART".ljust(72, b"\0") + (2).to_bytes(8, "little")
                       + (128).to_bytes(4, "little") + (128).to_bytes(4, "little"))
            file.seek(1024)
            file.write(b"\1" * 32 + first.to_bytes(8, "little")
                       + (first + sectors - 1).to_bytes(8, "little"))
        file.seek(510)
        file.write(b"\x55\xaa")
        file.seek(first * 512)
        file.write(disk.read_bytes())
    looks.import_disk(whole)
    assert looks.outcomes({"path": "/etc/motd", "text": "golden"},
                          {"free_blocks": {"text": "DEPLOY_TOKEN"}}) == [(True, "")] * 2


@needs_tools
def test_links_are_followed_and_folders_are_there(room, looks, tmp_path):
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/motd").write_text("hello")
    (root / "link").symlink_to("etc/motd")
    (root / "etc/far").symlink_to("/" + "etc/../" * 12 + "link")
    (root / "round").symlink_to("round")
    done = room.run("import", "--from-dir", root, "--name", "links")
    assert done.returncode == 0, done
    assert looks.outcomes(
        {"path": "/link", "text": "hello"}, {"path": "/etc/far", "text": "hello"},
        {"path": "/etc"}, {"path": "/round", "present": False},
        {"path": "/etc/motd/more", "present": False}) == [(True, "")] * 5


@needs_tools
def test_a_disk_without_a_file_system_is_one_line(looks, tmp_path):
    disk = tmp_path / "disk.raw"
    disk.write_bytes(bytes(1 << 20))
    looks.import_disk(disk)
    ((right, fault),) = looks.outcomes({"path": "/etc/motd"})
    assert not right
    assert re.fullmatch(r"cannot look into ami-\w+: it has no ext4 file system", fault)


@needs_tools
def test_a_damaged_file_system_is_one_line_and_never_a_crash(room, looks, tmp_path, dice):
    disk = tmp_path / "disk.raw"
    room.did("disk", disk)
    whole = disk.read_bytes()
    ec2 = room.server.client(account=STUDENT)
    said = set()
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 8, 64))):
            at = dice.choice((1024 + dice.randrange(1024), dice.randrange(48 << 10)))
            damaged[at:at + 4] = random.Random(dice.random()).randbytes(4)
        damaged[1024 + 56:1024 + 58] = b"\x53\xef"
        disk.write_bytes(damaged)
        looks.import_disk(disk)
        for right, fault in looks.outcomes({"path": "/etc/motd"},
                                           {"free_blocks": {"text": "DEPLOY_TOKEN"}}):
            assert "\n" not in fault
            assert right or not fault or "damaged" in fault or "64 MiB" in fault, fault
            said.add(bool(fault))
        (image,) = ec2.describe_images(Owners=["self"])["Images"]
        ec2.deregister_image(ImageId=image["ImageId"])
    assert True in said  # some damage was met


@needs_tools
def test_a_volume_is_looked_into_by_the_control_api(room, tmp_path):
    disk = tmp_path / "disk.raw"
    room.did("disk", disk)
    assert room.run("import", disk, "--name", "golden").returncode == 0
    ec2 = room.server.client(account=STUDENT)
    (image,) = ec2.describe_images(Owners=["self"])["Images"]
    ec2.create_volume(AvailabilityZone="us-east-1a",
                      SnapshotId=image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"])
    own = tmp_path / "own"
    own.mkdir()
    (own / "v.md").write_text("# V\n## Step 1: v\n")
    (own / "v.json").write_text(json.dumps([{
        "step": 1, "hint": "h", "call": {"service": "ec2", "operation": "DescribeVolumes"},
        "file": {"of": "/Volumes/0/VolumeId", "path": "/etc/motd", "text": "golden"}}]))
    own_room = Classroom(room.server, own)
    own_room.did("start", "v")
    code, report = own_room.report("v")
    assert (code, right_steps(report)) == (0, [1]), report


# A class.

@pytest.fixture
def names(tmp_path):
    file = tmp_path / "names.txt"
    file.write_text("# class 1\nAda Lovelace\n\nGrace O'Hopper\r\n")
    return file


def test_a_class_is_made_of_a_list_of_names_and_stays_when_made_again(room, names):
    made = room.run("class", "make", names, "--url", "http://192.168.1.10:4566", "--shell", "sh")
    assert made.returncode == 0, made
    assert made.stdout.startswith("# Ada Lovelace, account 100000000001\n"
                                  "export AWS_ENDPOINT_URL='http://192.168.1.10:4566'\n")
    keys = re.findall(r"AWS_ACCESS_KEY_ID='(AKIA[A-Z2-7]{16})'", made.stdout)
    assert len(set(keys)) == 2
    again = room.run("class", "make", names, "--url", "http://192.168.1.10:4566", "--shell", "sh")
    assert again.stdout == made.stdout
    sts = room.server.client("sts", account=keys[1])
    assert sts.get_caller_identity()["Account"] == "100000000002"
    listed = json.loads(room.run("class", "make", names, "--output", "json").stdout)
    assert [one["name"] for one in listed] == ["Ada Lovelace", "Grace O'Hopper"]
    assert listed[0]["environment"]["AWS_ACCESS_KEY_ID"] == keys[0]


def test_the_lines_of_a_class_unset_what_would_win_over_them(room, names):
    strange = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "x", "AWS_ENDPOINT_URL_EC2": "http://x",
               "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z", "AWS_USE_FIPS_ENDPOINT": "true"}
    made = room.run("class", "make", names, "--shell", "sh").stdout
    ada = made.split("\n\n")[0]
    done = subprocess.run(["sh", "-euc", f"{ada}\nenv"], env=strange | {"PATH": "/usr/bin:/bin"},
                          capture_output=True, text=True, check=True)
    left = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert strange.keys().isdisjoint(left) and left["AWS_ENDPOINT_URL"] == room.server.endpoint
    (one, _) = json.loads(room.run("class", "make", names, "--output", "json").stdout)
    assert strange.keys() <= set(one["unset"])
    assert one["environment"].keys().isdisjoint(one["unset"])
    for shell, begin, between, end in (("fish", "set -e ", " ", ""),
                                       ("powershell", "$env:", " = $env:", " = $null")):
        made = room.run("class", "make", names, "--shell", shell).stdout.splitlines()
        assert made.count(begin + between.join(one["unset"]) + end) == 2


def test_an_account_follows_its_name_through_the_list(room, tmp_path):
    file = tmp_path / "names.txt"

    def made(*names, first=()):
        file.write_text("".join(name + "\n" for name in names))
        done = room.run("class", "make", file, "--output", "json", *first)
        assert done.returncode == 0, done
        return {one["name"]: (one["account"], one["environment"]["AWS_ACCESS_KEY_ID"])
                for one in json.loads(done.stdout)}

    before = made("Ada", "Bob")
    assert [account for account, _ in before.values()] == ["100000000001", "100000000002"]
    after = made("Eve", "Bob", "Ada")
    assert after["Ada"] == before["Ada"] and after["Bob"] == before["Bob"]
    assert after["Eve"][0] == "100000000003"
    # Who leaves leaves nobody else their account.
    assert made("Eve", "Zoe")["Zoe"][0] == "100000000004"
    assert made("Bob", "Ada", "Zoe")["Bob"] == before["Bob"]
    # Another class has names of its own.
    other = made("Ada", first=("--first", "100000001001"))
    assert other["Ada"][0] == "100000001001"
    file.write_text("Zoe\nAda\n")
    for arguments in (("--names", file), ()):
        rows = json.loads(room.lab("class", *arguments, "--output", "json").stdout)
        assert ("Zoe", "100000000004") in [(row["name"], row["account"]) for row in rows]
    # A name is corrected, and its account is found by that.
    done = room.run("accounts", "100000000001", "--name", "Ada L.")
    assert done.returncode == 0 and "  name: Ada L.\n" in done.stdout
    assert made("Ada L.")["Ada L."] == before["Ada"]


def test_a_class_that_was_made_without_names_is_known_by_its_places(room, names):
    keys = {f"10000000000{place}": f"AKIAEARLIERKEY00000{place}" for place in (1, 2)}
    room.server.control("accounts",
                        {account: {"access_keys": [key]} for account, key in keys.items()})
    made = json.loads(room.run("class", "make", names, "--output", "json").stdout)
    assert {one["account"]: one["environment"]["AWS_ACCESS_KEY_ID"] for one in made} == keys
    known = room.server.control("accounts")
    assert known["100000000002"]["name"] == "Grace O'Hopper"


def test_a_list_of_names_may_begin_with_a_byte_order_mark(room, tmp_path):
    file = tmp_path / "names.txt"
    for text in ("Ada\r\nBob\r\n", "# class 1\nAda\nBob\n"):
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
        made = room.run("class", "make", file, "--output", "json")
        assert [one["name"] for one in json.loads(made.stdout)] == ["Ada", "Bob"]
    listed = room.lab("class", "--names", file, "--output", "json")
    assert [row["name"] for row in json.loads(listed.stdout)] == ["Ada", "Bob"]
    # One alone is no name.
    file.write_bytes(b"\xef\xbb\xbf\n")
    assert "there is no name in it" in refused(room.run("class", "make", file), CANNOT_LOOK)


@pytest.mark.parametrize("text, said", [
    ("", "there is no name in it"), ("A\nA\n", "A is there twice"),
    ("A\x1b[2J\n", "one line is no name")])
def test_a_list_of_names_that_is_none_is_one_line(room, tmp_path, text, said):
    file = tmp_path / "names.txt"
    file.write_text(text)
    assert said in refused(room.run("class", "make", file), CANNOT_LOOK)
    assert room.server.control("accounts") == {}


def test_a_list_of_names_that_cannot_be_read_says_why(room, tmp_path):
    for file, why in ((tmp_path / "none", "No such file or directory"),
                      (tmp_path, "Is a directory")):
        for command in (("class", "make", file), ("lab", "class", "--names", file)):
            assert refused(room.run(*command), CANNOT_LOOK) == f"cannot read {file}: {why}"


def test_a_key_or_a_region_that_is_none_is_named_with_what_is_right(start_server):
    server = start_server("--strict-accounts")
    right = ", and this server takes an account's 12 digits or a key that is declared for one; " \
        "--account names an account instead"
    for keys, used in (({}, "not set"), ({"AWS_ACCESS_KEY_ID": "student7"}, "student7")):
        for command in ("start", "check", "solve", "finish"):
            done = servers.run_amilab("lab", command, "first", "--labs", LABS, text=True,
                                      endpoint=server.endpoint, environment=keys)
            line = refused(done, CANNOT_LOOK)
            assert "AuthFailure: AWS was not able to validate" in line
            assert line.endswith(f"; AWS_ACCESS_KEY_ID is {used}{right}"), line
    done = servers.run_amilab("lab", "check", "first", "--labs", LABS, "--account", STUDENT,
                              "--region", "mars", text=True, endpoint=server.endpoint)
    assert refused(done, USAGE) == \
        "--region is mars; expected one such as us-east-1; see amilab lab check --help"
    named = servers.run_amilab("lab", "finish", "first", "--labs", LABS, "--account", STUDENT,
                               text=True, endpoint=server.endpoint)
    assert "AuthFailure" not in named.stderr


@needs_tools
def test_the_teacher_sees_students_by_steps_and_leaves_no_trace(start_server, tmp_path, names):
    token = tmp_path / "token"
    token.write_text(TOKEN)
    server = start_server("--control-token-file", token, "--strict-accounts")
    room = Classroom(server)
    made = room.run("class", "make", names, "--output", "json", token=TOKEN)
    ada, grace = (one["environment"]["AWS_ACCESS_KEY_ID"] for one in json.loads(made.stdout))
    assert "declared" not in room.lab("class", token=TOKEN).stderr
    room.did("start", "first", account=ada, token=TOKEN)
    server.client(account=ada).create_volume(Size=1, AvailabilityZone="us-east-1a")
    with pytest.raises(Exception, match="InvalidVolume.NotFound"):
        server.client(account=ada).delete_volume(VolumeId="vol-00000000000000000")
    for _ in range(2):  # what the table calls is nobody's work
        printed = room.lab("class", "--names", names, "--output", "csv", token=TOKEN)
        assert printed.returncode == 0, printed
        rows = list(csv.DictReader(io.StringIO(printed.stdout)))
        assert [(row["name"], row["lab"], row["points"], row["last_refusal"]) for row in rows] == [
            ("Ada Lovelace", "first", "3", "DeleteVolume InvalidVolume.NotFound"),
            ("Grace O'Hopper", "", "0", "")]
        assert (rows[0]["step_1"], rows[0]["step_2"], rows[1]["idle_seconds"]) == ("2", "0", "")
    text = room.lab("class", "first", "--names", names, token=TOKEN).stdout
    assert re.search(r"^100000000001  Ada Lovelace +first +#\.\.\+ +3/7 ", text, re.M), text
    listed = json.loads(room.lab("class", "--output", "json", token=TOKEN).stdout)
    assert [row["account"] for row in listed] == ["100000000001", "100000000002"]
    assert grace not in text and ada not in text
    assert "token" in refused(room.lab("class"), CANNOT_LOOK)
