"""Cells by the wheel's generator: what it refuses, what its script does on this machine, and that the
program takes what the manifests tell it. A checker of published schemas reads them where
tests/clients/install has put it."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
import yaml

import documented
import made
import programs

sys.path.append(str(made.ROOT / "fixtures/python"))

from amilab import cells  # noqa: E402

CHECKER = "kubernetes-validate"
LIST = 'class,student\n3A biology,Ada\n3A biology,Björk\n\n# a remark\n"4B, evening",Eve\n'


def run(*arguments):
    return subprocess.run([sys.executable, "-B", "-m", "amilab.cells", *map(str, arguments)],
                          capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(made.ROOT / "fixtures/python")})


def printed(*arguments):
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def classes(tmp_path):
    file = tmp_path / "classes.csv"
    file.write_text(LIST, "utf-8")
    return file


def test_a_list_of_rows_gives_classes_in_their_order():
    found = cells.read_classes(LIST.splitlines())
    assert found == [cells.Class("3A biology", "3a-biology", ("Ada", "Björk")),
                     cells.Class("4B, evening", "4b-evening", ("Eve",))]
    assert cells.read_classes(["one", "two"]) == [cells.Class("one", "one"),
                                                  cells.Class("two", "two")]
    assert cells.read_classes(["# a remark", "", "Class,Name", "one,Ada"]) == [
        cells.Class("one", "one", ("Ada",))]
    # Behind the first row it is a name as any other.
    assert cells.read_classes(["one,Ada", "name,email"])[1].students == ("email",)


@pytest.mark.parametrize("text, said", [
    ("", "names no class"),
    ("class,student\n", "names no class"),
    ("a,b,c\n", "line 1: expected a class, or a class and a student"),
    ("name,email\nAda,ada@school.example\n",
     "line 1: name,email is the header of other columns; expected those of a class, or of a class "
     "and a student"),
    ("# 2026\nStudent,Class\n", "line 2: Student,Class is the header of other columns"),
    (",Ada\n", "line 1: expected a class"),
    ("a,Ada\na,Ada\n", "line 2: Ada is in a already"),
    ("a b\na-b\n", "'a b' and 'a-b' are both a-b"),
    ("ой\n", "has no letter and no digit"),
    ("x" * 41 + "\n", "longer than 40 characters"),
    ('"a\nkind: Pod"\n', "cannot be printed"),
])
def test_a_list_that_is_wrong_is_refused_in_one_line(tmp_path, text, said):
    file = tmp_path / "classes.csv"
    file.write_text(text, "utf-8")
    done = run("kubernetes", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_a_file_that_is_no_list_is_refused_in_one_line(tmp_path):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for file, said in ((tmp_path / "bytes", "is no CSV file of UTF-8"),
                       (tmp_path / "nothing", "No such file")):
        done = run("machine", file)
        assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments, said", [
    (["kubernetes"], "expected a file of classes, or --shards"),
    (["kubernetes", "CLASSES", "--shards", "2"], "expected a file of classes, or --shards"),
    (["kubernetes", "--shards", "0"], "0 is no number"),
    (["kubernetes", "--shards", "2", "--memory", "64Mi"], "64Mi is too little memory"),
    (["kubernetes", "--shards", "2", "--storage", "10GB"], "10GB is not a size"),
    (["kubernetes", "--shards", "2", "--image", "a\nb: c"], "is not the name of an image"),
    (["machine", "CLASSES", "--port", "65535"], "there are no ports for 2 classes"),
    (["machine", "CLASSES", "--listen", "example"], "example is no address"),
    (["machine", "CLASSES", "--allow-host", "a b"], "a b is not a host name"),
])
def test_what_cannot_be_is_refused(classes, arguments, said):
    done = run(*(str(classes) if word == "CLASSES" else word for word in arguments))
    assert done.returncode != 0 and done.stdout == "" and said in done.stderr


def test_rosters_have_a_name_a_line(classes, tmp_path):
    printed("machine", classes, "--rosters", tmp_path / "rosters")
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "rosters").iterdir()} == \
        {"3a-biology.txt": "Ada\nBjörk\n", "4b-evening.txt": "Eve\n"}


def free_ports(count):
    """The first of so many ports in a row of which each was free just now."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                for number in range(1, count):
                    with socket.socket() as other:
                        other.bind(("127.0.0.1", port + number))
            except OSError:
                continue
            return port


class Machine:
    """The script, in a shell that finds the packaged program."""

    def __init__(self, classes, folder):
        self.port = free_ports(2)
        self.folder = folder / "it's data"
        self.script = folder / "cells.sh"
        (folder / "bin").mkdir()
        (folder / "run").mkdir()
        (folder / "bin/amilab").symlink_to(made.binary())
        self.script.write_text(printed("machine", classes, "--port", self.port, "--folder",
                                       self.folder, "--option=--seed", "--option=1"))
        self._environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder),
                             "XDG_RUNTIME_DIR": str(folder / "run"), "TMPDIR": str(folder)}

    def __call__(self, action):
        return subprocess.run(["sh", self.script, action], capture_output=True, text=True,
                              check=False, env=self._environment, timeout=made.SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self("stop")


def ask(port, path, body=None, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=made.SECONDS) as answer:
        return answer.read().decode()


def test_the_script_starts_shows_and_stops_cells_that_share_nothing(classes, tmp_path):
    with Machine(classes, tmp_path) as machine:
        started = machine("start")
        assert started.returncode == 0, started.stderr
        assert machine("list").stdout == (
            f"3A biology\thttp://127.0.0.1:{machine.port}\n"
            f"4B, evening\thttp://127.0.0.1:{machine.port + 1}\n")
        ask(machine.port, "/_amilab/clock", b'{"freeze": true}')
        frozen = [json.loads(ask(machine.port + number, "/_amilab/clock"))["frozen"]
                  for number in range(2)]
        assert frozen == [True, False]
        assert machine("status").stdout.count('"status":"ok"') == 2
        assert machine("stop").returncode == 0
        assert sorted(path.name for path in machine.folder.iterdir()) == ["3a-biology", "4b-evening"]
        # What they have kept is there again.
        assert machine("start").returncode == 0
        assert json.loads(ask(machine.port, "/_amilab/clock"))["frozen"]


def test_the_script_goes_on_behind_a_cell_that_fails_and_ends_with_1(classes, tmp_path):
    with Machine(classes, tmp_path) as machine, socket.socket() as taken:
        taken.bind(("127.0.0.1", machine.port))
        taken.listen()
        started = machine("start")
        assert started.returncode == 1 and started.stderr != ""
        assert "ok" in ask(machine.port + 1, "/_amilab/health")
    assert machine("fly").returncode == 2


def documents(*arguments):
    return list(yaml.safe_load_all(printed("kubernetes", *arguments)))


def test_documented_commands_print_what_starts_cells(tmp_path):
    (shown,) = documented.blocks("scale.md", "text", 1)
    (tmp_path / "classes.csv").write_text(shown, "utf-8")
    (tmp_path / "python").symlink_to(sys.executable)
    commands = [line.partition("    #")[0] for text in documented.blocks("scale.md", "sh", 2)
                for line in text.splitlines() if line.startswith("python ")]
    assert len(commands) == 3
    subprocess.run(["sh", "-euc", "\n".join(commands)], cwd=tmp_path, check=True,
                   env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}",
                                     "PYTHONPATH": str(made.ROOT / "fixtures/python")})
    assert (tmp_path / "cells.sh").read_text().startswith("#!/bin/sh\n")
    shards = list(yaml.safe_load_all((tmp_path / "shards.yaml").read_text()))
    assert [each["kind"] for each in shards] == ["Service", "StatefulSet"]
    assert len(list(yaml.safe_load_all((tmp_path / "cells.yaml").read_text()))) == 4


def test_a_class_is_a_service_and_a_set_of_one(classes):
    found = documents(classes)
    assert [(each["kind"], each["metadata"]["name"]) for each in found] == [
        ("Service", "amilab-3a-biology"), ("StatefulSet", "amilab-3a-biology"),
        ("Service", "amilab-4b-evening"), ("StatefulSet", "amilab-4b-evening")]
    for service, cells_of in zip(found[::2], found[1::2]):
        assert cells_of["spec"]["replicas"] == 1
        assert cells_of["spec"]["serviceName"] == service["metadata"]["name"]
        labels = cells_of["spec"]["template"]["metadata"]["labels"]
        assert service["spec"]["selector"] == labels == \
            cells_of["spec"]["selector"]["matchLabels"]
        assert cells_of["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"


def test_shards_are_one_set_whose_data_goes_with_it():
    _, shards = documents("--shards", "4")
    assert (shards["metadata"]["name"], shards["spec"]["replicas"]) == ("amilab", 4)
    assert set(shards["spec"]["persistentVolumeClaimRetentionPolicy"].values()) == {"Delete"}


def test_sizes_and_the_image_are_what_was_said():
    _, shards = documents("--shards", "1", "--image", "registry.test:5000/amilab:1", "--memory",
                          "4Gi", "--cpu", "500m", "--storage", "20Gi")
    (container,) = shards["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.test:5000/amilab:1"
    assert container["resources"]["limits"] == {"cpu": "500m", "memory": "4Gi"}
    assert "--memory-limit=2048MiB" in container["args"]
    (claim,) = shards["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "20Gi"


def test_the_program_takes_what_a_manifest_tells_it_and_answers_its_probes(classes, tmp_path):
    container = documents(classes)[1]["spec"]["template"]["spec"]["containers"][0]
    here = {"--listen": "127.0.0.1:0", "--data": str(tmp_path / "data")}
    of_the_pod = {"POD": "amilab-3a-biology-0", "NAMESPACE": "school"}
    words = []
    for word in container["args"]:
        name, equals, value = word.partition("=")
        value = re.sub(r"\$\((\w+)\)", lambda found: of_the_pod[found[1]], value)
        words.append(name + equals + here.get(name, value))
    with subprocess.Popen([made.binary(), *words], stdout=subprocess.PIPE, text=True,
                          env=os.environ | {"AMILAB_CONTROL_TOKEN": "s3cret"}) as process:
        try:
            port = made.READY.fullmatch(process.stdout.readline())[2]
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                get = container[probe]["httpGet"]
                headers = {header["name"]: header["value"] for header in get["httpHeaders"]}
                assert '"status":"ok"' in ask(port, get["path"], **headers)
            for host in ("amilab-3a-biology", "amilab-3a-biology.school",
                         "amilab-3a-biology-0.amilab-3a-biology",
                         "amilab-3a-biology-0.amilab-3a-biology.school"):
                assert "DescribeRegionsResponse" in ask(port, "/?Action=DescribeRegions",
                                                        Host=f"{host}:4566")
            with pytest.raises(urllib.error.HTTPError, match="403"):
                ask(port, "/?Action=DescribeRegions", Host="evil.test")
            with pytest.raises(urllib.error.HTTPError, match="401"):
                ask(port, "/_amilab/reset", b"")
        finally:
            process.terminate()
            process.wait(made.SECONDS)


@pytest.mark.needs(CHECKER)
@pytest.mark.parametrize("version", ["1.32.0", "1.37.0"])
def test_manifests_keep_to_the_published_schemas(classes, tmp_path, version):
    for name, arguments in (("classes", [classes]), ("shards", ["--shards", "4"])):
        (tmp_path / f"{name}.yaml").write_text(printed("kubernetes", *arguments))
    check = [programs.find(CHECKER), "--strict", "--kubernetes-version", version]
    done = subprocess.run([*check, *tmp_path.glob("*.yaml")], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((tmp_path / "shards.yaml").read_text().replace("httpGet:", "httpGot:", 1))
    assert subprocess.run([*check, wrong], capture_output=True, check=False).returncode != 0
