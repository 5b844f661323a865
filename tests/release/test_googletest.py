"""The GoogleTest fixture: the documentation's tests, what a server does that does not start, its end."""

import os
import pathlib
import subprocess

import pytest

import documented
import made
import programs

FIXTURE = made.ROOT / "fixtures/googletest"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
pytestmark = pytest.mark.needs("g++")


def compiled(folder, text, standard="c++17"):
    source = folder / "it_test.cpp"
    source.write_text(text)
    program = folder / "it_test"
    subprocess.run(["g++", f"-std={standard}", *WARNINGS, f"-I{FIXTURE}", source, "-o", program,
                    "-lgtest", "-lgtest_main", "-pthread"], check=True)
    return program


def start(program, **variables):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AMILAB_"))}
    tools = [str(pathlib.Path(programs.find(tool)).parent) for tool in ("aws",) if programs.find(tool)]
    kept |= {"AMILAB_BINARY": str(made.binary()), "AWS_PROFILE": "real",
             "PATH": os.pathsep.join([*tools, kept["PATH"]])}
    return subprocess.Popen([program, "--gtest_color=no"], text=True, env=kept | variables,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run(program, **variables):
    with start(program, **variables) as process:
        printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    return printed


@pytest.mark.needs("aws")
def test_documented_tests_pass(tmp_path):
    (text,) = documented.blocks("googletest.md", "cpp", 1)
    assert "[  PASSED  ] 3 tests." in run(compiled(tmp_path, text))


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("googletest"), """
        #include <amilab/googletest.h>

        #include <set>

        std::string variable(const char* name)
        {
            const char* found = std::getenv(name);
            return found != nullptr ? found : "";
        }

        class Accounts : public amilab::Test {
        protected:
            static std::set<std::string>& seen()
            {
                static std::set<std::string> accounts;
                return accounts;
            }
        };

        TEST_F(Accounts, AreOneForATest) { EXPECT_TRUE(seen().insert(account()).second); }
        TEST_F(Accounts, AreOneForEachTest) { EXPECT_TRUE(seen().insert(account()).second); }

        TEST_F(Accounts, AreNamedByTheEnvironmentMeanwhile)
        {
            EXPECT_EQ(variable("AWS_ENDPOINT_URL"), endpoint());
            EXPECT_EQ(variable("AWS_ACCESS_KEY_ID"), account());
            EXPECT_EQ(variable("AWS_PROFILE"), "");
        }

        TEST(Environment, IsPutBackBehindATest)
        {
            EXPECT_EQ(variable("AWS_ENDPOINT_URL"), "");
            EXPECT_EQ(variable("AWS_PROFILE"), "real");
        }

        TEST(Control, AnswersAndRefuses)
        {
            const auto frozen = amilab::server().post("clock", R"({"freeze": true})");
            EXPECT_NE(frozen.find(R"("frozen":true)"), std::string::npos);
            try {
                amilab::server().get("nothing");
                FAIL() << "it was not refused";
            } catch (const amilab::Error& error) {
                EXPECT_EQ(error.status, 404);
                EXPECT_NE(std::string(error.what()).find("no route"), std::string::npos);
            }
        }

        std::string refusal(const std::vector<std::string>& arguments)
        {
            try {
                amilab::Server server(arguments);
            } catch (const amilab::Error& error) {
                return error.what();
            }
            return "it started";
        }

        TEST(AServerThatDoesNotStart, SaysWhy)
        {
            EXPECT_NE(refusal({"--region", "nowhere"}).find("nowhere is no region"), std::string::npos);
            const std::string program = variable("AMILAB_BINARY");
            ::setenv("AMILAB_BINARY", "/nowhere/amilab", 1);
            EXPECT_EQ(refusal({}), "/nowhere/amilab: No such file or directory\\n");
            ::setenv("AMILAB_BINARY", program.c_str(), 1);
        }

        TEST(AServer, IsNotEndedByAForkedProcess)
        {
            amilab::Server own;
            const pid_t child = ::fork();
            if (child == 0) {
                own.~Server();
                ::_exit(0);
            }
            ::waitpid(child, nullptr, 0);
            EXPECT_NE(own.get("health").find("ok"), std::string::npos);
        }
        """)


def test_tests_have_accounts_of_their_own(program):
    assert "[  PASSED  ] 7 tests." in run(program)


def test_the_header_is_of_cpp_20_as_well_and_may_be_in_two_files(tmp_path):
    (tmp_path / "other.cpp").write_text("#include <amilab/googletest.h>\n")
    compiled(tmp_path, '#include <amilab/googletest.h>\n#include "other.cpp"\n'
                       "TEST(It, Is) { SUCCEED(); }\n", "c++20")
    subprocess.run(["g++", "-std=c++20", *WARNINGS, f"-I{FIXTURE}", "-c", tmp_path / "other.cpp", "-o",
                    tmp_path / "other.o"], check=True)
    subprocess.run(["g++", "-std=c++20", f"-I{FIXTURE}", tmp_path / "it_test.cpp", tmp_path / "other.o",
                    "-o", tmp_path / "both", "-lgtest", "-lgtest_main"], check=True)


def test_the_server_ends_with_a_program_that_is_killed(tmp_path):
    program = compiled(tmp_path, """
        #include <amilab/googletest.h>
        #include <iostream>
        TEST(It, Waits)
        {
            std::cout << "at " << amilab::server().endpoint() << std::endl;
            ::pause();
        }
        """)
    with start(program) as process:
        endpoint = next(line.split()[1] for line in process.stdout if line.startswith("at "))
        with made.ending(endpoint):
            process.kill()
