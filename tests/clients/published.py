"""What stories of publishers have in common: disks, their way into S3, and what comes out."""

import os
import subprocess

import pytest

import disks
import model
import programs
import servers

GIB, MIB = disks.GIB, disks.MIB
# With holes; little in much; of no whole GiB.
KINDS = {"holes": 3 * GIB, "little": 8 * GIB, "odd": GIB + 5 * MIB + 512}


def needs_served(*operations):
    """Leaves a test out while one of them is not there: of EC2, or "iam:GetRole"."""
    missing = [name for name in operations if not model.is_served(name)]
    return pytest.mark.skipif(bool(missing), reason=f"not served yet: {', '.join(missing)}")


def of_kinds(*always):
    """A story of a disk of each of the KINDS. With all clients each story is told of all, which
    takes a minute where each byte is moved; else they share them."""
    kinds = KINDS if os.environ.get("AMILAB_CLIENTS") == "all" else always
    return pytest.mark.parametrize("kind", kinds)


def make_disk(path, kind, dice):
    """A raw disk of one of the KINDS, whose end is no hole."""
    size = KINDS[kind]
    with open(path, "wb") as file:
        file.truncate(size)
        for _ in range(4 if kind == "little" else 12):
            file.seek(dice.randrange(size - 2 * MIB))
            file.write(dice.randbytes(dice.randrange(1, MIB)))
        file.seek(size - 512)
        file.write(dice.randbytes(512))
    return path


def put(s3, disk, key):
    """By one PutObject, as those do who know no parts; S3 takes 5 GiB that way, and no more."""
    if disk.stat().st_size > 5 * GIB:
        return s3.upload_file(str(disk), "images", key)
    with open(disk, "rb") as body:
        return s3.put_object(Bucket="images", Key=key, Body=body)


def converted(path, form, *options):
    """The disk in another format, beside itself."""
    into = path.with_suffix(f".{form}")
    qemu_form = {"vhd": "vpc"}.get(form, form)
    subprocess.run([programs.find("qemu-img"), "convert", "-f", "raw", "-O", qemu_form, *options,
                    str(path), str(into)], check=True)
    return into


def streamed_vmdk(path):
    return converted(path, "vmdk", "-o", "subformat=streamOptimized")


def exported(server, resource, path, region=servers.REGION):
    """The bytes of an image or a snapshot, as they are in the end."""
    done = servers.run_amilab("export", resource, path, "--region", region,
                              endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    return path


def same_in(server, disk, regions, scratch):
    """Whether each of the resources, {region: id}, holds the disk."""
    return all(disks.same_disk(disk, exported(server, resource, scratch / f"{region}.raw", region))
               for region, resource in regions.items())


def snapshot_of(ec2, image):
    (shown,) = ec2.describe_images(ImageIds=[image])["Images"]
    (root,) = [mapping for mapping in shown["BlockDeviceMappings"]
               if mapping["DeviceName"] == shown["RootDeviceName"]]
    return root["Ebs"]["SnapshotId"]


def imported(ec2, **request):
    """Imports a snapshot and waits for it as most tools do; returns its id."""
    task = ec2.import_snapshot(**request)["ImportTaskId"]
    ec2.get_waiter("snapshot_imported").wait(ImportTaskIds=[task],
                                             WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    (shown,) = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])["ImportSnapshotTasks"]
    return shown["SnapshotTaskDetail"]["SnapshotId"]
