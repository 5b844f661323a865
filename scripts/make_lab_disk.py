#!/usr/bin/env python3
"""Makes the small disk that `amilab lab disk` writes: an image that somebody was careless with.

usage: scripts/make_lab_disk.py [FILE]

Writes FILE, by default fixtures/labs/disk.extents: an ext4 file system of 16 MiB as an extents stream
(docs/formats.md). Needs mke2fs and debugfs (e2fsprogs). To be run when what is on the disk is to be
another; docs/labs/README.md says what that is.
"""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

SIZE = 16 << 20
BLOCK = 1024
FILES = {
    "etc/hostname": "golden\n",
    "etc/motd": "Welcome to the golden image, version 1\n",
    "etc/os-release": 'NAME="Golden Linux"\nID=golden\nVERSION_ID="1"\n',
    "etc/ssh/ssh_host_ed25519_key": "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                                    "RVhBTVBMRSBLRVksIE5PVCBBIFJFQUwgT05F\n"
                                    "-----END OPENSSH PRIVATE KEY-----\n",
    "home/ec2-user/.aws/credentials":
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    "home/ec2-user/.bash_history": "sudo dnf install httpd\nmysql -u root -phunter2-example\nexit\n",
    "var/www/index.html": "<h1>It works</h1>\n",
}
# Written, then deleted: its bytes stay in blocks that no file has.
DELETED = ("/root/deploy.env", "DEPLOY_TOKEN=ghp_EXAMPLEdeletedTokenInFreeBlocks0001\n")


def run(*command):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PATH": path})


def make_disk(folder):
    root, disk, deleted = folder / "root", folder / "disk.raw", folder / "deleted"
    (root / "root").mkdir(parents=True)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    with open(disk, "wb") as file:
        file.truncate(SIZE)
    run("mke2fs", "-q", "-t", "ext4", "-b", str(BLOCK), "-N", "64", "-I", "128", "-L", "golden",
        "-O", "^has_journal,^resize_inode", "-E", "root_owner=0:0", "-d", root, disk)
    deleted.write_text(DELETED[1])
    run("debugfs", "-w", "-R", f"write {deleted} {DELETED[0]}", disk)
    run("debugfs", "-w", "-R", f"rm {DELETED[0]}", disk)
    return disk.read_bytes()


def frames(disk):
    """Each run of blocks that are not zero, then the end."""
    begin = None
    for at in range(0, SIZE + BLOCK, BLOCK):
        is_data = any(disk[at:at + BLOCK])
        if is_data and begin is None:
            begin = at
        if not is_data and begin is not None:
            yield struct.pack("<QQ", begin, at - begin) + disk[begin:at]
            begin = None
    yield struct.pack("<QQ", SIZE, 0)


def main(arguments):
    default = pathlib.Path(__file__).parents[1] / "fixtures/labs/disk.extents"
    output = pathlib.Path(arguments[0]) if arguments else default
    with tempfile.TemporaryDirectory() as folder:
        output.write_bytes(b"".join(frames(make_disk(pathlib.Path(folder)))))


if __name__ == "__main__":
    main(sys.argv[1:])
