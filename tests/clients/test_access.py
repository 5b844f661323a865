"""Who may use what is no AWS API: the control token, other machines, NBD, and localhost."""

import http.client
import http.server
import json
import os
import pathlib
import socket
import stat
import subprocess
import sys
import threading

import pytest

import calls
import servers

TOKEN = "correct-horse+battery/staple=="
OTHER_MACHINE = pathlib.Path(__file__).with_name("other_machine.py")


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    return path


def by_variable(token=TOKEN):
    return {servers.TOKEN_VARIABLE: token}


def refused_line(*arguments, exit_code=1, **options):
    done = servers.run_amilab(*arguments, text=True, **options)
    assert done.returncode == exit_code, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert TOKEN not in line
    return line.removeprefix("amilab: ")


def settings(token_file):
    """Both ways to give a token, as arguments and variables."""
    return ((("--control-token-file", token_file), {}), ((), by_variable()))


def test_every_control_call_wants_the_token(start_server, token_file):
    for arguments, variables in settings(token_file):
        server = start_server(*arguments, environment=variables)
        for path, body in (("reset", {}), ("clock", None), ("clock", {"freeze": True}),
                           ("delays", None), ("accounts", {}), ("regions", None), ("space", None), ("cost", None), ("save", None),
                           ("export/vol-1", None), ("import?name=x", {}), ("nothing", None)):
            status, answer = server.refused_control(path, body)
            assert status == 401, path
            assert "Authorization: Bearer TOKEN" in answer["error"]
            assert server.refused_control(path, body, token="wrong")[0] == 401
        assert server.control("clock", token=TOKEN)["frozen"] is False
        assert server.control("health")["status"] == "ok"


def test_the_aws_apis_want_no_token(start_server, token_file):
    server = start_server("--control-token-file", token_file)
    assert server.client().describe_regions()["Regions"]
    assert server.client("sts").get_caller_identity()["Account"]


def test_all_commands_show_the_token(start_server, token_file, tmp_path):
    server = start_server("--control-token-file", token_file)
    disk = tmp_path / "disk"
    disk.write_bytes(b"amilab" * 1000)
    for number, (arguments, variables) in enumerate(settings(token_file)):
        def amilab(*command):
            done = servers.run_amilab(*command, *arguments, endpoint=server.endpoint, text=True,
                                      environment=variables)
            assert done.returncode == 0, done.stderr
            return done.stdout

        image = amilab("import", disk, "--name", "golden").strip()
        assert "snap-" in amilab("space")
        out = tmp_path / f"out-{number}"
        amilab("export", image, out)
        assert out.read_bytes().startswith(disk.read_bytes())
        assert '"ok"' in amilab("status")
        amilab("reset")
        assert "snap-" not in amilab("space")


@pytest.mark.parametrize("command", [
    ("reset",), ("space",), ("export", "ami-00000000", "-"),
    ("import", os.devnull, "--name", "x")])
def test_a_command_without_the_token_says_how_it_gets_it(start_server, token_file, command):
    server = start_server("--control-token-file", token_file)
    line = refused_line(*command, endpoint=server.endpoint)
    assert "401" in line and "AMILAB_CONTROL_TOKEN" in line and "--control-token-file" in line
    assert "not the server's control token" in refused_line(
        *command, endpoint=server.endpoint, environment=by_variable("wrong"))


def test_health_is_everybodys_and_a_token_does_no_harm_where_none_is_wanted(start_server):
    server = start_server()
    for command in ("status", "reset"):
        done = servers.run_amilab(command, endpoint=server.endpoint, environment=by_variable())
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", [
    b"", b"\n", b"two words\n", b"two\nlines\n", b"\xff", b"tab\t", b"x" * 1025, b"\0"])
def test_what_is_no_token_is_refused(tmp_path, text):
    wrong = tmp_path / "token"
    wrong.write_bytes(text)
    for command in ("serve", "status", "reset", "space"):
        assert refused_line(command, "--control-token-file", wrong, exit_code=2) == \
            f"--control-token-file: {wrong} holds no control token; expected 1 to 1024 " \
            f"characters of ASCII without spaces; see amilab {command} --help"


@pytest.mark.parametrize("text", ["", "two words", "ü"])
def test_a_variable_that_is_no_token_does_not_mean_that_none_is_wanted(text):
    for command in ("serve", "status"):
        assert refused_line(command, environment=by_variable(text)).startswith(
            "AMILAB_CONTROL_TOKEN holds no control token")


def test_a_token_file_that_cannot_be_read_is_one_clear_line(tmp_path):
    for wrong, reason in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        line = refused_line("serve", "--control-token-file", wrong, exit_code=2)
        assert line.startswith(
            f"--control-token-file: cannot read the control token of {wrong}: {reason}")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_file_wins_over_the_variable_and_may_end_its_line(start_server, tmp_path, end):
    file = tmp_path / "token"
    file.write_bytes((TOKEN + end).encode())
    server = start_server("--control-token-file", file, environment=by_variable("another"))
    assert server.control("clock", token=TOKEN)
    assert server.refused_control("clock", token="another")[0] == 401


def test_the_longest_token_goes_through(start_server, tmp_path):
    file = tmp_path / "token"
    file.write_text("x" * 1024 + "\r\n")
    server = start_server("--control-token-file", file)
    assert server.control("clock", token="x" * 1024)


def test_the_token_is_never_logged(start_server, token_file):
    server = start_server("--log-level", "debug", "--control-token-file", token_file)
    server.control("clock", token=TOKEN)
    server.control("reset", {}, token=TOKEN)
    server.refused_control("clock", token=TOKEN + "x")
    server.client().describe_regions()
    calls.send(server, "GET", "/?Action=DescribeRegions&Version=2016-11-15",
               headers={"Authorization": f"Bearer {TOKEN}"})
    calls.send(server, "GET", f"/_amilab/clock?control-token={TOKEN}")
    assert server.stop() == 0
    assert TOKEN not in server.log()


class OtherProgram(http.server.BaseHTTPRequestHandler):
    """Keeps what it is shown, and answers whatever it is asked as the class says."""

    shown, body = [], b""

    def answer(self):
        self.shown.append(str(self.headers))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize("body", [b"<html>hello</html>", b'{"status": "ok"}', b""])
def test_another_program_is_shown_no_token(tmp_path, body):
    disk = tmp_path / "disk"
    disk.write_bytes(b"amilab")
    kind = type("Kind", (OtherProgram,), {"shown": [], "body": body})
    with http.server.HTTPServer(("127.0.0.1", 0), kind) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{other.server_port}"
        for command in (("status",), ("clock",), ("reset",), ("space",), ("calls",),
                        ("save", tmp_path / "save"), ("import", disk, "--name", "golden")):
            line = refused_line(*command, endpoint=endpoint, environment=by_variable())
            assert line == (f"what answers at {endpoint} is no amilab: it does not say of its "
                            "health what one would"), command
        for endpoints in ({}, {"AWS_ENDPOINT_URL": endpoint}):
            done = servers.run_amilab("doctor", "--port", other.server_port, text=True,
                                      environment=by_variable() | endpoints)
            assert f"bad     port {other.server_port} has another program; use " in done.stdout
            assert "token" not in done.stdout
        other.shutdown()
    assert kind.shown
    assert not [headers for headers in kind.shown if TOKEN in headers]


def test_doctor_says_whether_the_token_is_the_servers(start_server, token_file):
    server = start_server("--control-token-file", token_file)

    def lines(token, **variables):
        done = servers.run_amilab("doctor", "--port", server.port, text=True,
                                  environment=by_variable(token) | variables)
        return [line for line in done.stdout.splitlines() if "token" in line]

    assert lines(TOKEN) == [f"ok      {server.endpoint} takes the control token"]
    assert lines(TOKEN, AWS_ENDPOINT_URL=server.endpoint) == lines(TOKEN)
    assert lines(TOKEN + "x") == [f"bad     the control token: {server.endpoint} answered 401: this "
                                  "is not the server's control token"]
    (wrong,) = lines("two words")
    assert wrong.startswith("bad     the control token: AMILAB_CONTROL_TOKEN holds no control token")


def test_a_directory_without_a_server_wants_no_token(tmp_path, token_file):
    disk = tmp_path / "disk"
    disk.write_bytes(b"amilab" * 1000)
    command = ("import", disk, "--name", "golden", "--data", tmp_path / "data")
    done = servers.run_amilab(*command, environment=by_variable(), text=True)
    assert done.returncode == 0, done.stderr
    assert refused_line(*command, "--control-token-file", token_file, exit_code=2) == \
        "--data and --control-token-file cannot go together: --data is for a directory that no " \
        "server holds; see amilab import --help"


def test_nbd_over_tcp_is_refused_beside_a_token(tmp_path, token_file):
    data = tmp_path / "data"
    for arguments, variables in settings(token_file):
        line = refused_line("serve", "--nbd", "127.0.0.1:0", "--data", data, *arguments,
                            exit_code=2, environment=variables)
        assert line == "--nbd asks nobody for the control token; use --nbd-unix PATH, or " \
                       "--nbd-open too for whoever reaches the port; see amilab serve --help"
    assert not data.exists()


def test_nbd_open_and_the_unix_socket_serve_beside_a_token(start_server, tmp_path, token_file):
    path = tmp_path / "socket"
    server = start_server("--nbd", "127.0.0.1:0", "--nbd-open", "--nbd-unix", path,
                          "--control-token-file", token_file)
    assert len(server.nbd_uris) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.log() == ""


def test_nbd_open_is_for_nbd_over_tcp():
    done = servers.run_amilab("serve", "--nbd-open", text=True)
    assert (done.returncode, done.stderr) == \
        (2, "amilab: --nbd-open requires --nbd; see amilab serve --help\n")


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_unix_socket_is_its_users_alone_whatever_the_umask(start_server, tmp_path, mask):
    former = os.umask(mask)
    try:
        start_server("--nbd-unix", tmp_path / "socket")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "socket").stat().st_mode) == 0o600


BEYOND = "amilab: warning: whoever reaches 0.0.0.0 from another machine may call all services, " \
         "as any account"


def test_a_server_beyond_loopback_says_who_can_reach_it(start_server, token_file):
    """At any level of the log."""
    def warnings(*arguments):
        server = start_server("--listen", "0.0.0.0:0", *arguments)
        assert server.control("clock", token=TOKEN)["frozen"] is False  # from this machine
        return server.log().splitlines()

    assert warnings("--log-level", "off") == [
        BEYOND + "; the control API answers this machine alone (--control-token-file and "
        "--control-open change that)"]
    assert warnings("--control-open") == [
        BEYOND + ", and use the control API: reset, clock, accounts, import, export"]
    for more in ((), ("--control-open",)):
        assert warnings("--control-token-file", token_file, *more) == [
            BEYOND + "; the control API wants the control token"]
    assert warnings("--nbd", "0.0.0.0:0", "--control-open")[1:] == [
        "amilab: warning: whoever reaches 0.0.0.0 from another machine reads and writes by NBD the "
        "disks of all accounts"]


def test_a_server_on_loopback_has_nothing_to_say(start_server):
    for arguments in ((), ("--control-open",), ("--nbd", "127.0.0.1:0")):
        assert start_server(*arguments).log() == ""


def from_both(paths, *options):
    """Statuses of a POST from this machine and of one from another."""
    command = ["unshare", "--net", "--map-root-user"]
    try:
        subprocess.run([*command, "ip", "link", "set", "lo", "up"], check=True, timeout=60,
                       capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no network of one's own can be made here")
    done = subprocess.run([*command, sys.executable, OTHER_MACHINE, *paths, "--", *options],
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_other_machines_do_not_control_a_server_unless_it_says_so(token_file):
    api = "/?Action=DescribeRegions&Version=2016-11-15"
    reset = "/_amilab/reset"
    assert from_both([api, reset]) == {api: [200, 200], reset: [200, 403]}
    assert from_both([reset], "--control-open") == {reset: [200, 200]}
    assert from_both([reset], "--control-token-file", str(token_file)) == {reset: [401, 401]}


def status_at(address, port):
    connection = http.client.HTTPConnection(address, port, timeout=30)
    connection.request("GET", "/_amilab/health")
    with connection.getresponse() as answer:
        return answer.status


def test_localhost_is_served_on_both_its_addresses(start_server):
    for arguments in (("--listen", "localhost:0"), ("--listen", ":0")):
        server = start_server(*arguments)
        assert status_at("127.0.0.1", server.port) == 200
        assert status_at("localhost", server.port) == 200
        if servers.has_ipv6():
            assert status_at("::1", server.port) == 200
        assert server.stop() == 0
        assert server.log() == ""


@pytest.mark.skipif(not servers.has_ipv6(), reason="this machine has no ::1")
def test_localhost_that_is_half_taken_is_one_clear_line():
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = refused_line("serve", "--listen", f"localhost:{port}")
        assert line.startswith(f"cannot listen on [::1]:{port}: ")


def test_localhost_is_what_is_listened_on_unless_told_otherwise():
    helped = servers.run_amilab("serve", "--help", text=True)
    assert "ADDRESS:PORT=localhost:4566" in helped.stdout
