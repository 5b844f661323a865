"""Disks that tools upload to S3 and import: the bytes at the end are those at the beginning."""

import hashlib
import io
import os
import subprocess
import tarfile

import boto3.s3.transfer
import botocore.exceptions
import pytest

import programs
import snapshot_blocks
from disks import GIB, MIB, make_bootable, scattered
from resources import TYPE, export_archive, image_request
from servers import wait_until
from test_durability import checked, fill_up, mounted, tmpfs

OTHER = "210987654321"
PARTS = boto3.s3.transfer.TransferConfig(multipart_chunksize=8 * MIB, max_concurrency=4)
# How qemu-img calls the formats that ImportSnapshot takes.
FORMATS = {"RAW": (), "VHD": ("vpc", "subformat=dynamic,force_size=on"),
           "VHD, fixed": ("vpc", "subformat=fixed,force_size=on"),
           "VHDX": ("vhdx", "subformat=dynamic"), "VMDK": ("vmdk", "subformat=streamOptimized"),
           "VMDK, sparse": ("vmdk", "subformat=monolithicSparse")}


def upload(server, path, key="disk"):
    s3 = server.client("s3", max_pool_connections=8)
    if not s3.list_buckets()["Buckets"]:
        s3.create_bucket(Bucket="disks")
    s3.upload_file(str(path), "disks", key, Config=PARTS)
    return {"UserBucket": {"S3Bucket": "disks", "S3Key": key}}


def begin(ec2, disk, **more):
    return ec2.import_snapshot(DiskContainer=disk, **more)["ImportTaskId"]


def detail(ec2, task):
    (shown,) = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])["ImportSnapshotTasks"]
    return shown["SnapshotTaskDetail"]


def ended(ec2, task):
    """What became of the task, once it has ended."""
    ec2.get_waiter("snapshot_imported").wait(ImportTaskIds=[task],
                                             WaiterConfig={"Delay": 0, "MaxAttempts": 20_000})
    return detail(ec2, task)


def sum_of_file(path):
    """SHA-256 of a file, with the zeros that fill up its last block of 512 KiB."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(snapshot_blocks.BLOCK):
            digest.update(chunk.ljust(snapshot_blocks.BLOCK, b"\0"))
    return digest.hexdigest()


def sum_of_snapshot(server, snapshot, size):
    """SHA-256 of so many bytes, read by EBS direct, with the rest of their last block."""
    blocks = snapshot_blocks.download(server.client("ebs"), snapshot)
    digest = hashlib.sha256()
    zeros = bytes(snapshot_blocks.BLOCK)
    for index in range(-(-size // snapshot_blocks.BLOCK)):
        digest.update(blocks.pop(index, zeros))
    assert not any(map(any, blocks.values())), "there is something behind the disk"
    return digest.hexdigest()


@pytest.mark.needs("mkfs.xfs")
def test_an_import_shares_the_object_s_space_where_the_file_system_can(start_server, tmp_path):
    size = 64 * MIB
    file_system = tmp_path / "xfs"
    with open(file_system, "wb") as file:
        file.truncate(GIB)
    subprocess.run([programs.find("mkfs.xfs"), "-q", "-m", "reflink=1", file_system], check=True)
    disk = tmp_path / "disk.raw"
    disk.write_bytes(os.urandom(size))
    with mounted(tmp_path / "mounted", "-o", "loop", str(file_system)) as folder:

        def used():
            os.sync()
            found = os.statvfs(folder)
            return (found.f_blocks - found.f_bfree) * found.f_frsize

        server = start_server("--data", folder / "data")
        empty = used()
        uploaded = upload(server, disk)
        stored = used()
        assert stored - empty >= size
        ec2 = server.client("ec2")
        shown = ended(ec2, begin(ec2, uploaded))
        assert used() - stored < size // 8
        server.client("s3").delete_object(Bucket="disks", Key="disk")
        assert sum_of_snapshot(server, shown["SnapshotId"], size) == sum_of_file(disk)
        server.stop()


@pytest.mark.needs("qemu-img")
@pytest.mark.parametrize("wanted", FORMATS)
def test_the_bytes_that_were_uploaded_are_those_of_the_disk(wanted, server, ec2, tmp_path, dice):
    size = 150 * MIB + 4096  # neither whole GiB nor whole blocks
    disk = scattered(tmp_path / "disk.raw", size, dice)
    image = image_of(disk, wanted)
    shown = ended(ec2, begin(ec2, upload(server, image)))
    assert shown["Format"] == wanted.split(",")[0]
    assert shown["DiskImageSize"] == image.stat().st_size
    assert "Progress" not in shown
    assert sum_of_snapshot(server, shown["SnapshotId"], size) == sum_of_file(disk)

    image_id = ec2.register_image(**image_request("imported", shown["SnapshotId"]))["ImageId"]
    launched = ec2.run_instances(ImageId=image_id, InstanceType=TYPE, MinCount=1, MaxCount=1)
    instance = launched["Instances"][0]["InstanceId"]
    (volume,) = ec2.describe_volumes(Filters=[
        {"Name": "attachment.instance-id", "Values": [instance]}])["Volumes"]
    again = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
    assert sum_of_snapshot(server, again, size) == sum_of_file(disk)


def test_a_disk_in_parts_of_any_size_is_that_disk(server, ec2, tmp_path, dice):
    """Parts that end within blocks, some of them a range of another object."""
    s3 = server.client("s3")
    size = 90 * MIB + 512
    disk = scattered(tmp_path / "disk.raw", size, dice)
    whole = upload(server, disk, key="whole")["UserBucket"]
    content = disk.read_bytes()
    place = {"Bucket": "disks", "Key": "parts"}
    place["UploadId"] = s3.create_multipart_upload(**place)["UploadId"]
    parts, at = [], 0
    while at < size:
        grain = dice.choice([1, 512, 64 << 10, MIB])
        end = min(size, at + 5 * MIB + dice.randrange(4 * MIB) // grain * grain)
        number = {"PartNumber": len(parts) + 1}
        if dice.randrange(2):
            made = s3.upload_part(**place, **number, Body=content[at:end])
        else:
            made = s3.upload_part_copy(
                **place, **number, CopySourceRange=f"bytes={at}-{end - 1}",
                CopySource={"Bucket": whole["S3Bucket"], "Key": whole["S3Key"]})[
                    "CopyPartResult"]
        parts.append({**number, "ETag": made["ETag"]})
        at = end
    s3.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})
    shown = ended(ec2, begin(ec2, {"UserBucket": {"S3Bucket": "disks", "S3Key": "parts"}}))
    assert sum_of_snapshot(server, shown["SnapshotId"], size) == sum_of_file(disk)


def image_of(disk, wanted):
    """The disk as a file of that format."""
    if not FORMATS[wanted]:
        return disk
    image = disk.with_suffix(f".{wanted}")
    kind, options = FORMATS[wanted]
    subprocess.run([programs.find("qemu-img"), "convert", "-f", "raw", "-O", kind, "-o", options,
                    str(disk), str(image)], check=True)
    return image


def appliance(path, disks, form):
    """An OVA of these raw disks as VMDK, with a manifest."""
    files = {}
    for number, disk in enumerate(disks):
        image = path.with_suffix(f".{number}")
        subprocess.run([programs.find("qemu-img"), "convert", "-f", "raw", "-O", "vmdk", "-o",
                        "subformat=streamOptimized", str(disk), str(image)], check=True)
        files[f"{120 * 'n' if form != tarfile.USTAR_FORMAT else ''}{number}.vmdk"] = \
            image.read_bytes()
    address = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
    described = [
        '<?xml version="1.0"?><Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">',
        "<References>", *(f'<File ovf:href="{name}" ovf:id="{name}" ovf:size="{len(content)}"/>'
                          for name, content in files.items()), "</References><DiskSection>",
        *(f'<Disk ovf:fileRef="{name}" ovf:format="{address}"/>' for name in files),
        '</DiskSection><VirtualSystem ovf:id="vm"/></Envelope>']
    files = {"vm.ovf": "".join(described).encode(), **files}
    manifest = "".join(f"SHA256({name})= {hashlib.sha256(content).hexdigest()}\n"
                       for name, content in files.items())
    with tarfile.open(path, "w", format=form) as archive:
        for name, content in {**files, "vm.mf": manifest.encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def imported(ec2, container):
    """The task of an image that is imported, once it has ended."""
    task = ec2.import_image(DiskContainers=[container])["ImportTaskId"]

    def ended_task():
        (shown,) = ec2.describe_import_image_tasks(ImportTaskIds=[task])["ImportImageTasks"]
        return shown if shown["Status"] != "active" else None

    return wait_until(ended_task)


@pytest.mark.needs("qemu-img")
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_the_disks_of_an_ova_are_those_of_the_image(form, server, ec2, tmp_path, dice):
    sizes = [64 * MIB + 4096, 16 * MIB]
    raw = [make_bootable(scattered(tmp_path / "root.raw", sizes[0], dice)),
           scattered(tmp_path / "data.raw", sizes[1], dice)]
    container = upload(server, appliance(tmp_path / "vm.ova", raw, form))
    shown = imported(ec2, {**container, "Format": "ova"})
    assert shown["Status"] == "completed", shown
    details = shown["SnapshotDetails"]
    assert [detail["Format"] for detail in details] == ["VMDK", "VMDK"]
    for shown_disk, disk, size in zip(details, raw, sizes, strict=True):
        assert sum_of_snapshot(server, shown_disk["SnapshotId"], size) == sum_of_file(disk)
    (image,) = ec2.describe_images(ImageIds=[shown["ImageId"]])["Images"]
    assert [mapping["DeviceName"] for mapping in image["BlockDeviceMappings"]] == \
        ["/dev/sda1", "/dev/sdf"]


@pytest.mark.needs("qemu-img")
def test_a_changed_ova_is_not_imported(server, ec2, tmp_path, dice):
    disk = make_bootable(scattered(tmp_path / "root.raw", 16 * MIB, dice))
    path = appliance(tmp_path / "vm.ova", [disk], tarfile.USTAR_FORMAT)
    content = bytearray(path.read_bytes())
    content[content.index(b"KDMV") + 100_000] ^= 1
    path.write_bytes(content)
    shown = imported(ec2, upload(server, path))
    assert shown["Status"] == "deleted"
    assert shown["StatusMessage"] == (
        "ClientError: Disk validation failed [OVF file parsing error: file '0.vmdk' has another "
        "digest than the manifest says]")


def failed(ec2, task):
    """The message of a task that is to fail; nothing of one that has completed all the same."""
    def ended_task():
        shown = detail(ec2, task)
        return shown if shown["Status"] != "active" else None

    shown = wait_until(ended_task)
    assert ("SnapshotId" in shown) == (shown["Status"] == "completed"), shown
    return shown.get("StatusMessage")


@pytest.mark.needs("qemu-img")
@pytest.mark.parametrize("wanted", [*(name for name in FORMATS if name != "RAW"), "OVA"])
def test_an_image_that_is_cut_off_or_damaged_is_no_disk(wanted, start_server, tmp_path, dice):
    server = start_server("--data", tmp_path / "data")
    ec2, s3 = server.client(), server.client("s3")
    disk = make_bootable(scattered(tmp_path / "disk.raw", 24 * MIB, dice))
    image = (appliance(tmp_path / "vm.ova", [disk], tarfile.USTAR_FORMAT) if wanted == "OVA"
             else image_of(disk, wanted))
    content = image.read_bytes()
    place = {"S3Bucket": "disks", "S3Key": "disk"}
    s3.create_bucket(Bucket="disks")

    def message_of(body):
        s3.put_object(Bucket="disks", Key="disk", Body=body)
        if wanted == "OVA":
            shown = imported(ec2, {"Format": wanted, "UserBucket": place})
            assert ("ImageId" in shown) == (shown["Status"] == "completed"), shown
            return shown.get("StatusMessage")
        return failed(ec2, begin(ec2, {"Format": wanted.split(",")[0], "UserBucket": place}))

    # Archives and others end with zeros, of which none is missed.
    least = 16384 if wanted == "OVA" else 512
    needed = min(len(content) - least, len(content.rstrip(b"\0")))
    for _ in range(12):
        kept = dice.randrange(1, needed)
        message = message_of(content[:kept])
        assert message and message.startswith("ClientError: "), (kept, message)
    for _ in range(24):
        damaged = bytearray(content)
        for _ in range(dice.randrange(1, 5)):
            end = dice.choice([8192, len(damaged)])
            damaged[dice.randrange(end)] = dice.randrange(256)
        message = message_of(bytes(damaged))
        assert not message or message.startswith("ClientError: "), message
    for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
        for shown in ec2.describe_images(Owners=["self"], Filters=[{
                "Name": "block-device-mapping.snapshot-id",
                "Values": [snapshot["SnapshotId"]]}])["Images"]:
            ec2.deregister_image(ImageId=shown["ImageId"])
        ec2.delete_snapshot(SnapshotId=snapshot["SnapshotId"])
    wait_until(lambda: not list((tmp_path / "data").glob("generation-*/layers/*.data")))


def qemu_img(*arguments):
    subprocess.run([programs.find("qemu-img"), *map(str, arguments)], check=True,
                   capture_output=True)


def leading_elsewhere(folder):
    """Images that name other files, which are there: {name: image}."""
    secret = folder / "secret.raw"
    secret.write_bytes(b"secret".ljust(4 * MIB, b"s"))
    made = {}
    for subformat in ("monolithicFlat", "twoGbMaxExtentSparse"):
        made[subformat] = folder / f"{subformat}.vmdk"
        qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", f"subformat={subformat}", secret,
                 made[subformat])
    for kind in ("vmdk", "qcow2"):
        base = folder / f"base.{kind}"
        qemu_img("convert", "-f", "raw", "-O", kind, secret, base)
        made[f"{kind} with a parent"] = folder / f"child.{kind}"
        qemu_img("create", "-f", kind, "-F", kind, "-b", base, made[f"{kind} with a parent"])
    made["descriptor"] = folder / "descriptor.vmdk"
    made["descriptor"].write_text(
        "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\n"
        f'createType="monolithicFlat"\nRW 8192 FLAT "{secret}" 0\n')
    outside = folder / "outside.qcow2"
    qemu_img("create", "-f", "qcow2", "-o", f"data_file={folder / 'data.raw'},data_file_raw=on",
             outside, "4M")
    made["data_file"] = outside
    return made


@pytest.mark.needs("qemu-img")
def test_an_image_that_leads_to_other_files_is_no_disk(server, ec2, tmp_path):
    for name, image in leading_elsewhere(tmp_path).items():
        container = upload(server, image, key=name)
        formats = [{"Format": "VMDK"}] if image.suffix == ".vmdk" else []
        for asked in ({}, *formats):
            message = failed(ec2, begin(ec2, {**container, **asked}))
            assert message and message.startswith("ClientError: Disk validation failed"), name
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_whose_task_is_slow_delays_nobody(server, ec2, tmp_path, dice):
    """Accounts take turns, a piece each."""
    slow = scattered(tmp_path / "slow.raw", MIB * 300, dice)
    with open(slow, "r+b") as file:
        for piece in range(2400):
            file.seek(piece * MIB // 8)
            file.write(dice.randbytes(512))
    quick = tmp_path / "quick.raw"
    quick.write_bytes(dice.randbytes(80 * MIB))  # more than a call moves by itself
    disk = upload(server, slow)
    other = server.client(account=OTHER)
    server.client("s3", OTHER).create_bucket(Bucket="others")
    server.client("s3", OTHER).upload_file(str(quick), "others", "disk", Config=PARTS)
    tasks = [begin(ec2, disk) for _ in range(4)]
    mine = begin(other, {"UserBucket": {"S3Bucket": "others", "S3Key": "disk"}})
    assert ended(other, mine)["Status"] == "completed"
    assert detail(ec2, tasks[-1])["Status"] == "active"
    for task in tasks:
        assert ended(ec2, task)["Status"] == "completed"


def test_an_exported_ova_is_imported_again(server, ec2, tmp_path, dice):
    size = 64 * MIB
    disk = make_bootable(scattered(tmp_path / "disk.raw", size, dice))
    image = imported(ec2, upload(server, disk))["ImageId"]
    instance = ec2.run_instances(ImageId=image, InstanceType=TYPE, MinCount=1,
                                 MaxCount=1)["Instances"][0]["InstanceId"]
    key = export_archive(ec2, instance)
    again = imported(ec2, {"Format": "OVA", "UserBucket": {
        "S3Bucket": "disks", "S3Key": key}})
    assert again["Status"] == "completed", again
    (detail_again,) = again["SnapshotDetails"]
    assert sum_of_snapshot(server, detail_again["SnapshotId"], size) == sum_of_file(disk)


@pytest.mark.needs("qemu-img")
def test_a_large_disk_with_little_in_it_costs_little(start_server, tmp_path, dice):
    server = start_server("--data", tmp_path / "data")
    ec2 = server.client()
    disk = tmp_path / "disk.raw"
    blocks = {index: dice.randbytes(snapshot_blocks.BLOCK) for index in (0, 7, 16_383)}
    with open(disk, "wb") as file:
        file.truncate(8 * GIB)
        for index, data in blocks.items():
            file.seek(index * snapshot_blocks.BLOCK)
            file.write(data)
    image = tmp_path / "disk.vmdk"
    subprocess.run([programs.find("qemu-img"), "convert", "-f", "raw", "-O", "vmdk", "-o",
                    "subformat=streamOptimized", str(disk), str(image)], check=True)
    shown = ended(ec2, begin(ec2, upload(server, image)))
    (snapshot,) = ec2.describe_snapshots(SnapshotIds=[shown["SnapshotId"]])["Snapshots"]
    assert snapshot["VolumeSize"] == 8
    assert snapshot_blocks.download(server.client("ebs"), snapshot["SnapshotId"]) == blocks
    held = sum(file.stat().st_blocks * 512
               for file in (tmp_path / "data").glob("generation-*/layers/*"))
    assert held < 4 * MIB


def test_a_task_survives_kill_9(start_server, tmp_path, dice):
    data = tmp_path / "data"
    disk = tmp_path / "disk.raw"
    disk.write_bytes(dice.randbytes(200 * MIB))
    server = start_server("--data", data)
    task = begin(server.client(), upload(server, disk))
    server.kill()
    server = start_server("--data", data)
    ec2 = server.client()
    shown = ended(ec2, task)
    assert sum_of_snapshot(server, shown["SnapshotId"], 200 * MIB) == sum_of_file(disk)
    assert server.stop() == 0
    assert checked(data)[0] == 0


def test_a_task_that_finds_no_room_fails_and_leaves_none_taken(start_server, tmp_path, dice):
    with tmpfs(tmp_path / "mount", 48) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        ec2 = server.client()
        disk = tmp_path / "disk.raw"
        disk.write_bytes(dice.randbytes(24 * MIB))
        wanted = upload(server, disk)
        task = begin(ec2, wanted)
        with pytest.raises(botocore.exceptions.WaiterError):
            ec2.get_waiter("snapshot_imported").wait(ImportTaskIds=[task],
                                                     WaiterConfig={"Delay": 0, "MaxAttempts": 3})
        shown = detail(ec2, task)
        assert shown["Status"] == "deleted"
        assert "The disk that holds the data directory is full" in shown["StatusMessage"]
        server.client("s3").delete_object(Bucket="disks", Key="disk")
        disk.write_bytes(dice.randbytes(4 * MIB))
        assert ended(ec2, begin(ec2, upload(server, disk)))["Status"] == "completed"
        fill_up(mount)
        assert detail(ec2, task)["Status"] == "deleted"
        assert server.stop() == 0
