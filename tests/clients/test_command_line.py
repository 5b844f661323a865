"""amilab's commands as people type them."""

import http.server
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

import pytest

import servers

DOCS = pathlib.Path(__file__).parents[2] / "docs"

COMMANDS = ("serve, start, stop, wait, status, env, doctor, import, export, save, space, cost, "
            "check, reset, clock, delays, accounts, calls, coverage, lab, class, help, version")
PAGES = "catalogue, control, coverage, fidelity, nbd"


def test_help_and_version_are_as_people_expect():
    helped = servers.run_amilab("--help", text=True)
    assert helped.returncode == 0
    for command in ("serve", "import", "export", "status", "reset"):
        assert command in helped.stdout
        assert servers.run_amilab(command, "--help").returncode == 0
    version = servers.run_amilab("--version", text=True)
    assert version.returncode == 0
    assert re.fullmatch(r"amilab \d+\.\d+\.\d+( \([0-9a-f]{12}(, changed)?\))?\n", version.stdout)
    spelled_out = servers.run_amilab("version", text=True)
    assert (spelled_out.returncode, spelled_out.stdout) == (0, version.stdout)


def test_help_is_of_the_program_of_a_command_a_page_or_both():
    helped = servers.run_amilab("help", text=True)
    assert helped.returncode == 0
    assert helped.stdout.startswith(servers.run_amilab("--help", text=True).stdout)
    commands, pages = COMMANDS.split(", "), PAGES.split(", ")
    for topic in {*commands, *pages}:
        expected = ""
        if topic in commands:
            expected += servers.run_amilab(topic, "--help", text=True).stdout
        if topic in pages:
            expected += (DOCS / f"{topic}.md").read_text()
        printed = servers.run_amilab("help", topic, text=True)
        assert (printed.returncode, printed.stdout) == (0, expected)
        assert topic in helped.stdout


def run_into(output, *arguments, **options):
    """Runs a command whose standard output is a file; nothing but its stderr is kept."""
    return servers.run_amilab(*arguments, capture_output=False, stdout=output,
                              stderr=subprocess.PIPE, text=True, **options)


NO_ROOM = "amilab: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", [
    ("version",), ("--version",), ("--help",), ("serve", "--help"), ("help",), ("help", "control"),
    ("coverage",), ("doctor",), ("lab", "list"), ("lab", "sheet", "launch"),
    ("serve", "--listen", "127.0.0.1:0"),
])
def test_output_that_cannot_be_written_is_one_line_and_a_code_of_its_own(arguments):
    with open("/dev/full", "w") as full:
        done = run_into(full, *arguments)
    assert (done.returncode, done.stderr) == (3, NO_ROOM)


def test_output_of_a_server_that_cannot_be_written_is_one_line_too(server, tmp_path):
    server.client().describe_regions()
    with open("/dev/full", "w") as full:
        for arguments in (("status",), ("wait",), ("clock",), ("space",), ("calls",)):
            done = run_into(full, *arguments, endpoint=server.endpoint)
            assert (done.returncode, done.stderr) == (3, NO_ROOM), arguments
        # A refusal is told as ever.
        assert run_into(full, "frobnicate").returncode == 2
        done = run_into(full, "check", tmp_path)
        assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)


def test_a_server_that_cannot_say_that_it_is_ready_leaves_nothing_for_stop(tmp_path):
    with open("/dev/full", "w") as full:
        done = run_into(full, "start", "--listen", "127.0.0.1:0",
                        environment={"XDG_RUNTIME_DIR": str(tmp_path)})
    assert (done.returncode, done.stderr) == (3, NO_ROOM)
    assert list((tmp_path / "amilab").iterdir()) == []


def test_a_server_in_the_background_of_which_nobody_is_told_is_ended(tmp_path):
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with open("/dev/full", "w") as full:
        done = run_into(full, "start", "-d", "--listen", "127.0.0.1:0", environment=runtime)
    assert (done.returncode, done.stderr) == (3, NO_ROOM)
    assert list((tmp_path / "amilab").iterdir()) == []
    assert servers.run_amilab("stop", environment=runtime).returncode == 1


def run_without(*numbers, arguments, **options):
    """Runs a command at whose start these descriptors are closed."""
    def close():
        for number in numbers:
            os.close(number)

    return servers.run_amilab(*arguments, stdin=subprocess.DEVNULL, preexec_fn=close, text=True,
                              **options)


CLOSED = "amilab: standard output cannot be written: Bad file descriptor\n"


@pytest.mark.parametrize("arguments", [
    ("version",), ("help", "control"), ("doctor",), ("lab", "list"),
    ("serve", "--listen", "127.0.0.1:0"), ("start", "--listen", "127.0.0.1:0"),
    ("start", "-d", "--listen", "127.0.0.1:0"),
])
@pytest.mark.parametrize("closed", [(1,), (0, 1), (0, 1, 2)])
def test_closed_output_is_as_good_as_a_full_disk(arguments, closed, tmp_path):
    done = run_without(*closed, arguments=arguments,
                       environment={"XDG_RUNTIME_DIR": str(tmp_path)})
    assert (done.returncode, done.stderr) == (3, "" if 2 in closed else CLOSED)
    assert list(tmp_path.glob("amilab/*")) == []


@pytest.mark.parametrize("arguments, code", [
    (("nope",), 2), (("check", "nodir"), 3), (("status",), 1), (("version",), 0),
])
def test_closed_standard_error_takes_complaints(arguments, code):
    assert run_without(0, 2, arguments=arguments,
                       endpoint="http://127.0.0.1:1").returncode == code


def test_what_is_closed_is_no_file_of_a_data_directory(tmp_path):
    disk, data = tmp_path / "disk", tmp_path / "data"
    disk.write_bytes(b"amilab" * 1000)
    made = run_without(0, 2, arguments=("import", disk, "--name", "one", "--data", data))
    assert made.returncode == 0 and made.stdout.startswith("ami-")
    none = run_without(0, arguments=("import", "-", "--name", "two", "--data", data))
    assert (none.returncode, none.stdout, len(none.stderr.splitlines())) == (1, "", 1)
    assert "the disk is empty" in none.stderr
    lost = run_without(0, 1, arguments=("space", "--data", data))
    assert (lost.returncode, lost.stderr) == (3, CLOSED)
    assert (data / "lock").read_text().isdigit()
    assert servers.run_amilab("check", data).returncode == 0


@pytest.mark.needs("qemu-img")
def test_a_file_that_standard_output_takes_is_output_as_any(tmp_path):
    disk, data = tmp_path / "disk", tmp_path / "data"
    disk.write_bytes(b"amilab" * 1000)
    made = servers.run_amilab("import", disk, "--name", "one", "--data", data, text=True)
    image = made.stdout.strip()
    for arguments in (("save", "-", "--data", data), ("export", image, "-", "--data", data),
                      ("export", image, "-", "--format", "qcow2", "--data", data)):
        with open("/dev/full", "w") as full:
            done = run_into(full, *arguments)
        assert (done.returncode, done.stderr) == (3, NO_ROOM), arguments
        done = run_without(0, 1, arguments=arguments)
        assert (done.returncode, done.stderr) == (3, CLOSED), arguments
        reads, writes = os.pipe()
        os.close(reads)
        try:
            done = run_into(writes, *arguments, restore_signals=False)
        finally:
            os.close(writes)
        assert (done.returncode, done.stderr) == (3, ""), arguments
    assert (data / "lock").read_text().isdigit()


@pytest.mark.parametrize("arguments, code", [
    (("nope",), 2), (("check", "nodir"), 3), (("status",), 1), (("lab", "check", "launch"), 3),
])
def test_a_complaint_that_nobody_can_read_changes_no_exit_code(arguments, code):
    with open("/dev/full", "w") as full:
        done = servers.run_amilab(*arguments, endpoint="http://127.0.0.1:1", capture_output=False,
                                  stdout=subprocess.PIPE, stderr=full, text=True)
    assert (done.returncode, done.stdout) == (code, "")


def test_what_is_told_beside_the_result_may_be_lost(tmp_path):
    disk = tmp_path / "disk"
    disk.write_bytes(b"amilab")
    with open("/dev/full", "w") as full:
        made = servers.run_amilab("import", disk, "--name", "one", "--data", tmp_path / "data",
                                  capture_output=False, stdout=subprocess.PIPE, stderr=full,
                                  text=True)
        assert made.returncode == 0 and made.stdout.startswith("ami-")
        out = tmp_path / "out"
        done = servers.run_amilab("export", made.stdout.strip(), out, "--data", tmp_path / "data",
                                  capture_output=False, stderr=full)
    assert done.returncode == 0 and out.stat().st_size == 1 << 30


def test_a_server_whose_warnings_nobody_can_read_serves(tmp_path):
    with open("/dev/full", "w") as full, subprocess.Popen(
            [servers.binary(), "serve", "--listen", "0.0.0.0:0", "--log-level", "debug"],
            stdout=subprocess.PIPE, stderr=full, text=True) as process:
        ready = servers.READY.fullmatch(process.stdout.readline())
        endpoint = ready.group(1).replace("0.0.0.0", "127.0.0.1")
        assert servers.run_amilab("status", endpoint=endpoint).returncode == 0
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=servers.HANG_SECONDS)
        assert process.returncode == 0
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with open("/dev/full", "w") as full:
        started = servers.run_amilab("start", "-d", "--listen", "0.0.0.0:0", environment=runtime,
                                     capture_output=False, stdout=subprocess.PIPE, stderr=full,
                                     text=True)
    assert started.returncode == 0 and "amilab ready on" in started.stdout
    stopped = servers.run_amilab("stop", environment=runtime, text=True)
    assert (stopped.returncode, stopped.stderr) == (0, "")


def test_who_reads_no_more_is_told_nothing():
    def left_alone(*arguments, **options):
        reads, writes = os.pipe()
        os.close(reads)
        try:
            done = run_into(writes, *arguments, **options)
        finally:
            os.close(writes)
        assert done.stderr == ""
        return done.returncode

    for arguments in (("version",), ("help", "control")):
        assert left_alone(*arguments) == -signal.SIGPIPE
    # Where nobody is killed for it, as below Python, only what was kept from its end is no success.
    assert left_alone("version", restore_signals=False) == 0
    assert left_alone("lab", "list", restore_signals=False) == 0
    assert left_alone("help", "control", restore_signals=False) == 3


def test_a_server_whose_word_nobody_reads_serves_and_ends_as_ever(tmp_path):
    reads, writes = os.pipe()
    os.close(reads)
    with subprocess.Popen([servers.binary(), "start", "--listen", "127.0.0.1:0"], stdout=writes,
                          stderr=subprocess.PIPE, text=True, restore_signals=False,
                          env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}) as process:
        os.close(writes)
        # What `stop` finds it by is there before it says its word.
        servers.wait_until(lambda: list(tmp_path.glob("amilab/*.json")))
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=servers.HANG_SECONDS)[1]
    assert (process.returncode, said) == (0, "")


def test_help_fits_a_screen():
    lines = servers.run_amilab("help", text=True).stdout.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    for command in COMMANDS.split(", "):
        assert any(line.split()[:1] == [command] for line in lines), command


def helps(*words):
    """(words, what --help prints) of that command, and of the commands behind it."""
    printed = servers.run_amilab(*words, "--help", text=True)
    assert (printed.returncode, printed.stderr) == (0, "")
    yield words, printed.stdout
    for own in re.findall(r"^  (\w+) {2,}", printed.stdout.partition("\nSubcommands:\n")[2], re.M):
        yield from helps(*words, own)


def test_help_of_every_command_has_lines_of_80_columns():
    """What has so many options as a server has is longer than a screen all the same."""
    found = [one for command in COMMANDS.split(", ") for one in helps(command)]
    assert {("serve",), ("lab", "check"), ("class", "make")} <= {words for words, _ in found}
    for words, text in found:
        lines = text.splitlines()
        assert [line for line in lines if len(line) > 80] == [], words
        assert len(lines) <= 40 or words[0] in ("serve", "start"), words
    told = {words: " ".join(text.split()) for words, text in found}
    assert "for which it asks nobody; needs --nbd --nbd-unix PATH" in told["serve",]
    assert "needs ACCOUNT; not with --access-key, --name, --organization," in told["accounts",]


def test_messages_point_to_pages_that_the_program_has(server):
    status, answer = server.refused_control("nothing")
    assert (status, answer["error"]) == (
        404, "no route /_amilab/nothing; `amilab help control` lists them")


@pytest.mark.parametrize("arguments", [
    (), ("frobnicate",), ("serve", "--frobnicate"), ("serve", "--account", "12"),
    ("serve", "--listen", "nowhere"), ("serve", "--seed", "seven"), ("serve", "--seed", "-1"),
    ("serve", "--seed", "18446744073709551616"), ("serve", "--threads", "100000"),
    ("serve", "--region", "nowhere"), ("serve", "--allow-host", "http://lab.test"),
    ("serve", "--allow-host", "*"), ("serve", "--account-limit", "100"),
    ("serve", "--account-limit", "rows=0"), ("serve", "--account-limit", "rows=1,bytes=-1"),
    ("serve", "--account-limit", "bytes=9999999TiB"), ("serve", "--account-limit", "bytes="),
    ("reset", "--account", "12"), ("calls", "--account", "12"), ("import",), ("export", "x"), ("space", "--data", "/nowhere"),
])
def test_a_wrong_command_line_is_refused_in_one_line(arguments):
    done = servers.run_amilab(*arguments, text=True)
    assert done.returncode == (3 if "/nowhere" in arguments else 2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("amilab: ")
    assert "ready" not in done.stdout


@pytest.mark.parametrize("arguments, said", [
    (("frobnicate",), f"there is no command frobnicate; the commands are {COMMANDS}"),
    ((), f"a command is missing; the commands are {COMMANDS}"),
    (("help", "frobnicate"),
     f"there is neither a command nor a page frobnicate; the commands are {COMMANDS}, the pages "
     f"{PAGES}; see amilab help --help"),
    (("stauts",), "there is no command stauts; did you mean status? `amilab help` lists all"),
    (("cal",), "there is no command cal; did you mean calls? `amilab help` lists all"),
    (("lab", "chek", "launch"),
     "there is no command lab chek; did you mean lab check? see amilab lab --help"),
    (("class", "frobnicate"), "there is no command class frobnicate; `amilab class` has the commands "
     "make; see amilab class --help"),
    (("lab",), "a command is missing; `amilab lab` has the commands list, sheet, start, check, solve, "
     "finish, class, disk; see amilab lab --help"),
    (("lab", "check"), "NAME is required; see amilab lab check --help"),
    (("class", "make", "names", "--url", "192.168.1.10:4566"), "--url: 192.168.1.10:4566 is no "
     "http:// URL: expected such as http://192.168.1.10:4566; see amilab class make --help"),
    (("help", "covrage"),
     "there is neither a command nor a page covrage; did you mean coverage?; see amilab help "
     "--help"),
    (("serve", "--lisen=:0"),
     "unexpected argument --lisen=:0; did you mean --listen? see amilab serve --help"),
    (("--frobnicate",), "unexpected argument --frobnicate; see amilab --help"),
    (("serve", "--port", "80"), "unexpected argument --port; see amilab serve --help"),
    (("serve", "--data", ""), "--data: the folder's name is empty; see amilab serve --help"),
    (("serve", "--threads", "1025"),
     "--threads: Value 1025 not in range 0 to 1024; see amilab serve --help"),
    (("serve", "--account-limit", "bytes=20GB"), "--account-limit: bytes=20GB is no limit: "
     "expected rows=N or bytes=SIZE, such as rows=10000 or bytes=20GiB; SIZE is a number of bytes, "
     "with KiB, MiB, GiB or TiB behind it or nothing; see amilab serve --help"),
    (("serve", "--memory-limit", "1GB"), "--memory-limit: 1GB is no memory limit: expected a "
     "number of bytes, with KiB, MiB, GiB or TiB behind it or nothing; 64MiB or more; see amilab "
     "serve --help"),
    (("import", "--name", "golden"),
     "one of FILE and --from-dir is required; see amilab import --help"),
    (("import", "disk", "--from-dir", "root", "--name", "golden"),
     "FILE and --from-dir cannot go together; see amilab import --help"),
    (("import", "", "--from-dir", "root", "--name", "golden"),
     "FILE and --from-dir cannot go together; see amilab import --help"),
    (("import", "disk", "--size-gib", "1", "--name", "golden"),
     "--size-gib requires --from-dir; see amilab import --help"),
    (("export", "ami-00000000", "disk", "more"),
     "unexpected argument more; see amilab export --help"),
    (("clock", "--freeze", "--resume"), "--freeze excludes --resume; see amilab clock --help"),
    (("clock", "--machine", "--advance=-5m"),
     "--advance excludes --machine; see amilab clock --help"),
    (("accounts", "--forget"), "--forget requires ACCOUNT; see amilab accounts --help"),
    (("accounts", "123456789012", "--forget", "--product", "code"),
     "--product excludes --forget; see amilab accounts --help"),
    (("accounts", "123456789012", "--product", "code", "more"),
     "unexpected argument more; see amilab accounts --help"),
    (("accounts", "123456789012", "--product"),
     "--product: 1 required CODE missing; see amilab accounts --help"),
    (("lab", "check", "launch", "0"),
     "STEP: Value 0 not in range 1 to 1000; see amilab lab check --help"),
    (("lab", "check", "launch", "900"),
     "launch has the steps 1 to 13; see amilab lab check --help"),
])
def test_a_refusal_names_the_argument_and_the_help_that_lists_it(arguments, said):
    done = servers.run_amilab(*arguments, text=True)
    assert (done.returncode, done.stderr) == (2, f"amilab: {said}\n")


@pytest.mark.parametrize("arguments, said", [
    (("serve", "--listen", "foo"), "--listen: foo is no address to listen on: expected such as "
     "127.0.0.1:4566 or [::1]:4566"),
    (("start", "--listen", "127.0.0.1:65536"), "--listen: 127.0.0.1:65536 is no address to listen "
     "on: expected such as 127.0.0.1:4566 or [::1]:4566"),
    (("serve", "--nbd", "foo"), "--nbd: foo is no address to listen on: expected such as "
     "127.0.0.1:4566 or [::1]:4566"),
    (("serve", "--nbd-unix", "x" * 108),
     f"--nbd-unix: {'x' * 108} is no socket's path: expected 1 to 107 characters"),
    (("serve", "--listen", "127.0.0.1:0", "--region", "mars"),
     "--region mars is no region; expected one such as us-east-1"),
    (("serve", "--allow-host", "http://lab.test"), "--allow-host: http://lab.test is no host; "
     "expected a name or an address, such as amilab.test"),
    (("serve", "--catalogue", "/nowhere"), "--catalogue: File does not exist: /nowhere"),
    (("serve", "--catalogue-add", "/nowhere"), "--catalogue-add: File does not exist: /nowhere"),
    (("import", "--from-dir", "/nowhere", "--name", "golden"),
     "--from-dir: /nowhere is no folder"),
    (("import", "disk", "--name", "golden", "--architecture", "z80"),
     "--architecture: z80 not in {x86_64,arm64,i386,x86_64_mac,arm64_mac}"),
    (("import", "disk", "--name", "golden", "--boot-mode", "bios"),
     "--boot-mode: bios not in {legacy-bios,uefi,uefi-preferred}"),
    (("clock", "--set", "noon"), "--set: noon is no time: expected such as 2026-01-02T03:04:05Z"),
    (("env", "--endpoint", "localhost"), "--endpoint: localhost is no http:// URL: expected such "
     "as http://192.168.1.10:4566"),
    (("status", "--endpoint", "http://lab.test:4566"), "--endpoint: the endpoint "
     "http://lab.test:4566 names the host lab.test, and amilab looks up no names; expected "
     "localhost or an address"),
])
def test_a_wrong_value_of_an_option_is_wrong_usage(arguments, said):
    done = servers.run_amilab(*arguments, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", f"amilab: {said}; see amilab {arguments[0]} --help\n")


@pytest.mark.parametrize("arguments, code", [
    (("serve", "--region", "a\nb"), 2), (("space", "--account", "a\nb"), 2),
    (("clock", "--set", "a\r\nb"), 2), (("import", "disk", "--name", "x", "--format", "a\nb"), 2),
    (("stop", "a\nb"), 2), (("serve", "--a\nb"), 2), (("fro\nb",), 2), (("help", "a\nb"), 2),
    (("lab", "a\nb"), 2), (("lab", "check", "a\nb"), 3), (("space", "--data", "a\nb"), 3),
    (("cost", "--data", "\x1b[2Ja\nb"), 3),
])
def test_a_value_of_several_lines_is_refused_in_one(arguments, code):
    done = servers.run_amilab(*arguments, text=True)
    assert done.returncode == code
    (line,) = done.stderr.splitlines()
    assert line.startswith("amilab: ") and line.isprintable()


def test_a_value_of_several_lines_is_refused_in_one_where_the_server_refuses_it(server):
    for arguments in (("cost", "--region", "a\nb"), ("calls", "--operation", "a\nb"),
                      ("delays", "x\ny=1s")):
        done = servers.run_amilab(*arguments, endpoint=server.endpoint, text=True)
        assert done.returncode == 2, (arguments, done)
        (line,) = done.stderr.splitlines()
        assert "?" in line


@pytest.mark.parametrize("option", ["--access-key", "--organizational-unit", "--subscription",
                                    "--product"])
def test_an_empty_value_of_an_accounts_option_is_wrong_usage(option):
    done = servers.run_amilab("accounts", "123456789012", option, "", text=True)
    assert (done.returncode, done.stderr) == (
        2, f"amilab: {option}: the value is empty; see amilab accounts --help\n")


@pytest.mark.parametrize("folder", ["x" * 5000, "x" * 256, "x/" * 2500])
@pytest.mark.parametrize("command", [
    ("cost", "--data"), ("space", "--data"), ("save", "file", "--data"), ("serve", "--data"),
    ("import", "disk", "--name", "x", "--data"), ("import", "--name", "x", "--from-dir"),
    ("export", "ami-00000000", "-", "--data"),
])
def test_a_folders_name_that_no_folder_has_is_wrong_usage(command, folder):
    done = servers.run_amilab(*command, folder, text=True)
    assert (done.returncode, done.stderr) == (
        2, f"amilab: {command[-1]}: the folder's name is too long: expected at most 4095 "
        f"characters, and 255 between slashes; see amilab {command[0]} --help\n")


def test_a_folder_whose_files_would_have_too_long_names_is_no_data_directory():
    done = servers.run_amilab("space", "--data", "x/" * 2045, text=True)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.endswith(" is no data directory of amilab")


def test_what_an_option_says_reaches_the_server_as_it_is(server, tmp_path):
    disk = tmp_path / "disk"
    disk.write_bytes(b"amilab" * 1000)
    said = "C++ 20% & more=less; a b"
    done = servers.run_amilab("import", disk, "--name", "a name", "--description", said,
                              endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    (image,) = server.client().describe_images(ImageIds=[done.stdout.strip()])["Images"]
    assert (image["Name"], image["Description"]) == ("a name", said)


BAD_ENDPOINTS = ["ftp://127.0.0.1", "https://127.0.0.1:1", "127.0.0.1:4566", "http://[::1",
                 "http://", "http://127.0.0.1:65536", "http://127.0.0.1:0"]


@pytest.mark.parametrize("endpoint", BAD_ENDPOINTS)
def test_a_bad_endpoint_is_one_clear_line(endpoint):
    for command in ("status", "reset", "space"):
        for done in (servers.run_amilab(command, "--endpoint", endpoint, text=True),
                     servers.run_amilab(command, endpoint=endpoint, text=True)):
            (line,) = done.stderr.splitlines()
            assert endpoint in line
            assert done.returncode == (2 if "--endpoint:" in line else 1)


@pytest.mark.skipif(not servers.has_ipv6(), reason="this machine has no ::1")
def test_an_endpoint_may_be_of_ipv6(start_server):
    server = start_server("--listen", "[::1]:0")
    assert server.endpoint.startswith("http://[::1]:")
    done = servers.run_amilab("status", endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not servers.has_ipv6(), reason="this machine has no ::1")
def test_localhost_in_an_endpoint_is_of_ipv4_first_and_then_of_ipv6(start_server):
    server = start_server("--listen", "[::1]:0")
    localhost = f"http://localhost:{server.port}"
    done = servers.run_amilab("status", endpoint=localhost, text=True)
    assert done.returncode == 0, done.stderr
    with socket.create_server(("127.0.0.1", server.port)) as other:
        waits = servers.run_amilab("wait", "--timeout", "50ms", endpoint=localhost, text=True)
        assert waits.returncode == 1
        assert other.accept()  # it was asked, for it is the first of localhost's addresses


def test_a_second_signal_does_not_end_it_midway(start_server):
    for _ in range(5):
        server = start_server()
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGINT)
        assert server.stop(signal.SIGTERM) == 0
        assert server.log() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_stop_it_cleanly(start_server, number):
    server = start_server()
    idle = socket.create_connection(("127.0.0.1", server.port))
    with idle:
        assert server.stop(number) == 0
    assert server.log() == ""


def test_a_port_that_is_taken_is_one_clear_line(server):
    done = servers.run_amilab("serve", "--listen", f"127.0.0.1:{server.port}", text=True)
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    assert str(server.port) in line


def test_status_and_reset_reach_the_server(server, ec2):
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    status = servers.run_amilab("status", endpoint=server.endpoint, text=True)
    assert status.returncode == 0 and server.endpoint in status.stdout
    assert servers.run_amilab("reset", "--endpoint", server.endpoint).returncode == 0
    assert ec2.describe_volumes()["Volumes"] == []


def test_space_is_shown_of_a_directory_that_no_server_holds(tmp_path):
    disk, data = tmp_path / "disk", tmp_path / "data"
    disk.write_bytes(b"amilab" * 10_000)
    imported = servers.run_amilab("import", disk, "--name", "one", "--data", data, text=True)
    assert imported.returncode == 0, imported.stderr
    done = servers.run_amilab("space", "--data", data, text=True)
    assert done.returncode == 0, done.stderr
    heading, snapshot, accounts, account, total = done.stdout.splitlines()
    assert heading.split() == ["MiB", "account", "region", "logical", "own", "shared"]
    assert snapshot.startswith("snap-")
    assert snapshot.split()[1:] == ["123456789012", "us-east-1", "1024.0", "0.1", "0.0"]
    assert accounts.split()[-5:] == ["rows", "disks", "logical", "held", "shared"]
    assert account.split() == ["123456789012", "2", "1", "1024.0", "0.1", "0.0"]
    assert total == "allocated, each layer once: 0.1 MiB"
    assert servers.run_amilab("space", "--data", data, "--endpoint", "http://127.0.0.1:1",
                              text=True).returncode == 2


def test_a_data_directory_that_cannot_be_looked_at_is_one_exit_code(start_server, tmp_path):
    held, missing = tmp_path / "held", tmp_path / "missing"
    server = start_server("--data", held)
    for folder in (held, missing, tmp_path):
        for command in (("check", folder), ("space", "--data", folder),
                        ("export", "ami-00000000", "-", "--data", folder)):
            done = servers.run_amilab(*command, text=True)
            assert done.returncode == 3, (command, done)
            (line,) = done.stderr.splitlines()
            assert str(folder) in line
    assert not missing.exists()
    assert server.stop() == 0


class AnotherPage(http.server.BaseHTTPRequestHandler):
    """What some other program has on the port."""

    def do_GET(self):
        self.send_error(404)

    def log_message(self, *arguments):
        pass


def test_a_server_that_is_no_amilab_is_one_clear_line():
    with http.server.HTTPServer(("127.0.0.1", 0), AnotherPage) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        endpoint = "http://127.0.0.1:%d" % other.server_port
        for command in (("status",), ("clock",), ("space",), ("lab", "check", "launch"),
                        ("lab", "class")):
            done = servers.run_amilab(*command, endpoint=endpoint, text=True)
            assert (done.returncode, done.stderr) == (
                3 if command[0] == "lab" else 1,
                f"amilab: what answers at {endpoint} is no amilab: it says 404 and nothing that "
                "an amilab would\n")
        other.shutdown()


class HalfAnAmilab(AnotherPage):
    """What says an amilab's health, and to all else one thing."""

    said = b""

    def do_GET(self):
        self.answer(b'{"status": "ok", "version": "1.0"}'
                    if self.path == "/_amilab/health" else self.said)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(self.said)

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize("said", [b"", b"<html/>", b"[]", b"{}", b'"ok"', b'{"disks": 1}',
                                  b'{"../../x": {}}', b"[" * 100_000])
def test_a_server_that_is_half_an_amilab_is_one_clear_line(said, tmp_path):
    (tmp_path / "names").write_text("Ann\n")
    handler = type("Half", (HalfAnAmilab,), {"said": said})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        endpoint = "http://127.0.0.1:%d" % other.server_port
        for command, call in (
                (("reset",), "/_amilab/reset"),
                (("reset", "--account", "111122223333"), "/_amilab/reset"),
                (("space",), "/_amilab/space"), (("cost",), "/_amilab/cost"),
                (("cost", "--json"), "/_amilab/cost"), (("clock",), "/_amilab/clock"),
                (("accounts", "111122223333", "--product", "code"), "/_amilab/accounts"),
                (("calls",), "/_amilab/calls"),
                (("lab", "check", "launch"), "GetCallerIdentity"),
                (("lab", "start", "launch"), "GetCallerIdentity"),
                (("lab", "class"), None), (("class", "make", tmp_path / "names"), None)):
            done = servers.run_amilab(*command, endpoint=endpoint, text=True)
            # An empty object is an amilab's of whom nobody has called.
            if said == b"{}" and command[0] == "accounts":
                continue
            assert done.stdout == "", (command, done)
            assert done.returncode == (3 if command[0] in ("lab", "class") else 1), (command, done)
            (line,) = done.stderr.splitlines()
            begin = f"amilab: what answers at {endpoint} is no amilab: it does not say to "
            assert line.startswith(begin) and line.endswith(" what one would"), (command, line)
            assert call is None or line == f"{begin}{call} what one would"
        other.shutdown()


HALF_ROWS = {
    "space": b'{"disks": [], "allocated_bytes": 0, "accounts": [{"account": "../../x", "rows": 1, '
             b'"disks": 0, "logical_bytes": 0, "held_bytes": 0, "shared_bytes": 0}]}',
    "clock": rb'{"now": "1\u001b[2J\n", "frozen": false}',
    "delays": rb'{"x\u001b[2J\n": 5}',
}


@pytest.mark.parametrize("command", HALF_ROWS)
def test_what_another_program_says_tells_a_terminal_nothing(command):
    handler = type("Half", (HalfAnAmilab,), {"said": HALF_ROWS[command]})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        endpoint = "http://127.0.0.1:%d" % other.server_port
        done = servers.run_amilab(command, endpoint=endpoint, text=True)
        other.shutdown()
    assert "\x1b" not in done.stdout
    assert (done.returncode, len(done.stderr.splitlines())) \
        == ((1, 1) if command == "space" else (0, 0))


class EndlessAnswers(HalfAnAmilab):
    """What says an amilab's health, and to all else more than anybody wants to keep."""

    def answer(self, body):
        if body:
            return super().answer(body)
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" " * (1 << 20))
        except OSError:
            self.close_connection = True


def test_an_answer_without_an_end_is_one_clear_line():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), EndlessAnswers) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        endpoint = "http://127.0.0.1:%d" % other.server_port
        for command in (("lab", "start", "launch"), ("calls",), ("space",)):
            done = servers.run_amilab(*command, endpoint=endpoint, text=True)
            assert done.returncode == (3 if command[0] == "lab" else 1)
            (line,) = done.stderr.splitlines()
            assert line.startswith(f"amilab: {endpoint} answers with more than 256 MiB"), line
        other.shutdown()


class OtherVersion(AnotherPage):
    """What says that it is an amilab, of a version that a terminal would obey."""

    def do_GET(self):
        body = rb'{"status": "ok", "version": "1\n\u001b[2J"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_doctor_says_in_one_line_what_another_program_says_in_several():
    with http.server.HTTPServer(("127.0.0.1", 0), OtherVersion) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        done = servers.run_amilab("doctor", "--port", other.server_port, text=True)
        other.shutdown()
    first, *others = done.stdout.splitlines()
    assert first == f"ok      port {other.server_port} has amilab 1??[2J"
    assert all(line.split()[0] in ("ok", "missing", "bad") for line in others)


def test_status_does_not_wait_for_ever():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = "http://127.0.0.1:%d" % silent.getsockname()[1]
        done = servers.run_amilab("status", endpoint=endpoint, text=True)
        assert (done.returncode, done.stderr) == (
            1, f"amilab: {endpoint} takes calls and has not answered within 10s\n")


def test_no_command_waits_for_ever_for_who_says_nothing(tmp_path):
    disk = tmp_path / "disk"
    disk.write_bytes(b"amilab")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = "http://127.0.0.1:%d" % silent.getsockname()[1]
        for command in (("reset",), ("clock",), ("space",), ("cost",), ("calls",),
                        ("calls", "--follow"), ("save", tmp_path / "save"),
                        ("export", "ami-00000000", tmp_path / "out"),
                        ("import", disk, "--name", "golden"), ("lab", "check", "launch"),
                        ("lab", "class")):
            done = servers.run_amilab(*command, endpoint=endpoint, text=True,
                                      environment={"AMILAB_SERVER_TIMEOUT": "100ms"})
            assert (done.returncode, done.stderr) == (
                3 if command[0] == "lab" else 1,
                f"amilab: {endpoint} takes calls and has not answered within 100ms; expected an "
                "amilab: --endpoint or AWS_ENDPOINT_URL names where one is, AMILAB_SERVER_TIMEOUT "
                "a longer time\n"), command


@pytest.mark.parametrize("time", ["0", "-5s", "soon", "5 s"])
def test_a_time_to_wait_that_is_none_is_one_clear_line(time):
    done = servers.run_amilab("clock", text=True, environment={"AMILAB_SERVER_TIMEOUT": time})
    assert (done.returncode, done.stderr) == (
        1, f"amilab: AMILAB_SERVER_TIMEOUT is {time}; expected a time above 0 such as 500ms, 90s, "
        "5m\n")


def test_without_a_server_the_commands_say_so():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take it
        endpoint = "http://127.0.0.1:%d" % unused.getsockname()[1]
        for command in (("status",), ("reset",), ("export", "ami-00000000", "-")):
            done = servers.run_amilab(*command, endpoint=endpoint, text=True)
            assert done.returncode != 0
            (line,) = done.stderr.splitlines()
            assert endpoint in line
