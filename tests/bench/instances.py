"""The calls about instances that must cost the same beside 1,000 and beside 100,000 of them."""

import sys

from large import LITTLE, PAGE, RATIO_AT_MOST, drain, p50s_us
from load import Client, Form, form
from operations import INSTANCE_TYPE, new_subnet, register_image
from processes import BenchError, Programs, Server
from table import Growth

MUCH = 100_000
TAGGED = 10
# A subnet of a /16 has room for so many launches of LAUNCHED.
LAUNCHED = 1_000
LAUNCHES_IN_SUBNET = 65
# With every instance, interface and volume in the answer.
UNPAGED_MIB_AT_MOST = 64


def launch_all(client: Client, instances: int) -> list[str]:
    """Returns the last launch's answers: ids of instances."""
    image = register_image(client)
    launched: list[str] = []
    for number in range(instances // LAUNCHED):
        if number % LAUNCHES_IN_SUBNET == 0:
            subnet = new_subnet(client, number // LAUNCHES_IN_SUBNET)
        launched = client.call("RunInstances", ImageId=image, InstanceType=INSTANCE_TYPE,
                               MinCount=str(LAUNCHED), MaxCount=str(LAUNCHED),
                               SubnetId=subnet).all("instanceId")
    return launched


def calls(client: Client, instances: list[str]) -> dict[str, tuple[Form, int]]:
    """What is asked, and how many instances the answer has."""
    for number, instance in enumerate(instances[:TAGGED]):
        client.call("CreateTags", ResourceId_1=instance, Tag_1_Key="group", Tag_1_Value="ten",
                    Tag_2_Key="Name", Tag_2_Value=f"web-{number}")
    address = client.call("DescribeInstances", InstanceId_1=instances[0]).one("privateIpAddress")

    def filtered(name: str, value: str) -> Form:
        return form("DescribeInstances", Filter_1_Name=name, Filter_1_Value_1=value)

    return {
        "by id": (form("DescribeInstances", InstanceId_1=instances[0]), 1),
        "by tag, 10 hits": (filtered("tag:group", "ten"), TAGGED),
        "by private address": (filtered("private-ip-address", address), 1),
        f"one page of {PAGE:,}": (form("DescribeInstances", MaxResults=str(PAGE)), PAGE),
    }


def start(programs: Programs, instances: int) -> tuple[Server, dict[str, tuple[Form, int]]]:
    print(f"bench: launching {instances:,} instances", file=sys.stderr)
    server = programs.start_amilab(programs.new_folder())
    client = Client(server)
    return server, calls(client, launch_all(client, instances))


def require_hits(server: Server, what: str, call: Form, expected: int) -> None:
    found = Client(server).send(call).count(b"<instanceState>")
    if found != expected:
        raise BenchError(f"{what}: {found} instances instead of {expected}")


def unpaged_mib(server: Server, action: str, marker: bytes, instances: int) -> float:
    """What the server takes above what it had, while it describes all in one answer."""
    before = server.anonymous_mib()
    found, peak = drain(server, form(action), marker)
    if found != instances:
        raise BenchError(f"{action} without pages has {found} instead of {instances}")
    return max(peak - before, 0.1)


def launch_cpu_s(server: Server) -> float:
    """Of a launch of LAUNCHED by the whole path: a group, a key pair, an interface."""
    client = Client(server)
    client.call("CreateKeyPair", KeyName="bench", KeyType="ed25519")
    image = client.call("DescribeImages", Owner_1="self").one("imageId")
    subnet = new_subnet(client, 200)
    before = server.cpu_seconds()
    client.call("RunInstances", ImageId=image, InstanceType=INSTANCE_TYPE, KeyName="bench",
                MinCount=str(LAUNCHED), MaxCount=str(LAUNCHED), NetworkInterface_1_DeviceIndex="0",
                NetworkInterface_1_SubnetId=subnet)
    return server.cpu_seconds() - before


def instance_rows(programs: Programs, rounds: int, seconds: int, much: int) -> list[Growth]:
    little_server, little_calls = start(programs, LITTLE)
    much_server, much_calls = start(programs, much)
    rows = []
    for what, (little_call, expected) in little_calls.items():
        print(f"bench: {what}", file=sys.stderr)
        much_call, _ = much_calls[what]
        require_hits(little_server, what, little_call, expected)
        require_hits(much_server, what, much_call, expected)
        times = p50s_us((little_server, much_server), (little_call, much_call), rounds, seconds)
        rows.append(Growth(f"DescribeInstances {what}: p50", "µs", *times, RATIO_AT_MOST))
    for action, marker in (("DescribeInstances", b"<instanceState>"),
                           ("DescribeNetworkInterfaces", b"<subnetId>")):
        print(f"bench: {action} of all in one answer", file=sys.stderr)
        rows.append(Growth(
            f"{action} of all in one answer: memory above idle", "MiB",
            [unpaged_mib(little_server, action, marker, LITTLE)],
            [unpaged_mib(much_server, action, marker, much)],
            per_item=(1, UNPAGED_MIB_AT_MOST, "MiB")))
    rows.append(Growth(f"RunInstances of {LAUNCHED:,} with key, group and interface: server CPU",
                       "s", [launch_cpu_s(little_server)], [launch_cpu_s(much_server)],
                       per_item=(1, 1, "s")))
    little_server.stop()
    much_server.stop()
    return rows
