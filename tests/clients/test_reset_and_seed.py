"""Back to the first state, under load too; and ids that a seed repeats."""

import threading

import calls
import servers
from resources import image_request, make_volume, run


def test_reset_takes_everything_back_to_the_start(server, ec2):
    make_volume(ec2)
    server.control("clock", {"freeze": True, "set": "2030-01-01T00:00:00Z"})
    server.set_delays(volume_creating=1000)
    assert server.control("reset", {}) == {"status": "ok"}
    assert ec2.describe_volumes()["Volumes"] == []
    assert server.control("clock")["frozen"] is False
    assert server.control("delays")["volume.creating"] == 0
    assert ec2.describe_images(Owners=["amazon"])["Images"]


def test_reset_keeps_nothing_on_the_disk(start_server, tmp_path, dice):
    disk = tmp_path / "disk.raw"
    disk.write_bytes(dice.randbytes(8 << 20))
    server = start_server("--data", tmp_path / "data")
    assert servers.run_amilab("import", disk, "--name", "big",
                              endpoint=server.endpoint).returncode == 0
    server.control("reset", {})
    servers.wait_until(lambda: not (tmp_path / "data/generation-1").exists())
    assert not list((tmp_path / "data").glob("generation-*/layers/*"))
    assert server.stop() == 0
    server = start_server("--data", tmp_path / "data")
    assert server.client().describe_images(Owners=["self"])["Images"] == []


def test_answers_stay_whole_while_resets_happen(server):
    stop = threading.Event()
    failures = []
    answers = []

    def work():
        while not stop.is_set():
            created = calls.call(server, "CreateVolume", AvailabilityZone="us-east-1a", Size="1")
            volume = created.xml.findtext("volumeId") or "vol-00000000000000000"
            answers.extend((
                created,
                calls.call(server, "CreateSnapshot", VolumeId=volume),
                calls.call(server, "DescribeVolumes"),
                calls.call(server, "DescribeImages", **{"Owner.1": "self"}),
                calls.call(server, "DeleteVolume", VolumeId=volume)))

    def guarded():
        try:
            work()
        except Exception as error:  # a broken connection is a failure too
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(8)]
    for thread in threads:
        thread.start()
    resets = 0
    while resets < 60 or (len(answers) < 400 and not failures):
        server.control("reset", {})
        resets += 1
    stop.set()
    for thread in threads:
        thread.join()
    for answer in answers:
        # Parsing is the test that the answer is whole.
        if answer.status >= 500 or answer.xml is None or not answer.request_id:
            failures.append(answer.body)
    assert not failures
    assert [answer.status for answer in answers].count(200) > 100
    server.control("reset", {})
    assert server.client().describe_volumes()["Volumes"] == []
    assert server.client().describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def story(ec2):
    """The ids that a short sequence of calls makes."""
    volume = make_volume(ec2)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(**image_request(f"made-of-{snapshot}", snapshot))["ImageId"]
    launched = run(ec2, image, MaxCount=2)
    return [volume, snapshot, image, launched["ReservationId"],
            *(instance["InstanceId"] for instance in launched["Instances"]),
            *sorted(volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"])]


def test_the_same_seed_gives_the_same_ids(start_server):
    ids = [story(start_server("--seed", seed).client()) for seed in (7, 7, 8)]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])


def test_without_a_seed_ids_differ(start_server):
    assert not set(story(start_server().client())) & set(story(start_server().client()))


def test_a_seed_gives_the_same_ids_again_after_a_reset(start_server):
    server = start_server("--seed", 7)
    first = story(server.client())
    server.control("reset", {})
    assert story(server.client()) == first


def test_a_seed_never_repeats_an_id_after_a_restart(start_server, tmp_path):
    seen = set()
    for kill in (False, True, False):
        server = start_server("--seed", 7, "--data", tmp_path / "data")
        before = {volume["VolumeId"] for volume in server.client().describe_volumes()["Volumes"]}
        made = set(story(server.client())) - before
        assert not made & seen
        seen |= made
        if kill:
            server.kill()
        else:
            assert server.stop() == 0
