"""The examples of README and docs do what they say, as often as they are run, and leave the server
as it was."""

import os
import re
import time

import pytest

import aws_cli
import examples
import programs
import servers
from examples import Example, Failed, Reader, documents, examples_in, fits, read_examples
from resources import image_request, make_snapshot

# Who calls in the examples, and where.
PLACES = ((servers.DEFAULT_ACCOUNT, "us-east-1"), (servers.DEFAULT_ACCOUNT, "eu-central-1"),
          (servers.DEFAULT_ACCOUNT, "eu-west-1"), ("210987654321", "us-east-1"))
# What no clock is off by, unless somebody moved it by a minute.
SAME_TIME_MS = 30_000
# Behind these nothing is as it was, unless they are of one account.
BEGINS_ANEW = re.compile(r"^(?!.*account).*(_amilab/|amilab )reset", re.M)

needs_tools = pytest.mark.needs("mke2fs", "debugfs", "qemu-img", "nbdcopy", "nbdfuse", "curl")


@pytest.fixture
def server(start_server):
    return start_server("--nbd", "127.0.0.1:0")


@pytest.fixture
def read(server, tmp_path):
    """Runs a text's examples as a document's."""
    programs.require(aws_cli.VERSIONS["v2"])

    def run(text):
        with Reader(server, tmp_path, aws_cli.VERSIONS["v2"], programs.SYSTEM_PATH) as reader:
            for example in examples_in("text.md", text):
                reader.run(example)
    return run


def held(ec2):
    """Ids of what a client's account has in its region."""
    reservations = ec2.describe_instances(Filters=[{
        "Name": "instance-state-name",
        "Values": ["pending", "running", "stopping", "stopped", "shutting-down"]}])["Reservations"]
    return {
        "images": [image["ImageId"] for image in ec2.describe_images(Owners=["self"])["Images"]],
        "instances": [one["InstanceId"] for group in reservations for one in group["Instances"]],
        "key pairs": [key["KeyPairId"] for key in ec2.describe_key_pairs()["KeyPairs"]],
    }


class Watch:
    """What there is on a server, to tell whether an example left it as it was."""

    def __init__(self, server):
        self._server = server
        self._clients = {place: server.client(account=place[0], region=place[1])
                         for place in PLACES}
        self.plant()

    def plant(self):
        """Makes something that examples must leave alone."""
        ec2 = self._clients[PLACES[0]]
        ec2.register_image(**image_request("planted", make_snapshot(ec2)))

    def state(self):
        """All that an example might leave."""
        server = self._server
        accounts = server.control("accounts")
        return {
            "disks": sorted(disk["id"] for disk in server.control("space")["disks"]),
            "held": {place: held(ec2) for place, ec2 in self._clients.items()},
            "delays": server.control("delays"),
            "regions": server.control("regions"),
            "accounts": sorted(name for name, account in accounts.items()
                               if account.get("declared", True)),
            "clock": self._clock(),
        }

    def _clock(self):
        clock = self._server.control("clock")
        if clock["frozen"]:
            return "frozen"
        is_right = abs(clock["now_ms"] - time.time() * 1000) < SAME_TIME_MS
        return "right" if is_right else "moved"


def can_run(example):
    has_needs = not example.needs or os.access(example.needs, os.R_OK | os.W_OK)
    return has_needs and not example.not_run


def run_document(document, server, watch, scratch, version):
    """What its examples print, those in shells apart from errors: (output, errors)."""
    wanted = [example for example in read_examples(document) if example.language in examples.RUN]
    if not any(map(can_run, wanted)):
        return "", ""
    printed = ""
    with Reader(server, scratch, aws_cli.VERSIONS[version], programs.SYSTEM_PATH) as reader:
        state = watch.state()
        for example in filter(can_run, wanted):
            printed += reader.run(example)
            if BEGINS_ANEW.search(example.text):
                watch.plant()
                state = watch.state()
            assert watch.state() == state, f"{example.place} leaves something"
        left = [path.name for path in reader.folder.iterdir()]
        assert left == [], f"{document} leaves files"
        return printed, reader.errors()


def expect_tour(version, printed, errors):
    assert "hello\n" in printed
    assert '"captured"' in printed
    assert "InvalidSnapshot.InUse" in errors
    assert f"exit code {aws_cli.REFUSED[version]}" in printed


@needs_tools
def test_every_example_does_what_it_says_twice_in_a_row(server, tmp_path):
    programs.require(*aws_cli.VERSIONS.values())
    watch = Watch(server)
    for version in ("v2", "v1"):  # the second time with the other AWS CLI
        told = {document: run_document(document, server, watch, tmp_path / version, version)
                for document in documents()}
        expect_tour(version, *told["README.md"])


def test_blocks_say_their_language_and_why_they_are_not_run():
    not_run = []
    for document in documents():
        for example in read_examples(document):
            assert example.language in examples.RUN + examples.SHOWN, example.place
            not_run += [example] if example.not_run else []
    # Those that build, or measure for minutes, or install a package of some VERSION: not one that
    # talks to a server, but those that tests/release runs with the wheel.
    assert all("scripts/" in example.text or "VERSION" in example.text
               or example.not_run.startswith("the tests of the wheel run it")
               for example in not_run), not_run


def test_links_lead_somewhere():
    for document in documents():
        text = (examples.ROOT / document).read_text()
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (examples.ROOT / document).parent.joinpath(link).exists(), f"{document}: {link}"


def test_an_example_is_found_with_its_place_and_what_it_needs():
    text = ("# A\n\n```sh\ntrue\n```\n\n<!-- needs: /dev/fuse -->\n```console\n$ true\n```\n"
            "<!-- not run: it is slow -->\n```sh\nsleep 1\n```\n```\nplain\n```\n")
    assert examples_in("a.md", text) == [
        Example("a.md", 3, "sh", "true\n"),
        Example("a.md", 8, "console", "$ true\n", needs="/dev/fuse"),
        Example("a.md", 12, "sh", "sleep 1\n", not_run="it is slow")]


def test_an_ellipsis_stands_for_anything_and_nothing_else_does():
    assert fits('{"now":"x","frozen":true}\n', '{"now":"…","frozen":true}')
    assert not fits('{"now":"x","frozen":false}\n', '{"now":"…","frozen":true}')
    assert not fits("axb", "a.b")


def test_examples_of_one_document_share_a_shell(read):
    read("```sh\na=1\nf() { echo $a; }\n```\n```console\n$ f\n1\n$ echo 'x\n> y'\nx\ny\n```\n")


@pytest.mark.parametrize("text, said", [
    ("```sh\ntrue\nfalse\ntrue\n```\n", "ended with 1"),
    ("```sh\nfalse | true\n```\n", "ended with 1"),
    ("```sh\necho $undefined_here\n```\n", "unbound variable"),
    ("```python\nassert 1 == 2\n```\n", "AssertionError"),
    ("```console\n$ echo one\ntwo\n```\n", "and not"),
    ("```sh\naws ec2 describe-images\n```\n", "goes to AWS"),
    ("```sh\ncurl http://127.0.0.1:4566/_amilab/nothing\n```\n", "error: 404"),
    ("```sh\namilab serve --nonsense\n```\n", "unexpected argument --nonsense"),
])
def test_an_example_that_fails_says_where_and_how(read, text, said):
    with pytest.raises(Failed, match=r"text\.md:1: ") as failed:
        read(text)
    assert said in str(failed.value)


@pytest.mark.parametrize("text", [
    'curl -d \'{"freeze": true}\' http://127.0.0.1:4566/_amilab/clock',
    'curl -d \'{"advance_ms": 60000}\' http://127.0.0.1:4566/_amilab/clock',
    'curl -d \'{"image.pending": 1}\' http://127.0.0.1:4566/_amilab/delays',
    'curl -d \'{"af-south-1": "not-opted-in"}\' http://127.0.0.1:4566/_amilab/regions',
    'curl -d \'{"222222222222": {}}\' http://127.0.0.1:4566/_amilab/accounts',
    "AWS_ACCESS_KEY_ID=210987654321 AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=eu-west-1 \\\n"
    "aws --endpoint-url http://127.0.0.1:4566 ec2 create-volume --size 1 "
    "--availability-zone eu-west-1a",
    "curl -X POST http://127.0.0.1:4566/_amilab/reset",
])
def test_what_an_example_leaves_is_seen(read, server, text):
    watch = Watch(server)
    before = watch.state()
    assert watch.state() == before
    read(f"```sh\n{text}\n```\n")
    assert watch.state() != before
