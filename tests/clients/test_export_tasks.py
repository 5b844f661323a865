"""Images and instances as disk files in S3: the same bytes in each format, and cancelled tasks."""

import io
import subprocess
import tarfile

import pytest

import disks
import programs
from resources import export_archive, make_bucket, run
from servers import run_amilab, wait_until
from test_store_image_tasks import import_disk, sha256

GIB = 1 << 30


@pytest.fixture
def bucket(server):
    return make_bucket(server)


def ended(ec2, task):
    """Waits for the end of an export of an image."""
    def shown():
        (one,) = ec2.describe_export_image_tasks(ExportImageTaskIds=[task])["ExportImageTasks"]
        return one if one["Status"] != "active" else None

    return wait_until(shown)


def export_image(ec2, image, file_format, **more):
    task = ec2.export_image(ImageId=image, DiskImageFormat=file_format,
                            S3ExportLocation={"S3Bucket": "disks", "S3Prefix": "exports/"},
                            **more)["ExportImageTaskId"]
    assert ended(ec2, task)["Status"] == "completed"
    return f"exports/{task}.{file_format.lower()}"


def download(server, key, path):
    server.client("s3").download_file("disks", key, str(path))
    return path


@pytest.mark.parametrize("size", [GIB, 8 * GIB, GIB - 512 * 1023])
def test_a_raw_export_is_the_disk(server, ec2, bucket, dice, tmp_path, size):
    source = disks.scattered(tmp_path / "source.raw", size, dice)
    image = import_disk(server, source)
    exported = download(server, export_image(ec2, image, "RAW"), tmp_path / "exported.raw")
    plain = tmp_path / "plain.raw"
    run_amilab("export", image, plain, endpoint=server.endpoint)
    assert sha256(exported) == sha256(plain)
    assert disks.same_disk(source, exported)


@pytest.mark.needs("qemu-img")
@pytest.mark.parametrize("file_format, driver", [("VMDK", "vmdk"), ("VHD", "vpc")])
def test_qemu_reads_the_other_formats(server, ec2, bucket, dice, tmp_path, file_format, driver):
    source = disks.scattered(tmp_path / "source.raw", 3 * GIB, dice)
    image = import_disk(server, source)
    file = download(server, export_image(ec2, image, file_format), tmp_path / "exported")
    assert file.stat().st_size < 300 << 20
    plain = tmp_path / "exported.raw"
    subprocess.run([programs.find("qemu-img"), "convert", "-f", driver, "-O", "raw", str(file),
                    str(plain)], check=True)
    assert sha256(plain) == sha256(source)


@pytest.mark.needs("qemu-img")
def test_an_instance_is_exported_as_an_archive(server, ec2, bucket, dice, tmp_path):
    source = disks.scattered(tmp_path / "source.raw", GIB, dice)
    instance = run(ec2, import_disk(server, source))["Instances"][0]["InstanceId"]
    key = export_archive(ec2, instance)
    content = server.client("s3").get_object(Bucket="disks", Key=key)
    with tarfile.open(fileobj=io.BytesIO(content["Body"].read())) as archive:
        names = archive.getnames()
        assert names[0].endswith(".ovf")
        archive.extract(names[1], tmp_path)
    plain = tmp_path / "exported.raw"
    subprocess.run([programs.find("qemu-img"), "convert", "-f", "vmdk", "-O", "raw",
                    str(tmp_path / names[1]), str(plain)], check=True)
    assert sha256(plain) == sha256(source)


def test_a_terabyte_of_zeros_costs_nothing(server, ec2, bucket):
    snapshot = ec2.create_snapshot(
        VolumeId=ec2.create_volume(AvailabilityZone="us-east-1a", Size=1024)["VolumeId"])
    image = ec2.register_image(Name="large", RootDeviceName="/dev/xvda", BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot["SnapshotId"]}}],
        VirtualizationType="hvm")["ImageId"]
    s3 = server.client("s3")
    raw = s3.head_object(Bucket="disks", Key=export_image(ec2, image, "RAW"))
    assert raw["ContentLength"] == 1024 * GIB
    vmdk = s3.head_object(Bucket="disks", Key=export_image(ec2, image, "VMDK"))
    assert vmdk["ContentLength"] < 1 << 20


def test_a_server_that_is_killed_ends_its_exports(start_server, dice, tmp_path):
    data = tmp_path / "data"
    server = start_server("--data", data)
    source = disks.scattered(tmp_path / "source.raw", GIB, dice)
    image = import_disk(server, source)
    make_bucket(server)
    task = server.client().export_image(
        ImageId=image, DiskImageFormat="RAW",
        S3ExportLocation={"S3Bucket": "disks"})["ExportImageTaskId"]
    server.kill()
    server = start_server("--data", data)
    assert ended(server.client(), task)["Status"] == "completed"
    assert disks.same_disk(source, download(server, f"{task}.raw", tmp_path / "exported.raw"))
    assert server.stop() == 0
    assert run_amilab("check", data).returncode == 0
