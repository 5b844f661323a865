"""The container images, without a container: their layers unpacked and their entrypoints run by chroot
as their user, in a network of their own, so that the port is theirs."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tarfile
import threading

import pytest
import yaml

import made

# Testcontainers' LocalStack module, of Java: the image's entrypoint is replaced by this, and then the
# script is put into the container.
WAITS = "while [ ! -f /testcontainers_start.sh ]; do sleep 0.1; done; /testcontainers_start.sh"
SCRIPT = "#!/bin/bash\nexport LOCALSTACK_HOST=laptop.test\n/usr/local/bin/docker-entrypoint.sh\n"

pytestmark = made.only_root


class Image:
    """An image's files below `root`, and its configuration."""

    def __init__(self, file, folder):
        self.root = folder / "root"
        with tarfile.open(file) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))[0]
            self.config = json.load(archive.extractfile(manifest["Config"]))["config"]
            self.root.mkdir()
            for layer in manifest["Layers"]:
                archive.extract(layer, folder)
                subprocess.run(["tar", "-xf", folder / layer, "-C", self.root], check=True)
                (folder / layer).unlink()

    def command(self, *words, variables=()):
        """Runs words in the root as the image's user, with the image's environment and `variables`
        alone."""
        return ["env", "-i", *self.config["Env"], *variables, "chroot",
                f"--userspec={self.config['User']}", str(self.root), *words]


@contextlib.contextmanager
def mounted(root):
    """/proc and /dev in the root, as in every container."""
    places = [(["-t", "proc", "proc"], "proc"), (["--bind", "/dev"], "dev")]
    for how, name in places:
        (root / name).mkdir(exist_ok=True)
        subprocess.run(["mount", *how, root / name], check=True)
    try:
        yield
    finally:
        for _, name in places:
            subprocess.run(["umount", "-l", root / name], check=True)


class Running:
    """A command in a network of its own, until Ready."""

    def __init__(self, image, *words, variables=()):
        self._image = image
        self._variables = variables
        self._process = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
             *image.command(*words, variables=variables)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def wait_until_ready(self):
        """What it has printed by then."""
        printed = []
        hangs = threading.Timer(made.SECONDS, self._end)
        hangs.start()
        try:
            for line in self._process.stdout:
                printed.append(line)
                if line == "Ready.\n":
                    return "".join(printed)
        finally:
            hangs.cancel()
        raise AssertionError("".join(printed))

    def _end(self):
        os.killpg(self._process.pid, signal.SIGTERM)

    def inside(self, *words, **options):
        """Runs words in the same root, environment and network."""
        options.setdefault("check", True)
        return subprocess.run(["nsenter", "--net", "--target", str(self._process.pid),
                               *self._image.command(*words, variables=self._variables)],
                              capture_output=True, text=True, timeout=made.SECONDS, **options)

    def ask(self, url, *options):
        return subprocess.run(["nsenter", "--net", "--target", str(self._process.pid), "curl", "-s",
                               *options, url], check=True, capture_output=True, text=True,
                              timeout=made.SECONDS).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()
        self._process.stdout.read()
        self._process.wait(made.SECONDS)
        self._process.stdout.close()


@pytest.fixture(scope="module", params=["amilab", "amilab-tools"])
def image(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    unpacked = Image(made.package(f"{request.param}-[0-9]*-image-x86_64.tar"), folder)
    folder.chmod(0o755)
    for parent in folder.parents:  # pytest's folders are root's alone
        if "pytest" in parent.name:
            parent.chmod(0o755)
    with mounted(unpacked.root):
        yield unpacked
    shutil.rmtree(unpacked.root)


def test_it_runs_as_nobody_in_particular_and_keeps_its_data_in_a_volume(image):
    assert image.config["User"] == "65532:65532"
    assert list(image.config["Volumes"]) == ["/var/lib/amilab"]
    assert list(image.config["ExposedPorts"]) == ["4566"] or \
        list(image.config["ExposedPorts"]) == ["4566/tcp"]
    assert (image.root / "var/lib/amilab").stat().st_uid == 65532
    assert "*" not in image.config["Cmd"]
    assert (image.root / "usr/share/doc/amilab/notices.txt").exists()


def test_its_own_entrypoint_serves_and_is_healthy(image):
    words = [*image.config["Entrypoint"], *(image.config["Cmd"] or [])]
    with Running(image, *words) as running:
        running.wait_until_ready()
        health = image.config["Healthcheck"]["Test"]
        assert health[0] == "CMD"
        assert list(image.config["ExposedPorts"]) == ["4566/tcp"]
        running.inside(*health[1:])
        assert '"ec2":"running"' in running.ask("http://127.0.0.1:4566/_localstack/health")
        assert "DescribeRegionsResponse" in running.ask(
            "http://127.0.0.1:4566/?Action=DescribeRegions", "-H", "Host: amilab:4566")
        assert "does not mean this machine" in running.ask(
            "http://127.0.0.1:4566/?Action=DescribeRegions", "-H", "Host: evil.test")
        assert "ok" in running.ask("http://127.0.0.1:4566/moto-api/reset", "-X", "POST")


def test_a_token_of_the_environment_closes_the_control_api(image):
    words = [*image.config["Entrypoint"], *(image.config["Cmd"] or [])]
    with Running(image, *words, variables=["AMILAB_CONTROL_TOKEN=s3cret"]) as running:
        running.wait_until_ready()
        refused = running.ask("http://127.0.0.1:4566/moto-api/reset", "-X", "POST", "-w",
                              "%{http_code}", "-o", "/dev/null")
        assert refused == "401"
        running.inside(*image.config["Healthcheck"]["Test"][1:])


def test_testcontainers_start_it_as_localstack(image):
    if "docker-entrypoint.sh" not in image.config["Entrypoint"][0]:
        pytest.skip("of amilab-tools alone")
    script = image.root / "testcontainers_start.sh"
    with Running(image, "sh", "-c", WAITS) as running:
        copied = image.root / "copied"
        copied.write_text(SCRIPT)
        copied.chmod(0o777)
        copied.rename(script)
        printed = running.wait_until_ready()
        assert re.search(r".*Ready\.\n", printed)
        assert "DescribeRegionsResponse" in running.ask(
            "http://127.0.0.1:4566/?Action=DescribeRegions", "-H", "Host: laptop.test:32768")
    script.unlink()


def test_tools_import_other_formats(image):
    if "docker-entrypoint.sh" not in image.config["Entrypoint"][0]:
        pytest.skip("of amilab-tools alone")
    with Running(image, *image.config["Entrypoint"]) as running:
        running.wait_until_ready()
        running.inside("qemu-img", "create", "-q", "-f", "qcow2", "/tmp/disk.qcow2", "8M")
        imported = running.inside("amilab", "import", "/tmp/disk.qcow2", "--name", "golden")
        assert imported.stdout.startswith("ami-")
        (image.root / "tmp/disk.qcow2").unlink()


def test_the_compose_file_publishes_to_this_machine_alone():
    text = made.package("compose.yaml").read_text()
    composed = yaml.safe_load(text)
    service = composed["services"]["amilab"]
    assert service["image"] == f"amilab:{made.version()}"
    assert service["ports"] == ["127.0.0.1:4566:4566"] and "10809" not in text
    assert service["volumes"] == ["amilab-data:/var/lib/amilab"] and "amilab-data" in composed["volumes"]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert pathlib.Path(made.FOLDER, f"amilab-{made.version()}-image-x86_64.tar").exists()
