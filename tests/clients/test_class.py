"""A class on one server: one student's account is reset, and none holds more than it may."""

import botocore.exceptions
import pytest

import servers
from resources import make_image, make_volume, run

TEACHER = "111111111111"
STUDENT = "222222222222"
NEIGHBOUR = "333333333333"


def volumes(server, account):
    return server.client(account=account).describe_volumes()["Volumes"]


def share(server, image_id, account):
    owner = server.client(account=TEACHER)
    owner.modify_image_attribute(
        ImageId=image_id, LaunchPermission={"Add": [{"UserId": account}]})


def test_a_reset_of_one_account_leaves_the_others(server):
    image = make_image(server.client(account=TEACHER))
    for account in (STUDENT, NEIGHBOUR):
        share(server, image, account)
        run(server.client(account=account), image)
        make_volume(server.client(account=account))
    before = volumes(server, NEIGHBOUR)
    done = servers.run_amilab("reset", "--account", STUDENT, endpoint=server.endpoint, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert STUDENT in done.stdout
    assert volumes(server, STUDENT) == []
    assert server.client(account=STUDENT).describe_instances()["Reservations"] == []
    assert volumes(server, NEIGHBOUR) == before
    run(server.client(account=STUDENT), image)  # the teacher's image is there as before


def test_a_reset_of_the_teacher_leaves_what_students_made_of_the_image(server):
    image = make_image(server.client(account=TEACHER))
    share(server, image, STUDENT)
    student = server.client(account=STUDENT)
    run(student, image)
    assert server.control("reset", {"account": TEACHER}) == {"status": "ok", "account": TEACHER}
    (reservation,) = student.describe_instances()["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "running"
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidAMIID.NotFound"):
        run(student, image)


def test_a_reset_of_one_account_survives_a_restart(start_server, tmp_path):
    server = start_server("--data", tmp_path / "data")
    make_volume(server.client(account=STUDENT))
    make_volume(server.client(account=NEIGHBOUR))
    server.control("reset", {"account": STUDENT})
    assert server.stop() == 0
    server = start_server("--data", tmp_path / "data")
    assert volumes(server, STUDENT) == []
    assert len(volumes(server, NEIGHBOUR)) == 1


def test_no_account_holds_more_rows_than_it_may(start_server):
    # boto3 sends a client token with each volume, which is a row too.
    server = start_server("--account-limit", "rows=6")
    student = server.client(account=STUDENT)
    for _ in range(3):
        make_volume(student)
    with pytest.raises(botocore.exceptions.ClientError, match="VolumeLimitExceeded"):
        make_volume(student)
    make_volume(server.client(account=NEIGHBOUR))
    server.control("reset", {"account": STUDENT})
    make_volume(student)


def test_no_account_holds_more_bytes_than_it_may(start_server, tmp_path, dice):
    server = start_server("--account-limit", "bytes=4MiB")
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(dice.randbytes(3 << 20))
    large.write_bytes(dice.randbytes(8 << 20))

    def bring(disk, account=STUDENT):
        return servers.run_amilab("import", disk, "--name", disk.name, "--account", account,
                                  endpoint=server.endpoint, text=True)

    assert bring(small).returncode == 0
    refused = bring(large)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "maximum storage limit of 4194304 bytes" in line
    space = server.control("space")
    assert [one["account"] for one in space["accounts"]] == [STUDENT]
    assert space["allocated_bytes"] <= 4 << 20
    assert bring(small, NEIGHBOUR).returncode == 0


def test_space_has_totals_of_each_account(server):
    make_volume(server.client(account=STUDENT))
    make_volume(server.client(account=STUDENT))
    make_volume(server.client(account=NEIGHBOUR))
    done = servers.run_amilab("space", endpoint=server.endpoint, text=True)
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[:3] for row in rows if row[0] in (STUDENT, NEIGHBOUR)] == [
        [STUDENT, "4", "2"], [NEIGHBOUR, "2", "1"]]  # with the client tokens
    done = servers.run_amilab("space", "--account", STUDENT, endpoint=server.endpoint, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[0][:4] for row in rows] == ["MiB", "vol-", "vol-", "MiB", STUDENT[:4], "allo"]


def test_space_is_shown_in_pages(server):
    made = {make_volume(server.client(account=owner)) for owner in (STUDENT, STUDENT, NEIGHBOUR)}
    everything = sorted(server.control("space")["disks"], key=lambda disk: disk["id"])
    assert {disk["id"] for disk in everything} == made
    first = server.control("space?limit=2")
    assert first == {"disks": everything[:2]}
    assert server.control(f"space?after={everything[1]['id']}") == {"disks": everything[2:]}
    assert server.control(f"space?account={NEIGHBOUR}&limit=5")["disks"] == [
        disk for disk in everything if disk["account"] == NEIGHBOUR]
    for refused in ("limit=0", "limit=1001", "limit=many", "account=12", "region=us-east-1"):
        assert server.refused_control(f"space?{refused}")[0] == 400


def test_a_folder_full_of_other_files_gets_no_state(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for command, code in ((("serve", "--listen", "127.0.0.1:0"), 1),
                          (("import", __file__, "--name", "one"), 3)):
        done = servers.run_amilab(*command, "--data", tmp_path, text=True)
        assert done.returncode == code
        (line,) = done.stderr.splitlines()
        assert "notes.txt" in line and str(tmp_path) in line
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
