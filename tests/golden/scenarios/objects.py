"""S3: buckets, objects, uploads in parts, and what they have beside their bytes."""

import base64
import hashlib
import zlib

from client import credential

TEXT = b"content"
POLICY = b"""{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
"Action": "s3:PutObject", "Resource": "arn:aws:s3:::disks/*"}]}"""
FAR = (b"<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
       b"</CreateBucketConfiguration>")
OPEN = (b"<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
        b"</OwnershipControls>")
TAGS = b"<Tagging><TagSet><Tag><Key>team</Key><Value>a b</Value></Tag></TagSet></Tagging>"
# What is taken and changes nothing.
USUAL = {"RequestPayer": "requester"}
VERSION = {"VersionId": "null", **USUAL}
STORED = {"BucketKeyEnabled": "false", "ObjectLockLegalHoldStatus": "OFF",
          "ServerSideEncryption": "AES256", "StorageClass": "STANDARD", **USUAL}
HEADERS = {"CacheControl": "no-store", "ContentDisposition": "inline", "ContentEncoding": "gzip",
           "ContentLanguage": "de", "ContentType": "text/plain",
           "Expires": "Thu, 01 Jan 2037 00:00:00 GMT"}
SOON = "Mon, 02 Nov 2026 03:04:06 GMT"
BEFORE = "Mon, 02 Nov 2026 03:04:04 GMT"
ALGORITHMS = {"CRC32": "ChecksumCRC32", "CRC32C": "ChecksumCRC32C",
              "CRC64NVME": "ChecksumCRC64NVME", "SHA1": "ChecksumSHA1",
              "SHA256": "ChecksumSHA256"}


def crc(content, bits, polynomial):
    ones = (1 << bits) - 1
    value = ones
    for byte in content:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
    return (value ^ ones).to_bytes(bits // 8, "big")


def checksum(algorithm, content):
    made = {"CRC32": lambda: zlib.crc32(content).to_bytes(4, "big"),
            "CRC32C": lambda: crc(content, 32, 0x82F63B78),
            "CRC64NVME": lambda: crc(content, 64, 0x9A6C9329AC4BC9B5),
            "SHA1": lambda: hashlib.sha1(content).digest(),
            "SHA256": lambda: hashlib.sha256(content).digest()}[algorithm]()
    return base64.b64encode(made).decode()


def md5(content):
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def etag(content):
    return f'"{hashlib.md5(content).hexdigest()}"'


def body_of(parameters):
    return next(value for value in parameters.values() if isinstance(value, bytes))


def with_sum(parameters):
    """With the checksum that SDKs add to documents."""
    return {**parameters, "ChecksumAlgorithm": "SHA256",
            "x-amz-checksum-sha256": checksum("SHA256", body_of(parameters))}


def with_md5(parameters):
    return {**parameters, "ContentMD5": md5(body_of(parameters))}


def documents(client, action, parameters):
    """A document with each of what may stand for it, and with what does not."""
    client(action, with_md5(parameters))
    client.brief(action, with_sum(parameters))
    client.refused(action, {**parameters, "ContentMD5": md5(b"other")})


def mine(emulator, **more):
    return {"Bucket": "disks", "ExpectedBucketOwner": emulator.me.account, **more}


def buckets(emulator):
    me, other = emulator.me, emulator.other
    me("CreateBucket", Bucket="disks")
    me("CreateBucket", Bucket="disks")
    me("CreateBucket", Bucket="far", CreateBucketConfiguration=FAR)
    me("CreateBucket", Bucket="open", ACL="log-delivery-write", ObjectOwnership="ObjectWriter",
       ObjectLockEnabledForBucket="false", BucketNamespace="global")
    other.refused("CreateBucket", Bucket="disks")
    me.refused("CreateBucket", Bucket="No")
    me.refused("CreateBucket", Bucket="nowhere",
               CreateBucketConfiguration=FAR.replace(b"eu", b"xx"))
    emulator.far.refused("CreateBucket", Bucket="nowhere")
    first = me("ListBuckets", MaxBuckets=1)
    me("ListBuckets", ContinuationToken=first["ContinuationToken"], Prefix="o")
    me("ListBuckets", BucketRegion="eu-west-1")
    me.refused("ListBuckets", MaxBuckets=0)
    for action in ("HeadBucket", "GetBucketLocation"):
        me(action, mine(emulator))
        me.tried(action, Bucket="far")
        other.refused(action, Bucket="disks")
        me.refused(action, Bucket="nobodys")
    me("DeleteBucket", Bucket="open", ExpectedBucketOwner=me.account)
    me.refused("DeleteBucket", Bucket="open")
    other.refused("DeleteBucket", Bucket="disks")
    signed = {"Authorization": credential(me.account, me.region, "s3")}
    emulator.raw("GET", "/disks?lifecycle", headers=signed)
    emulator.raw("POST", "/disks", headers=signed)
    emulator.raw("GET", "/", headers={"Host": "disks.localhost:4566"})


def settings(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    for action, more in {
            "PutBucketTagging": {"Tagging": TAGS},
            "PutBucketPolicy": {"Policy": POLICY, "ConfirmRemoveSelfBucketAccess": "false"},
            "PutBucketVersioning": {
                "VersioningConfiguration": b"<VersioningConfiguration><Status>Suspended</Status>"
                                           b"</VersioningConfiguration>"},
            "PutBucketOwnershipControls": {"OwnershipControls": OPEN},
            "PutPublicAccessBlock": {
                "PublicAccessBlockConfiguration":
                    b"<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy>"
                    b"</PublicAccessBlockConfiguration>"}}.items():
        read = action.replace("Put", "Get", 1)
        me.tried(read, Bucket="disks")
        documents(me, action, mine(emulator, **more))
        me.refused(action, Bucket="disks", Body=b"<Other/>")
        me(read, mine(emulator))
        other.refused(read, Bucket="disks")
    me.refused("PutBucketVersioning", Bucket="disks", VersioningConfiguration=b"<"
               b"VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    me("PutBucketAcl", mine(emulator, ACL="log-delivery-write"))
    policy = me("GetBucketAcl", mine(emulator)).body
    other.refused("GetBucketAcl", Bucket="disks")
    me.brief("GetBucketAcl", Bucket="disks")
    me.refused("PutBucketAcl", Bucket="disks", AccessControlPolicy=policy)
    me.quiet("PutBucketAcl", Bucket="disks", ACL="private")
    policy = me.quiet("GetBucketAcl", Bucket="disks").body
    documents(me, "PutBucketAcl", {"Bucket": "disks", "AccessControlPolicy": policy})
    me.refused("PutBucketAcl", Bucket="disks")
    for action in ("DeleteBucketTagging", "DeleteBucketPolicy", "DeletePublicAccessBlock",
                   "DeleteBucketOwnershipControls"):
        me(action, mine(emulator))
        me.tried(action.replace("Delete", "Get", 1), Bucket="disks")
        me.brief(action, Bucket="disks")
        other.refused(action, Bucket="disks")


def put_all(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    a = {"Bucket": "disks", "Key": "images/a b"}
    me("PutObject", {**mine(emulator), **a, **HEADERS, **STORED, "Body": TEXT,
                     "ContentMD5": md5(TEXT), "Tagging": "team=images&stage=test",
                     "IfNoneMatch": "*"})
    for algorithm, member in ALGORITHMS.items():
        me.brief("PutObject", {**a, "Body": TEXT, member: checksum(algorithm, TEXT),
                               "ChecksumAlgorithm": algorithm})
        me.refused("PutObject", {**a, "Body": TEXT, member: checksum(algorithm, b"other")})
    me("PutObject", {**a, "Body": TEXT, "IfMatch": etag(TEXT), "x-amz-meta-note": "kept",
                     "ACL": "bucket-owner-full-control"})
    for wrong in ({"IfNoneMatch": "*"}, {"ContentMD5": md5(b"other")}, {"ACL": "public-read"},
                  {"StorageClass": "GLACIER"}, {"Key": "k" * 1025}, {"Bucket": "nobodys"},
                  {"x-amz-content-sha256": "0" * 64}):
        me.refused("PutObject", {**a, "Body": TEXT, **wrong})
    other.refused("PutObject", {**a, "Body": TEXT})


def reads(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    a = {"Bucket": "disks", "Key": "a"}
    me.quiet("PutObject", {**a, "Body": TEXT, "x-amz-meta-note": "kept", **HEADERS})
    everything = {"ChecksumMode": "ENABLED", "IfMatch": etag(TEXT), "IfUnmodifiedSince": SOON,
                  "IfNoneMatch": '"x"', "ResponseCacheControl": "private",
                  "ResponseContentDisposition": "attachment", "ResponseContentEncoding": "br",
                  "ResponseContentLanguage": "en", "ResponseContentType": "text/html",
                  "ResponseExpires": SOON, **VERSION}
    for action in ("GetObject", "HeadObject"):
        me(action, a)
        me(action, {**mine(emulator), **a, **everything})
        me(action, {**a, "Range": "bytes=1-2", "IfModifiedSince": BEFORE})
        me.brief(action, {**a, "PartNumber": 1})
        me.tried(action, {**a, "IfNoneMatch": etag(TEXT)})
        for wrong in ({"PartNumber": 2}, {"Range": "bytes=7-"}, {"IfMatch": '"x"'},
                      {"Key": "absent"}, {"VersionId": "7"}):
            me.refused(action, {**a, **wrong})
        other.refused(action, a)


def beside_bytes(emulator):
    me = emulator.me
    me.quiet("CreateBucket", Bucket="disks")
    a = {"Bucket": "disks", "Key": "a"}
    me.quiet("PutObject", {**a, "Body": TEXT})
    documents(me, "PutObjectTagging", {**mine(emulator), **a, "Tagging": TAGS, **VERSION})
    me.refused("PutObjectTagging", {**a, "Tagging": b"<Tagging/>"})
    me("GetObjectTagging", {**mine(emulator), **a, **VERSION})
    me("DeleteObjectTagging", {**mine(emulator), **a, "VersionId": "null"})
    me.brief("GetObjectTagging", a)
    me.brief("DeleteObjectTagging", a)
    me("GetObjectAcl", {**mine(emulator), **a, **VERSION})
    me.brief("GetObjectAcl", a)
    for action in ("GetObjectTagging", "DeleteObjectTagging", "GetObjectAcl"):
        me.refused(action, {**a, "Key": "absent"})
    me.refused("PutObjectAcl", {**a, "ACL": "private"})
    me.quiet("PutBucketOwnershipControls", Bucket="disks", OwnershipControls=OPEN)
    me("PutObjectAcl", {**mine(emulator), **a, "ACL": "aws-exec-read", **VERSION})
    policy = me.quiet("GetObjectAcl", a).body
    documents(me, "PutObjectAcl", {**a, "AccessControlPolicy": policy})
    me.refused("PutObjectAcl", {**a, "ACL": "public-read"})


def lists(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    for key in ("a b", "b/1", "b/2", "c"):
        me.quiet("PutObject", Bucket="disks", Key=key, Body=key.encode())
    both = {**mine(emulator), "EncodingType": "url", "OptionalObjectAttributes": "RestoreStatus",
            **USUAL}
    for action in ("ListObjects", "ListObjectsV2"):
        me(action, Bucket="disks")
        me(action, {**both, "Delimiter": "/", "MaxKeys": 2})
        me.brief(action, Bucket="disks", Prefix="b/")
        me.refused(action, Bucket="disks", MaxKeys=-1)
        other.refused(action, Bucket="disks")
    me("ListObjects", Bucket="disks", Marker="b/", Delimiter="/")
    me("ListObjectsV2", Bucket="disks", StartAfter="b/1", FetchOwner="true")
    token = me.brief("ListObjectsV2", Bucket="disks", MaxKeys=1)["NextContinuationToken"]
    me.brief("ListObjectsV2", Bucket="disks", ContinuationToken=token)
    me.refused("ListObjectsV2", Bucket="disks", ContinuationToken="!")
    versions(emulator, both)


def versions(emulator, both):
    me = emulator.me
    me("ListObjectVersions", Bucket="disks", Prefix="b/")
    me("ListObjectVersions", {**both, "Delimiter": "/", "MaxKeys": 1})
    me.brief("ListObjectVersions", Bucket="disks", KeyMarker="b/1", VersionIdMarker="null")
    me.refused("ListObjectVersions", Bucket="disks", VersionIdMarker="null")
    me.refused("ListObjectVersions", Bucket="disks", KeyMarker="a", VersionIdMarker="7")
    emulator.other.refused("ListObjectVersions", Bucket="disks")


def deletes_and_copies(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    a = {"Bucket": "disks", "Key": "a"}
    me.quiet("PutObject", {**a, "Body": TEXT})
    copy = {"Bucket": "disks", "Key": "copy", "CopySource": "disks/a"}
    me("CopyObject", copy)
    me("CopyObject", {**mine(emulator), **copy, **HEADERS, **STORED, "IfMatch": etag(TEXT),
                      "MetadataDirective": "REPLACE", "TaggingDirective": "REPLACE",
                      "Tagging": "k=v", "ChecksumAlgorithm": "SHA1",
                      "ACL": "bucket-owner-full-control", "CopySourceIfMatch": etag(TEXT),
                      "CopySourceIfUnmodifiedSince": SOON,
                      "ExpectedSourceBucketOwner": me.account})
    me.brief("CopyObject", {**copy, "Key": "new", "IfNoneMatch": "*",
                            "CopySourceIfNoneMatch": '"x"', "CopySourceIfModifiedSince": BEFORE})
    for wrong in ({"Key": "a"}, {"CopySource": "disks/absent"}, {"CopySource": "disks"},
                  {"CopySourceIfMatch": '"x"'}, {"CopySourceIfNoneMatch": etag(TEXT)},
                  {"IfNoneMatch": "*"}, {"ChecksumAlgorithm": "MD5"}):
        me.refused("CopyObject", {**copy, **wrong})
    other.refused("CopyObject", copy)
    me.refused("DeleteObject", {**a, "IfMatch": '"x"'})
    me("DeleteObject", {**mine(emulator), **a, "IfMatch": etag(TEXT),
                        "BypassGovernanceRetention": "false", **VERSION})
    me.brief("DeleteObject", a)
    other.refused("DeleteObject", a)
    two = b"<Delete><Object><Key>copy</Key></Object><Object><Key>absent</Key></Object></Delete>"
    me("DeleteObjects", {**with_sum(mine(emulator, Delete=two)),
                         "BypassGovernanceRetention": "false", **USUAL})
    me.brief("DeleteObjects", Bucket="disks", Delete=two, **{"Content-MD5": md5(two)})
    me.refused("DeleteObjects", Bucket="disks", Delete=two)
    other.refused("DeleteObjects", with_sum({"Bucket": "disks", "Delete": two}))


def completion(*contents, **more):
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag(content)}</ETag>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in more.items()) + "</Part>"
        for number, content in enumerate(contents, 1))
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()


def uploads(emulator):
    me, other = emulator.me, emulator.other
    me.quiet("CreateBucket", Bucket="disks")
    a = {"Bucket": "disks", "Key": "a"}
    me.quiet("PutObject", {**a, "Body": TEXT})
    first = me("CreateMultipartUpload", {
        **mine(emulator), **a, **HEADERS, **STORED, "Tagging": "k=v",
        "ACL": "bucket-owner-full-control", "ChecksumAlgorithm": "CRC32",
        "ChecksumType": "FULL_OBJECT"})["UploadId"]
    me.refused("CreateMultipartUpload", {**a, "ChecksumType": "COMPOSITE"})
    other.refused("CreateMultipartUpload", a)
    one = {**a, "UploadId": first}
    me("UploadPart", {**mine(emulator), **one, "PartNumber": 1, "Body": TEXT,
                      "ContentMD5": md5(TEXT), **USUAL})
    for wrong in ({"PartNumber": 0}, {"UploadId": "none"}, {"ContentMD5": md5(b"other")},
                  {"ChecksumSHA1": checksum("SHA1", TEXT)}):
        me.refused("UploadPart", {**one, "PartNumber": 1, "Body": TEXT, **wrong})
    copy = {**one, "PartNumber": 2, "CopySource": "disks/a"}
    me("UploadPartCopy", copy)
    me("UploadPartCopy", {**mine(emulator), **copy, "CopySourceRange": "bytes=1-2",
                          "CopySourceIfMatch": etag(TEXT), "CopySourceIfUnmodifiedSince": SOON,
                          "CopySourceIfNoneMatch": '"x"', "CopySourceIfModifiedSince": BEFORE,
                          "ExpectedSourceBucketOwner": me.account, **USUAL})
    for wrong in ({"CopySourceRange": "bytes=1-"}, {"CopySourceRange": "bytes=9-9"},
                  {"CopySource": "disks/absent"}, {"CopySourceIfMatch": '"x"'}):
        me.refused("UploadPartCopy", {**copy, **wrong})
    me("ListParts", {**mine(emulator), **one, "MaxParts": 1, **USUAL})
    me("ListParts", {**one, "PartNumberMarker": 1})
    for wrong in ({"UploadId": "none"}, {"MaxParts": -42}, {"MaxParts": 2147483689},
                  {"PartNumberMarker": -42}, {"PartNumberMarker": 2147483689}):
        me.refused("ListParts", {**one, **wrong})
    second = me.brief("CreateMultipartUpload", Bucket="disks", Key="b/1")["UploadId"]
    me("ListMultipartUploads", {**mine(emulator), "Delimiter": "/", "EncodingType": "url",
                                "MaxUploads": 1, **USUAL})
    me("ListMultipartUploads", Bucket="disks", KeyMarker="a", UploadIdMarker=first, Prefix="b")
    me.refused("ListMultipartUploads", Bucket="disks", MaxUploads=-42)
    me.refused("ListMultipartUploads", Bucket="disks", MaxUploads=2147483689)
    other.refused("ListMultipartUploads", Bucket="disks")
    end = {**mine(emulator), **one, **USUAL}
    for wrong in ({"MultipartUpload": b"<CompleteMultipartUpload/>"},
                  {"MultipartUpload": completion(b"other")},
                  {"MultipartUpload": completion(TEXT, b"on")},
                  {"MultipartUpload": completion(TEXT), "MpuObjectSize": 8},
                  {"MultipartUpload": completion(TEXT), "IfNoneMatch": "*"},
                  {"MultipartUpload": completion(TEXT), "ChecksumType": "COMPOSITE"}):
        me.refused("CompleteMultipartUpload", {**end, **wrong})
    me("CompleteMultipartUpload", {
        **end, "MultipartUpload": completion(TEXT), "ChecksumCRC32": checksum("CRC32", TEXT),
        "ChecksumType": "FULL_OBJECT", "MpuObjectSize": len(TEXT), "IfMatch": etag(TEXT)})
    me("CompleteMultipartUpload", {**end, "MultipartUpload": completion(TEXT)})
    me.refused("CompleteMultipartUpload", {**end, "MultipartUpload": completion(b"other")})
    me("AbortMultipartUpload", {**mine(emulator), "Key": "b/1", "UploadId": second, **USUAL})
    me.refused("AbortMultipartUpload", Bucket="disks", Key="b/1", UploadId=second)
    gone = me.quiet("CreateMultipartUpload", Bucket="disks", Key="c")["UploadId"]
    me.brief("AbortMultipartUpload", Bucket="disks", Key="c", UploadId=gone)
    for algorithm, member in ALGORITHMS.items():
        with_each_checksum(me, algorithm, member)
    attributes(emulator)


def attributes(emulator):
    me, other = emulator.me, emulator.other
    parted = {"Bucket": "disks", "Key": "SHA256"}
    everything = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize"
    me("GetObjectAttributes", {**mine(emulator), **parted, "ObjectAttributes": everything,
                               "MaxParts": 1, **VERSION})
    me.brief("GetObjectAttributes", {**parted, "ObjectAttributes": "ObjectParts",
                                     "PartNumberMarker": 1})
    me("GetObject", {**parted, "PartNumber": 1, "ChecksumMode": "ENABLED"})
    for wrong in ({"ObjectAttributes": "Owner"}, {"ObjectAttributes": ""}, {"Key": "absent"}):
        me.refused("GetObjectAttributes", {**parted, "ObjectAttributes": "ETag", **wrong})
    other.refused("GetObjectAttributes", {**parted, "ObjectAttributes": "ETag"})


def with_each_checksum(client, algorithm, member):
    named = {"Bucket": "disks", "Key": algorithm}
    upload = client.brief("CreateMultipartUpload", **named, ChecksumAlgorithm=algorithm)["UploadId"]
    sums = {member: checksum(algorithm, TEXT)}
    client.brief("UploadPart", **named, UploadId=upload, PartNumber=1, Body=TEXT,
                 ChecksumAlgorithm=algorithm, **sums)
    whole = sums[member] if algorithm == "CRC64NVME" else \
        checksum(algorithm, base64.b64decode(sums[member])) + "-1"
    client.brief("CompleteMultipartUpload", **named, UploadId=upload, IfNoneMatch="*",
                 MultipartUpload=completion(TEXT, **sums), **{member: whole})


SCENARIOS = {"buckets": buckets, "bucket_settings": settings, "objects_put": put_all,
             "objects_read": reads, "objects_beside_bytes": beside_bytes, "object_lists": lists,
             "objects_deleted_and_copied": deletes_and_copies, "object_uploads": uploads}
