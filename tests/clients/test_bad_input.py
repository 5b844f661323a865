"""A smoke test of what arrives at a real server's socket; tests/server/http has the rest."""

import contextlib
import socket

import pytest

import calls

OK = b"GET /_amilab/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def talk(server, *parts, shut=True):
    """Sends the parts; returns all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        received = b""
        # A server that has answered and closed takes no more; its answer is still to be read.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            for part in parts:
                connection.sendall(part)
            if shut:
                connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += chunk
        return received


def status(answer):
    assert answer.startswith(b"HTTP/1."), answer
    return int(answer.split(b" ", 2)[1])


@pytest.fixture(autouse=True)
def goes_on(server):
    """Whatever a test sends, others are served afterwards."""
    yield
    assert server.is_running
    assert server.control("health")["status"] == "ok"


@pytest.mark.parametrize("request_, expected", [
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", 431),
    (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 500 + b"\r\n", 431),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    (b"GET /_amilab/health HTTP/1.1\r\nHost: localhost\r\n"
     b"Origin: http://evil.example\r\n\r\n", 403),
    (b"POST /_amilab/reset HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n"
     b"Content-Length: 0\r\n\r\n", 403),
    (b"FROB / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
     b"Content-Length: 11\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n", 417),
])
def test_a_bad_request_gets_its_status(server, request_, expected):
    assert status(talk(server, request_)) == expected


def test_a_body_that_is_too_large_is_refused(server):
    length = 64 << 20
    answer = talk(server, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
                  b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" % length,
                  b"a" * (1 << 20))
    assert status(answer) == 413


@pytest.mark.parametrize("half", [
    b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nAction=Des"])
def test_half_a_request_ends_its_connection_alone(server, half):
    answer = talk(server, half)
    assert answer == b"" or status(answer) in (400, 408)


def test_pipelined_requests_are_answered_in_order(server):
    query = b"GET /?Action=%s&Version=2016-11-15 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = talk(server, OK, query % b"DescribeRegions", query % b"NoSuchAction", OK)
    statuses = [int(line.split(b" ")[1]) for line in answer.split(b"\r\n")
                if line.startswith(b"HTTP/1.1 ")]
    # An answer's body may end right before the next status line.
    assert answer.count(b"HTTP/1.1 ") == 4
    order = [answer.find(part) for part in (b'"status"', b"regionInfo", b"InvalidAction")]
    assert order == sorted(order) and -1 not in order
    assert set(statuses) <= {200, 400}


def test_http_1_0_is_answered_and_closed(server):
    answer = talk(server, b"GET /_amilab/health HTTP/1.0\r\n\r\n", shut=False)
    assert status(answer) == 200
    assert b'"ok"' in answer


def test_expect_100_continue_is_answered_before_the_body(server):
    body = b"Action=DescribeRegions&Version=2016-11-15"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                           b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    assert status(answer) == 200 and b"regionInfo" in answer


def test_ten_thousand_list_members_are_answered(server):
    parameters = {f"ImageId.{number}": f"ami-{number:017x}" for number in range(1, 10_001)}
    answer = calls.call(server, "DescribeImages", **parameters)
    assert answer.status == 400
    assert answer.code


def test_an_allowed_host_is_served(start_server):
    server = start_server("--allow-host", "amilab.test")
    request = b"GET /_amilab/health HTTP/1.1\r\nHost: amilab.test\r\nConnection: close\r\n\r\n"
    assert status(talk(server, request)) == 200


def test_random_bytes_get_an_answer_or_a_closed_connection(server, dice):
    for _ in range(100):
        answer = talk(server, dice.randbytes(dice.randrange(1, 2000)))
        assert answer == b"" or 400 <= status(answer) < 500


def test_five_hundred_idle_connections_hold_nobody_up(server):
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(500)]
    try:
        assert calls.call(server, "DescribeRegions").status == 200
    finally:
        for connection in idle:
            connection.close()
