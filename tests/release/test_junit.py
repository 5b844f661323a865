"""The jar for JUnit 5: the documentation's tests, what a server does that does not start, and its end."""

import os
import re
import subprocess
import zipfile

import pytest

import documented
import made
import programs

JUNIT = "junit-console"
pytestmark = pytest.mark.needs(JUNIT)
IMPORTS = """
import static org.junit.jupiter.api.Assertions.*;
import amilab.junit.*;
import java.util.*;
import org.junit.jupiter.api.*;
"""


def package():
    return made.package(f"amilab-junit-{made.version()}-linux-x86_64.jar")


def start(folder, classes, **variables):
    """Compiles and runs classes, as (name, text)."""
    for name, text in classes:
        (folder / f"{name}.java").write_text(text)
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_"))}
    return subprocess.Popen([programs.find(JUNIT), folder, package()], text=True,
                            stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=kept | variables)


def run(folder, *classes, fails=False, **variables):
    """What JUnit prints."""
    with start(folder, classes, **variables) as process:
        printed, _ = process.communicate(timeout=300)
    assert (process.returncode != 0) == fails, printed
    return printed


def counted(printed, what):
    return int(re.search(rf"\[ +(\d+) tests {what} +\]", printed)[1])


def named(text):
    return re.search(r"^class (\w+)", text, re.M)[1], text


def test_it_has_the_program_and_says_what_it_is():
    with zipfile.ZipFile(package()) as jar:
        assert jar.namelist()[0] == "META-INF/MANIFEST.MF"
        assert jar.read("amilab/linux-x86_64") == made.binary().read_bytes()
        pom = jar.read("META-INF/maven/amilab/amilab-junit/pom.xml").decode()
        assert {"META-INF/LICENSE", "META-INF/NOTICE", "META-INF/notices.txt"} <= set(jar.namelist())
    assert f"<artifactId>amilab-junit</artifactId>\n  <version>{made.version()}</version>" in pom


def test_documented_tests_pass(tmp_path):
    printed = run(tmp_path, *map(named, documented.blocks("java.md", "java", 2)),
                  TMPDIR=str(tmp_path), AWS_PROFILE="real")
    assert counted(printed, "successful") == 4 and counted(printed, "failed") == 0


def test_tests_have_accounts_of_their_own_and_classes_one_server(tmp_path):
    body = """
        class %s {
            static final Set<String> SEEN = new HashSet<>();
            final String before;
            @BeforeAll static void all(Account account) { SEEN.add(account.id()); }
            %s(Account account) { before = account.id(); }
            @RepeatedTest(3) void alone(Account account, Server server) {
                assertTrue(SEEN.add(account.id()));
                assertNotEquals(before, account.id());
                System.out.println("at " + server.endpoint() + " " + account.region());
            }
            @Nested class Inner {
                @Test void too(Account account) { assertTrue(SEEN.add(account.id())); }
            }
        }
        """
    printed = run(tmp_path, ("One", IMPORTS + "@Emulated" + body % ("One", "One")),
                  ("Two", IMPORTS + '@Emulated(region = "eu-west-1")' + body % ("Two", "Two")),
                  ("Alone", IMPORTS + "@Emulated(alone = true)" + body % ("Alone", "Alone")))
    assert counted(printed, "successful") == 12
    servers = set(re.findall(r"at (http://\S+) (\S+)", printed))
    assert len({endpoint for endpoint, _ in servers}) == 2
    assert {region for _, region in servers} == {"us-east-1", "eu-west-1"}


def test_a_subprocess_gets_no_other_credentials(tmp_path):
    printed = run(tmp_path, ("Tool", IMPORTS + """
        @Emulated class Tool {
            @Test void calls(Account account) throws Exception {
                account.prepare(new ProcessBuilder("env")).inheritIO().start().waitFor();
            }
        }
        """), AWS_PROFILE="real", AWS_ACCESS_KEY_ID="AKIAREAL")
    assert "AWS_SECRET_ACCESS_KEY=amilab-only\n" in printed
    assert "AKIAREAL" not in printed and "AWS_PROFILE" not in printed


def test_a_refused_call_says_its_status_and_why(tmp_path):
    run(tmp_path, ("Refused", IMPORTS + """
        @Emulated class Refused {
            @Test void says(Server server) {
                var refused = assertThrows(AmilabException.class, () -> server.control().get("nothing"));
                assertEquals(404, refused.status());
                assertTrue(refused.getMessage().contains("no route"));
            }
        }
        """))


@pytest.mark.parametrize("annotation, variables, said", [
    ('@Emulated({"--region", "nowhere"})', {}, "--region nowhere is no region"),
    ("@Emulated", {"AMILAB_BINARY": "/nowhere/amilab"}, "/nowhere/amilab: not found"),
    ("@org.junit.jupiter.api.extension.ExtendWith(AmilabExtension.class)", {}, "use @Emulated"),
])
def test_what_does_not_start_says_why(tmp_path, annotation, variables, said):
    printed = run(tmp_path, ("Never", IMPORTS + annotation + """
        class Never {
            @Test void runs(Account account) {}
        }
        """), fails=True, TMPDIR=str(tmp_path), **variables)
    assert said in printed


def test_the_server_ends_with_a_run_that_is_killed(tmp_path):
    text = IMPORTS + """
        @Emulated class Long {
            @Test void waits(Server server) throws Exception {
                System.out.println("at " + server.endpoint());
                System.in.read();
            }
        }
        """
    with start(tmp_path, [("Long", text)]) as process:
        endpoint = next(found[1] for line in process.stdout if (found := re.search(r"at (\S+)", line)))
        with made.ending(endpoint):
            process.kill()
