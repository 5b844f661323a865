"""Key pairs, as people use them: what EC2 gives, OpenSSH and PuTTY load."""

import os
import subprocess

import pytest


def write_private(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def public_line(ec2, name):
    found = ec2.describe_key_pairs(KeyNames=[name], IncludePublicKey=True)
    return found["KeyPairs"][0]["PublicKey"].split()[:2]


@pytest.mark.needs("ssh-keygen")
@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_openssh_loads_the_private_key(ec2, tmp_path, kind):
    made = ec2.create_key_pair(KeyName=kind, KeyType=kind)
    path = write_private(tmp_path / "key.pem", made["KeyMaterial"])
    shown = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True,
                           check=True).stdout
    assert shown.split()[:2] == public_line(ec2, kind)


@pytest.mark.needs("puttygen")
@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_putty_loads_the_private_key(ec2, tmp_path, kind):
    made = ec2.create_key_pair(KeyName=f"putty-{kind}", KeyType=kind, KeyFormat="ppk")
    path = write_private(tmp_path / "key.ppk", made["KeyMaterial"])
    shown = subprocess.run(["puttygen", path, "-L"], capture_output=True, text=True, check=True,
                           env={**os.environ, "TERM": "dumb"}).stdout
    assert shown.split()[:2] == public_line(ec2, f"putty-{kind}")


@pytest.mark.needs("ssh-keygen")
@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_of_ones_own_is_imported(ec2, tmp_path, kind):
    size = ["-b", "4096"] if kind == "rsa" else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-f", tmp_path / "key"],
                   check=True)
    public = (tmp_path / "key.pub").read_bytes()
    ec2.import_key_pair(KeyName=f"own-{kind}", PublicKeyMaterial=public)
    assert public_line(ec2, f"own-{kind}") == public.decode().split()[:2]


def test_the_waiter_finds_a_key_pair(ec2):
    ec2.create_key_pair(KeyName="waited-for", KeyType="ed25519")
    ec2.get_waiter("key_pair_exists").wait(KeyNames=["waited-for"])
    ec2.delete_key_pair(KeyName="waited-for")
    assert ec2.describe_key_pairs(Filters=[{"Name": "key-name", "Values": ["waited-for"]}])[
        "KeyPairs"] == []
