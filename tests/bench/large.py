"""The rows that must cost the same with 1,000 images and with 1,000,000."""

import sys

from load import Client, Form, Sample, form, measure, measure_singly
from processes import BenchError, Programs, Server
from table import Growth

LITTLE = 1_000
MUCH = 1_000_000
# Another account with few images among many.
GUEST = "210987654321"
PAGE = 1_000
# load_images.cpp names them by nine digits; ten share a tag.
IMAGE_NUMBER = 500
RATIO_AT_MOST = 2
# Fewer than so many in a round are measured one by one.
SLOW_CALLS_IN_ROUND = 20
SLOW_CALLS = 3
WILDCARD_US_AT_MOST = 0.5
UNPAGED_MIB_AT_MOST = 256


def calls(image: str) -> dict[str, Form]:
    def filtered(name: str, value: str) -> Form:
        return form("DescribeImages", Filter_1_Name=name, Filter_1_Value_1=value)

    ten = f"{IMAGE_NUMBER // 10:08}"
    return {
        "by id": form("DescribeImages", ImageId_1=image),
        "name wildcard after a prefix, 10 hits": filtered("name", f"image-{ten}*"),
        "by tag, 10 hits": filtered("tag:group", f"{IMAGE_NUMBER // 10:09}"),
        f"one page of {PAGE:,}": form("DescribeImages", MaxResults=str(PAGE)),
        f"one page of {PAGE:,}, owned by self": form("DescribeImages", MaxResults=str(PAGE),
                                                     Owner_1="self"),
        f"one page of {PAGE:,}, visible among images that are not":
            form("DescribeImages", account=GUEST, MaxResults=str(PAGE)),
        "leading wildcard, 10 hits": filtered("name", f"*{ten}?"),
    }


def start(programs: Programs, images: int) -> tuple[Server, dict[str, Form]]:
    print(f"bench: loading {images:,} images", file=sys.stderr)
    folder = programs.new_folder()
    programs.run("load_images", "--data", folder, "--images", str(images))
    programs.run("load_images", "--data", folder, "--images", str(LITTLE), "--owner", GUEST)
    server = programs.start_amilab(folder)
    found = Client(server).call("DescribeImages", Filter_1_Name="name",
                                Filter_1_Value_1=f"image-{IMAGE_NUMBER:09}")
    return server, calls(found.one("imageId"))


def require_hits(server: Server, what: str, call: Form) -> None:
    hits = Client(server).send(call).count(b"<imageId>")
    expected = 1 if what == "by id" else 10 if "10 hits" in what else PAGE
    if hits != expected:
        raise BenchError(f"{what}: {hits} images instead of {expected}")


def measure_one(server: Server, call: Form, seconds: int) -> Sample:
    if Client(server).timed_ms(call) > seconds * 1e3 / SLOW_CALLS_IN_ROUND:
        return measure_singly(server, call, SLOW_CALLS)
    return measure(server, call, 1, seconds)


def unpaged_mib(server: Server, images: int) -> float:
    """The most memory that the server has while it describes all of an owner's images."""
    peak = server.anonymous_mib()

    def look() -> None:
        nonlocal peak
        peak = max(peak, server.anonymous_mib())

    found = Client(server).drain(form("DescribeImages", Owner_1="self"), look)
    if found != images:
        raise BenchError(f"an answer without pages has {found} images instead of {images}")
    return peak


def large_rows(programs: Programs, rounds: int, seconds: int) -> list[Growth]:
    little_server, little_calls = start(programs, LITTLE)
    much_server, much_calls = start(programs, MUCH)
    rows = []
    for what, little_call in little_calls.items():
        print(f"bench: {what}", file=sys.stderr)
        little: list[Sample] = []
        much: list[Sample] = []
        require_hits(little_server, what, little_call)
        require_hits(much_server, what, much_calls[what])
        for _ in range(rounds):
            little.append(measure_one(little_server, little_call, seconds))
            much.append(measure_one(much_server, much_calls[what], seconds))
        is_scan = what.startswith("leading")
        rows.append(Growth(
            f"DescribeImages {what}: p50", "µs", [one.p50_us for one in little],
            [one.p50_us for one in much], None if is_scan else RATIO_AT_MOST,
            (MUCH + LITTLE, WILDCARD_US_AT_MOST, "µs an image") if is_scan else None))
    print("bench: all in one answer", file=sys.stderr)
    rows.append(Growth("DescribeImages of all in one answer: memory", "MiB",
                       [unpaged_mib(little_server, LITTLE)], [unpaged_mib(much_server, MUCH)],
                       per_item=(1, UNPAGED_MIB_AT_MOST, "MiB")))
    little_server.stop()
    much_server.stop()
    return rows
