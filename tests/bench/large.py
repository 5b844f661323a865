"""The rows that must cost the same with 1,000 images and with 1,000,000."""

import sys

from load import IMAGE, Client, Form, Sample, form, measure, measure_singly
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


def p50s_us(servers: tuple[Server, Server], both: tuple[Form, Form], rounds: int,
            seconds: int) -> tuple[list[float], list[float]]:
    """Of a call of the server with little and of the one with much, in alternating rounds."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for server, call, of_server in zip(servers, both, times):
            of_server.append(measure_one(server, call, seconds).p50_us)
    return times


def drain(server: Server, call: Form, marker: bytes = IMAGE) -> tuple[int, float]:
    """How often an answer has the marker, and the MiB that the server has at most meanwhile."""
    peak = server.anonymous_mib()

    def look() -> None:
        nonlocal peak
        peak = max(peak, server.anonymous_mib())

    found = Client(server).drain(call, look, marker)
    return found, peak


def unpaged_mib(server: Server, images: int) -> float:
    """The most memory that the server has while it describes all of an owner's images."""
    found, peak = drain(server, form("DescribeImages", Owner_1="self"))
    if found != images:
        raise BenchError(f"an answer without pages has {found} images instead of {images}")
    return peak


def large_rows(programs: Programs, rounds: int, seconds: int) -> list[Growth]:
    little_server, little_calls = start(programs, LITTLE)
    much_server, much_calls = start(programs, MUCH)
    rows = []
    for what, little_call in little_calls.items():
        print(f"bench: {what}", file=sys.stderr)
        require_hits(little_server, what, little_call)
        require_hits(much_server, what, much_calls[what])
        times = p50s_us((little_server, much_server), (little_call, much_calls[what]), rounds,
                        seconds)
        is_scan = what.startswith("leading")
        rows.append(Growth(
            f"DescribeImages {what}: p50", "µs", *times, None if is_scan else RATIO_AT_MOST,
            (MUCH + LITTLE, WILDCARD_US_AT_MOST, "µs an image") if is_scan else None))
    print("bench: all in one answer", file=sys.stderr)
    rows.append(Growth("DescribeImages of all in one answer: memory", "MiB",
                       [unpaged_mib(little_server, LITTLE)], [unpaged_mib(much_server, MUCH)],
                       per_item=(1, UNPAGED_MIB_AT_MOST, "MiB")))
    little_server.stop()
    much_server.stop()
    return rows
