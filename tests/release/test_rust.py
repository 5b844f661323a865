"""The files of docs/rust.md: its tests pass, what does not start says why, the server ends with the run.

They take what tests/clients/rust has compiled already."""

import json
import os
import re
import shutil
import subprocess

import pytest

import documented
import made
import programs

CARGO = "amilab-cargo"
PROJECT = programs.INSTALLED / "rust/project"
pytestmark = pytest.mark.needs(CARGO)


def start(folder, *arguments, **variables):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_"))}
    kept |= {"AMILAB_BINARY": str(made.binary()), "AWS_PROFILE": "real"}
    return subprocess.Popen([programs.find(CARGO), *arguments], cwd=folder, text=True,
                            env=kept | variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)


def run(folder, *arguments, fails=False, **variables):
    with start(folder, *arguments, **variables) as process:
        printed, _ = process.communicate(timeout=600)
    assert (process.returncode != 0) == fails, printed
    return printed


@pytest.fixture
def crate(tmp_path):
    """A crate with the files of the documentation, and no others."""
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/lib.rs").touch()
    for text in documented.blocks("rust.md", "rust", 2):
        path = tmp_path / re.match(r"// ([\w/.]+)", text)[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_documented_tests_pass(crate):
    printed = run(crate, "test", "--quiet", RUSTFLAGS="", CARGO_TERM_COLOR="never")
    assert "3 passed; 0 failed" in printed and "warning" not in printed


def test_documented_dependencies_are_those_that_are_tried(crate):
    (shown,) = documented.blocks("rust.md", "toml", 1)
    tried = (crate / "Cargo.toml").read_text()
    for crate_name, features in re.findall(r"^([\w-]+) = .*(features = \[.*?\])", shown, re.M):
        assert re.search(rf"^{crate_name} = .*{re.escape(features)}", tried, re.M)


@pytest.mark.parametrize("program, said", [
    ("/nowhere/amilab", "/nowhere/amilab: not found"), ("/bin/false", "amilab starts")])
def test_a_server_that_does_not_start_says_why(crate, program, said):
    assert said in run(crate, "test", fails=True, AMILAB_BINARY=program)


def test_the_server_ends_with_a_run_that_is_killed(crate):
    (crate / "tests/snapshots.rs").write_text(
        "mod amilab;\n\n#[test]\nfn waits() {\n"
        '    println!("at {}", amilab::server().endpoint);\n'
        "    let _ = std::io::stdin().read_line(&mut String::new());\n}\n")
    built = run(crate, "test", "--no-run", "--quiet", "--message-format=json", "--test", "snapshots")
    messages = [json.loads(line) for line in built.splitlines() if line.startswith("{")]
    program = next(message["executable"] for message in messages if message.get("executable"))
    with subprocess.Popen([program, "--nocapture"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, env=os.environ | {"AMILAB_BINARY": str(made.binary())}) as process:
        endpoint = next(found[1] for line in process.stdout if (found := re.search(r"at (\S+)", line)))
        with made.ending(endpoint):
            process.kill()
