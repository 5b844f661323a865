"""The README's tour does what it says."""

import pathlib
import re
import subprocess
import sys

import pytest

import aws_cli
import programs
import servers

ROOT = pathlib.Path(__file__).parents[2]


def blocks(language):
    """The README's code in that language; the first block of shell is for the two commands."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.S)


@pytest.fixture
def environment(server, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/amilab").symlink_to(pathlib.Path(servers.binary()).resolve())
    return {"PATH": f"{tmp_path}/bin:{programs.SYSTEM_PATH}", "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": server.endpoint, "AWS_PAGER": "", "LC_ALL": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.mark.needs("mke2fs", "debugfs")
@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_tour_with_the_aws_cli(version, server, environment, tmp_path):
    aws = aws_cli.VERSIONS[version]
    programs.require(aws)
    (tmp_path / "bin/aws").symlink_to(aws)
    commands, tour = blocks("sh")
    assert "scripts/run" in commands and "scripts/test" in commands
    tour = tour.replace("http://127.0.0.1:4566", server.endpoint)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", tour], cwd=tmp_path, env=environment,
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "hello\n" in done.stdout
    assert '"captured"' in done.stdout
    assert "InvalidSnapshot.InUse" in done.stderr
    assert f"exit code {aws_cli.REFUSED[version]}" in done.stdout


def test_the_tour_with_boto3(environment, tmp_path):
    (program,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment,
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_links_lead_somewhere():
    for document in (ROOT / "README.md", *ROOT.glob("docs/**/*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.relative_to(ROOT)}: {link}"
