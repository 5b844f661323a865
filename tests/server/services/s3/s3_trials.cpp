#include "tests/server/services/s3/s3_trials.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/calls/secrets.h"
#include "server/services/s3/access.h"
#include "server/services/s3/checksums.h"
#include "server/wire/types.h"
#include "tests/server/services/trial_makers.h"
#include "tests/support/json_message.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {

namespace {

constexpr const char* kDate = "Fri, 02 Jan 2026 03:04:05 GMT";
constexpr const char* kEarlier = "Fri, 02 Jan 2026 03:04:04 GMT";

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view text)
{
    const auto digest = s3::make_digest(algorithm);
    digest->add(std::as_bytes(std::span(text)));
    return wire::encode_base64(digest->finish());
}

std::string md5_of(std::string_view text)
{
    const auto digest = s3::make_md5();
    digest->add(std::as_bytes(std::span(text)));
    return wire::encode_base64(digest->finish());
}

std::string completion_of(std::string_view part)
{
    return fmt::format(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag>"
        "</Part></CompleteMultipartUpload>",
        to_hex(*wire::decode_base64(md5_of(part))));
}

Parameters with_body(Parameters parameters, const std::string& body)
{
    parameters.emplace_back(kPayload, body);
    return parameters;
}

/// The document of a list that lets nobody but the owner do anything.
std::string private_list()
{
    const auto owner = s3::canonical_id(kAccount);
    return "<AccessControlPolicy><Owner><ID>" + owner +
           "</ID></Owner><AccessControlList><Grant><Grantee><ID>" + owner +
           "</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>"
           "</AccessControlPolicy>";
}

/// A policy, with further members behind its statement.
std::string deny_all(const std::string& members)
{
    return R"({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": )"
           R"("arn:aws:s3:::disks/*"})" +
           members + "}";
}

/// What every operation on a bucket has.
std::vector<Trial> bucket_trials()
{
    return refused("Bucket", "nobodys") + refused("ExpectedBucketOwner", kOtherAccount);
}

/// Of one whose body is a document.
std::vector<Trial> document_trials()
{
    return bucket_trials() + refused("ContentMD5", md5_of("other")) +
           refused("ChecksumAlgorithm", "CRC32");
}

/// What objects keep of their request's headers.
std::vector<Trial> header_trials(const Parameters& besides = {})
{
    return changes("CacheControl", "no-store", besides) +
           changes("ContentDisposition", "inline", besides) +
           changes("ContentEncoding", "gzip", besides) + changes("ContentLanguage", "de", besides) +
           changes("ContentType", "text/plain", besides) + changes("Expires", kDate, besides);
}

std::vector<Trial> checksum_trials(const std::string& text)
{
    std::vector<Trial> trials;
    for (const auto& [name, algorithm] :
         {std::pair("ChecksumCRC32", ChecksumAlgorithm::kCrc32),
          std::pair("ChecksumCRC32C", ChecksumAlgorithm::kCrc32c),
          std::pair("ChecksumSHA1", ChecksumAlgorithm::kSha1),
          std::pair("ChecksumSHA256", ChecksumAlgorithm::kSha256)}) {
        trials = trials + changes(name, checksum_of(algorithm, text));
    }
    return trials +
           refused("ChecksumCRC64NVME", checksum_of(ChecksumAlgorithm::kCrc64Nvme, "other"));
}

std::vector<Trial> copy_conditions()
{
    return refused("CopySourceIfMatch", "other") + refused("CopySourceIfNoneMatch", "*") +
           refused("CopySourceIfModifiedSince", kDate) +
           refused("CopySourceIfUnmodifiedSince", kEarlier) +
           refused("ExpectedSourceBucketOwner", kOtherAccount);
}

void add_buckets(TrialTable& table)
{
    const Parameters open_bucket{{"ObjectOwnership", "ObjectWriter"}};
    table["CreateBucket"] = {{{"Bucket", "new-one"}},
                             changes("Bucket", "another") +
                                 changes("ACL", "log-delivery-write", open_bucket) +
                                 changes("ObjectOwnership", "ObjectWriter")};
    table["DeleteBucket"] = {{{"Bucket", "empty"}}, bucket_trials()};
    table["GetBucketLocation"] = {{{"Bucket", "disks"}}, bucket_trials()};
    table["HeadBucket"] = {{{"Bucket", "disks"}}, bucket_trials()};
    table["ListBuckets"] = {{},
                            changes("BucketRegion", "eu-west-1") + changes("MaxBuckets", "1") +
                                changes("Prefix", "di") +
                                changes("ContinuationToken", wire::encode_base64("disks"))};
}

void add_settings(TrialTable& table)
{
    const Parameters disks{{"Bucket", "disks"}};
    for (const auto* name :
         {"DeleteBucketOwnershipControls", "DeleteBucketPolicy", "DeletePublicAccessBlock",
          "GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketVersioning",
          "GetPublicAccessBlock", "DeleteBucketTagging", "GetBucketTagging", "GetBucketAcl"}) {
        table[name] = {disks, bucket_trials()};
    }
    table["PutBucketOwnershipControls"] = {
        with_body(disks,
                  "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership>"
                  "</Rule></OwnershipControls>"),
        document_trials()};
    table["PutBucketPolicy"] = {with_body(disks, deny_all("")), document_trials()};
    table["PutBucketVersioning"] = {with_body(disks,
                                              "<VersioningConfiguration><Status>Suspended</Status>"
                                              "</VersioningConfiguration>"),
                                    document_trials()};
    table["PutPublicAccessBlock"] = {with_body(disks, "<PublicAccessBlockConfiguration/>"),
                                     document_trials()};
}

void add_tags_and_lists(TrialTable& table)
{
    const Parameters disks{{"Bucket", "disks"}};
    const auto object = merged(disks, {{"Key", "a"}});
    const auto* tagging =
        "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    table["PutBucketTagging"] = {with_body(disks, tagging), document_trials()};
    table["PutObjectTagging"] = {with_body(object, tagging),
                                 document_trials() + refused("Key", "absent")};
    for (const auto* name : {"DeleteObjectTagging", "GetObjectTagging", "GetObjectAcl"}) {
        table[name] = {object, bucket_trials() + refused("Key", "absent")};
    }
    const auto open = with_body({{"Bucket", "open"}}, private_list());
    const auto listed =
        document_trials() + std::vector<Trial>{{"ACL", with_body({{"ACL", "public-read"}}, "")}};
    table["PutBucketAcl"] = {open, listed};
    table["PutObjectAcl"] = {merged(open, {{"Key", "a"}}), listed + refused("Key", "absent")};
}

std::vector<Trial> reading_trials()
{
    return bucket_trials() + refused("Key", "absent") + changes("ChecksumMode", "ENABLED") +
           refused("IfMatch", "other") + same("IfModifiedSince", kEarlier) +
           same("IfNoneMatch", "other") + refused("IfUnmodifiedSince", kEarlier) +
           changes("PartNumber", "1") + changes("Range", "bytes=1-2") +
           changes("ResponseCacheControl", "no-store") +
           changes("ResponseContentDisposition", "inline") +
           changes("ResponseContentEncoding", "gzip") + changes("ResponseContentLanguage", "de") +
           changes("ResponseContentType", "text/css") + changes("ResponseExpires", kDate);
}

void add_objects(TrialTable& table)
{
    const Parameters object{{"Bucket", "disks"}, {"Key", "a"}};
    table["GetObject"] = {object, reading_trials()};
    table["HeadObject"] = {object, reading_trials()};
    table["DeleteObject"] = {object,
                             bucket_trials() + refused("IfMatch", "other") + changes("Key", "b/1")};
    table["GetObjectAttributes"] = {
        merged(object, {{"Key", "parted"}, {"ObjectAttributes", "ObjectParts"}}),
        bucket_trials() + refused("Key", "absent") + changes("MaxParts", "1") +
            changes("ObjectAttributes", "ETag") + changes("PartNumberMarker", "1")};
    const std::string deletion = "<Delete><Object><Key>a</Key></Object></Delete>";
    table["DeleteObjects"] = {with_body({{"Bucket", "disks"}}, deletion),
                              bucket_trials() + refused("ChecksumAlgorithm", "CRC32")};
    table["PutObject"] = {with_body({{"Bucket", "disks"}, {"Key", "new"}}, "content"),
                          bucket_trials() + changes("ACL", "public-read", {{"Bucket", "open"}}) +
                              header_trials() + checksum_trials("content") +
                              refused("ChecksumAlgorithm", "CRC32") +
                              refused("ContentMD5", md5_of("other")) + refused("IfMatch", "other") +
                              refused("IfNoneMatch", "*", {{"Key", "a"}}) +
                              changes("Key", "newer") + changes("Tagging", "k=v")};
    const Parameters replaced{{"MetadataDirective", "REPLACE"}};
    table["CopyObject"] = {{{"Bucket", "disks"}, {"Key", "copy"}, {"CopySource", "disks/a"}},
                           bucket_trials() + changes("ACL", "public-read", {{"Bucket", "open"}}) +
                               header_trials(replaced) + changes("ChecksumAlgorithm", "SHA1") +
                               changes("CopySource", "disks/b/1") + copy_conditions() +
                               refused("IfMatch", "other") +
                               refused("IfNoneMatch", "*", {{"Key", "b/1"}}) +
                               changes("Key", "other") + changes("MetadataDirective", "REPLACE") +
                               changes("Tagging", "k=v", {{"TaggingDirective", "REPLACE"}}) +
                               changes("TaggingDirective", "REPLACE")};
}

void add_object_lists(TrialTable& table)
{
    const auto both = bucket_trials() + changes("Delimiter", "/") + changes("EncodingType", "url") +
                      changes("MaxKeys", "1") + changes("Prefix", "b");
    table["ListObjects"] = {{{"Bucket", "disks"}}, both + changes("Marker", "a")};
    table["ListObjectsV2"] = {{{"Bucket", "disks"}},
                              both + changes("StartAfter", "a") + changes("FetchOwner", "true") +
                                  changes("ContinuationToken", wire::encode_base64("a"))};
    table["ListObjectVersions"] = {
        {{"Bucket", "disks"}},
        both + changes("KeyMarker", "a") + refused("VersionIdMarker", "7", {{"KeyMarker", "a"}})};
}

void add_uploads(TrialTable& table)
{
    const Parameters upload{{"Bucket", "disks"}, {"Key", "big"}, {"UploadId", "{upload}"}};
    const auto one = bucket_trials() + refused("Key", "absent") + refused("UploadId", "{upload_2}");
    table["AbortMultipartUpload"] = {upload, one};
    table["ListParts"] = {upload,
                          one + changes("MaxParts", "1") + changes("PartNumberMarker", "1")};
    table["ListMultipartUploads"] = {
        {{"Bucket", "disks"}},
        bucket_trials() + changes("Delimiter", "/") + changes("EncodingType", "url") +
            changes("KeyMarker", "big") + changes("MaxUploads", "1") + changes("Prefix", "big/") +
            changes("UploadIdMarker", "{upload}", {{"KeyMarker", "big"}})};
    table["CreateMultipartUpload"] = {
        {{"Bucket", "disks"}, {"Key", "new"}},
        bucket_trials() + changes("ACL", "public-read", {{"Bucket", "open"}}) +
            changes("ChecksumAlgorithm", "CRC32") +
            changes("ChecksumType", "FULL_OBJECT", {{"ChecksumAlgorithm", "CRC32"}}) +
            header_trials() + changes("Key", "newer") + changes("Tagging", "k=v")};
    table["UploadPart"] = {with_body(merged(upload, {{"PartNumber", "2"}}), "content"),
                           one + checksum_trials("content") +
                               refused("ChecksumAlgorithm", "CRC32") +
                               refused("ContentMD5", md5_of("other")) + changes("PartNumber", "3")};
    table["UploadPartCopy"] = {merged(upload, {{"PartNumber", "2"}, {"CopySource", "disks/a"}}),
                               one + changes("CopySource", "disks/b/1") + copy_conditions() +
                                   changes("CopySourceRange", "bytes=1-2") +
                                   changes("PartNumber", "3")};
    auto ends = one + refused("ChecksumType", "COMPOSITE") + refused("IfMatch", "other") +
                refused("IfNoneMatch", "*", {{"Key", "big"}, {"UploadId", "{upload}"}}) +
                refused("MpuObjectSize", "5");
    for (const auto* name : {"ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1",
                             "ChecksumSHA256"}) {
        ends = ends + refused(name, "AAAAAA==");
    }
    table["CompleteMultipartUpload"] = {with_body(upload, completion_of("part")), ends};
}

TrialTable trials()
{
    TrialTable table;
    add_buckets(table);
    add_settings(table);
    add_tags_and_lists(table);
    add_objects(table);
    add_object_lists(table);
    add_uploads(table);
    return table;
}

std::vector<Telling> tellings()
{
    std::vector<Telling> all;
    for (const auto* action : {"GetBucketAcl", "GetBucketOwnershipControls", "GetBucketPolicy",
                               "GetBucketTagging", "GetBucketVersioning", "GetPublicAccessBlock"}) {
        all.push_back({"s3_bucket", "name", action, {{"Bucket", "{}"}}});
    }
    for (const auto* bucket : {"disks", "open"}) {
        const Parameters object{{"Bucket", bucket}, {"Key", "{}"}};
        all.push_back({"s3_object", "key", "HeadObject", object});
        all.push_back({"s3_object", "key", "GetObjectAcl", object});
        all.push_back({"s3_object", "key", "GetObjectTagging", object});
        // An upload's key is that of its trial.
        const Parameters upload{{"Bucket", bucket}, {"Key", "new"}, {"UploadId", "{}"}};
        const std::vector<std::pair<std::string_view, Parameters>> ends = {
            {"UploadPart", with_body(merged(upload, {{"PartNumber", "1"}}), "x")},
            {"CompleteMultipartUpload", with_body(upload, completion_of("x"))}};
        for (const auto* action : {"HeadObject", "GetObjectAcl"}) {
            all.push_back(
                {"s3_upload", "upload_id", action, {{"Bucket", bucket}, {"Key", "new"}}, ends});
        }
    }
    all.push_back({"s3_part",
                   "upload",
                   "ListParts",
                   {{"Bucket", "disks"}, {"Key", "big"}, {"UploadId", "{}"}}});
    return all;
}

void put(const S3Caller& s3, const std::string& target, const std::string& body = {},
         const Parameters& headers = {})
{
    s3.must("PUT", target, body, headers);
}

}  // namespace

void add_s3(World& world)
{
    const S3Caller s3(world.emulator());
    put(s3, "/disks");
    put(s3, "/disks?tagging",
        "<Tagging><TagSet><Tag><Key>team</Key><Value>images</Value></Tag></TagSet></Tagging>");
    put(s3, "/disks?policy", deny_all(R"(, "Id": "kept")"));
    put(s3, "/empty");
    put(s3, "/far",
        "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
        "</CreateBucketConfiguration>");
    put(s3, "/open", {}, {{"x-amz-object-ownership", "ObjectWriter"}});
    s3.must("DELETE", "/open?publicAccessBlock");
    put(s3, "/disks/a", "content of a",
        {{"Content-Type", "text/html"}, {"x-amz-tagging", "team=images"}});
    put(s3, "/disks/big", "content of big");
    put(s3, "/disks/b/1", "content of b 1");
    put(s3, "/disks/b/%3F2", "content of b 2");
    put(s3, "/open/a", "content of open a");
    for (const auto& [name, key] :
         {std::pair("upload", "big"), std::pair("upload_2", "big/%3F2")}) {
        world.set_id(name, s3.must("POST", fmt::format("/disks/{}?uploads", key)).text("UploadId"));
    }
    const auto parted =
        s3.must("POST", "/disks/parted?uploads", {},
                {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}})
            .text("UploadId");
    put(s3, "/disks/parted?partNumber=1&uploadId=" + parted, "part");
    s3.must("POST", "/disks/parted?uploadId=" + parted, completion_of("part"));
    const auto part = [&](int number) {
        return fmt::format("/disks/big?partNumber={}&uploadId={}", number, world.id("upload"));
    };
    put(s3, part(1), "part");
    put(s3, part(9), "another part");
}

/// What they change is told by 304, which is neither a success nor a refusal: objects_test.cpp.
constexpr WithoutEffect kWithoutEffect[] = {
    {"GetObject IfModifiedSince", "it is told by 304"},
    {"GetObject IfNoneMatch", "it is told by 304"},
    {"HeadObject IfModifiedSince", "it is told by 304"},
    {"HeadObject IfNoneMatch", "it is told by 304"},
};

constinit const TrialSet kS3Trials{.trials = trials,
                                   .without_effect = kWithoutEffect,
                                   .tellings = tellings,
                                   .add_to_world = add_s3};

}  // namespace amilab::test
