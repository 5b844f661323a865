"""The commands that start and stop servers, set them, and tell about the machine."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import threading

import pytest

import servers
from programs import find
from refusals import code_of

ACCOUNT = "222222222222"


def amilab(*arguments, runtime=None, endpoint=None, **environment):
    if runtime is not None:
        environment["XDG_RUNTIME_DIR"] = str(runtime)
    return servers.run_amilab(*arguments, endpoint=endpoint, text=True, environment=environment)


def said(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def refused(done, exit_code=1):
    assert done.returncode == exit_code, done
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def started(tmp_path):
    """Starts servers in the background; ends those that a test leaves."""
    pids = []

    def start(*arguments, **environment):
        done = amilab("start", "-d", "--listen", "127.0.0.1:0", *arguments, runtime=tmp_path,
                      **environment)
        ready = re.fullmatch(r"amilab ready on (http://127\.0\.0\.1:(\d+))\nReady\.\n", said(done))
        endpoint, port = ready.groups()
        kept = json.loads((tmp_path / "amilab" / f"{port}.json").read_text())
        pids.append(kept["pid"])
        assert kept["endpoint"] == endpoint
        return kept

    yield start
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_server_goes_on_in_the_background_until_it_is_stopped(started, tmp_path):
    kept = started("--data", tmp_path / "state")
    assert amilab("status", endpoint=kept["endpoint"]).returncode == 0
    file = tmp_path / "amilab" / f"{kept['port']}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert kept["data"] == str(tmp_path / "state")
    assert said(amilab("stop", runtime=tmp_path)) == f"{kept['endpoint']}: stopped\n"
    assert is_gone(kept["pid"])
    assert list(file.parent.iterdir()) == []
    assert refused(amilab("stop", runtime=tmp_path)) \
        == "amilab: no server runs that `amilab start` began"


def test_one_of_several_is_stopped_by_its_port(started, tmp_path):
    one, other = started(), started()
    ports = ", ".join(sorted([str(one["port"]), str(other["port"])], key=int))
    assert refused(amilab("stop", runtime=tmp_path)) \
        == f"amilab: servers run on the ports {ports}; name one, or use --all"
    said(amilab("stop", one["port"], runtime=tmp_path))
    assert is_gone(one["pid"]) and not is_gone(other["pid"])
    assert refused(amilab("stop", one["port"], runtime=tmp_path)) \
        == f"amilab: no server that `amilab start` began runs on port {one['port']}"
    said(amilab("stop", "--all", runtime=tmp_path))
    assert is_gone(other["pid"])


def test_the_token_file_of_a_started_server_is_known(started, tmp_path):
    token = tmp_path / "token"
    token.write_text("correct-horse-battery-staple\n")
    kept = started("--control-token-file", token)
    assert kept["control_token_file"] == str(token)
    (file,) = tmp_path.glob("amilab/*.json")
    assert "correct-horse" not in file.read_text()
    for host in ("127.0.0.1", "localhost"):
        endpoint = f"http://{host}:{kept['port']}"
        assert "running" in said(amilab("clock", runtime=tmp_path, endpoint=endpoint))
        assert "401" in refused(amilab("clock", runtime=tmp_path / "another's", endpoint=endpoint))
    assert not (tmp_path / "another's").exists()
    assert "running" in said(amilab("clock", "--endpoint", kept["endpoint"] + "/", runtime=tmp_path))
    wrong = tmp_path / "wrong"
    wrong.write_text("guessed")
    assert "not the server's control token" in refused(amilab(
        "clock", "--control-token-file", wrong, runtime=tmp_path, endpoint=kept["endpoint"]))
    token.unlink()
    assert amilab("status", runtime=tmp_path, endpoint=kept["endpoint"]).returncode == 0
    assert "401" in refused(amilab("clock", runtime=tmp_path, endpoint=kept["endpoint"]))


def test_a_server_in_the_background_ends_as_one_in_front_where_an_option_is_wrong(tmp_path):
    for detach in ((), ("-d",)):
        line = refused(amilab("start", *detach, "--listen", "127.0.0.1:0", "--region", "mars",
                              runtime=tmp_path), 2)
        assert line == ("amilab: --region mars is no region; expected one such as us-east-1; see "
                        "amilab start --help")
    assert not list((tmp_path / "amilab").glob("*"))


def test_a_port_that_a_started_server_has_is_refused(started, tmp_path):
    kept = started()
    done = amilab("start", "-d", "--listen", f"127.0.0.1:{kept['port']}", runtime=tmp_path)
    assert refused(done) == (
        f"amilab: a server runs on port {kept['port']} already (process {kept['pid']}); `amilab "
        f"stop {kept['port']}` ends it")


def test_what_a_killed_server_leaves_is_noticed(started, tmp_path):
    kept = started()
    os.kill(kept["pid"], signal.SIGKILL)
    servers.wait_until(lambda: is_gone(kept["pid"]))
    doctor = amilab("doctor", "--port", kept["port"], runtime=tmp_path)
    assert f"the server on port {kept['port']} (process {kept['pid']}) is gone" in doctor.stdout
    stopped = amilab("stop", runtime=tmp_path)
    assert (stopped.returncode, stopped.stderr) == (0, (
        f"amilab: the server on port {kept['port']} (process {kept['pid']}) is gone; what it left "
        "is removed\n"))
    assert not (tmp_path / "amilab" / f"{kept['port']}.json").exists()


def test_another_process_of_that_number_is_let_be(tmp_path):
    folder = tmp_path / "amilab"
    folder.mkdir(mode=0o700)
    (folder / "4566.json").write_text(json.dumps({
        "pid": os.getpid(), "started": 1, "port": 4566, "endpoint": "http://127.0.0.1:4566"}))
    assert amilab("stop", runtime=tmp_path).returncode == 0  # and this process is still there
    (folder / "4566.json").write_text("no JSON")
    assert amilab("stop", runtime=tmp_path).returncode == 0
    assert list(folder.iterdir()) == []


def test_a_folder_that_others_may_write_to_is_refused(tmp_path):
    folder = tmp_path / "amilab"
    folder.mkdir()
    folder.chmod(0o777)
    assert "is no folder that its user alone may write to" \
        in refused(amilab("stop", runtime=tmp_path))


def test_a_port_that_is_taken_is_refused_with_what_to_do(started, server, tmp_path):
    kept = started()
    advice = "--listen names another port, 0 for any that is free"
    for port, before in ((server.port, ""),
                         (kept["port"], f"`amilab stop {kept['port']}` ends who has it, or ")):
        line = refused(amilab("serve", "--listen", f"127.0.0.1:{port}", runtime=tmp_path))
        assert line == (f"amilab: cannot listen on 127.0.0.1:{port}: Address already in use; "
                        f"{before}{advice}")


def test_an_address_of_block_devices_that_is_taken_is_refused_with_what_to_do(started, server,
                                                                              tmp_path):
    kept = started()
    advice = "--nbd names another port, 0 for any that is free"
    path = tmp_path / "nbd.sock"
    path.touch()
    both = "--nbd", "127.0.0.1:0", "--nbd-unix", path
    for arguments, where, what in (
            (("--nbd", f"127.0.0.1:{server.port}"), f"127.0.0.1:{server.port}", advice),
            (("--nbd", f"127.0.0.1:{kept['port']}"), f"127.0.0.1:{kept['port']}",
             f"`amilab stop {kept['port']}` ends who has it, or {advice}"),
            (("--nbd-unix", path), path, "--nbd-unix names another path"),
            (both, path, "--nbd-unix names another path")):
        line = refused(amilab("serve", "--listen", "127.0.0.1:0", *arguments, runtime=tmp_path))
        assert line == f"amilab: cannot listen on {where}: Address already in use; {what}"
    assert path.read_bytes() == b""


def test_a_start_that_fails_says_why(tmp_path, server):
    done = amilab("start", "-d", "--listen", f"127.0.0.1:{server.port}", runtime=tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("amilab: ") and str(server.port) in line
    assert list((tmp_path / "amilab").iterdir()) == []


def test_a_server_in_the_foreground_is_found_too(tmp_path):
    process = subprocess.Popen(
        [servers.binary(), "start", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)})
    assert servers.READY.fullmatch(process.stdout.readline())
    assert list(tmp_path.glob("amilab/*.json"))
    said(amilab("stop", runtime=tmp_path))
    assert process.wait(servers.HANG_SECONDS) == 0
    process.stdout.close()


def test_wait_returns_when_the_server_answers(server):
    assert server.endpoint in said(amilab("wait", endpoint=server.endpoint))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # takes calls and answers none
        endpoint = "http://127.0.0.1:%d" % silent.getsockname()[1]
        for timeout in ("50ms", "50"):
            assert refused(amilab("wait", "--timeout", timeout, endpoint=endpoint)) \
                == f"amilab: no server answered at {endpoint} within 50ms"
    assert amilab("wait", "--timeout", "soon").returncode == 2


def test_the_clock_is_shown_and_moved(start_server):
    server = start_server()

    def clock(*arguments):
        return said(amilab("clock", *arguments, endpoint=server.endpoint))

    assert clock("--freeze", "--set", "2026-01-02T03:04:05Z") \
        == "2026-01-02T03:04:05.000Z frozen\n"
    assert clock("--advance", "90s") == "2026-01-02T03:05:35.000Z frozen\n"
    assert clock("--advance=-1h") == "2026-01-02T02:05:35.000Z frozen\n"
    assert clock() == "2026-01-02T02:05:35.000Z frozen\n"
    assert clock("--resume").endswith(" running\n")
    assert not clock("--machine").startswith("2026-01-02")
    for wrong in (("--freeze", "--resume"), ("--advance", "soon"), ("--machine", "--freeze"),
                  ("--advance", "99999999999d")):
        assert amilab("clock", *wrong, endpoint=server.endpoint).returncode == 2
    assert refused(amilab("clock", "--set", "noon", endpoint=server.endpoint), 2) == (
        "amilab: --set: noon is no time: expected such as 2026-01-02T03:04:05Z; see amilab clock "
        "--help")


@pytest.mark.parametrize("command", ["wait", "clock", "delays"])
def test_help_says_what_a_time_without_a_unit_is(command):
    assert "a number alone is milliseconds" in " ".join(said(amilab(command, "--help")).split())


def test_delays_are_shown_and_set(start_server):
    server = start_server()

    def delays(*arguments):
        return dict(line.split() for line in said(
            amilab("delays", *arguments, endpoint=server.endpoint)).splitlines())

    assert delays()["instance.terminated"] == "1h"
    assert delays("image.pending=30s", "volume.creating=1500")["image.pending"] == "30s"
    assert server.control("delays")["volume.creating"] == 1500
    assert delays()["volume.creating"] == "1500ms"
    assert delays("image.pending=0")["image.pending"] == "0"
    assert "unknown delay" in refused(
        amilab("delays", "image.slow=1", endpoint=server.endpoint), 2)
    assert amilab("delays", "image.pending", endpoint=server.endpoint).returncode == 2


def test_accounts_are_shown_and_declared(start_server):
    server = start_server()

    def accounts(*arguments):
        return said(amilab("accounts", *arguments, endpoint=server.endpoint)).splitlines()

    assert accounts() == []
    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    assert accounts(ACCOUNT, "--access-key", "AKIAIOSFODNN7EXAMPLE", "--subscription", "abc",
                    "--subscription", "def", "--organization", organization) == [
        f"{ACCOUNT}  declared, 0 calls",
        "  access_keys: AKIAIOSFODNN7EXAMPLE",
        f"  organization: {organization}",
        "  subscriptions: abc def"]
    server.client(account="AKIAIOSFODNN7EXAMPLE").describe_regions()
    code_of(server.client().describe_fleets)
    assert [line.split(",")[:2] for line in accounts() if not line.startswith(" ")] == [
        ["123456789012  not declared", " 1 call"], [f"{ACCOUNT}  declared", " 1 call"]]
    assert f"  organization: {organization}" not in accounts(ACCOUNT, "--organization", "none")
    accounts(ACCOUNT, "--forget")
    assert accounts(ACCOUNT)[0].startswith(f"{ACCOUNT}  not declared")
    assert "is not declared and has not called" in refused(
        amilab("accounts", "333333333333", endpoint=server.endpoint))
    for wrong in (("12",), ("--forget",), ("--subscription", "abc")):
        assert amilab("accounts", *wrong, endpoint=server.endpoint).returncode == 2


def test_coverage_tells_of_one_operation():
    assert re.search(r"^ec2: \d+ of \d+ operations\.$", said(amilab("coverage")), re.M)
    assert said(amilab("coverage", "GetCallerIdentity")) \
        == "sts GetCallerIdentity: reads; offers all parameters\n"
    lines = said(amilab("coverage", "RunInstances")).splitlines()
    assert lines[0] == "ec2 RunInstances: writes; offers all parameters but"
    assert "  BlockDeviceMapping.N.Ebs.EbsCardIndex (0 is taken)" in lines
    assert said(amilab("coverage", "CreateFleet")) \
        == "ec2 CreateFleet: not offered; calls are refused with UnsupportedOperation\n"
    assert refused(amilab("coverage", "runinstances"), 2) == (
        "amilab: there is no operation runinstances; did you mean RunInstances?; see amilab "
        "coverage --help")
    assert "of the services that amilab has" in refused(amilab("coverage", "Frobnicate"), 2)


def test_env_has_a_shells_clients_call_the_server_alone(server):
    script = ('eval "$("$0" env --endpoint "$1" --shell sh)" && printf "%s " '
              '"$AWS_ENDPOINT_URL" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_REGION" '
              '"${AWS_PROFILE-none}" "${AWS_SESSION_TOKEN-none}"')
    done = subprocess.run(["sh", "-ec", script, servers.binary(), server.endpoint],
                          env=os.environ | {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "real"},
                          capture_output=True, text=True, check=True)
    assert done.stdout == f"{server.endpoint} 123456789012 amilab us-east-1 none none "


@pytest.mark.needs("fish")
def test_env_has_fish_call_the_server_alone(server):
    script = ("$argv[1] env --endpoint $argv[2] --shell fish | source; echo $AWS_ENDPOINT_URL "
              "$AWS_ACCESS_KEY_ID $AWS_REGION (set -q AWS_PROFILE; or echo none)")
    done = subprocess.run(
        [find("fish"), "--no-config", "-c", script, servers.binary(), server.endpoint], text=True,
        env=os.environ | {"AWS_PROFILE": "prod"}, capture_output=True, check=True)
    assert done.stdout == f"{server.endpoint} 123456789012 us-east-1 none\n"


def test_env_lets_no_service_that_is_served_go_elsewhere(tmp_path):
    printed = said(amilab("env", "--shell", "sh", runtime=tmp_path)).splitlines()
    served = [path.name for path in pathlib.Path(__file__).parents[2].glob("server/services/*/")]
    for service in served:
        assert f"unset AWS_ENDPOINT_URL_{service.upper()}" in printed


def test_env_speaks_each_shells_tongue(tmp_path):
    quoted = "http://127.0.0.1:4566/it's"

    def env(*arguments, **environment):
        return said(amilab("env", *arguments, runtime=tmp_path, **environment)).splitlines()

    assert env("--endpoint", quoted, SHELL="/bin/bash")[0] \
        == "export AWS_ENDPOINT_URL='http://127.0.0.1:4566/it'\\''s'"
    assert env("--endpoint", quoted, SHELL="/usr/bin/fish")[0] \
        == "set -gx AWS_ENDPOINT_URL 'http://127.0.0.1:4566/it\\'s'"
    assert env("--endpoint", quoted, "--shell", "powershell")[0] \
        == "$env:AWS_ENDPOINT_URL = 'http://127.0.0.1:4566/it''s'"
    assert "export AWS_ACCESS_KEY_ID='111122223333'" in env("--account", "111122223333")
    assert env()[0] == "export AWS_ENDPOINT_URL='http://127.0.0.1:4566'"
    assert amilab("env", "--account", "AKIAIOSFODNN7EXAMPLE").returncode == 2


def test_env_names_the_only_server_that_was_started(started, tmp_path):
    kept = started()
    assert said(amilab("env", runtime=tmp_path)).splitlines()[0] \
        == f"export AWS_ENDPOINT_URL='{kept['endpoint']}'"


def test_env_wants_a_port_where_several_servers_were_started(started, tmp_path):
    one, other = started(), started()
    ports = ", ".join(sorted([str(one["port"]), str(other["port"])], key=int))
    done = amilab("env", runtime=tmp_path)
    assert (refused(done), done.stdout) == (
        f"amilab: servers run on the ports {ports}; name one: `amilab env PORT`", "")
    for kept in (one, other):
        lines = said(amilab("env", kept["port"], "--shell", "sh", runtime=tmp_path)).splitlines()
        assert lines[0] == f"export AWS_ENDPOINT_URL='{kept['endpoint']}'"
        assert lines[-1] == f'# eval "$(amilab env {kept["port"]})"'
    assert refused(amilab("env", "1", runtime=tmp_path)) \
        == "amilab: no server that `amilab start` began runs on port 1"
    assert " excludes " in refused(
        amilab("env", "1", "--endpoint", one["endpoint"], runtime=tmp_path), 2)
    # What is gone counts no more.
    said(amilab("stop", one["port"], runtime=tmp_path))
    assert said(amilab("env", "--shell", "sh", runtime=tmp_path)).splitlines()[0] \
        == f"export AWS_ENDPOINT_URL='{other['endpoint']}'"


def is_usual_port_free():
    """Whether nobody listens where a server is looked for that nobody has named."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", 4566)) != 0


@pytest.mark.skipif(not is_usual_port_free(), reason="somebody listens on port 4566")
def test_who_names_no_server_and_finds_none_is_told_of_those_that_run(started, tmp_path):
    usual = "amilab: no server at http://127.0.0.1:4566 (Connection refused); "
    none = usual + "start one with `amilab serve`, or name it with --endpoint or AWS_ENDPOINT_URL"
    commands = (("calls",), ("status",), ("clock",))
    for command in commands:
        assert refused(amilab(*command, runtime=tmp_path)) == none
    assert not (tmp_path / "amilab").exists()
    one = started()
    for command in commands:
        assert refused(amilab(*command, runtime=tmp_path)) == (
            f"{usual}one that `amilab start` began is at {one['endpoint']}: `eval \"$(amilab env "
            f"{one['port']})\"`, or --endpoint {one['endpoint']}")
    other = started()
    ports = ", ".join(sorted([str(one["port"]), str(other["port"])], key=int))
    assert refused(amilab("calls", runtime=tmp_path)) == (
        f"{usual}those that `amilab start` began have the ports {ports}: `eval \"$(amilab env "
        "PORT)\"`, or --endpoint")
    # Who names one has no use for others.
    assert "start one with `amilab serve`" in refused(
        amilab("calls", runtime=tmp_path, endpoint="http://127.0.0.1:1"))
    # A folder that is not to be trusted is not told of instead.
    (tmp_path / "amilab").chmod(0o777)
    assert refused(amilab("calls", runtime=tmp_path)) == none


@pytest.fixture
def programs(tmp_path):
    """A folder of programs that say what they are told to."""
    folder = tmp_path / "programs"
    folder.mkdir()

    def make(name, output):
        (folder / name).write_text(f"#!/bin/sh\necho '{output}'\n")
        (folder / name).chmod(0o755)
        return folder

    return make


def test_doctor_says_what_is_there(programs, tmp_path, server):
    programs("qemu-img", "qemu-img version 7.2.19")
    programs("aws", "aws-cli/2.9.19 Python/3.11.2")
    path = f"{programs('mke2fs', 'mke2fs 1.47.0')}:/usr/bin:/bin"
    done = amilab("doctor", "--port", server.port, runtime=tmp_path, PATH=path)
    assert re.fullmatch(
        rf"ok      port {server.port} has amilab \d+\.\d+\.\d+\S*\n"
        r"ok      qemu-img version 7\.2\.19\n"
        r"ok      mke2fs 1\.47\.0\n"
        r"missing aws-cli/2\.9\.19 Python/3\.11\.2: too old to read AWS_ENDPOINT_URL \(1\.29 or "
        r"2\.13 does\); give it --endpoint-url\n", said(done))
    programs("aws", "aws-cli/2.13.0 Python/3.11.4")
    assert "ok      aws-cli/2.13.0" in said(
        amilab("doctor", "--port", server.port, runtime=tmp_path, PATH=path))


def test_doctor_says_what_is_in_the_way(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = amilab("doctor", "--port", port, runtime=tmp_path)
        assert done.returncode == 1
        assert (f"bad     port {port} has another program, which takes calls and has not answered "
                "within 2s; use `amilab serve --listen localhost:PORT`\n") in done.stdout
    done = amilab("doctor", "--port", port, runtime=tmp_path)
    assert f"ok      port {port} is free" in done.stdout


def test_doctor_waits_for_no_program_that_goes_on_and_on(tmp_path):
    """Each byte comes in time, and the answer never."""
    ended = threading.Event()

    def drip(listener):
        taken, _ = listener.accept()
        with taken:
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
            while not ended.wait(0.1):
                try:
                    taken.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        port = listener.getsockname()[1]
        done = amilab("doctor", "--port", port, runtime=tmp_path)
        ended.set()
        thread.join()
    assert f"bad     port {port} has another program, which takes calls and has not" in done.stdout


def test_doctor_says_where_the_shells_clients_call(tmp_path, server):
    def lines(endpoint):
        done = amilab("doctor", runtime=tmp_path, AWS_ENDPOINT_URL=endpoint)
        found = [line for line in done.stdout.splitlines() if "AWS_ENDPOINT_URL" in line]
        return done.returncode, [line for line in found if "too old" not in line]

    _, (there,) = lines(server.endpoint)
    assert there.startswith(f"ok      AWS_ENDPOINT_URL is {server.endpoint}, which has amilab ")
    with socket.create_server(("127.0.0.1", 0)) as other:
        silent = "http://127.0.0.1:%d" % other.getsockname()[1]
        assert lines(silent) == (
            1, [f"bad     AWS_ENDPOINT_URL is {silent}, which takes calls and has not answered "
                "within 2s; expected where an amilab is"])
    code, (gone,) = lines(silent)
    assert code == 1
    assert gone.startswith(f"bad     AWS_ENDPOINT_URL: no server at {silent} (")
    code, (wrong,) = lines("localhost:4566")
    assert code == 1 and "is no http:// URL" in wrong


@pytest.mark.skipif(shutil.which("aws", path="/usr/sbin:/sbin") is not None,
                    reason="aws is where doctor looks in any case")
def test_doctor_says_what_is_missing(tmp_path):
    done = amilab("doctor", runtime=tmp_path, PATH=str(tmp_path))
    assert "missing aws, the AWS CLI; SDKs do without" in done.stdout
