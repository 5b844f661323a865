"""The sheets of docs/labs do what they say, and their checks tell what was done from what was not."""

import json
import re

import botocore.exceptions
import pytest

import aws_cli
import labs
import programs
import servers

NAMES = labs.names()
ACCOUNTS = ("100000000001", "100000000002")
# For all commands of a sheet at once, on a machine under load.
SOLVED_SECONDS = 600
# What fits on a printed page.
WIDEST = 105
READING = re.compile(r"Describe|Get|List|Head")
# What sheets do without: students may not have it, or would wait for it.
FOREIGN = re.compile(r"\b(jq|boto3|python3?|curl|sleep|perl|awk)\b")


class Grader:
    """Evaluates checks on behalf of one account."""

    def __init__(self, server, account, scratch):
        self._server = server
        self._account = account
        self._scratch = scratch

    def wrong(self, checks):
        """The checks that do not hold."""
        return [check for check in checks if not self.holds(check)]

    def holds(self, check):
        check = json.loads(json.dumps(check).replace("${ACCOUNT}", self._account))
        answer, code = self._answer(check)
        expectations = check.get("expect", [])
        expectations = [expectations] if isinstance(expectations, dict) else expectations
        return (all(labs.holds(one, answer, code) for one in expectations)
                and ("file" not in check or self._file_holds(check, answer)))

    def _answer(self, check):
        """What the check's call is answered, and the code of a refusal."""
        call = check["call"]
        client = self._server.client(call["service"], account=self._account,
                                     region=call.get("region", servers.REGION))
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", call["operation"]).lower()
        try:
            answer = getattr(client, name)(**call.get("parameters", {}))
        except botocore.exceptions.ClientError as refusal:
            return {}, refusal.response["Error"]["Code"]
        return json.loads(json.dumps(answer, default=str)), None

    def _file_holds(self, check, answer):
        wanted = check["file"]
        found = labs.pick(answer, wanted["of"])
        if not found:
            return False
        disk = self._scratch / "disk"
        region = check["call"].get("region", servers.REGION)
        done = servers.run_amilab("export", found[0], disk, "--account", self._account,
                                  "--region", region, endpoint=self._server.endpoint, text=True)
        assert done.returncode == 0, done.stderr
        return labs.file_holds(wanted, disk)


def serves_imports(server):
    try:
        server.client().import_snapshot(DryRun=True)
    except botocore.exceptions.ClientError as refusal:
        return refusal.response["Error"]["Code"] != "UnsupportedOperation"
    return True


def work_through(sheet, student, grader, server):
    """Every step in order. Before each some check of it fails; behind each all of it hold."""
    assert not grader.wrong(sheet.checks_of(0)), f"{sheet.name}: the start state is not whole"
    for step in sheet.steps:
        if "import-snapshot" in step.text and not serves_imports(server):
            pytest.skip("ImportSnapshot is not served yet")
        checks = sheet.checks_of(step.number)
        place = f"{sheet.name}, step {step.number}"
        assert grader.wrong(checks), f"{place} is right before it is done"
        student.work(step)
        assert not grader.wrong(checks), f"{place}: {grader.wrong(checks)}"
    assert not grader.wrong(sheet.checks), f"{sheet.name}: a later step undoes an earlier one"


def test_what_a_lab_takes_under_delays_is_told_by_its_waits():
    """A wait of the AWS CLI looks every 15 seconds."""
    page = (labs.FOLDER.parent / "classroom.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|$", page, re.M)
    assert [row[0] for row in rows] == NAMES
    for name, *numbers in rows:
        sheet = labs.read_sheet(name)
        waits = [len(re.findall(r"\bec2 wait\b", commands))
                 for commands in (sheet.start, "".join(step.text for step in sheet.steps))]
        minutes = -(-sum(waits) * 15 // 60)
        assert [*waits, minutes] == list(map(int, numbers)), name


@pytest.mark.parametrize("name", NAMES)
def test_no_sheet_waits_in_a_loop(name):
    """Each turn would take 15 seconds more; a wait takes many ids."""
    sheet = labs.read_sheet(name)
    for commands in (sheet.start, sheet.commands):
        for loop in re.findall(r"^for .*?\bdone\b", commands, re.M | re.S):
            assert "wait" not in loop, name


class Engine:
    """`amilab lab`, for one student."""

    def __init__(self, server, account, scratch, aws):
        self._server = server
        labs.make_programs(scratch, aws)
        self._environment = {
            "PATH": f"{scratch / 'bin'}:{programs.SYSTEM_PATH}", "AWS_PAGER": "",
            "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": servers.REGION}

    def __call__(self, command, name, *arguments):
        return servers.run_amilab("lab", command, name, *arguments, text=True,
                                  endpoint=self._server.endpoint, environment=self._environment,
                                  timeout=SOLVED_SECONDS)

    def expect(self, exit_code, command, name):
        done = self(command, name)
        assert done.returncode == exit_code, f"{command} {name}: {done.stdout}{done.stderr}"


def work_by_hand(sheet, account, server, scratch):
    aws = aws_cli.VERSIONS["v1"]
    # As `amilab lab start` does: neither its variables nor its files are the student's.
    with labs.Student(server, account, scratch / "start", aws) as starter:
        starter.run(sheet.start or "true")
    with labs.Student(server, account, scratch / "work", aws) as student:
        work_through(sheet, student, Grader(server, account, scratch), server)


def work_by_engine(sheet, account, server, scratch):
    engine = Engine(server, account, scratch, aws_cli.VERSIONS["v1"])
    engine.expect(0, "start", sheet.name)
    report = json.loads(engine("check", sheet.name, "--output", "json").stdout)
    begun = [step["step"] for step in report["steps"] if step["right"] or step["points"] > 0]
    assert not begun, f"{sheet.name}: right before anything is done"
    engine.expect(1, "check", sheet.name)
    engine.expect(0, "solve", sheet.name)
    engine.expect(0, "check", sheet.name)
    engine.expect(0, "finish", sheet.name)
    assert server.client(account=account).describe_images(Owners=["self"])["Images"] == []


@pytest.fixture
def sheet(name):
    """One that this machine and this amilab can work through."""
    programs.require(aws_cli.VERSIONS["v1"])
    found = labs.read_sheet(name)
    if "amilab lab" in found.commands and not labs.has_command("lab"):
        pytest.skip("this amilab has no `lab disk`")
    return found


@pytest.mark.needs("debugfs", "dumpe2fs")
@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_does_what_it_says_for_one_student_after_another(sheet, server, tmp_path):
    first, second = ACCOUNTS
    work_by_hand(sheet, first, server, tmp_path / first)
    # The second time by the program's own engine, so that both are held to the same sheets.
    work_again = work_by_engine if labs.has_command("lab") else work_by_hand
    work_again(sheet, second, server, tmp_path / second)


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_has_the_form_of_sheets(name):
    sheet = labs.read_sheet(name)
    number = NAMES.index(name) + 1
    assert sheet.text.startswith(f"# Lab {number}: ")
    assert "\nAbout 40 minutes.\n" in sheet.text
    assert f"`amilab lab start {name}`" in sheet.text
    assert f"`amilab lab finish {name}`" in sheet.text
    assert [step.number for step in sheet.steps] == [*range(1, len(sheet.steps) + 1)]
    assert not FOREIGN.findall(sheet.commands)
    wide = [line for line in sheet.commands.splitlines() if len(line) > WIDEST]
    assert not wide


@pytest.mark.parametrize("name", NAMES)
def test_each_step_asks_a_question_and_is_checked(name):
    sheet = labs.read_sheet(name)
    thoughts = len(re.findall(r"^\*Think:\* .*\?", sheet.text, re.M))
    assert thoughts == len(sheet.steps)
    for step in sheet.steps:
        assert sum(check["points"] for check in sheet.checks_of(step.number)) > 0, step


@pytest.mark.parametrize("name", NAMES)
def test_checks_read_and_hint(name):
    for check in labs.read_sheet(name).checks:
        assert READING.match(check["call"]["operation"]), check
        assert check["hint"] and "expect" in check or "file" in check


def test_links_of_sheets_lead_somewhere():
    for name in NAMES:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", labs.read_sheet(name).text):
            assert (labs.FOLDER / link).exists(), f"{name}: {link}"


def test_every_sheet_is_listed():
    sheets = {path.stem for path in labs.FOLDER.glob("*.json")} - {"template"}
    assert sorted(NAMES) == sorted(sheets)


@pytest.mark.parametrize("expectation, answer, is_met", [
    ({"pointer": "/a/0/b", "operator": "equals", "value": 1}, {"a": [{"b": 1}]}, True),
    ({"pointer": "/a/*/b", "operator": "equals", "value": 2}, {"a": [{"b": 1}, {"b": 2}]}, True),
    ({"pointer": "/a/*/b", "operator": "equals", "value": 3}, {"a": [{"b": 1}, {"b": 2}]}, False),
    ({"pointer": "/a", "operator": "length", "value": 2}, {"a": [1, 2]}, True),
    ({"pointer": "/a/1", "operator": "exists"}, {"a": [1]}, False),
    ({"pointer": "/a/0", "operator": "absent"}, {"a": []}, True),
    ({"pointer": "/a/0", "operator": "absent"}, {"a": [0]}, False),
    ({"pointer": "/a", "operator": "matches", "value": "x|y"}, {"a": "xy"}, False),
    ({"pointer": "/a", "operator": "contains", "value": "x"}, {"a": "axb"}, True),
])
def test_an_expectation_holds_as_the_format_says(expectation, answer, is_met):
    assert labs.holds(expectation, answer, None) is is_met


def test_a_refusal_is_right_only_where_it_is_wanted():
    wanted = {"operator": "error", "value": "InvalidAMIID.NotFound"}
    assert labs.holds(wanted, {}, "InvalidAMIID.NotFound")
    assert not labs.holds(wanted, {}, "AuthFailure")
    assert not labs.holds(wanted, {"Images": []}, None)
    assert not labs.holds({"pointer": "/a", "operator": "absent"}, {}, "AuthFailure")


@pytest.mark.parametrize("shown, told, fits", [
    ("a … c", "x a b c y", True),
    ("1 2", "1\t2\n", True),
    ("An error occurred (A) when:\n  The b", "An error occurred (A) when: The b\n", True),
    ("a.c", "abc", False),
])
def test_what_a_sheet_shows_has_to_be_printed(shown, told, fits):
    if fits:
        labs.expect_told(shown, told)
    else:
        with pytest.raises(labs.Failed):
            labs.expect_told(shown, told)
