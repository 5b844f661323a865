"""Disks that become snapshots and images: objects of S3, in each format, whole and damaged."""

import io
import struct
import tarfile
import zlib

from client import filters
from world import tag_specification

MIB = 1 << 20
HOUR_MS = 3_600_000
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NO_TASK = "import-snap-0123456789abcdef0"
DISK = b"boot" + bytes(MIB - 4)
LICENSE = ("arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
           "lic-0123456789abcdef0123456789abcdef")


def vhd(disk):
    """A fixed one: the disk, and a footer."""
    size = len(disk)
    footer = bytearray(struct.pack(">8sIIQIIIIQQIII", b"conectix", 2, 0x10000, ~0 & (1 << 64) - 1,
                                   0, 0, 0, 0, size, size, 0, 2, 0).ljust(512, b"\0"))
    footer[64:68] = struct.pack(">I", ~sum(footer) & 0xFFFFFFFF)
    return disk + bytes(footer)


def bootable():
    """A table with one partition, which has an ext4 file system."""
    disk = bytearray(2 * MIB)
    disk[:4] = b"code"
    disk[446:462] = struct.pack("<B3sB3sII", 0x80, b"", 0x83, b"", 2048, 2048)
    disk[510:512] = b"\x55\xaa"
    disk[MIB + 0x438:MIB + 0x43A] = b"\x53\xef"
    return bytes(disk)


def vmdk(disk):
    """Stream-optimized, in grains of 64 KiB, of which those that are zero are absent."""
    text = ("# Disk DescriptorFile\nparentCID=ffffffff\ncreateType=\"streamOptimized\"\n"
            f"RW {len(disk) // 512} SPARSE \"disk.vmdk\"\n").encode()
    body, places = text.ljust(512, b"\0"), []
    for offset in range(0, len(disk), 65_536):
        grain = disk[offset:offset + 65_536]
        places.append(1 + len(body) // 512 if any(grain) else 0)
        if any(grain):
            # Not packed: zlib's versions pack differently, and lengths are recorded.
            packer = zlib.compressobj(0)
            packed = packer.compress(grain) + packer.flush()
            marked = struct.pack("<QI", offset // 512, len(packed)) + packed
            body += marked.ljust(-(-len(marked) // 512) * 512, b"\0")
    table = 1 + len(body) // 512
    body += struct.pack(f"<{len(places)}I", *places).ljust(2048, b"\0")
    directory = 1 + len(body) // 512
    body += struct.pack("<I", table).ljust(512, b"\0")
    header = struct.pack("<4sIIQQQQIQQQB4sH", b"KDMV", 3, 0x30001, len(disk) // 512, 128, 1, 1, 512,
                         0, directory, 0, 0, b"\n \r\n", 1)
    return header.ljust(512, b"\0") + body


def ova(*disks, names=None):
    """An archive of a descriptor and these disks; it names so many, or others."""
    names = names or [f"disk{number}.vmdk" for number in range(len(disks))]
    files = "".join(f'<File ovf:href="{name}" ovf:id="{name}"/>' for name in names)
    described = "".join(f'<Disk ovf:fileRef="{name}" ovf:format="vmdk"/>' for name in names)
    descriptor = ('<Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>'
                  f"{files}</References><DiskSection>{described}</DiskSection><VirtualSystem/>"
                  "</Envelope>").encode()
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in (("vm.ovf", descriptor), *zip(names, map(vmdk, disks))):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def container(key, **more):
    return {"DiskContainer": {"UserBucket": {"S3Bucket": "disks", "S3Key": key}, **more}}


def put(client, **objects):
    client.quiet("CreateBucket", Bucket="disks")
    for key, body in objects.items():
        client.quiet("PutObject", Bucket="disks", Key=key, Body=body)


def snapshots(emulator):
    me, other = emulator.me, emulator.other
    put(me, raw=DISK, vhd=vhd(DISK), qcow2=b"QFI\xfb" + bytes(508))
    me.dry("ImportSnapshot", container("raw"))
    made = me("ImportSnapshot", container("raw", Description="a disk", Format="raw"),
              Description="mine", ClientToken="once", RoleName="importer", Encrypted=True,
              KmsKeyId=KEY, ClientData={"Comment": "by hand", "UploadSize": 0.5,
                                        "UploadStart": "2026-11-02T03:04:05Z",
                                        "UploadEnd": "2026-11-02T03:04:06Z"},
              TagSpecification=[tag_specification("import-snapshot-task", of="test")])
    task = made["importTaskId"]
    by_id = me("DescribeImportSnapshotTasks", ImportTaskId=[task])
    me("DescribeSnapshots", SnapshotId=[by_id["snapshotId"]])
    for key, more in (("vhd", {}), ("qcow2", {}), ("raw", {"Format": "VMDK"}), ("absent", {})):
        failed = me.brief("ImportSnapshot", container(key, **more))["importTaskId"]
        me("DescribeImportSnapshotTasks", ImportTaskId=[failed])
    me("ImportSnapshot", DiskContainer={"Url": "s3://disks/raw"})
    for wrong in ({}, {"DiskContainer": {"Format": "raw"}},
                  {"DiskContainer": {"Url": "https://example.com/disk"}},
                  {**container("raw", Format="qcow2")}, {**container("raw", Url="s3://disks/raw")},
                  {"DiskContainer": {"UserBucket": {"S3Bucket": "nobodys", "S3Key": "raw"}}},
                  {**container("raw"), "KmsKeyId": KEY},
                  {**container("vhd"), "ClientToken": "once"}):
        me.refused("ImportSnapshot", wrong)
    emulator.far.refused("ImportSnapshot", container("raw"))
    me.brief("DescribeImportSnapshotTasks", Filters=filters(tag_key="of")["Filter"])
    me.dry("DescribeImportSnapshotTasks")
    me.two_pages("DescribeImportSnapshotTasks")
    me.refused("DescribeImportSnapshotTasks", ImportTaskId=[NO_TASK])
    other.refused("DescribeImportSnapshotTasks", ImportTaskId=[task])
    me.refused("CancelImportTask", ImportTaskId=task)


def machine(key, **more):
    return {"DiskContainer": [{"UserBucket": {"S3Bucket": "disks", "S3Key": key}, **more}]}


def images(emulator):
    me, other = emulator.me, emulator.other
    put(me, disk=bootable(), raw=DISK, ova=ova(bootable(), DISK),
        less=ova(bootable(), names=["disk0.vmdk", "disk1.vmdk"]))
    me.dry("ImportImage", machine("disk"))
    made = me("ImportImage", machine("disk", Description="a disk", DeviceName="/dev/xvda",
                                     Format="raw"),
              Description="mine", ClientToken="once", RoleName="importer", Encrypted=True,
              KmsKeyId=KEY, Architecture="x86_64", BootMode="legacy-bios", Hypervisor="xen",
              LicenseType="BYOL", Platform="Linux",
              LicenseSpecifications=[{"LicenseConfigurationArn": LICENSE}],
              ClientData={"Comment": "by hand", "UploadSize": 0.5,
                          "UploadStart": "2026-11-02T03:04:05Z",
                          "UploadEnd": "2026-11-02T03:04:06Z"},
              TagSpecification=[tag_specification("import-image-task", of="test")])
    task = made["importTaskId"]
    image = me("DescribeImportImageTasks", ImportTaskId=[task])["imageId"]
    me("DescribeImages", ImageId=[image])
    plain = me.brief("ImportImage", DiskContainer=[
        *machine("disk")["DiskContainer"], {"Url": "s3://disks/raw"}],
                     UsageOperation="RunInstances")["importTaskId"]
    me("DescribeImportImageTasks", ImportTaskId=[plain])
    several = me.brief("ImportImage", machine("ova", Format="ova"))["importTaskId"]
    me("DescribeImportImageTasks", ImportTaskId=[several])
    for key, more in (("raw", {}), ("disk", {"BootMode": "uefi"}), ("absent", {}), ("less", {})):
        failed = me.brief("ImportImage", machine(key), **more)["importTaskId"]
        me("DescribeImportImageTasks", ImportTaskId=[failed])
    for wrong in ({}, {**machine("disk"), "BootMode": "uefi-preferred"},
                  {"DiskContainer": 2 * machine("ova", Format="ova")["DiskContainer"]},
                  {**machine("disk"), "LicenseType": "AWS", "UsageOperation": "RunInstances"},
                  {**machine("disk"), "Hypervisor": "kvm"},
                  {**machine("disk"), "ClientToken": "once"}):
        me.refused("ImportImage", wrong)
    me.brief("DescribeImportImageTasks", Filters=filters(task_state="deleted")["Filter"])
    me.dry("DescribeImportImageTasks")
    me.two_pages("DescribeImportImageTasks", size=2)
    me.refused("DescribeImportImageTasks", ImportTaskId=["import-ami-0123456789abcdef0"])
    other.refused("DescribeImportImageTasks", ImportTaskId=[task])
    emulator.set_delays(import_image_task__active=HOUR_MS)
    active = me.quiet("ImportImage", machine("disk"))["importTaskId"]
    emulator.advance(HOUR_MS // 2)
    me("DescribeImportImageTasks", ImportTaskId=[active])
    me("CancelImportTask", ImportTaskId=active)


def cancelled(emulator):
    me = emulator.me
    put(me, raw=DISK)
    emulator.set_delays(import_snapshot_task__active=HOUR_MS)
    task = me.quiet("ImportSnapshot", container("raw"))["importTaskId"]
    emulator.advance(HOUR_MS // 2)
    me("DescribeImportSnapshotTasks", ImportTaskId=[task])
    me.dry("CancelImportTask", ImportTaskId=task)
    me("CancelImportTask", ImportTaskId=task, CancelReason="a mistake")
    me("DescribeImportSnapshotTasks", ImportTaskId=[task])
    for wrong in ({"ImportTaskId": task}, {"ImportTaskId": NO_TASK}, {"ImportTaskId": "x"}, {}):
        me.refused("CancelImportTask", wrong)


SCENARIOS = {"import_snapshots": snapshots, "import_images": images,
             "import_cancellations": cancelled}
