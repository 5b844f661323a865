// Import and export, whose bodies are streams.
#include <span>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/control/extents_stream.h"
#include "storage/base/background.h"
#include "storage/base/units.h"
#include "storage/state/generation.h"
#include "tests/server/front/front_world.h"

namespace amilab::test {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kManyBytes = 3 * kGiB;
constexpr std::size_t kChunkBytes = 1 << 20;

/// One frame of the extents stream; without bytes the last one, of a disk that ends there.
std::string frame(std::uint64_t offset, const std::string& bytes = "")
{
    const auto header = control::frame_header({offset, bytes.size()});
    return std::string(reinterpret_cast<const char*>(header.data()), header.size()) + bytes;
}

constexpr const char* kDeclaredKey = "AKIAIOSFODNN7EXAMPLE";
constexpr const char* kItsAccount = "111122223333";

class Transfers : public testing::Test {
protected:
    explicit Transfers(Emulator::Options options = {}, AccountLimits limits = {})
        : world_(all_services(), ControlAccess(), std::make_shared<MemoryBudget>(),
                 std::move(options), limits)
    {
        world_.generation().settings().access_keys().replace({{kDeclaredKey, kItsAccount}});
    }

    /// How an import of a disk is answered whose caller is `place`, such as "&access-key=x".
    http::Response import_by(const std::string& place)
    {
        CountedRequestBody body(512);
        return import(fmt::format("name=disk-{}{}", ++disks_, place), body);
    }
    /// Whether the account may export what was imported.
    bool is_of(const std::string& account, const http::Response& imported)
    {
        const auto snapshot = member(imported, "snapshot_id");
        return world_
                   .ask(make_request(
                       "GET", fmt::format("/_amilab/export/{}?account={}", snapshot, account)))
                   .status == 200;
    }
    http::Response import(const std::string& query, http::BodyReader& body)
    {
        return world_.ask(make_request("POST", "/_amilab/import?" + query), body);
    }
    http::Response import_extents(const std::string& name, const std::string& stream)
    {
        TextRequestBody body(stream);
        return world_.ask(make_request("POST", "/_amilab/import?name=" + name,
                                       {{"Content-Type", std::string(control::kExtentsType)}}),
                          body);
    }
    std::string member(const http::Response& answer, const std::string& name)
    {
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto json = boost::json::parse(answer.body);
        return std::string(json.at(name).as_string());
    }
    bool has_image(const std::string& name)
    {
        const auto answer = world_.ask(make_request(
            "GET",
            "/?Action=DescribeImages&Version=2016-11-15&Filter.1.Name=name&Filter.1.Value.1=" +
                name));
        return world_.body_of(answer).find("<imageId>") != std::string::npos;
    }

    FrontWorld world_;
    int disks_ = 0;
};

class StrictTransfers : public Transfers {
protected:
    StrictTransfers() : Transfers({.strict_accounts = true}) {}
};

class LimitedTransfers : public Transfers {
protected:
    LimitedTransfers() : Transfers({}, {.rows = 3}) {}
};

TEST_F(Transfers, TakeADiskOfAnyLengthAndHoldAChunkOfIt)
{
    CountedRequestBody body(kManyBytes);
    const auto answer = import("name=large", body);
    EXPECT_THAT(member(answer, "image_id"), testing::StartsWith("ami-"));
    EXPECT_EQ(body.taken_bytes(), kManyBytes);
    EXPECT_EQ(body.most_at_once(), kChunkBytes);
    EXPECT_FALSE(body.was_read_whole());
}

TEST_F(Transfers, RefuseWhatTheHeaderTellsBeforeTheBodyIsRead)
{
    CountedRequestBody first(1);
    ASSERT_EQ(import("name=taken", first).status, 200);
    CountedRequestBody body(kManyBytes);
    for (const auto& [query, text] :
         {std::pair("", "parameter name is missing"),
          std::pair("name=a&what=b", "unknown parameter"), std::pair("name=taken", "taken"),
          std::pair("name=a&account=12", "expected 12 digits"),
          std::pair("name=abc&architecture=z80", "architecture")}) {
        const auto answer = import(query, body);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_THAT(answer.body, HasSubstr(text)) << query;
    }
    EXPECT_EQ(body.most_at_once(), 0U);
    EXPECT_FALSE(body.was_read_whole());
}

TEST_F(Transfers, LeaveNothingOfADiskThatIsCutShort)
{
    CountedRequestBody body(kManyBytes, {.early_at = 2 * kChunkBytes});
    const auto answer = import("name=short", body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, R"({"error":"The request's body ended early."})"
                           "\n");
    EXPECT_FALSE(has_image("short"));
}

TEST_F(Transfers, LeaveNothingOfADiskWhoseClientIsLost)
{
    CountedRequestBody body(kManyBytes, {.lost_at = 2 * kChunkBytes});
    EXPECT_THROW(import("name=lost", body), http::ConnectionLost);
    EXPECT_FALSE(has_image("lost"));
}

TEST_F(Transfers, RefuseExtentsBehindTheEndOfTheDisk)
{
    const std::string sector(512, 'x');
    const auto answer = import_extents("beyond", frame(1024, sector) + frame(1024));
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("a frame ends at 1536 of a disk of 1024 bytes"));
    EXPECT_FALSE(has_image("beyond"));
    EXPECT_EQ(import_extents("within", frame(1024, sector) + frame(1536)).status, 200);
}

TEST_F(Transfers, RefuseWhatComesBehindTheLastFrame)
{
    for (const auto& more : {std::string("x"), frame(1024)}) {
        const auto answer =
            import_extents("longer", frame(0, std::string(512, 'x')) + frame(512) + more);
        EXPECT_EQ(answer.status, 400);
        EXPECT_THAT(answer.body, HasSubstr("goes on behind its last frame"));
    }
    EXPECT_FALSE(has_image("longer"));
}

TEST_F(Transfers, RefusePackedBodies)
{
    const auto import_as = [&](const std::string& coding) {
        CountedRequestBody body(512);
        return world_.ask(
            make_request("POST", "/_amilab/import?name=packed", {{"Content-Encoding", coding}}),
            body);
    };
    EXPECT_EQ(import_as("gzip").status, 415);
    EXPECT_FALSE(has_image("packed"));
    EXPECT_EQ(import_as("identity").status, 200);
}

TEST_F(Transfers, RefuseADiskWithoutAByte)
{
    CountedRequestBody body(0);
    EXPECT_EQ(import("name=empty", body).status, 400);
    EXPECT_FALSE(has_image("empty"));
}

TEST_F(Transfers, GiveADiskOfAnyLengthAndHoldAChunkOfIt)
{
    CountedRequestBody disk(kManyBytes);
    const auto snapshot = member(import("name=disk", disk), "snapshot_id");
    const auto answer = world_.ask(make_request("GET", "/_amilab/export/" + snapshot));
    EXPECT_EQ(answer.content_length, kManyBytes);
    CountedResponseBody body;
    world_.send(answer, body);
    EXPECT_EQ(body.written_bytes(), kManyBytes);
    EXPECT_LE(body.most_at_once(), kChunkBytes);
}

TEST_F(Transfers, EndWhenTheClientLeaves)
{
    CountedRequestBody disk(kManyBytes);
    const auto snapshot = member(import("name=disk", disk), "snapshot_id");
    CountedResponseBody body(kChunkBytes);
    {
        const auto answer = world_.ask(make_request("GET", "/_amilab/export/" + snapshot));
        EXPECT_THROW(world_.send(answer, body), http::ConnectionLost);
    }
    EXPECT_EQ(body.written_bytes(), kChunkBytes);
}

TEST_F(Transfers, AreOfTheAccountThatServicesTakeForTheOwnerOfTheKey)
{
    EXPECT_TRUE(is_of(kItsAccount, import_by("&access-key=AKIAIOSFODNN7EXAMPLE")));
    EXPECT_TRUE(is_of("210987654321", import_by("&access-key=210987654321")));
    EXPECT_TRUE(is_of("123456789012", import_by("&access-key=mistyped")));
    EXPECT_TRUE(is_of("123456789012", import_by("")));
    const auto theirs = member(import_by("&access-key=AKIAIOSFODNN7EXAMPLE"), "snapshot_id");
    const auto export_by = [&](const std::string& key) {
        return world_
            .ask(make_request("GET", fmt::format("/_amilab/export/{}?access-key={}", theirs, key)))
            .status;
    };
    EXPECT_EQ(export_by(kDeclaredKey), 200);
    EXPECT_EQ(export_by("mistyped"), 400);
}

TEST_F(Transfers, RefuseAnAccountBesideAKeyAndAnEmptyKey)
{
    for (const auto& [place, text] :
         {std::pair("&account=210987654321&access-key=210987654321", "cannot go together"),
          std::pair("&access-key=", "access-key is empty")}) {
        const auto answer = import_by(place);
        EXPECT_EQ(answer.status, 400) << place;
        EXPECT_THAT(answer.body, HasSubstr(text));
    }
}

TEST_F(StrictTransfers, RefuseAKeyThatNamesNoAccount)
{
    const auto refused = import_by("&access-key=mistyped");
    EXPECT_EQ(refused.status, 401);
    EXPECT_THAT(refused.body, HasSubstr(R"("code":"AuthFailure")"));
    EXPECT_EQ(world_.ask(make_request("GET", "/_amilab/export/vol-0123456789abcdef0?access-key=x"))
                  .status,
              401);
    EXPECT_TRUE(is_of(kItsAccount, import_by("&access-key=AKIAIOSFODNN7EXAMPLE")));
    EXPECT_TRUE(is_of("210987654321", import_by("&account=210987654321")));
    EXPECT_TRUE(is_of("123456789012", import_by("")));
}

TEST_F(LimitedTransfers, RefuseADiskWhoseRowsHaveNoRoomBeforeTheBodyIsRead)
{
    EXPECT_EQ(import_by("").status, 200);
    CountedRequestBody body(kManyBytes);
    const auto refused = import("name=more", body);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("ResourceLimitExceeded"));
    EXPECT_EQ(body.most_at_once(), 0U);
    EXPECT_TRUE(is_of("210987654321", import_by("&account=210987654321")));
}

TEST_F(Transfers, RefuseADiskThatIsNotThere)
{
    const auto answer = world_.ask(make_request("GET", "/_amilab/export/snap-0123456789abcdef0"));
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("InvalidSnapshot.NotFound"));
    EXPECT_FALSE(answer.stream);
}

}  // namespace
}  // namespace amilab::test
