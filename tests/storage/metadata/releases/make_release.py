#!/usr/bin/env python3
"""Makes releases/<version>/: a small data directory as this version of amilab leaves it.

    .venv/bin/python tests/storage/metadata/releases/make_release.py

Needs boto3 and qemu-io. Run once for each version, with its own release build (or AMILAB_BINARY);
README.md says what comes of it.
"""

import contextlib
import hashlib
import itertools
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "clients"))
sys.dont_write_bytecode = True

import servers  # noqa: E402
from resources import (ZONE, image_request, instance_of, make_volume,  # noqa: E402
                       newest_image, root_volume, run)

OTHER = "222222222222"
NOW = "2026-01-02T03:04:05Z"
KIB = 1024
LOOKED_AT = 1024 * KIB
HOUR_MS = 3600 * 1000


def tags_of(kind, **tags):
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]


class Maker:
    """Calls of both accounts on one server."""

    def __init__(self, server):
        self.server = server
        self.tokens = itertools.count(1)
        self.product = None
        self.ec2 = self.client()
        self.other = self.client(account=OTHER)

    def client(self, *arguments, **options):
        """One whose client tokens are numbers: every run makes the same database."""
        def fill(params, model, **_):
            for name in model.idempotent_members:
                params.setdefault(name, f"token-{next(self.tokens)}")
        client = self.server.client(*arguments, **options)
        client.meta.events.register_first("before-parameter-build", fill)
        return client

    def make(self):
        self.server.control("clock", {"freeze": True, "set": NOW})
        self.product = newest_image(self.other, "aws-marketplace", "bitnami-wordpress-*")
        self.server.control("accounts", {OTHER: {
            "access_keys": ["AKIAIOSFODNN7EXAMPLE"],
            "organization": "arn:aws:organizations::111111111111:organization/o-abcdefghij",
            "subscriptions": [self.product["ProductCodes"][0]["ProductCodeId"]],
            "products": ["product2"]}})
        golden = self.import_disk()
        instance = self.use_instance(golden)
        images = self.make_images(instance)
        self.prepare_windows()
        self.use_volumes(instance)
        self.use_other_account(images)
        self.use_snapshots()
        self.use_neighbours(images)
        self.leave_under_way(instance)

    def import_disk(self):
        body = b"golden disk, first sector\n".ljust(4 * KIB, b"g")
        request = urllib.request.Request(
            f"{self.server.endpoint}/_amilab/import?name=golden&description=of+a+raw+disk", body,
            {"Content-Type": "application/octet-stream"}, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["image_id"]

    def write(self, volume, *commands):
        """qemu-io's commands on a volume by way of NBD."""
        arguments = [word for command in commands for word in ("-c", command)]
        subprocess.run(["qemu-io", "-f", "raw", *arguments, "-c", "flush",
                        self.server.disk(volume)], check=True, stdout=subprocess.DEVNULL)

    def use_instance(self, golden):
        """A volume over a chain of three layers: a copied block, a new one, zeros."""
        launched = run(self.ec2, golden, UserData="#!/bin/sh\necho hello\n",
                       TagSpecifications=tags_of("instance", Name="web", env="prod"))
        instance = launched["Instances"][0]["InstanceId"]
        root = root_volume(instance_of(self.ec2, instance))
        self.write(root, "write -P 0x61 512 512")
        self.ec2.create_snapshot(VolumeId=root, Description="after the first writes",
                                 TagSpecifications=tags_of("snapshot", env="prod", empty=""))
        self.write(root, "write -z -u 0 64k", "write -P 0x62 64k 512")
        self.ec2.stop_instances(InstanceIds=[instance])
        return instance

    def make_images(self, instance):
        made = self.ec2.create_image(
            InstanceId=instance, Name="made of web", Description="ä image",
            TagSpecifications=tags_of("image", team="infra") + tags_of("snapshot", team="infra"))
        first = made["ImageId"]
        self.ec2.modify_image_attribute(ImageId=first,
                                        LaunchPermission={"Add": [{"UserId": OTHER}]})
        self.ec2.enable_image_deprecation(ImageId=first, DeprecateAt="2030-01-01T00:00:00Z")
        self.ec2.enable_image_deregistration_protection(ImageId=first, WithCooldown=True)
        self.ec2.attach_image_watermark(ImageId=first, WatermarkName="checked")
        self.ec2.replace_image_instance_type_specification(
            ImageId=first, InstanceTypeSpecification={"SupportedInstanceTypes": ["t3.*"]})
        copy = self.ec2.copy_image(Name="copied", SourceImageId=first, SourceRegion="us-east-1")
        self.ec2.disable_image(ImageId=copy["ImageId"])
        return {"shared": first, "copy": copy["ImageId"]}

    def prepare_windows(self):
        public = newest_image(self.ec2, pattern="Windows_Server-2022-English-Full-Base-*")
        instance = run(self.ec2, public["ImageId"])["Instances"][0]["InstanceId"]
        image = self.ec2.create_image(InstanceId=instance, Name="windows")["ImageId"]
        self.ec2.enable_fast_launch(ImageId=image, ResourceType="snapshot")

    def use_volumes(self, instance):
        data = make_volume(self.ec2, Size=8, VolumeType="gp3", Iops=4000,
                           TagSpecifications=tags_of("volume", Name="data"))
        self.ec2.attach_volume(VolumeId=data, InstanceId=instance, Device="/dev/sdf")
        self.write(data, "write -P 0x64 0 4k")
        self.ec2.modify_volume(VolumeId=data, Size=9)
        deleted = make_volume(self.ec2)
        self.ec2.delete_volume(VolumeId=deleted)

    def use_other_account(self, images):
        launched = run(self.other, images["shared"], MinCount=2, MaxCount=2)["Instances"]
        self.other.terminate_instances(InstanceIds=[launched[1]["InstanceId"]])
        root = root_volume(instance_of(self.other, launched[0]["InstanceId"]))
        snapshot = self.other.create_snapshot(VolumeId=root)["SnapshotId"]
        self.other.modify_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add",
            UserIds=[servers.DEFAULT_ACCOUNT])
        self.other.create_tags(Resources=[images["shared"]], Tags=[{"Key": "theirs", "Value": "1"}])
        self.other.create_replace_root_volume_task(InstanceId=launched[0]["InstanceId"])
        run(self.other, self.product["ImageId"])
        west = self.client(account=OTHER, region="us-west-2")
        west.enable_ebs_encryption_by_default()
        volume = make_volume(west, AvailabilityZone="us-west-2a")
        self.write(volume, "write -P 0x65 0 512")

    def use_snapshots(self):
        locked, archived, restored = (
            self.ec2.create_snapshot(VolumeId=make_volume(self.ec2), Description=word)["SnapshotId"]
            for word in ("locked", "archived", "restored fast"))
        self.ec2.lock_snapshot(SnapshotId=locked, LockMode="governance", LockDuration=30)
        self.ec2.modify_snapshot_tier(SnapshotId=archived, StorageTier="archive")
        self.ec2.enable_fast_snapshot_restores(AvailabilityZones=[ZONE],
                                               SourceSnapshotIds=[restored])
        ebs = self.client("ebs")
        uploaded = ebs.start_snapshot(VolumeSize=1, Description="uploaded")["SnapshotId"]
        ebs.complete_snapshot(SnapshotId=uploaded, ChangedBlocksCount=0)
        self.ec2.copy_snapshot(SourceSnapshotId=restored, SourceRegion="us-east-1",
                               Encrypted=True)

    def use_neighbours(self, images):
        """The Recycle Bin, the Parameter Store and settings."""
        rbin = self.client("rbin")
        for kind in ("EC2_IMAGE", "EBS_SNAPSHOT"):
            rbin.create_rule(ResourceType=kind, Description="prod stays",
                             RetentionPeriod={"RetentionPeriodValue": 7,
                                              "RetentionPeriodUnit": "DAYS"},
                             ResourceTags=[{"ResourceTagKey": "keep", "ResourceTagValue": "yes"}],
                             Tags=[{"Key": "rule", "Value": kind}])
        kept = self.ec2.create_snapshot(VolumeId=make_volume(self.ec2),
                                        TagSpecifications=tags_of("snapshot", keep="yes"))
        image = self.ec2.register_image(**image_request("in the bin", kept["SnapshotId"]),
                                        TagSpecifications=tags_of("image", keep="yes"))
        self.ec2.modify_image_attribute(ImageId=image["ImageId"],
                                        LaunchPermission={"Add": [{"UserId": OTHER}]})
        self.ec2.deregister_image(ImageId=image["ImageId"])
        self.ec2.delete_snapshot(SnapshotId=kept["SnapshotId"])
        ssm = self.client("ssm")
        for image in (images["copy"], images["shared"]):
            ssm.put_parameter(Name="/golden/app", Value=image, Type="String", Overwrite=True,
                              DataType="aws:ec2:image")
        ssm.label_parameter_version(Name="/golden/app", ParameterVersion=1, Labels=["stable"])
        self.client("ssm", account=OTHER).put_parameter(
            Name="list", Value="a,b", Type="StringList", Description="of words")
        self.ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
        self.ec2.replace_image_criteria_in_allowed_images_settings(
            ImageCriteria=[{"ImageProviders": ["amazon", OTHER]}])
        self.ec2.create_image_usage_report(ImageId=images["shared"],
                                           AccountIds=[OTHER],
                                           ResourceTypes=[{"ResourceType": "ec2:Instance"}])

    def leave_under_way(self, instance):
        """An image and its snapshots that are pending for an hour, and a volume written since."""
        self.server.set_delays(snapshot_pending=HOUR_MS, image_pending=HOUR_MS)
        self.ec2.create_image(InstanceId=instance, Name="pending")
        self.write(root_volume(instance_of(self.ec2, instance)), "write -P 0x66 0 512")


def dump(path):
    """The database as SQL: its schema in SQLite's order, then the rows in the keys'."""
    db = sqlite3.connect(path)
    lines = [sql + ";" for (sql,) in
             db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")]
    tables = [name for (name,) in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")]
    for table in tables:
        columns = db.execute(f"PRAGMA table_info({table})").fetchall()
        names = ", ".join(column[1] for column in columns)
        values = " || ', ' || ".join(f"quote({column[1]})" for column in columns)
        key = ", ".join(column[1] for column in sorted(columns, key=lambda one: one[5])
                        if column[5])
        lines += [f"INSERT INTO {table} ({names}) VALUES ({row});" for (row,) in
                  db.execute(f"SELECT {values} FROM {table} ORDER BY {key}")]
    (version,) = db.execute("PRAGMA user_version").fetchone()
    disks = db.execute("""
        SELECT id, owner, region FROM snapshot WHERE layer_id IS NOT NULL AND state = 'completed'
               AND recycled = 0 AND id NOT IN (SELECT snapshot_id FROM snapshot_tier)
        UNION ALL
        SELECT id, owner, region FROM volume WHERE state <> 'deleted' ORDER BY id""").fetchall()
    db.close()
    return "\n".join([*lines, f"PRAGMA user_version = {version};", ""]), disks


@contextlib.contextmanager
def serving(*arguments):
    server = servers.Server(*arguments)
    try:
        yield server
    finally:
        code = server.stop()
    assert code == 0, server.log()


def sums_of(data, disks):
    """What this version reads of each disk: its size in bytes and the SHA-256 of the first MiB."""
    lines = []
    with serving("--data", data) as server:
        for name, account, region in disks:
            url = f"{server.endpoint}/_amilab/export/{name}?account={account}&region={region}"
            with urllib.request.urlopen(url, timeout=30) as answer:
                size = answer.headers["X-Amilab-Disk-Bytes"]
                digest = hashlib.sha256(answer.read(LOOKED_AT)).hexdigest()
            lines.append(f"{name} {size} {digest}\n")
    return "".join(lines)


def next_ids(data):
    """The ids that this version gives next, of each kind one."""
    with serving("--data", data) as server:
        server.set_delays(snapshot_pending=0, image_pending=0)
        ec2 = server.client()
        volume = make_volume(ec2)
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        image = ec2.register_image(**image_request("next", snapshot))["ImageId"]
        instance = run(ec2, image)["Instances"][0]["InstanceId"]
    return "".join(f"{name}\n" for name in (image, instance, snapshot, volume))


def main():
    with tempfile.TemporaryDirectory() as scratch:
        data = pathlib.Path(scratch) / "data"
        with serving("--data", data, "--seed", "1", "--nbd-unix", f"{scratch}/nbd") as server:
            version = server.control("health")["version"]
            Maker(server).make()

        release = HERE / version
        (release / "layers").mkdir(parents=True)  # never over one that is there
        generation = data / (data / "current").read_text().strip()
        sql, disks = dump(generation / "metadata.sqlite")
        (release / "metadata.sql").write_text(sql, encoding="utf-8")
        for file in sorted((generation / "layers").iterdir()):
            if file.suffix in (".data", ".map"):
                shutil.copyfile(file, release / "layers" / file.name)
        shutil.copytree(data, f"{scratch}/copy")
        (release / "disks.txt").write_text(sums_of(f"{scratch}/copy", disks))
        (release / "next_ids.txt").write_text(next_ids(f"{scratch}/copy"))


if __name__ == "__main__":
    sys.exit(main())
