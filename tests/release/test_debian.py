"""The Debian package, the archive, what they install, and that it can be removed."""

import os
import re
import shutil
import subprocess
import tarfile

import pytest

import made


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None and
                              os.environ.get("AMILAB_CLIENTS") != "all",
                              reason=f"there is no {program}")


def package():
    return made.package(f"amilab_{made.version()}_amd64.deb")


def run(*command, **options):
    options.setdefault("check", True)
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=made.SECONDS, **options)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    run("dpkg-deb", "-x", package(), folder)
    return folder


@needs("lintian")
@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_lintian_finds_nothing_but_what_is_overridden(unpacked, architecture):
    file = made.package(f"amilab_{made.version()}_{architecture}.deb")
    printed = run("lintian", "--allow-root", "--fail-on", "none", file).stdout
    assert [line for line in printed.splitlines() if line[:2] in ("E:", "W:")] == []
    overrides = (unpacked / "usr/share/lintian/overrides/amilab").read_text().splitlines()
    tags = [line for line in overrides if not line.startswith("#")]
    assert 1 <= len(tags) <= 3 and overrides[0].startswith("#")


def test_it_depends_on_nothing():
    fields = run("dpkg-deb", "-f", package()).stdout
    assert "\nDepends:" not in fields and f"Version: {made.version()}\n" in fields


@made.only_root
def test_it_is_installed_and_removed(tmp_path):
    """In a root of its own, with a database of dpkg's that knows nothing else."""
    dpkg = ["dpkg", "--root", tmp_path, "--force-not-root", "--force-script-chrootless"]
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").touch()
    (tmp_path / "var/lib/dpkg/available").touch()
    for folder in ("info", "updates", "triggers"):
        (tmp_path / "var/lib/dpkg" / folder).mkdir()
    run(*dpkg, "--install", package())
    assert "amilab" in run("chroot", tmp_path, "/usr/bin/amilab", "--version").stdout
    assert not (tmp_path / "etc/systemd/system").exists()  # nothing enables the service
    run(*dpkg, "--remove", "amilab")
    assert not (tmp_path / "usr/bin/amilab").exists()
    assert (tmp_path / "etc/default/amilab").exists()
    (tmp_path / "var/lib/private/amilab").mkdir(parents=True)  # what the service would have kept
    (tmp_path / "var/lib/private/amilab/current").touch()
    run(*dpkg, "--purge", "amilab")
    left = [path for path in tmp_path.rglob("*") if path.is_file() and
            "var/lib/dpkg" not in str(path.relative_to(tmp_path)) and "var/log" not in str(path)]
    assert left == []


def test_the_unit_is_confined(unpacked):
    unit = (unpacked / "lib/systemd/system/amilab.service").read_text()
    for line in ("DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes",
                 "CapabilityBoundingSet=", "IPAddressDeny=any", "SystemCallFilter=@system-service",
                 "EnvironmentFile=-/etc/default/amilab"):
        assert f"\n{line}\n" in unit
    assert "ExecStart=/usr/bin/amilab serve --data /var/lib/amilab $AMILAB_OPTIONS\n" in unit


def test_the_manual_has_every_command_and_option(unpacked):
    packed = unpacked / "usr/share/man/man1/amilab.1.gz"
    text = run("zcat", packed).stdout.replace("\\-", "-")
    helped = run(made.binary(), "--help").stdout
    commands = re.findall(r"^  (\w+) {2,}", helped, re.M)
    assert len(commands) >= 9
    commands += [f"{command} {own}" for command in ("lab", "class") for own in re.findall(
        r"^  (\w+) {2,}", run(made.binary(), command, "--help").stdout.partition("Subcommands:")[2], re.M)]
    assert {"lab check", "class make"} <= set(commands)
    for command in commands:
        (section,) = re.findall(rf"^\.SS \\fBamilab {command}\\fR(.*?)(?=^\.S)", text, re.M | re.S)
        helped = run(made.binary(), *command.split(), "--help").stdout
        for option in re.findall(r"^  (--[a-z-]+)", helped, re.M):
            assert f"\\fB{option}\\fR" in section, f"{command} {option}"
    # Of several lines, and beside a name that has a line of its own.
    assert "devices here, such as 127.0.0.1:10809; port 0 takes a free one\n" in text
    assert "\nWhat becomes of a launch of an unknown image; refuse, adopt [refuse]\n" in text


@needs("man")
def test_the_manual_is_formatted_without_a_warning(unpacked):
    shown = run("man", "--warnings", "-l", unpacked / "usr/share/man/man1/amilab.1.gz",
                env=os.environ | {"MANROFFOPT": "", "LC_ALL": "C.UTF-8"})
    assert shown.stderr == ""
    assert "amilab serve" in shown.stdout


def test_bash_completes_commands_options_and_values(unpacked):
    completions = unpacked / "usr/share/bash-completion/completions/amilab"

    def complete(*words):
        script = ('source "$1"; shift; compopt() { :; }; COMP_WORDS=("$@"); '
                  'COMP_CWORD=$(($# - 1)); _amilab; printf "%s\\n" "${COMPREPLY[@]}"')
        return run("bash", "-c", script, "bash", completions, *words).stdout.split()

    assert complete("amilab", "ser") == ["serve"]
    assert complete("amilab", "serve", "--log") == ["--log-level"]
    assert complete("amilab", "serve", "--log-level", "e") == ["error"]
    assert complete("amilab", "help", "rese") == ["reset"]
    assert complete("amilab", "lab", "che") == ["check"]
    assert complete("amilab", "lab", "check", "--output", "j") == ["json", "junit"]
    assert complete("amilab", "class", "make", "--sh") == ["--shell"]
    assert complete("amilab", "check", "--out") == []  # of `lab check`


@needs("zsh")
def test_zsh_reads_its_completions(unpacked):
    run("zsh", "-n", unpacked / "usr/share/zsh/vendor-completions/_amilab")


@needs("zsh")
def test_zsh_completes_commands_and_what_they_take(unpacked):
    """With stand-ins for zsh's own functions, which want a terminal."""
    def complete(*words):
        script = ('_describe() { print -rl -- ${(P)2}; }; _arguments() { print -rl -- "$@"; }; '
                  'file=$1; shift; words=("$@"); CURRENT=$#; set --; source "$file"')
        return run("zsh", "-f", "-c", script, "zsh",
                   unpacked / "usr/share/zsh/vendor-completions/_amilab", *words).stdout

    assert "serve:Serve the EC2 API" in complete("amilab", "ser")
    assert "*--log-level[" in complete("amilab", "serve", "--log")
    assert "check:Say which steps are right" in complete("amilab", "lab", "che")
    assert "*--output[What is printed]:FORM:(text json junit)" in complete("amilab", "lab", "check", "--o")
    assert "*--output[" not in complete("amilab", "check", "--o")


@needs("fish")
def test_fish_completes(unpacked):
    file = unpacked / "usr/share/fish/vendor_completions.d/amilab.fish"

    def complete(line):
        printed = run("fish", "--no-config", "-c", f"source {file}; complete -C '{line}'").stdout
        return [offer.partition("\t")[0] for offer in printed.splitlines()]

    assert complete("amilab stat") == ["status"]
    assert complete("amilab serve --log-l") == ["--log-level"]
    assert complete("amilab lab che") == ["check"]
    assert complete("amilab lab check --out") == ["--output"]
    assert complete("amilab class make --she") == ["--shell"]
    assert complete("amilab check --out") == []  # of `lab check`


def test_the_archive_has_the_same(unpacked):
    file = made.package(f"amilab-{made.version()}-linux-x86_64.tar.xz")
    with tarfile.open(file) as archive:
        names = {entry.name.partition("/")[2]: entry for entry in archive}
        packed = archive.extractfile(names["bin/amilab"]).read()
    assert packed == (unpacked / "usr/bin/amilab").read_bytes()
    assert {"share/man/man1/amilab.1", "share/doc/amilab/LICENSE", "share/doc/amilab/notices.txt",
            "lib/systemd/system/amilab.service", "include/amilab/googletest.h"} <= set(names)
    assert names["bin/amilab"].mode == 0o755 and {entry.uid for entry in names.values()} == {0}


def test_cmake_installs(tmp_path):
    build = made.ROOT / "build/release"
    if not (build / "amilab").exists():
        pytest.skip("there is no release build")
    if "release.tree" not in (build / "server/cmake_install.cmake").read_text():
        pytest.skip("the release build is an older one")
    run("cmake", "--install", build, "--prefix", tmp_path)
    assert run(tmp_path / "bin/amilab", "--version").stdout.startswith("amilab ")
    unit = (tmp_path / "lib/systemd/system/amilab.service").read_text()
    assert f"ExecStart={tmp_path}/bin/amilab serve" in unit
    assert (tmp_path / "share/man/man1/amilab.1").exists()
