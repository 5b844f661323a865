"""The static file: in a root where there is nothing else, of a size that was promised, with what lies
beside it."""

import hashlib
import os
import re
import shutil
import struct
import subprocess

import pytest

import made
import programs

MOST_BYTES = 24 << 20
# Of the same commit's program that takes the C and C++ libraries from the machine.
MOST_TIMES_SHARED = 1.25
# (machine, its build, its strip).
BUILDS = [("x86_64", "release", "strip"), ("aarch64", "release-aarch64", "aarch64-linux-gnu-strip")]
CHECK = made.ROOT / "server/link/check_names.py"
SBOM_CHECKER = "cyclonedx-check"


@pytest.fixture
def root(tmp_path):
    """A root with the file and nothing else."""
    shutil.copy2(made.binary(), tmp_path / "amilab")
    return tmp_path


def inside(root, *words):
    """The command that runs words in that root; without /tmp, folders of a while lie at the top."""
    return ["env", "-i", "TMPDIR=/", shutil.which("chroot"), str(root), *words]


# A root that nobody can write to, but for /data; /proc as every container has it, or none.
READ_ONLY = """
root=$1; shift
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs tmpfs "$root/data"
[ ! -d "$root/proc" ] || mount -t proc proc "$root/proc"
exec "$@"
"""


def read_only(root, *words, variables=()):
    """The command that runs words in that root, in mounts of its own, which go with it."""
    if run("unshare", "--mount", "mount", "--make-rprivate", "/").returncode != 0:
        pytest.skip("root may not mount here, as in a container")
    (root / "data").mkdir(exist_ok=True)
    return ["unshare", "--mount", "sh", "-e", "-c", READ_ONLY, "sh", str(root),
            "env", "-i", *variables, shutil.which("chroot"), str(root), *words]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          timeout=made.SECONDS)


@made.only_root
def test_it_serves_in_an_empty_root(root):
    with made.serve(*inside(root, "/amilab")) as server:
        for host in ("localhost", "127.0.0.1"):
            asked = run(*inside(root, "/amilab", "status", "--endpoint",
                                f"http://{host}:{server.port}"))
            assert asked.returncode == 0, asked.stderr
            assert "ok" in asked.stdout
    assert sorted(path.name for path in root.iterdir()) == ["amilab"]


@made.only_root
def test_it_imports_raw_and_says_what_other_formats_want(root):
    (root / "disk.raw").write_bytes(b"bytes" + bytes(made.MIB - 5))
    (root / "disk.qcow2").write_bytes(b"QFI\xfb" + struct.pack(">I", 3) + bytes(made.MIB))
    with made.serve(*inside(root, "/amilab")) as server:
        def imported(name):
            return run(*inside(root, "/amilab", "import", f"/{name}", "--name", name, "--endpoint",
                               f"http://localhost:{server.port}"))
        raw = imported("disk.raw")
        assert raw.returncode == 0, raw.stderr
        assert re.fullmatch(r"ami-[0-9a-f]{17}\n", raw.stdout)
        qcow2 = imported("disk.qcow2")
        assert qcow2.returncode == 1
        assert qcow2.stderr == ("amilab: qemu-img is not installed (package qemu-utils); it is "
                                "needed here\n")


@made.only_root
def test_it_keeps_its_data_in_a_folder_of_a_root_that_is_read_only(root):
    (root / "proc").mkdir()
    disk = root / "disk.raw"
    disk.write_bytes(b"bytes" + bytes(made.MIB - 5))
    with made.serve(*read_only(root, "/amilab"),
                    arguments=("serve", "--listen", "127.0.0.1:0", "--data", "/data")) as server:
        imported = run(made.binary(), "import", disk, "--name", "golden", "--endpoint",
                       server.endpoint)
        assert imported.returncode == 0, imported.stderr
    assert sorted(path.name for path in root.iterdir()) == ["amilab", "data", "disk.raw", "proc"]
    assert list((root / "data").iterdir()) == []  # what was kept has gone with its tmpfs


@made.only_root
def test_without_data_it_serves_a_root_that_is_read_only_where_tmpdir_can_be_written(root):
    with made.serve(*read_only(root, "/amilab", variables=["TMPDIR=/data"])) as server:
        assert run(made.binary(), "status", "--endpoint", server.endpoint).returncode == 0


@made.only_root
@pytest.mark.parametrize("command", [("serve",), ("start",), ("start", "-d")], ids=" ".join)
@pytest.mark.parametrize("data, said", [
    (("--data", "/state"), "create the data directory /state: Read-only file system"),
    (("--data", "/tmp"), "lock the data directory /tmp: Read-only file system"),
    ((), "make a private folder /tmp/amilab-private-0-[A-Za-z0-9]{6}: Read-only file system")])
def test_a_start_says_in_one_line_that_its_folder_cannot_be_written(root, command, data, said):
    for folder in ("dev", "proc", "tmp"):
        (root / folder).mkdir()
    (root / "dev/null").touch()
    refused = run(*read_only(root, "/amilab", *command, "--listen", "127.0.0.1:0", *data,
                             variables=["XDG_RUNTIME_DIR=/data"]))
    assert refused.returncode == 1
    assert re.fullmatch(f"amilab: {said}\n", refused.stderr), refused.stderr
    assert refused.stdout == ""


@made.only_root
def test_a_data_directory_that_is_kept_wants_proc(root):
    refused = run(*read_only(root, "/amilab", "serve", "--listen", "127.0.0.1:0", "--data", "/data"))
    assert (refused.returncode, refused.stderr) == (
        1, "amilab: read /proc/sys/kernel/random/boot_id: there is no /proc here, and a data "
        "directory that is kept needs it\n")


def test_an_endpoint_is_localhost_or_an_address():
    refused = run(made.binary(), "status", "--endpoint", "http://emulator.test:4566")
    assert refused.returncode == 2
    assert refused.stderr == (
        "amilab: --endpoint: the endpoint http://emulator.test:4566 names the host emulator.test, "
        "and amilab looks up no names; expected localhost or an address; see amilab status --help\n")


def test_it_says_its_version_and_commit():
    printed = run(made.binary(), "--version").stdout
    assert re.fullmatch(rf"amilab {re.escape(made.version())} \([0-9a-f]{{12}}(, changed)?\)\n",
                        printed)


def test_it_wants_nothing_of_the_machine():
    headers = run("readelf", "--program-headers", "--wide", made.binary()).stdout
    assert "LOAD" in headers
    assert "INTERP" not in headers and "DYNAMIC" not in headers
    assert "no symbols" in run("nm", made.binary()).stderr


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_it_is_small(machine):
    assert made.binary(machine).stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("machine, build, strip", BUILDS)
def test_it_is_little_larger_than_the_program_that_takes_its_libraries_from_the_machine(
        tmp_path, machine, build, strip):
    file, shared = made.binary(machine), made.ROOT / "build" / build / "amilab"
    commit = made.commit(machine)[:12]
    if not shared.exists() or commit.encode() not in shared.read_bytes():
        pytest.skip(f"build/{build} has no program of the same commit")
    stripped = tmp_path / "amilab"
    subprocess.run([strip, "-o", stripped, shared], check=True)
    assert file.stat().st_size <= MOST_TIMES_SHARED * stripped.stat().st_size


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_it_says_no_folder_of_its_maker(machine):
    """Else the same commit would give other bytes in another folder."""
    assert os.fsencode(made.ROOT) not in made.binary(machine).read_bytes()


def test_its_checksum_and_sbom_say_what_it_is():
    file = made.binary()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.with_name(file.name + ".sha256").read_text() == f"{digest}  {file.name}\n"
    document = made.sbom()
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    whole = document["metadata"]["component"]
    assert whole["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert whole["version"] == made.version()
    licences = {part["name"]: part["licenses"][0]["expression"] for part in document["components"]}
    assert licences["libc6-dev"] == "LGPL-2.1-or-later"
    assert licences["libssl-dev"] == "Apache-2.0"
    assert {"libsqlite3-dev", "libpugixml-dev", "libfmt-dev", "libspdlog-dev", "libcli11-dev",
            "zlib1g-dev", "libstdc++-12-dev", "libgcc-12-dev", "libboost1.81-dev"} <= set(licences)
    assert document["dependencies"][0]["dependsOn"] == [
        part["bom-ref"] for part in document["components"]]


@pytest.mark.needs(SBOM_CHECKER)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_its_sbom_keeps_to_the_published_schema(tmp_path, machine):
    file = made.binary(machine)
    sbom = file.with_name(file.name + ".cdx.json")
    check = programs.find(SBOM_CHECKER)
    done = run(check, sbom)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "wrong.json"
    for right, other, said in [('"bom-ref"', '"bomref"', "bomref"), ('"MIT"', '"MITT"', "MITT"),
                               ("libstdc%2B%2B", "libstdc++", "is not canonical")]:
        text = sbom.read_text()
        assert right in text
        wrong.write_text(text.replace(right, other))
        done = run(check, wrong)
        assert done.returncode == 1 and said in done.stdout, done.stdout + done.stderr


def test_notices_have_every_licence():
    file = made.binary()
    text = file.with_name(file.name + ".notices.txt").read_text()
    for part in made.sbom()["components"]:
        assert f"\n{part['name']} {part['version']} (" in text
    for said in ("Apache License", "Boost Software License", "Victor Zverovich", "Henry Schreiner",
                 "GNU Lesser General Public", "Another C library"):
        assert said in text, said


@pytest.mark.parametrize("called, refused", [
    ("getaddrinfo", True), ("gethostbyname", True), ("getpwnam", True), ("dlopen", True),
    ("log", True), ("atan2", True), ("round", False), ("getsockname", False), ("open", False)])
def test_the_link_refuses_what_looks_up_names(tmp_path, called, refused):
    source = tmp_path / "object.c"
    source.write_text(f"void {called}(void); void caller(void) {{ {called}(); }}\n")
    subprocess.run(["gcc", "-fno-builtin", "-w", "-c", source, "-o", tmp_path / "object.o"],
                   check=True)
    done = run(CHECK, tmp_path / "object.o")
    assert (done.returncode == 1) == refused
    assert (f"refers to {called}" in done.stderr) == refused
