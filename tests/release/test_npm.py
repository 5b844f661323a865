"""The npm package: by Node.js alone, and where tests/clients/install has put them the documentation's
tests by Vitest and Jest, and the types by TypeScript."""

import json
import os
import pathlib
import re
import subprocess
import tarfile

import pytest

import documented
import made
import programs

PACKAGES = programs.INSTALLED / "npm"
pytestmark = pytest.mark.needs("node")
with_runners = pytest.mark.needs("vitest", "jest", "tsc")


def package():
    return made.package(f"amilab-{made.version()}-npm-linux-x86_64.tgz")


class Project:
    """A folder with the package in its node_modules, beside those that are installed."""

    def __init__(self, folder):
        self.folder = folder
        modules = folder / "node_modules"
        modules.mkdir()
        for place in PACKAGES.glob("node_modules/*"):
            (modules / place.name).symlink_to(place)
        with tarfile.open(package()) as archive:
            archive.extractall(folder)
        (folder / "package").rename(modules / "amilab")
        (folder / "package.json").write_text("{}")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def start(self, *command):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("AWS_", "AMILAB_"))}
        kept |= {"AWS_ACCESS_KEY_ID": "AKIAREAL", "CI": "1", "NO_COLOR": "1"}
        return subprocess.Popen([programs.find(command[0]), *command[1:]], text=True, env=kept,
                                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *command):
        """What a command that must succeed prints."""
        with self.start(*command) as process:
            printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, printed
        return printed

    def script(self, text):
        self.write("script.mjs", 'import { AmilabError, connect, start } from "amilab";\n' + text)
        return self.run("node", "script.mjs")


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def blocks():
    """The examples of docs/javascript.md: Vitest, Jest, the set-up of a run, who connects."""
    return documented.blocks("javascript.md", "javascript", 4)


def test_it_is_for_its_machine_and_depends_on_nothing():
    with tarfile.open(package()) as archive:
        modes = {entry.name: entry.mode for entry in archive}
        described = json.load(archive.extractfile("package/package.json"))
        program = archive.extractfile("package/bin/amilab").read()
    assert program == made.binary().read_bytes()
    assert modes["package/bin/amilab"] == 0o755
    assert {"package/amilab.d.ts", "package/LICENSE", "package/NOTICE",
            "package/notices.txt"} <= set(modes)
    assert (described["version"], described["os"], described["cpu"]) == \
        (made.version(), ["linux"], ["x64"])
    assert not any("ependencies" in key for key in described)


def test_a_server_starts_gives_accounts_and_stops(project):
    printed = project.script("""
        const server = await start();
        const accounts = [server.account(), server.account("eu-west-1")];
        await server.control.health();
        console.log(JSON.stringify(accounts.map((account) => account.config())));
        await server.stop();
        await server.stop();
        await server.control.health().catch((error) => console.log(error.code));
        """)
    first, ended = printed.splitlines()
    one, other = json.loads(first)
    assert one["credentials"]["accessKeyId"] != other["credentials"]["accessKeyId"]
    assert (one["region"], other["region"]) == ("us-east-1", "eu-west-1")
    assert ended == "ECONNREFUSED"


def test_a_refused_call_says_its_status_and_why(project):
    printed = project.script("""
        const server = await start();
        await server.control.get("nothing").catch((error) => console.log(
          error instanceof AmilabError, error.status, error.message));
        """)
    assert printed.startswith("true 404 no route /_amilab/nothing")


@pytest.mark.parametrize("options, said", [
    ('{ arguments: ["--region", "nowhere"] }', "--region nowhere is no region"),
    ('{ binary: "/nowhere/amilab" }', "/nowhere/amilab: not found"),
])
def test_a_server_that_does_not_start_says_why(project, options, said):
    assert said in project.script(
        f"await start({options}).catch((error) => console.log(error.name, error.message));")


def test_clock_and_delays_are_put_back_when_the_work_fails(project):
    printed = project.script("""
        const { control } = await start();
        const fails = async () => { throw new Error("on purpose"); };
        await control.frozenClock(fails).catch(() => {});
        await control.withDelays({ "image.pending": 5 }, fails).catch(() => {});
        console.log((await control.clock()).frozen, (await control.delays())["image.pending"]);
        """)
    assert printed == "false 0\n"


def test_a_subprocess_gets_no_other_credentials(project):
    printed = project.script("""
        const server = await start();
        console.log(JSON.stringify(server.account().environment()));
        """)
    environment = json.loads(printed)
    assert environment["AWS_SECRET_ACCESS_KEY"] == "amilab-only"
    assert environment["AWS_ACCESS_KEY_ID"] == "600000000001"


def test_a_server_that_runs_is_shared_by_accounts_of_chance(project):
    with made.serve() as server:
        printed = project.script(f"""
            const found = [connect("{server.endpoint}/"), connect("{server.endpoint}")];
            console.log(...found.map((server) => server.account().account));
            console.log(JSON.stringify(await found[0].account().calls()));
            """)
    accounts, calls = printed.splitlines()
    assert len(set(accounts.split())) == 2 and re.fullmatch(r"7\d{11} 7\d{11}", accounts)
    assert calls == "[]"


def test_a_server_that_nobody_stops_does_not_keep_the_process(project):
    project.script("await start();")


def test_the_server_ends_with_a_process_that_is_killed(project):
    project.write("script.mjs", 'import { start } from "amilab";\n'
                                "console.log((await start()).endpoint);\n"
                                "setInterval(() => {}, 1000);\n")
    with project.start("node", "script.mjs") as process:
        with made.ending(process.stdout.readline().strip()):
            process.kill()


@with_runners
def test_documented_tests_pass_by_vitest(project):
    project.write("images.test.mjs", blocks()[0])
    printed = project.run("vitest", "run", "images.test.mjs")
    assert re.search(r"Tests +5 passed", printed)


@with_runners
def test_documented_tests_pass_by_jest(project):
    project.write("images.test.js", blocks()[1])
    assert re.search(r"Tests: +1 passed", project.run("jest"))


@with_runners
@pytest.mark.parametrize("runner", ["vitest", "jest"])
def test_one_server_serves_a_run(project, runner):
    _, _, setup, connects = blocks()
    project.write("amilab.setup.mjs", setup)
    if runner == "vitest":
        project.write("vitest.config.mjs",
                      'export default { test: { globalSetup: "./amilab.setup.mjs" } };\n')
        head = 'import { expect, test } from "vitest";\n' + connects
    else:
        project.write("jest.config.json", '{ "globalSetup": "./amilab.setup.mjs" }')
        head = connects.replace("import { connect } from", "const { connect } = require(") \
                       .replace('"amilab";', '"amilab");')
    for name in ("one", "two"):
        project.write(f"{name}.test.{'mjs' if runner == 'vitest' else 'js'}", head +
                      'test("it is there", async () => expect(await account.calls()).toEqual([]));\n')
    printed = project.run(*(["vitest", "run"] if runner == "vitest" else ["jest"]))
    assert re.search(r"Tests:? +2 passed", printed)


@with_runners
def test_types_hold(project):
    project.write("typed.mts", """
        import { EC2Client } from "@aws-sdk/client-ec2";
        import { AmilabError, connect, start, type Account, type Call } from "amilab";

        const server = await start({ arguments: ["--seed", "1"] });
        const account: Account = server.account();
        export const client = new EC2Client(account.config());
        export const calls: Call[] = await account.calls({ status: "4xx" });
        export const now: number = await account.control.frozenClock(
          async (control) => (await control.clock({ advance_ms: 1 })).now_ms);
        const refused = (error: unknown) => error instanceof AmilabError && error.status === 404;
        export const other = connect(server.endpoint, { token: "token" }).account(String(refused(0)));
        // @ts-expect-error: a port is a number
        await start({ port: "4566" });
        await server.stop();
        """)
    project.run("tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022",
                "--skipLibCheck", "typed.mts")


@with_runners
def test_npm_installs_it(project):
    project.write("package.json", '{ "private": true }')
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    project.run("npm", "install", "--offline", "--no-audit", "--no-fund", "--prefix",
                str(elsewhere), str(package()))
    program = pathlib.Path(elsewhere, "node_modules/.bin/amilab")
    assert subprocess.run([program, "--version"], check=True, capture_output=True,
                          text=True).stdout.startswith(f"amilab {made.version()}")
