"""Real disks: an ext4 file system made of a folder by mke2fs, read back by debugfs and e2fsck."""

import errno
import hashlib
import os
import pathlib
import struct
import subprocess

import programs

GIB = 1 << 30
MIB = 1 << 20


def fill_folder(folder, dice):
    """Files of the kinds that a root file system has."""
    folder = pathlib.Path(folder)
    (folder / "etc").mkdir(parents=True)
    (folder / "var/log/deep/er").mkdir(parents=True)
    (folder / "etc/hostname").write_text(f"host-{dice.randrange(1 << 32):x}\n")
    (folder / "etc/empty").touch()
    (folder / "kernel").write_bytes(dice.randbytes(5 * MIB + 123))
    for number in range(20):
        name = folder / f"var/log/deep/er/{number}.log"
        name.write_bytes(dice.randbytes(dice.randrange(1, 60_000)))
    with open(folder / "sparse", "wb") as sparse:
        sparse.write(b"begin")
        sparse.seek(8 * MIB)
        sparse.write(b"end")
    os.symlink("etc/hostname", folder / "link")
    return folder


def scattered(path, size, dice):
    """A raw disk of `size` bytes, which need be no multiple of a block's: data between holes."""
    with open(path, "wb") as file:
        file.truncate(size)
        for _ in range(12):
            file.seek(dice.randrange(size - 4 * MIB))
            file.write(dice.randbytes(dice.randrange(1, 2 * MIB)))
    return path


def make_bootable(path):
    """Gives a raw disk boot code, a partition table, and the mark of an ext4 file system in its one
    partition."""
    with open(path, "r+b") as disk:
        disk.write(b"code".ljust(446, b"\0"))
        disk.write(struct.pack("<B3sB3sII", 0x80, b"", 0x83, b"", 2048, 4096).ljust(64, b"\0"))
        disk.write(b"\x55\xaa")
        disk.seek(MIB)
        disk.write(bytes(0x438) + b"\x53\xef")
    return path


def make_ext4(path, folder, size=64 * MIB):
    """A raw disk of `size` bytes whose whole is an ext4 file system with what `folder` has."""
    with open(path, "wb") as disk:
        disk.truncate(size)
    subprocess.run([programs.find("mke2fs"), "-q", "-t", "ext4", "-L", "cloudimg-rootfs", "-d", str(folder),
                    str(path)], check=True)
    return path


def folder_sums(folder):
    """Relative name -> SHA-256 of the content, or the target of a link."""
    sums = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if name == "lost+found":
            continue
        if path.is_symlink():
            sums[name] = "-> " + os.readlink(path)
        elif path.is_file():
            sums[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            sums[name] = "folder"
    return sums


def ext4_sums(disk, scratch):
    """folder_sums() of the file system on `disk`, which must be without a fault."""
    subprocess.run([programs.find("e2fsck"), "-f", "-n", str(disk)], check=True, capture_output=True)
    scratch = pathlib.Path(scratch)
    scratch.mkdir()
    subprocess.run([programs.find("debugfs"), "-R", f"rdump / {scratch}", str(disk)], check=True,
                   capture_output=True)
    return folder_sums(scratch)


def is_rest_zero(stream):
    """Whether all that is still to come is zeros."""
    zeros = bytes(MIB)
    while chunk := stream.read(MIB):
        if chunk != zeros[:len(chunk)]:
            return False
    return True


def same_disk(original, exported):
    """Whether `exported` holds the bytes of `original` and then nothing but zeros."""
    with open(original, "rb") as left, open(exported, "rb", buffering=0) as right:
        while chunk := left.read(MIB):
            if right.read(len(chunk)) != chunk:
                return False
        try:
            # Holes need no reading: they are zeros.
            while True:
                begin = right.seek(right.tell(), os.SEEK_DATA)
                end = right.seek(begin, os.SEEK_HOLE)
                right.seek(begin)
                if any(right.read(end - begin)):
                    return False
        except OSError as error:
            if error.errno == errno.ENXIO:
                return True
            raise


def allocated_bytes(path):
    return os.stat(path).st_blocks * 512
