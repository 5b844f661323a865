"""A catalogue of one's own: what `aws ec2 describe-images` prints is what the server takes."""

import json

import pytest
from botocore.exceptions import ClientError

import servers
from resources import newest_image, run


def write(path, content):
    path.write_text(json.dumps(content, default=str))
    return path


def published(server, **arguments):
    """Images of a server as the AWS CLI would print them."""
    images = server.client().describe_images(**arguments)["Images"]
    return {"Images": images}


def test_what_one_server_prints_another_takes(start_server, tmp_path):
    debian = published(start_server(), Owners=["136693071363"])
    assert len(debian["Images"]) > 5
    other = start_server("--catalogue", write(tmp_path / "debian.json", debian))
    ec2 = other.client()
    assert ec2.describe_images()["Images"] == debian["Images"]
    image = newest_image(ec2, "136693071363", "debian-13-amd64-*")
    run(ec2, image["ImageId"], InstanceType="t3.micro")


def test_it_may_be_added_to_what_is_there_also_in_another_region(start_server, tmp_path):
    image = published(start_server(), Owners=["136693071363"])["Images"][0]
    image["ImageId"] = "ami-0123456789abcdef0"
    image["Name"] = "mine"
    added = write(tmp_path / "mine.json", [{"Region": "eu-west-1", "Images": [image]}])
    server = start_server("--catalogue-add", added)
    there = server.client(region="eu-west-1")
    (found,) = there.describe_images(ImageIds=[image["ImageId"]])["Images"]
    assert found["Name"] == "mine"
    assert len(there.describe_images()["Images"]) > 100
    with pytest.raises(ClientError, match="InvalidAMIID.NotFound"):
        server.client().describe_images(ImageIds=[image["ImageId"]])


@pytest.mark.parametrize("content, words", [
    ("{", "no JSON"),
    ('{"Images": [{"ImageId": "ami-xyz"}]}', "ami-xyz is malformed"),
    ('{"Images": [], "Imagees": []}', "unknown field Imagees"),
    ('{"Region": "mars-1", "Images": [{"ImageId": "ami-12345678", "OwnerId": "123456789012",'
     ' "Name": "x", "Architecture": "x86_64", "RootDeviceType": "instance-store",'
     ' "CreationDate": "2026-01-01T00:00:00Z"}]}', "there is no region mars-1"),
])
@pytest.mark.parametrize("flag", ["--catalogue", "--catalogue-add"])
def test_a_file_that_is_wrong_is_one_clear_line(tmp_path, flag, content, words):
    path = tmp_path / "wrong.json"
    path.write_text(content)
    done = servers.run_amilab("serve", "--listen", "127.0.0.1:0", flag, path, text=True)
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    assert str(path) in line and words in line
    assert "ready" not in done.stdout


def test_thousands_of_images_come_in_one_answer_as_in_pages(start_server, tmp_path):
    image = published(start_server(), Owners=["136693071363"])["Images"][0]
    images = [{**image, "ImageId": f"ami-{number:017x}", "Name": f"image {number}"}
              for number in range(1, 9001)]
    server = start_server("--catalogue", write(tmp_path / "many.json", {"Images": images}))
    ec2 = server.client()
    answer = ec2.describe_images()
    assert "NextToken" not in answer
    assert [one["ImageId"] for one in answer["Images"]] == [one["ImageId"] for one in images]
    assert answer["ResponseMetadata"]["RequestId"]
    pages = ec2.get_paginator("describe_images").paginate(PaginationConfig={"PageSize": 1000})
    assert [one for page in pages for one in page["Images"]] == answer["Images"]


def test_an_unknown_image_is_looked_at_before_its_launch(start_server):
    ec2 = start_server("--unknown-ami=adopt").client()
    (image,) = ec2.describe_images(ImageIds=["ami-0a1b2c3d4e5f60718"])["Images"]
    ebs = image["BlockDeviceMappings"][0]["Ebs"]
    assert (ebs["VolumeSize"], image["RootDeviceName"]) == (8, "/dev/xvda")
    instance = run(ec2, image["ImageId"], InstanceType="t4g.micro")["Instances"][0]
    assert instance["Architecture"] == "arm64"
    with pytest.raises(ClientError, match="InvalidAMIID.NotFound"):
        ec2.copy_image(SourceImageId="ami-0a1b2c3d4e5f60719", SourceRegion="us-east-1", Name="mine")


def test_an_unknown_image_is_adopted_when_asked_for_and_the_log_says_so(start_server):
    server = start_server("--unknown-ami=adopt")
    ec2 = server.client()
    instance = run(ec2, "ami-0a1b2c3d4e5f60718", InstanceType="t4g.micro")["Instances"][0]
    assert instance["Architecture"] == "arm64"
    (image,) = ec2.describe_images(ImageIds=[instance["ImageId"]])["Images"]
    assert image["Public"] and image["OwnerId"] == "000000000000"
    assert "ami-0a1b2c3d4e5f60718" in server.log()
    assert "made up" in server.log()
