"""What clients make the server hold is bounded in sum, whatever one connection may have."""

import os
import pathlib
import re
import socket
import struct
import urllib.parse

import calls
import servers
from resources import make_volume, newest_image

MIB = 1 << 20
# Of the default limit of 512 MiB: what a server may come to here.
MOST_MIB = 256


def memory_mib(server, name):
    """VmHWM is the most that was resident, VmRSS what is."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.M)[1]) // 1024


def connect(server, receive_bytes=4096):
    """A client whose kernel takes little."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    client.settimeout(servers.HANG_SECONDS)
    client.connect(("127.0.0.1", server.port))
    return client


def ask(client, action):
    client.sendall(f"GET /?Action={action}&Version={calls.VERSION} HTTP/1.1\r\n"
                   "Host: localhost\r\n\r\n".encode())


def make_tags(ec2, count):
    """Launches a thousand instances, and gives each so many tags."""
    ids = [instance["InstanceId"] for instance in ec2.run_instances(
        ImageId=newest_image(ec2)["ImageId"], InstanceType="t3.micro", MinCount=1000,
        MaxCount=1000)["Instances"]]
    ec2.create_tags(Resources=ids, Tags=[{"Key": f"key-{n}", "Value": "v" * 100}
                                         for n in range(count)])


def test_answers_that_nobody_reads_go_out_in_parts(server, ec2):
    tags = 50
    make_tags(ec2, tags)
    before = memory_mib(server, "VmRSS")
    clients = [connect(server) for _ in range(60)]
    for client in clients:
        ask(client, "DescribeTags")
    # Each has begun to be answered; a quiet client is, meanwhile.
    for client in clients:
        assert client.recv(12) == b"HTTP/1.1 200"
    assert ec2.describe_regions()["Regions"]
    assert memory_mib(server, "VmHWM") < MOST_MIB
    for client in clients:
        client.close()
    # Some MiB stay with each connection to the database, of which there are a dozen at most.
    servers.wait_until(lambda: memory_mib(server, "VmRSS") < before + 96)
    assert len(ec2.describe_tags()["Tags"]) == 1000 * tags


def test_every_large_list_is_whole(server, ec2):
    make_tags(ec2, 3)
    answer = calls.call(server, "DescribeInstances")
    instances = answer.xml.findall(".//instancesSet/item/instanceId")
    assert len({item.text for item in instances}) == 1000
    volumes = calls.call(server, "DescribeVolumes").xml.findall(".//volumeSet/item/volumeId")
    assert len({item.text for item in volumes}) == 1000


def half_sent_write(server, uri, volume, mib):
    """An NBD client that has promised 32 MiB and sent so many.
    Source: doc/proto.md of the NetworkBlockDevice project (documented)."""
    place = urllib.parse.urlsplit(uri)
    client = socket.create_connection((place.hostname, place.port), servers.HANG_SECONDS)
    received = client.makefile("rb")
    assert received.read(18)[:8] == b"NBDMAGIC"
    name = volume.encode()
    client.sendall(struct.pack(">I8sII", 3, b"IHAVEOPT", 1, len(name)) + name)
    received.read(10)
    client.sendall(struct.pack(">IHHQQI", 0x25609513, 0, 1, 7, 0, 32 * MIB))
    client.sendall(bytes(mib * MIB))
    return client


def test_half_sent_writes_to_block_devices_hold_a_piece_each(start_server):
    server = start_server("--nbd", "127.0.0.1:0")
    volume = make_volume(server.client(), Size=1)
    clients = [half_sent_write(server, server.nbd_uris[0], volume, 24) for _ in range(40)]
    assert memory_mib(server, "VmHWM") < MOST_MIB
    for client in clients:
        client.close()


def test_half_sent_bodies_are_refused_before_they_are_too_much(server, ec2):
    clients = [connect(server) for _ in range(120)]
    body = 2 * MIB
    header = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body}\r\n\r\n"
    for client in clients:
        try:
            client.sendall(header.encode() + b"x" * (body - 1))
        except ConnectionError:
            pass  # refused before its end
    assert memory_mib(server, "VmHWM") < MOST_MIB
    assert ec2.describe_regions()["Regions"]
    for client in clients:
        client.close()


def test_a_limit_is_64_mib_at_least(tmp_path):
    for wrong in ("63MiB", "0", "all", "1e9", "-1"):
        done = servers.run_amilab("serve", "--memory-limit", wrong, "--data", tmp_path / "data",
                                  text=True)
        assert done.returncode == 2 and "64MiB or more" in done.stderr, done.stderr
        assert not os.path.exists(tmp_path / "data")
