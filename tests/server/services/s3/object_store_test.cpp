#include "server/calls/object_store.h"

#include "server/calls/settle.h"
#include "storage/files/file_io.h"
#include "storage/state/generation.h"
#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

class ObjectsForOthers : public S3World {
protected:
    /// Runs work in a session of that account, as another service's handler has one.
    template <class Work>
    void in_session(const Work& work, std::string account = kAccount)
    {
        const Caller caller{std::move(account), kRegion, "key"};
        run_write(emulator.emulator().services(), emulator.generation(), caller, work);
    }
    std::unique_ptr<ObjectBytes> open(const std::string& key)
    {
        std::unique_ptr<ObjectBytes> bytes;
        in_session([&](Session& session) { bytes = store().open(session, "disks", key); });
        return bytes;
    }
    const ObjectStore& store() { return *emulator.emulator().services().ports().objects; }
    template <class Work>
    std::string refusal(const Work& work, const std::string& account = kAccount)
    {
        try {
            in_session(work, account);
        } catch (const ApiError& error) {
            return error.code;
        }
        return {};
    }
};

std::string read_all(ObjectBytes& bytes, std::uint64_t offset = 0)
{
    std::string text(bytes.size_bytes() - offset, '\0');
    bytes.read(offset, std::as_writable_bytes(std::span(text)));
    return text;
}

TEST_F(ObjectsForOthers, AreReadWhateverBecomesOfThem)
{
    s3.must("PUT", "/disks/a", "content");
    const auto bytes = open("a");
    s3.must("DELETE", "/disks/a");
    EXPECT_EQ(read_all(*bytes), "content");
    EXPECT_EQ(read_all(*bytes, 3), "tent");
    EXPECT_EQ(bytes->etag(), "9a0364b9e99bb480dd25e1f0284c8555");
}

TEST_F(ObjectsForOthers, TellWhereTheirHolesAre)
{
    constexpr std::size_t kMib = 1 << 20;
    std::string text(3 * kMib, '\0');
    text[2 * kMib] = 'x';
    s3.must("PUT", "/disks/a", text);
    const auto bytes = open("a");
    EXPECT_EQ(bytes->next_data(0), 2 * kMib);
    EXPECT_EQ(bytes->next_data(2 * kMib), 2 * kMib);
    EXPECT_EQ(bytes->next_data(3 * kMib), 3 * kMib);
    EXPECT_GT(bytes->next_data(2 * kMib + 512 * 1024), 2 * kMib);
}

TEST_F(ObjectsForOthers, TellWhereTheirBytesLie)
{
    s3.must("PUT", "/disks/small", "content");
    EXPECT_FALSE(open("small")->in_file(3)) << "in a row";
    s3.must("PUT", "/disks/a", std::string(20'000, 'x') + "content");
    const auto bytes = open("a");
    const auto lies = bytes->in_file(20'003);
    ASSERT_TRUE(lies);
    EXPECT_EQ(lies->length, 4U);
    std::string text(lies->length, '\0');
    read_fully(*lies->file, lies->offset, std::as_writable_bytes(std::span(text)));
    EXPECT_EQ(text, "tent");
}

TEST_F(ObjectsForOthers, AreMadeAsByS3)
{
    std::unique_ptr<NewObject> object;
    in_session([&](Session& session) { object = store().begin(session, "disks", "made"); });
    for (const std::string_view part : {"con", "tent"}) {
        object->write(std::as_bytes(std::span(part)));
    }
    object->finish();
    in_session([&](Session& session) {
        object->store(
            session,
            {.content_type = "text/plain", .metadata = {{"note", "made"}}, .tags = {{"a", "b"}}});
    });
    object.reset();
    const auto got = s3.must("GET", "/disks/made");
    EXPECT_EQ(got.body, "content");
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("x-amz-meta-note"), "made");
    EXPECT_EQ(got.header("x-amz-tagging-count"), "1");
    EXPECT_EQ(got.header("etag"), "\"9a0364b9e99bb480dd25e1f0284c8555\"");
}

TEST_F(ObjectsForOthers, AreRefusedAsS3Does)
{
    s3.must("PUT", "/disks/a", "content");
    EXPECT_EQ(refusal([&](Session& session) { store().open(session, "disks", "b"); }), "NoSuchKey");
    EXPECT_EQ(refusal([&](Session& session) { store().open(session, "nobodys", "a"); }),
              "NoSuchBucket");
    EXPECT_EQ(
        refusal([&](Session& session) { store().open(session, "disks", "a"); }, kOtherAccount),
        "AccessDenied");
    EXPECT_EQ(
        refusal([&](Session& session) { store().begin(session, "disks", "b"); }, kOtherAccount),
        "AccessDenied");
    in_session([&](Session& session) {
        const auto bucket = store().require_bucket(session, "disks", BucketUse::kWrite);
        EXPECT_EQ(bucket.owner, kAccount);
        EXPECT_EQ(bucket.region, kRegion);
    });
}

}  // namespace
}  // namespace amilab::test
