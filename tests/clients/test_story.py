"""The whole line: a disk in, an image, an instance, a snapshot, an image of the instance, an
instance of that, and the same disk out again, with boto3 and with both AWS CLIs."""

import http.client
import json
import os
import subprocess
import urllib.request

import pytest

import aws_cli
import disks
import servers
from resources import instance_of, root_volume, run

pytestmark = pytest.mark.needs("mke2fs", "debugfs", "e2fsck")


@pytest.fixture
def disk(tmp_path, dice):
    """A raw disk that is an ext4 file system."""
    folder = disks.fill_folder(tmp_path / "root", dice)
    return disks.make_ext4(tmp_path / "disk.raw", folder)


@pytest.fixture
def disk_sums(disk, tmp_path):
    """What the files on it sum up to."""
    return disks.folder_sums(tmp_path / "root")


def import_disk(server, path, name, *arguments, **options):
    """Imports with amilab's command; returns the image's id."""
    done = servers.run_amilab("import", path, "--name", name, *arguments,
                              endpoint=server.endpoint, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def export_disk(server, resource, path, *arguments):
    done = servers.run_amilab("export", resource, path, *arguments, endpoint=server.endpoint,
                              text=True)
    assert done.returncode == 0, done.stderr
    return path


def check_same(server, resource, disk, disk_sums, tmp_path):
    """What is exported has the disk's bytes and files, is as large as the volume, and sparse."""
    exported = export_disk(server, resource, tmp_path / f"{resource}.raw")
    assert exported.stat().st_size == disks.GIB
    assert disks.allocated_bytes(exported) <= disks.allocated_bytes(disk) + 4 * disks.MIB
    assert disks.same_disk(disk, exported)
    assert disks.ext4_sums(exported, tmp_path / f"{resource}-files") == disk_sums


def test_boto3_takes_a_disk_through_the_whole_line(server, ec2, disk, disk_sums, tmp_path):
    image_id = import_disk(server, disk, "golden")
    (image,) = ec2.describe_images(Owners=["self"])["Images"]
    assert (image["ImageId"], image["Name"], image["State"]) == (image_id, "golden", "available")
    assert image["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 1

    instance_id = run(ec2, image_id)["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance_id])
    volume_id = root_volume(instance_of(ec2, instance_id))

    snapshot_id = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot_id])
    captured_id = ec2.create_image(InstanceId=instance_id, Name="captured")["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[captured_id])

    second_id = run(ec2, captured_id)["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[second_id])
    second_volume_id = root_volume(instance_of(ec2, second_id))

    for resource in (image_id, snapshot_id, captured_id, second_volume_id):
        check_same(server, resource, disk, disk_sums, tmp_path)


@pytest.mark.parametrize("version", aws_cli.VERSIONS)
def test_the_aws_cli_takes_a_disk_through_the_whole_line(version, server, disk, disk_sums,
                                                         tmp_path):
    aws = aws_cli.AwsCli(version, server, tmp_path)
    image_id = import_disk(server, disk, "golden")
    assert aws.text("describe-images", "--owners", "self", "--filters", "Name=name,Values=gold*",
                    "--query", "Images[].ImageId") == image_id
    instance_id = aws.text("run-instances", "--image-id", image_id, "--instance-type", "t3.micro",
                           "--query", "Instances[0].InstanceId")
    aws.text("wait", "instance-running", "--instance-ids", instance_id)
    answer = aws.ec2("describe-instances", "--instance-ids", instance_id)
    volume_id = root_volume(answer["Reservations"][0]["Instances"][0])
    snapshot_id = aws.text("create-snapshot", "--volume-id", volume_id, "--description", "root",
                           "--query", "SnapshotId")
    aws.text("wait", "snapshot-completed", "--snapshot-ids", snapshot_id)
    captured_id = aws.text("create-image", "--instance-id", instance_id, "--name", "captured",
                           "--query", "ImageId")
    aws.text("wait", "image-available", "--image-ids", captured_id)
    second_id = aws.text("run-instances", "--image-id", captured_id, "--instance-type", "t3.micro",
                         "--query", "Instances[0].InstanceId")
    aws.text("wait", "instance-running", "--instance-ids", second_id)
    answer = aws.ec2("describe-instances", "--instance-ids", second_id)
    second_volume_id = root_volume(answer["Reservations"][0]["Instances"][0])
    check_same(server, second_volume_id, disk, disk_sums, tmp_path)


def test_standard_input_and_output_carry_the_same_disk(server, disk):
    with open(disk, "rb") as stream:
        image_id = import_disk(server, "-", "piped", stdin=stream, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, capture_output=False)
    with subprocess.Popen([servers.binary(), "export", image_id, "-", "--endpoint",
                           server.endpoint], stdout=subprocess.PIPE) as export:
        content = disk.read_bytes()
        assert export.stdout.read(len(content)) == content
        assert disks.is_rest_zero(export.stdout)
    assert export.returncode == 0


def test_create_image_captures_every_attached_volume(server, ec2, disk, tmp_path, dice):
    other_disk = tmp_path / "other.raw"
    other_disk.write_bytes(dice.randbytes(3 * disks.MIB))
    image_id = import_disk(server, disk, "root")
    other_id = import_disk(server, other_disk, "data")
    (other,) = ec2.describe_images(ImageIds=[other_id])["Images"]
    other_snapshot_id = other["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]

    instance = run(ec2, image_id)["Instances"][0]
    volume_id = ec2.create_volume(AvailabilityZone=instance["Placement"]["AvailabilityZone"],
                                  SnapshotId=other_snapshot_id)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume_id])
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]])
    ec2.attach_volume(VolumeId=volume_id, InstanceId=instance["InstanceId"], Device="/dev/sdf")
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume_id])

    captured_id = ec2.create_image(InstanceId=instance["InstanceId"], Name="both")["ImageId"]
    (captured,) = ec2.describe_images(ImageIds=[captured_id])["Images"]
    snapshots = {mapping["DeviceName"]: mapping["Ebs"]["SnapshotId"]
                 for mapping in captured["BlockDeviceMappings"]}
    assert set(snapshots) == {captured["RootDeviceName"], "/dev/sdf"}
    assert captured["SourceInstanceId"] == instance["InstanceId"]
    for device, original in ((captured["RootDeviceName"], disk), ("/dev/sdf", other_disk)):
        exported = export_disk(server, snapshots[device], tmp_path / f"{snapshots[device]}.raw")
        assert disks.same_disk(original, exported), device

    # An instance of the image has both disks again.
    again = run(ec2, captured_id)["Instances"][0]["InstanceId"]
    volumes = {mapping["DeviceName"]: mapping["Ebs"]["VolumeId"]
               for mapping in instance_of(ec2, again)["BlockDeviceMappings"]}
    exported = export_disk(server, volumes["/dev/sdf"], tmp_path / "again.raw")
    assert disks.same_disk(other_disk, exported)


def test_sizes_are_rounded_up_to_whole_gibibytes(server, ec2, tmp_path):
    large = tmp_path / "large.raw"
    with open(large, "wb") as stream:
        stream.truncate(disks.GIB + 1)
    tiny = tmp_path / "tiny.raw"
    tiny.write_bytes(b"one")
    for path, size_gib in ((large, 2), (tiny, 1)):
        image_id = import_disk(server, path, path.stem)
        (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
        assert image["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == size_gib
        exported = export_disk(server, image_id, tmp_path / "exported.raw")
        assert exported.stat().st_size == size_gib * disks.GIB
        assert disks.allocated_bytes(exported) <= disks.MIB
    with open(exported, "rb") as stream:
        assert stream.read(4) == b"one\0"


def test_import_takes_what_the_image_is_like_and_whose_it_is(server, tmp_path):
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"x" * 4096)
    image_id = import_disk(server, disk, "arm", "--architecture", "arm64", "--boot-mode", "uefi",
                           "--root-device", "/dev/sda1", "--description", "for arm",
                           "--account", "210987654321", "--region", "eu-west-1")
    theirs = server.client(account="210987654321", region="eu-west-1")
    (image,) = theirs.describe_images(ImageIds=[image_id])["Images"]
    assert image["OwnerId"] == "210987654321"
    assert image["Architecture"] == "arm64"
    assert image["BootMode"] == "uefi"
    assert image["RootDeviceName"] == "/dev/sda1"
    assert image["Description"] == "for arm"
    assert server.client().describe_images(Owners=["self"])["Images"] == []
    exported = export_disk(server, image_id, tmp_path / "out.raw", "--account", "210987654321",
                           "--region", "eu-west-1")
    assert disks.same_disk(disk, exported)


def test_import_and_export_are_by_the_caller_that_the_environment_names(server, tmp_path):
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"x" * 4096)
    caller = {"AWS_ACCESS_KEY_ID": "210987654321", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = servers.run_amilab("import", disk, "--name", "mine", endpoint=server.endpoint,
                              environment=caller)
    assert done.returncode == 0, done.stderr
    theirs = server.client(account="210987654321", region="eu-west-1")
    (image,) = theirs.describe_images(Owners=["self"])["Images"]
    exported = tmp_path / "out.raw"
    export = ("export", image["ImageId"], exported)
    assert servers.run_amilab(*export, endpoint=server.endpoint).returncode == 1
    assert servers.run_amilab(*export, endpoint=server.endpoint,
                              environment=caller).returncode == 0
    assert disks.same_disk(disk, exported)
    elsewhere = servers.run_amilab("import", disk, "--name", "mine", "--region", "mars",
                                   endpoint=server.endpoint, text=True)
    assert elsewhere.returncode == 2 and "--region is mars" in elsewhere.stderr


def test_import_and_export_are_whose_key_the_server_takes_it_for(start_server, tmp_path):
    disk, out = tmp_path / "disk.raw", tmp_path / "out.raw"
    disk.write_bytes(b"x" * 4096)
    declared = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}
    mistyped = {"AWS_ACCESS_KEY_ID": "student7"}

    def amilab(server, *command, environment):
        return servers.run_amilab(*command, endpoint=server.endpoint, environment=environment,
                                  text=True)

    for strictness in ((), ("--strict-accounts",)):
        server = start_server(*strictness)
        server.control("accounts", {"222222222222": {"access_keys": list(declared.values())}})
        done = amilab(server, "import", disk, "--name", "mine", environment=declared)
        assert done.returncode == 0, done.stderr
        (image,) = server.client(account="222222222222").describe_images(Owners=["self"])["Images"]
        assert image["ImageId"] == done.stdout.strip()
        export = ("export", image["ImageId"], out)
        assert amilab(server, *export, environment=declared).returncode == 0
        assert amilab(server, *export, environment=mistyped).returncode == 1
        done = amilab(server, "import", disk, "--name", "theirs", environment=mistyped)
        assert done.returncode == (1 if strictness else 0)
        assert ("credentials; AWS_ACCESS_KEY_ID is student7, and this server takes" in
                done.stderr) == bool(strictness)
        done = amilab(server, "import", disk, "--name", "named", "--account", "333333333333",
                      environment=mistyped)
        assert done.returncode == 0, done.stderr
        assert "student7" in server.log()


def test_an_export_is_of_what_the_account_sees(server, ec2, tmp_path):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    export = ("export", snapshot, tmp_path / "out.raw", "--account", "210987654321")
    refused = servers.run_amilab(*export, endpoint=server.endpoint, text=True)
    assert refused.returncode == 1 and "does not exist" in refused.stderr
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission",
                                  OperationType="add", UserIds=["210987654321"])
    assert servers.run_amilab(*export, endpoint=server.endpoint).returncode == 0


def test_an_export_to_a_link_writes_what_it_leads_to(server, disk, tmp_path):
    image_id = import_disk(server, disk, "golden")
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "symlink").symlink_to("target")
    export_disk(server, image_id, tmp_path / "symlink")
    assert (tmp_path / "symlink").is_symlink()
    assert disks.same_disk(disk, tmp_path / "target")


@pytest.mark.parametrize("arguments, text", [
    (("import", "/does/not/exist", "--name", "abc"), "/does/not/exist"),
    (("import", "DISK", "--name", "x"), "AMI names"),
    (("import", "DISK", "--name", "taken"), "already in use"),
    (("import", "DISK", "--name", "abc", "--architecture", "vax"), "architecture"),
    (("import", "EMPTY", "--name", "abc"), "empty"),
    (("import", ".", "--name", "abc"), "directory"),
    (("export", "ami-00000000000000000", "OUT"), "does not exist"),
    (("export", "vol-00000000000000000", "OUT"), "does not exist"),
    (("export", "snap-00000000000000000", "OUT"), "does not exist"),
    (("export", "i-00000000000000000", "OUT"), "no id"),
    (("export", "IMAGE", "PIPE"), "no regular file"),
])
def test_a_refused_transfer_says_why_in_one_line_and_leaves_nothing(server, tmp_path, arguments,
                                                                    text):
    (tmp_path / "disk").write_bytes(b"x" * 1024)
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    image_id = import_disk(server, tmp_path / "disk", "taken")
    before = sorted(tmp_path.iterdir())
    places = {"DISK": tmp_path / "disk", "EMPTY": tmp_path / "empty", "OUT": tmp_path / "out",
              "PIPE": tmp_path / "pipe", "IMAGE": image_id}
    done = servers.run_amilab(*(places.get(word, word) for word in arguments),
                              endpoint=server.endpoint, text=True)
    assert done.returncode != 0
    assert text in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "pipe").is_fifo()
    assert len(server.client().describe_images(Owners=["self"])["Images"]) == 1


def test_an_upload_that_breaks_off_makes_nothing(server, ec2):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", "/_amilab/import?name=half")
    connection.putheader("Content-Length", str(disks.MIB))
    connection.endheaders()
    connection.send(bytes(range(256)) * 100)
    connection.close()
    assert server.control("health")["status"] == "ok"
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_the_import_route_says_what_it_made(server, tmp_path):
    request = urllib.request.Request(f"{server.endpoint}/_amilab/import?name=by+curl",
                                     b"y" * 512, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        made = json.load(answer)
    assert made["image_id"].startswith("ami-")
    assert made["snapshot_id"].startswith("snap-")
    assert made["volume_size_gib"] == 1
