"""Every package carries the static file of its machine, byte for byte, and says which machine that is."""

import base64
import csv
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import zipfile

import pytest

import made

# What others call the machines.
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
NODE = {"x86_64": "x64", "aarch64": "arm64"}
MANYLINUX, MUSLLINUX = "manylinux_2_17_{0}.manylinux2014_{0}", "musllinux_1_1_{0}"
# Where the kernel has qemu start arm64's programs; without it there is no amilab-tools for them.
BINFMT = pathlib.Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")

pytestmark = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


def static_file(machine):
    return made.binary(machine).read_bytes()


def package(pattern, machine):
    """The one of that name, unless it is left of an earlier build: not all are made each time."""
    file = made.package(pattern)
    if file.stat().st_mtime < made.binary(machine).stat().st_mtime:
        pytest.skip(f"{file.name} is older than the static file")
    return file


@pytest.mark.parametrize("platform", [MANYLINUX, MUSLLINUX], ids=["manylinux", "musllinux"])
def test_a_wheel(machine, platform):
    tag = platform.format(machine)
    about = f"amilab-{made.version()}.dist-info"
    program = f"amilab-{made.version()}.data/scripts/amilab"
    with zipfile.ZipFile(package(f"amilab-{made.version()}-py3-none-{tag}.whl", machine)) as wheel:
        contents = {name: wheel.read(name) for name in wheel.namelist()}
        assert wheel.getinfo(program).external_attr >> 16 & 0o777 == 0o755
    assert contents[program] == static_file(machine)
    assert {"amilab/pytest_plugin.py", "amilab/py.typed", f"{about}/LICENSE", f"{about}/notices.txt",
            f"{about}/cdx.json"} <= set(contents)
    tags = [line for line in contents[f"{about}/WHEEL"].decode().splitlines() if "Tag: " in line]
    assert tags == [f"Tag: py3-none-{one}" for one in tag.split(".")]
    rows = list(csv.reader(io.StringIO(contents[f"{about}/RECORD"].decode())))
    assert [name for name, _, _ in rows] == list(contents)
    for name, digest, size in rows:
        if name != f"{about}/RECORD":  # it has no sum of itself
            told = base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=")
            assert (told, int(size)) == (hashlib.sha256(contents[name]).digest(), len(contents[name]))


@pytest.mark.parametrize("platform", [MANYLINUX, MUSLLINUX], ids=["manylinux", "musllinux"])
def test_pip_takes_a_wheel_on_its_machine_alone(machine, platform, tmp_path):
    tag = platform.format(machine)
    wheel = package(f"amilab-{made.version()}-py3-none-{tag}.whl", machine)

    def install(on):
        return subprocess.run([sys.executable, "-m", "pip", "install", "--no-index", "--no-deps",
                               "--disable-pip-version-check", "--only-binary=:all:", "--platform",
                               on, "--target", tmp_path / on, wheel], capture_output=True, text=True,
                              check=False, timeout=made.SECONDS)

    for on in tag.split("."):
        done = install(on)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (tmp_path / on / "bin/amilab").read_bytes() == static_file(machine)
    (other,) = {"x86_64", "aarch64"} - {machine}
    done = install(on.replace(machine, other))
    assert done.returncode != 0 and "is not a supported wheel" in done.stderr


def test_the_npm_package(machine):
    file = package(f"amilab-{made.version()}-npm-linux-{machine}.tgz", machine)
    with tarfile.open(file) as archive:
        assert archive.extractfile("package/bin/amilab").read() == static_file(machine)
        described = json.load(archive.extractfile("package/package.json"))
    assert (described["os"], described["cpu"]) == (["linux"], [NODE[machine]])


def test_the_jar(machine):
    with zipfile.ZipFile(package(f"amilab-junit-{made.version()}-linux-{machine}.jar", machine)) as jar:
        assert jar.read(f"amilab/linux-{machine}") == static_file(machine)
        assert [name for name in jar.namelist() if name.startswith("amilab/linux-")] == [
            f"amilab/linux-{machine}"]


def test_the_debian_package(machine, tmp_path):
    file = package(f"amilab_{made.version()}_{DEBIAN[machine]}.deb", machine)
    fields = subprocess.run(["dpkg-deb", "-f", file, "Architecture", "Depends"], check=True,
                            capture_output=True, text=True).stdout
    assert fields == f"Architecture: {DEBIAN[machine]}\n"
    subprocess.run(["dpkg-deb", "-x", file, tmp_path], check=True)
    assert (tmp_path / "usr/bin/amilab").read_bytes() == static_file(machine)
    sums = subprocess.run(["dpkg-deb", "-I", file, "md5sums"], check=True, capture_output=True, text=True)
    subprocess.run(["md5sum", "--check", "--strict", "--quiet"], cwd=tmp_path, check=True, text=True,
                   input=sums.stdout)


def test_the_archive(machine):
    name = f"amilab-{made.version()}-linux-{machine}"
    with tarfile.open(package(f"{name}.tar.xz", machine)) as archive:
        assert archive.extractfile(f"{name}/bin/amilab").read() == static_file(machine)


def installed_texts(machine):
    """{path: bytes} of what the archive has beside the program and what tells of libraries."""
    name = f"amilab-{made.version()}-linux-{machine}"
    with tarfile.open(package(f"{name}.tar.xz", machine)) as archive:
        return {entry.name.partition("/")[2]: archive.extractfile(entry).read() for entry in archive
                if pathlib.PurePath(entry.name).name not in ("amilab", "notices.txt", "cdx.json")}


def test_the_archive_has_the_texts_of_every_other_machine(machine):
    """Manual and completions are made of what the machine's own program says."""
    made.need_one_commit()
    texts = installed_texts(machine)
    assert {"share/man/man1/amilab.1", "share/fish/vendor_completions.d/amilab.fish",
            "share/zsh/site-functions/_amilab"} <= set(texts)
    assert texts == installed_texts("x86_64")


@pytest.mark.parametrize("name", ["amilab", "amilab-tools"])
def test_the_image(machine, name):
    if (machine, name) == ("aarch64", "amilab-tools") and not BINFMT.exists():
        pytest.skip("this kernel starts no programs of arm64")
    packed = []
    with tarfile.open(package(f"{name}-{made.version()}-image-{machine}.tar", machine)) as image:
        manifest = json.load(image.extractfile("manifest.json"))[0]
        config = json.load(image.extractfile(manifest["Config"]))
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as files:
                packed += [files.extractfile(entry).read() for entry in files
                           if entry.isfile() and entry.name.lstrip("./") == "usr/bin/amilab"]
    assert packed == [static_file(machine)]
    assert (config["architecture"], config["os"]) == (DEBIAN[machine], "linux")
    (tag,) = manifest["RepoTags"]
    assert tag.rpartition("/")[2] == f"{name}:{made.version()}"
