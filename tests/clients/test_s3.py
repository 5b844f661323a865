"""S3 with boto3, its transfer manager and the AWS CLI: what tools that publish images do first."""

import base64
import concurrent.futures
import hashlib
import http.client
import io
import itertools
import json
import socket
import threading
import urllib.error
import urllib.request

import boto3.s3.transfer
import botocore
import botocore.exceptions
import pytest

import aws_cli
import servers
from test_durability import checked, fill_up, tmpfs

OTHER = "210987654321"
MIB = 1 << 20


@pytest.fixture
def s3(server):
    client = server.client("s3", max_pool_connections=32)
    client.create_bucket(Bucket="disks")
    return client


@pytest.fixture(params=["v1", "v2"])
def aws(request, server, tmp_path):
    return aws_cli.AwsCli(request.param, server, tmp_path)


def refusal(call, **request):
    """(status, code) of a call that must be refused."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**request)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def read(s3, key, **request):
    return s3.get_object(Bucket="disks", Key=key, **request)["Body"].read()


def object_files(folder):
    return list(folder.glob("generation-*/objects/*"))


def test_an_object_comes_back_as_it_was_put(s3, dice):
    content = dice.randbytes(3 * MIB + 5)
    put = s3.put_object(Bucket="disks", Key="images/a b+c/ü.raw", Body=content,
                        ContentType="application/x-raw", Metadata={"origin": "build 7"})
    assert put["ETag"] == f'"{hashlib.md5(content).hexdigest()}"'
    got = s3.get_object(Bucket="disks", Key="images/a b+c/ü.raw", ChecksumMode="ENABLED")
    assert got["Body"].read() == content
    assert got["Metadata"] == {"origin": "build 7"}
    assert got["ContentType"] == "application/x-raw"
    assert got["ChecksumCRC32"] == put["ChecksumCRC32"]
    assert read(s3, "images/a b+c/ü.raw", Range="bytes=1000000-2999999") == content[10**6:3 * 10**6]
    assert s3.list_objects_v2(Bucket="disks")["Contents"][0]["Key"] == "images/a b+c/ü.raw"
    assert s3.get_waiter("object_exists").wait(Bucket="disks", Key="images/a b+c/ü.raw") is None


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_each_checksum_that_sdks_make_is_kept(s3, algorithm):
    put = s3.put_object(Bucket="disks", Key="a", Body=b"content", ChecksumAlgorithm=algorithm)
    name = f"Checksum{algorithm}"
    head = s3.head_object(Bucket="disks", Key="a", ChecksumMode="ENABLED")
    assert head[name] == put[name]
    assert head["ChecksumType"] == "FULL_OBJECT"
    if algorithm == "SHA256":
        assert base64.b64decode(head[name]) == hashlib.sha256(b"content").digest()


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA256"])
def test_the_transfer_manager_moves_what_is_large_in_parts(s3, dice, tmp_path, algorithm):
    content = dice.randbytes(21 * MIB + 12345)
    source, copy = tmp_path / "disk.raw", tmp_path / "copy.raw"
    source.write_bytes(content)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * MIB,
                                              multipart_chunksize=5 * MIB, max_concurrency=8)
    arguments = {} if algorithm is None else {"ChecksumAlgorithm": algorithm}
    s3.upload_file(str(source), "disks", "disk.raw", ExtraArgs=arguments, Config=config)
    head = s3.head_object(Bucket="disks", Key="disk.raw", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-5"')
    assert head["ContentLength"] == len(content)
    s3.download_file("disks", "disk.raw", str(copy), Config=config)
    assert copy.read_bytes() == content
    s3.upload_fileobj(io.BytesIO(content), "disks", "again.raw", ExtraArgs=arguments, Config=config)
    into = io.BytesIO()
    s3.download_fileobj("disks", "again.raw", into, Config=config)
    assert into.getvalue() == content
    s3.copy({"Bucket": "disks", "Key": "disk.raw"}, "disks", "copied.raw", Config=config)
    assert hashlib.sha256(read(s3, "copied.raw")).digest() == hashlib.sha256(content).digest()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="disks")


def test_what_awspub_does_to_upload_an_image(server, s3, dice, tmp_path):
    """HeadBucket for the region, parts with SHA-256, the same upload taken up again by ListParts,
    tags, and the check of the whole."""
    head = s3.head_bucket(Bucket="disks")
    assert head["BucketRegion"] == "us-east-1"
    chunks = [dice.randbytes(8 * MIB), dice.randbytes(MIB)]
    sums = [base64.b64encode(hashlib.sha256(chunk).digest()).decode() for chunk in chunks]
    upload = s3.create_multipart_upload(Bucket="disks", Key="image.vmdk",
                                        ChecksumAlgorithm="SHA256")
    named = {"Bucket": "disks", "Key": "image.vmdk", "UploadId": upload["UploadId"]}
    s3.upload_part(**named, PartNumber=1, Body=chunks[0], ChecksumAlgorithm="SHA256",
                   ChecksumSHA256=sums[0])
    parts = s3.list_parts(**named)
    assert parts["ChecksumAlgorithm"] == "SHA256"
    assert [part["ChecksumSHA256"] for part in parts["Parts"]] == sums[:1]
    s3.upload_part(**named, PartNumber=2, Body=chunks[1], ChecksumAlgorithm="SHA256",
                   ChecksumSHA256=sums[1])
    parts = s3.list_parts(**named)["Parts"]
    done = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": [
        {"ETag": part["ETag"], "PartNumber": part["PartNumber"],
         "ChecksumSHA256": part["ChecksumSHA256"]} for part in parts]})
    whole = hashlib.sha256(b"".join(hashlib.sha256(chunk).digest() for chunk in chunks)).digest()
    assert done["ChecksumSHA256"] == base64.b64encode(whole).decode() + "-2"
    s3.put_object_tagging(Bucket="disks", Key="image.vmdk",
                          Tagging={"TagSet": [{"Key": "Name", "Value": "image"}]})
    assert s3.get_object_tagging(Bucket="disks", Key="image.vmdk")["TagSet"] == [
        {"Key": "Name", "Value": "image"}]
    assert read(s3, "image.vmdk") == b"".join(chunks)


def test_what_osbuild_asks_of_a_bucket(s3):
    """That the bucket is there, and that the caller may write to it; then a link for a week."""
    assert "disks" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    acl = s3.get_bucket_acl(Bucket="disks")
    (grant,) = acl["Grants"]
    assert grant["Permission"] == "FULL_CONTROL"
    assert grant["Grantee"]["ID"] == acl["Owner"]["ID"]
    assert grant["Grantee"]["Type"] == "CanonicalUser"
    assert s3.delete_object(Bucket="disks", Key="never-uploaded")["ResponseMetadata"][
        "HTTPStatusCode"] == 204


def test_buckets_are_made_where_they_are_wanted_and_found_again(server):
    here, there = server.client("s3"), server.client("s3", region="eu-west-1")
    there.create_bucket(Bucket="far",
                        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert here.get_bucket_location(Bucket="far")["LocationConstraint"] == "eu-west-1"
    # The client follows the redirect by itself.
    here.put_object(Bucket="far", Key="a", Body=b"content")
    assert there.get_object(Bucket="far", Key="a")["Body"].read() == b"content"
    assert refusal(server.client("s3", account=OTHER).create_bucket, Bucket="far") == (
        409, "BucketAlreadyExists")
    assert refusal(there.create_bucket, Bucket="far", CreateBucketConfiguration={
        "LocationConstraint": "eu-west-1"}) == (409, "BucketAlreadyOwnedByYou")


def test_lists_come_in_pages_and_by_folders(s3):
    keys = sorted(f"{folder}/{number:03}" for folder in "abc" for number in range(40)) + ["top"]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket="disks", Key=key, Body=b"x"), keys))
    for name in ("list_objects", "list_objects_v2"):
        pages = list(s3.get_paginator(name).paginate(Bucket="disks",
                                                     PaginationConfig={"PageSize": 7}))
        assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
        pages = list(s3.get_paginator(name).paginate(Bucket="disks", Delimiter="/",
                                                     PaginationConfig={"PageSize": 2}))
        assert [prefix["Prefix"] for page in pages
                for prefix in page.get("CommonPrefixes", [])] == ["a/", "b/", "c/"]
    deleted = s3.delete_objects(Bucket="disks", Delete={
        "Objects": [{"Key": key} for key in [*keys, "absent"]]})
    assert len(deleted["Deleted"]) == len(keys) + 1
    assert s3.list_objects_v2(Bucket="disks")["KeyCount"] == 0
    s3.delete_bucket(Bucket="disks")
    s3.get_waiter("bucket_not_exists").wait(Bucket="disks")


def test_how_many_a_list_has_is_held_to_its_range(s3):
    parts = {"Bucket": "disks", "Key": "a",
             "UploadId": s3.create_multipart_upload(Bucket="disks", Key="a")["UploadId"]}
    assert s3.list_parts(**parts, MaxParts=(1 << 31) - 1)["MaxParts"] == 1000
    for call, request, parameter, name in (
            (s3.list_parts, parts, "MaxParts", "max-parts"),
            (s3.list_parts, parts, "PartNumberMarker", "part-number-marker"),
            (s3.list_multipart_uploads, {"Bucket": "disks"}, "MaxUploads", "max-uploads")):
        for value, message in (
                (-42, f"Argument {name} must be an integer between 0 and 2147483647"),
                (1 << 31, f"Provided {name} not an integer or within integer range")):
            with pytest.raises(botocore.exceptions.ClientError) as refused:
                call(**request, **{parameter: value})
            assert refused.value.response["Error"]["Code"] == "InvalidArgument"
            assert refused.value.response["Error"]["Message"] == message


def test_an_upload_tells_what_its_parts_were(s3, dice):
    content = dice.randbytes(11 * MIB)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * MIB,
                                              multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(content), "disks", "disk.raw", Config=config,
                      ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    named = {"Bucket": "disks", "Key": "disk.raw"}
    told = s3.get_object_attributes(**named, ObjectAttributes=[
        "ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"])
    assert told["ObjectSize"] == len(content)
    assert told["ETag"] == s3.head_object(**named)["ETag"].strip('"')
    parts = told["ObjectParts"]
    assert parts["TotalPartsCount"] == 3 and not parts["IsTruncated"]
    assert [part["Size"] for part in parts["Parts"]] == [5 * MIB, 5 * MIB, MIB]
    for part in parts["Parts"]:
        got = s3.get_object(**named, PartNumber=part["PartNumber"], ChecksumMode="ENABLED")
        digest = base64.b64encode(hashlib.sha256(got["Body"].read()).digest()).decode()
        assert part["ChecksumSHA256"] == got["ChecksumSHA256"] == digest


def test_a_bucket_is_emptied_of_all_versions(s3):
    keys = [" ", "a/b", "a b+c", "line\nbreak", "ü", *(f"{number:04}" for number in range(40))]
    for key in keys:
        s3.put_object(Bucket="disks", Key=key, Body=b"x")
    found = []
    for page in s3.get_paginator("list_object_versions").paginate(
            Bucket="disks", PaginationConfig={"PageSize": 7}):
        versions = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in page["Versions"]]
        found += versions
        deleted = s3.delete_objects(Bucket="disks", Delete={"Objects": versions})["Deleted"]
        assert deleted == versions
    assert sorted(one["Key"] for one in found) == sorted(keys)
    assert {one["VersionId"] for one in found} == {"null"}
    s3.delete_bucket(Bucket="disks")


@pytest.mark.parametrize("signature", [None, "s3v4"])
def test_links_work_until_they_expire(server, signature):
    s3 = server.client("s3", **({"signature_version": signature} if signature else {}))
    s3.create_bucket(Bucket="disks")
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "disks", "Key": "a"})
    request = urllib.request.Request(put, b"content", method="PUT",
                                     headers={"Content-Type": ""})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    get = s3.generate_presigned_url("get_object", Params={"Bucket": "disks", "Key": "a"},
                                    ExpiresIn=60)
    with urllib.request.urlopen(get) as answer:
        assert answer.read() == b"content"
    expired = s3.generate_presigned_url("get_object", Params={"Bucket": "disks", "Key": "a"},
                                        ExpiresIn=-10)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(expired)
    assert caught.value.code in (400, 403)
    caught.value.close()


def by_hand(server, method, path, lines, body=b""):
    """The answer to a request with those lines of headers; a name may come again."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    scope = f"{servers.DEFAULT_ACCOUNT}/20260102/us-east-1/s3/aws4_request"
    connection.putrequest(method, path)
    connection.putheader("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, "
                                          "SignedHeaders=host, Signature=0")
    connection.putheader("Content-Length", str(len(body)))
    for name, value in lines:
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer, read


def test_a_header_may_come_in_several_lines(server, s3):
    put, _ = by_hand(server, "PUT", "/disks/a", [("x-amz-meta-of", "one"), ("X-Amz-Meta-Of", "two"),
                                                 ("x-amz-meta-of", "three")], b"content")
    assert put.status == 200
    assert s3.head_object(Bucket="disks", Key="a")["Metadata"] == {"of": "one,two,three"}
    name = "x-amz-object-attributes"
    told, text = by_hand(server, "GET", "/disks/a?attributes", [(name, "ETag"),
                                                                (name, "ObjectSize")])
    assert told.status == 200
    assert b"<ETag>" in text and b"<ObjectSize>7</ObjectSize>" in text
    refused, text = by_hand(server, "GET", "/disks/a?attributes", [(name, "ETag"), (name, "None")])
    assert refused.status == 400 and b"<Code>InvalidArgument</Code>" in text


def test_the_older_signatures_are_read(server, s3):
    old = server.client("s3", signature_version="s3")
    old.put_object(Bucket="disks", Key="a", Body=b"content", Metadata={"of": "old"})
    assert read(old, "a") == b"content"
    url = old.generate_presigned_url("put_object", Params={
        "Bucket": "disks", "Key": "b", "ContentType": "text/x"})
    request = urllib.request.Request(url, b"content", {"Content-Type": "text/x"}, method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
    assert s3.head_object(Bucket="disks", Key="b")["ContentType"] == "text/x"


def test_an_upload_may_be_ended_again(s3):
    named = dict(Bucket="disks", Key="parted")
    named["UploadId"] = s3.create_multipart_upload(**named)["UploadId"]
    part = s3.upload_part(**named, PartNumber=1, Body=b"content")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    first = s3.complete_multipart_upload(**named, MultipartUpload=parts)
    again = s3.complete_multipart_upload(**named, MultipartUpload=parts)
    assert again["ETag"] == first["ETag"]
    s3.delete_object(Bucket="disks", Key="parted")
    assert refusal(s3.complete_multipart_upload, **named, MultipartUpload=parts) == (
        404, "NoSuchUpload")


def test_a_bucket_may_be_named_by_the_host(server, s3):
    s3.put_object(Bucket="disks", Key="a/b", Body=b"content")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    scope = f"{servers.DEFAULT_ACCOUNT}/20260102/us-east-1/s3/aws4_request"
    connection.request("GET", "/a/b", headers={
        "Host": f"disks.localhost:{server.port}",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"content")
    assert answer.getheader("x-amz-request-id")
    connection.request("GET", "/a/b", headers={"Host": f"disks.localhost:{server.port}"})
    answer = connection.getresponse()
    assert answer.status == 403 and b"<Code>AccessDenied</Code>" in answer.read()
    connection.close()


def test_other_accounts_are_kept_out(server, s3):
    s3.put_object(Bucket="disks", Key="a", Body=b"content")
    other = server.client("s3", account=OTHER)
    for call, more in ((other.get_object, {"Key": "a"}), (other.list_objects_v2, {}),
                       (other.put_object, {"Key": "a", "Body": b""}),
                       (other.delete_object, {"Key": "a"}), (other.get_bucket_acl, {})):
        assert refusal(call, Bucket="disks", **more) == (403, "AccessDenied")
    assert refusal(other.head_bucket, Bucket="disks")[0] == 403
    assert refusal(s3.get_object, Bucket="disks", Key="a", ExpectedBucketOwner=OTHER) == (
        403, "AccessDenied")


def test_everybody_writes_into_a_bucket_that_lets_them(server, s3):
    s3.put_bucket_ownership_controls(Bucket="disks", OwnershipControls={
        "Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    assert refusal(s3.put_bucket_acl, Bucket="disks", ACL="public-read-write") == (
        403, "AccessDenied")
    s3.delete_public_access_block(Bucket="disks")
    s3.put_bucket_acl(Bucket="disks", ACL="public-read-write")
    other = server.client("s3", account=OTHER)
    unknown = server.client("s3", signature_version=botocore.UNSIGNED,
                            s3={"addressing_style": "path"})
    other.put_object(Bucket="disks", Key="others", Body=b"others")
    unknown.put_object(Bucket="disks", Key="unknown", Body=b"unknown")
    assert s3.get_object(Bucket="disks", Key="unknown")["Body"].read() == b"unknown"
    assert refusal(s3.get_object, Bucket="disks", Key="others") == (403, "AccessDenied")
    assert refusal(unknown.delete_object, Bucket="disks", Key="others") == (403, "AccessDenied")
    assert refusal(other.put_object, Bucket="disks", Key="unknown", Body=b"") == (
        403, "AccessDenied")
    other.put_object_acl(Bucket="disks", Key="others", ACL="bucket-owner-full-control")
    assert s3.get_object(Bucket="disks", Key="others")["Body"].read() == b"others"
    owner = s3.get_object_acl(Bucket="disks", Key="others")["Owner"]["ID"]
    assert owner == other.list_buckets()["Owner"]["ID"] != s3.list_buckets()["Owner"]["ID"]
    s3.delete_object(Bucket="disks", Key="others")
    s3.put_public_access_block(Bucket="disks", PublicAccessBlockConfiguration={
        "IgnorePublicAcls": True})
    assert refusal(unknown.put_object, Bucket="disks", Key="unknown", Body=b"") == (
        403, "AccessDenied")
    assert refusal(unknown.get_object, Bucket="disks", Key="unknown") == (403, "AccessDenied")


def test_a_reset_of_an_account_takes_its_objects(server, s3, tmp_path):
    other = server.client("s3", account=OTHER)
    other.create_bucket(Bucket="others")
    other.put_object(Bucket="others", Key="a", Body=b"kept")
    s3.put_object(Bucket="disks", Key="a", Body=b"gone")
    space = {one["account"]: one for one in server.control("space")["accounts"]}
    assert space[servers.DEFAULT_ACCOUNT]["held_bytes"] > 0
    server.control("reset", {"account": servers.DEFAULT_ACCOUNT})
    assert refusal(s3.head_bucket, Bucket="disks")[0] == 404
    assert other.get_object(Bucket="others", Key="a")["Body"].read() == b"kept"
    server.control("reset", {})
    assert other.list_buckets()["Buckets"] == []


def test_what_was_put_survives_kill_9(start_server, tmp_path, dice):
    data = tmp_path / "data"
    acknowledged = {}
    numbers = itertools.count()
    for _ in range(3):
        server = start_server("--data", data)
        s3 = server.client("s3", max_pool_connections=8)
        s3.create_bucket(Bucket="disks")
        enough = threading.Event()
        wanted = len(acknowledged) + 40
        contents = [dice.randbytes(dice.randrange(0, 300_000)) for _ in range(8)]

        def work():
            while True:
                number = next(numbers)
                content = contents[number % len(contents)]
                try:
                    s3.put_object(Bucket="disks", Key=f"key-{number}", Body=content)
                except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                    return
                acknowledged[f"key-{number}"] = hashlib.sha256(content).digest()
                if len(acknowledged) >= wanted:
                    enough.set()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert enough.wait(servers.HANG_SECONDS)
        server.kill()
        for thread in threads:
            thread.join()
        assert checked(data)[0] == 0
    server = start_server("--data", data)
    s3 = server.client("s3")
    for key, digest in acknowledged.items():
        assert hashlib.sha256(read(s3, key)).digest() == digest
    listed = sum(len(page.get("Contents", []))
                 for page in s3.get_paginator("list_objects_v2").paginate(Bucket="disks"))
    servers.wait_until(lambda: len(object_files(data)) <= listed)


def test_an_upload_that_kill_9_broke_off_leaves_nothing(start_server, tmp_path, dice):
    data = tmp_path / "data"
    server = start_server("--data", data)
    server.client("s3").create_bucket(Bucket="disks")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        scope = f"{servers.DEFAULT_ACCOUNT}/20260102/us-east-1/s3/aws4_request"
        connection.sendall(
            f"PUT /disks/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
            "\r\n\r\n".encode())
        connection.sendall(dice.randbytes(8 << 20))
        servers.wait_until(lambda: object_files(data))
        server.kill()
    server = start_server("--data", data)
    assert server.client("s3").list_objects_v2(Bucket="disks")["KeyCount"] == 0
    servers.wait_until(lambda: not object_files(data))


def test_a_client_that_leaves_leaves_nothing(start_server, tmp_path, dice):
    data = tmp_path / "data"
    server = start_server("--data", data)
    server.client("s3").create_bucket(Bucket="disks")
    scope = f"{servers.DEFAULT_ACCOUNT}/20260102/us-east-1/s3/aws4_request"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(
            f"PUT /disks/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
            "\r\n\r\n".encode())
        connection.sendall(dice.randbytes(4 << 20))
        servers.wait_until(lambda: object_files(data))
    servers.wait_until(lambda: not object_files(data))


def test_a_full_disk_refuses_what_is_put_and_nothing_else(start_server, tmp_path, dice):
    with tmpfs(tmp_path / "mount", 32) as mount:
        server = start_server("--data", mount / "data")
        server.expected_errors = "No space left|disk is full"
        s3 = server.client("s3")
        s3.create_bucket(Bucket="disks")
        content = dice.randbytes(2 * MIB)
        s3.put_object(Bucket="disks", Key="first", Body=content)
        fill_up(mount)
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            s3.put_object(Bucket="disks", Key="large", Body=dice.randbytes(4 * MIB))
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert read(s3, "first") == content
        assert refusal(s3.get_object, Bucket="disks", Key="large") == (404, "NoSuchKey")
        s3.delete_objects(Bucket="disks", Delete={"Objects": [{"Key": "first"}]})
        assert s3.list_objects_v2(Bucket="disks")["KeyCount"] == 0
        assert server.stop() == 0


def test_an_account_that_may_hold_no_more_is_told_so(start_server, dice):
    server = start_server("--account-limit", "bytes=4MiB")
    s3 = server.client("s3")
    s3.create_bucket(Bucket="disks")
    s3.put_object(Bucket="disks", Key="a", Body=dice.randbytes(3 * MIB))
    assert refusal(s3.put_object, Bucket="disks", Key="b", Body=dice.randbytes(2 * MIB)) == (
        403, "QuotaExceeded")
    s3.delete_object(Bucket="disks", Key="a")
    s3.put_object(Bucket="disks", Key="b", Body=dice.randbytes(2 * MIB))


def test_the_cli_moves_files(aws, tmp_path, dice):
    def s3(*arguments):
        code, output, errors = aws.run("s3", *arguments)
        assert code == 0, errors
        return output

    s3("mb", "s3://disks")
    content = dice.randbytes(20 * MIB)
    (tmp_path / "disk.raw").write_bytes(content)
    s3("cp", tmp_path / "disk.raw", "s3://disks/images/disk.raw")
    assert "images/" in s3("ls", "s3://disks")
    assert str(len(content)) in s3("ls", "s3://disks/images/")
    s3("cp", "s3://disks/images/disk.raw", tmp_path / "back.raw")
    assert (tmp_path / "back.raw").read_bytes() == content
    s3("cp", "s3://disks/images/disk.raw", "s3://disks/copy.raw")
    link = s3("presign", "s3://disks/copy.raw").strip()
    with urllib.request.urlopen(link) as answer:
        assert hashlib.sha256(answer.read()).digest() == hashlib.sha256(content).digest()
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"file {number}")
    s3("sync", folder, "s3://disks/folder")
    assert s3("sync", folder, "s3://disks/folder") == ""
    (folder / "0.txt").unlink()
    s3("sync", "--delete", folder, "s3://disks/folder")
    assert len(s3("ls", "s3://disks/folder/").splitlines()) == 4
    s3("mv", "s3://disks/folder/1.txt", "s3://disks/moved.txt")
    code, _, errors = aws.run("s3", "rb", "s3://disks")
    assert code != 0 and "BucketNotEmpty" in errors
    s3("rm", "--recursive", "s3://disks/")
    assert s3("ls", "s3://disks") == ""
    s3("rb", "s3://disks")
    code, output, _ = aws.run("s3api", "list-buckets", "--output", "json")
    assert code == 0 and json.loads(output)["Buckets"] == []
