"""What AWS would charge, as `amilab cost` and the control API tell it."""

import json

import servers

ACCOUNT = "123456789012"
GIB = 1 << 30


def make_volume(ec2, size=10):
    return ec2.create_volume(AvailabilityZone="us-east-1a", Size=size,
                             VolumeType="gp3")["VolumeId"]


def test_cost_is_a_table_with_the_sources_of_its_prices(server):
    volume = make_volume(server.client())
    done = servers.run_amilab("cost", endpoint=server.endpoint, text=True)
    assert done.returncode == 0, done.stderr
    (row,) = [line.split() for line in done.stdout.splitlines() if volume in line]
    assert row == ["volume", volume, "us-east-1", "10", "GB", "gp3", "0.800000", "0.800000"]
    assert "https://pricing.us-east-1.amazonaws.com/" in done.stdout
    assert "not told: data that leave AWS or go between zones: no packets are moved" in done.stdout


def test_cost_is_that_of_the_account_asked_for(server):
    mine = make_volume(server.client())
    other = make_volume(server.client(account="222222222222"))
    done = servers.run_amilab("cost", "--account", "222222222222", "--json",
                              endpoint=server.endpoint, text=True)
    ids = [row["id"] for row in json.loads(done.stdout)["resources"]]
    assert other in ids and mine not in ids


def test_the_route_gives_dollars_and_what_a_deletion_gives_back(server):
    ec2 = server.client()
    volume = make_volume(ec2, size=100)
    bill = server.control(f"cost?account={ACCOUNT}")
    (row,) = [one for one in bill["resources"] if one["id"] == volume]
    assert row["monthly_usd"] == row["gives_back_usd"] == 8.0
    ec2.delete_volume(VolumeId=volume)
    after = server.control(f"cost?account={ACCOUNT}")
    assert round(bill["monthly_usd"] - after["monthly_usd"], 6) == row["gives_back_usd"]


def test_an_unknown_region_is_one_clear_line(server):
    done = servers.run_amilab("cost", "--region", "mars-1", endpoint=server.endpoint, text=True)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("amilab: --region is mars-1; expected one such as us-east-1")
