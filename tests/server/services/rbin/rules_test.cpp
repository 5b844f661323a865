#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/services.h"
#include "server/wire/schema.h"
#include "storage/base/units.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"
#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

using boost::json::array;
using boost::json::object;

const object kUnlockDelay = {
    {"UnlockDelay", {{"UnlockDelayValue", 7}, {"UnlockDelayUnit", "DAYS"}}}};

object period(int days)
{
    return {{"RetentionPeriodValue", days}, {"RetentionPeriodUnit", "DAYS"}};
}

object tag(const std::string& key, const std::string& tag_value)
{
    return {{"ResourceTagKey", key}, {"ResourceTagValue", tag_value}};
}

class Rules : public ::testing::Test {
protected:
    JsonAnswer create(const object& more = {}, const char* type = "EBS_SNAPSHOT", int days = 14)
    {
        object request{{"ResourceType", type}, {"RetentionPeriod", period(days)}};
        for (const auto& [key, member] : more) {
            request[key] = member;
        }
        return rbin_.call("POST", "/rules", request);
    }

    std::string created(const object& more = {}, const char* type = "EBS_SNAPSHOT")
    {
        const auto answer = create(more, type);
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.text("/Identifier");
    }

    JsonAnswer get(const std::string& id) { return rbin_.call("GET", "/rules/" + id); }
    JsonAnswer update(const std::string& id, const object& change)
    {
        return rbin_.call("PATCH", "/rules/" + id, change);
    }
    JsonAnswer remove(const std::string& id) { return rbin_.call("DELETE", "/rules/" + id); }
    JsonAnswer lock(const std::string& id, int days = 7)
    {
        return rbin_.call(
            "PATCH", fmt::format("/rules/{}/lock", id),
            object{{"LockConfiguration",
                    {{"UnlockDelay", {{"UnlockDelayValue", days}, {"UnlockDelayUnit", "DAYS"}}}}}});
    }
    JsonAnswer unlock(const std::string& id)
    {
        return rbin_.call("PATCH", fmt::format("/rules/{}/unlock", id));
    }
    JsonAnswer list(object request = {})
    {
        request.emplace("ResourceType", "EBS_SNAPSHOT");
        return rbin_.call("POST", "/list-rules", request);
    }

    static void expect_refusal(const JsonAnswer& answer, int status, const std::string& code,
                               const std::string& reason)
    {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(answer.code, code) << answer.body;
        EXPECT_EQ(answer.reason, reason) << answer.body;
        EXPECT_NE(answer.message, "");
    }
    static void expect_invalid(const JsonAnswer& answer)
    {
        expect_refusal(answer, 400, "ValidationException", "INVALID_PARAMETER_VALUE");
    }

    TestEmulator emulator_;
    JsonCaller rbin_{emulator_, "rbin"};
};

TEST_F(Rules, AreCreatedPendingAndShownWhole)
{
    const auto created =
        create({{"Description", "keep them"},
                {"ResourceTags", array{tag("purpose", "prod"), object{{"ResourceTagKey", "any"}}}},
                {"Tags", array{object{{"Key", "team"}, {"Value", "a b"}}}}},
               "EC2_IMAGE", 365);
    ASSERT_EQ(created.status, 201) << created.body;
    EXPECT_EQ(created.text("/Status"), "pending");
    EXPECT_EQ(created.text("/Tags/0/Value"), "a b");
    const auto id = created.text("/Identifier");
    EXPECT_THAT(id, ::testing::MatchesRegex("[0-9a-zA-Z]{11}"));

    const auto got = get(id);
    ASSERT_EQ(got.status, 200) << got.body;
    EXPECT_EQ(got.text("/Status"), "available");
    EXPECT_EQ(got.text("/Description"), "keep them");
    EXPECT_EQ(got.text("/ResourceType"), "EC2_IMAGE");
    EXPECT_EQ(got.text("/RetentionPeriod/RetentionPeriodValue"), "365");
    EXPECT_EQ(got.text("/RetentionPeriod/RetentionPeriodUnit"), "DAYS");
    EXPECT_EQ(got.text("/ResourceTags/0/ResourceTagValue"), "prod");
    EXPECT_EQ(got.text("/ResourceTags/1"), R"({"ResourceTagKey":"any"})");
    EXPECT_EQ(got.text("/RuleArn"),
              fmt::format("arn:aws:rbin:{}:{}:rule/{}", kRegion, kAccount, id));
    EXPECT_EQ(got.text("/LockState"), "");
    EXPECT_EQ(got.text("/LockConfiguration"), "");
}

TEST_F(Rules, BelongToTheirAccountAndRegion)
{
    const auto id = created();
    for (const auto& other : {JsonCaller(emulator_, "rbin", kOtherAccount),
                              JsonCaller(emulator_, "rbin", kAccount, "eu-west-1")}) {
        expect_refusal(other.call("GET", "/rules/" + id), 404, "ResourceNotFoundException",
                       "RULE_NOT_FOUND");
        EXPECT_EQ(
            other.call("POST", "/list-rules", R"({"ResourceType":"EBS_SNAPSHOT"})").text("/Rules"),
            "[]");
    }
    expect_refusal(get("00000000000"), 404, "ResourceNotFoundException", "RULE_NOT_FOUND");
    expect_invalid(get("short"));
}

TEST_F(Rules, KeepVolumesForAWeekAtMostAndOthersForAYear)
{
    EXPECT_EQ(create({}, "EBS_VOLUME", 7).status, 201);
    EXPECT_EQ(create({}, "EBS_SNAPSHOT", 365).status, 201);
    expect_invalid(create({}, "EBS_VOLUME", 8));
    expect_invalid(create({}, "EBS_SNAPSHOT", 366));
    expect_invalid(create({}, "EC2_IMAGE", 366));
    expect_invalid(create({}, "EC2_IMAGE", 0));
}

TEST_F(Rules, RefuseWhatIsMissingOrUnknown)
{
    const auto missing = rbin_.call("POST", "/rules", "{}");
    expect_invalid(missing);
    EXPECT_THAT(missing.message, ::testing::HasSubstr("2 validation errors detected"));
    expect_invalid(create({{"ResourceTypes", "EBS_SNAPSHOT"}}));
    expect_invalid(create({}, "EBS_DISK"));
    expect_invalid(create({{"Description", "two\nlines"}}));
    expect_invalid(create({{"Description", std::string(256, 'x')}}));
    EXPECT_EQ(create({{"Description", std::string(255, 'x')}}).status, 201);
    expect_invalid(create({{"ResourceTags", array{tag("", "v")}}}));
    expect_invalid(create({{"ResourceTags", array{tag(std::string(129, 'k'), "v")}}}));
    expect_invalid(create({{"ResourceTags", array{tag("k", std::string(257, 'v'))}}}));
    expect_invalid(create({{"ResourceTags", array{tag("k", "v"), tag("k", "v")}}}));
    expect_invalid(create({{"Tags", array{object{{"Key", "a*"}, {"Value", ""}}}}}));
    expect_invalid(create({{"Tags", array{object{{"Key", "aws:a"}, {"Value", ""}}}}}));
    expect_refusal(create({{"Description", 7}}), 400, "SerializationException", "");
}

TEST_F(Rules, TakeExclusionTagsAtRegionLevelAlone)
{
    const auto id = created({{"ExcludeResourceTags", array{tag("temporary", "yes")}}});
    EXPECT_EQ(get(id).text("/ExcludeResourceTags/0/ResourceTagKey"), "temporary");
    expect_invalid(create(
        {{"ResourceTags", array{tag("a", "b")}}, {"ExcludeResourceTags", array{tag("c", "d")}}}));
    expect_invalid(update(id, {{"ResourceTags", array{tag("a", "b")}}}));
    EXPECT_EQ(update(id, {{"ResourceTags", array{tag("a", "b")}}, {"ExcludeResourceTags", array{}}})
                  .status,
              200);
    array six;
    for (const auto* key : {"1", "2", "3", "4", "5", "6"}) {
        six.push_back(tag(key, ""));
    }
    expect_invalid(create({{"ExcludeResourceTags", six}}));
}

TEST_F(Rules, NameTheSameTagInFiveRulesAtMost)
{
    for (int i = 0; i < 5; ++i) {
        created({{"ResourceTags", array{tag("a", "b")}}});
    }
    expect_refusal(create({{"ResourceTags", array{tag("x", "y"), tag("a", "b")}}}), 402,
                   "ServiceQuotaExceededException", "SERVICE_QUOTA_EXCEEDED");
    created({{"ResourceTags", array{tag("a", "c")}}});
}

TEST_F(Rules, AreAtMost250InARegion)
{
    for (int i = 0; i < 250; ++i) {
        created();
    }
    expect_refusal(create(), 402, "ServiceQuotaExceededException", "SERVICE_QUOTA_EXCEEDED");
}

TEST_F(Rules, AreUpdatedInWhatIsNamedAlone)
{
    const auto id = created({{"Description", "old"}, {"ResourceTags", array{tag("a", "b")}}});
    const auto changed = update(id, {{"RetentionPeriod", period(30)}});
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.text("/RetentionPeriod/RetentionPeriodValue"), "30");
    EXPECT_EQ(changed.text("/Description"), "old");
    EXPECT_EQ(changed.size("/ResourceTags"), 1U);
    EXPECT_EQ(update(id, {{"Description", "new"}, {"ResourceTags", array{}}}).text("/Description"),
              "new");
    EXPECT_EQ(get(id).size("/ResourceTags"), 0U);
    EXPECT_EQ(get(id).text("/RetentionPeriod/RetentionPeriodValue"), "30");

    EXPECT_EQ(update(id, {{"ResourceType", "EBS_SNAPSHOT"}}).status, 200);
    expect_invalid(update(id, {{"ResourceType", "EC2_IMAGE"}}));
    expect_invalid(update(id, {{"RetentionPeriod", period(366)}}));
    expect_refusal(update("00000000000", {}), 404, "ResourceNotFoundException", "RULE_NOT_FOUND");
}

TEST_F(Rules, AreDeleted)
{
    const auto id = created();
    const auto deleted = remove(id);
    EXPECT_EQ(deleted.status, 204);
    EXPECT_EQ(deleted.body, "");
    expect_refusal(get(id), 404, "ResourceNotFoundException", "RULE_NOT_FOUND");
    expect_refusal(remove(id), 404, "ResourceNotFoundException", "RULE_NOT_FOUND");
}

TEST_F(Rules, AreNeitherChangedNorDeletedWhileLockedOrInTheirUnlockDelay)
{
    const auto id = created({{"LockConfiguration", kUnlockDelay}});
    EXPECT_EQ(get(id).text("/LockState"), "locked");
    EXPECT_EQ(get(id).text("/LockConfiguration/UnlockDelay/UnlockDelayValue"), "7");
    const auto refused = [&] {
        expect_refusal(update(id, {{"Description", "x"}}), 409, "ConflictException",
                       "INVALID_RULE_STATE");
        expect_refusal(remove(id), 409, "ConflictException", "INVALID_RULE_STATE");
    };
    refused();
    expect_refusal(lock(id), 409, "ConflictException", "INVALID_RULE_STATE");

    const auto unlocked = unlock(id);
    ASSERT_EQ(unlocked.status, 200) << unlocked.body;
    EXPECT_EQ(unlocked.text("/LockState"), "pending_unlock");
    EXPECT_EQ(unlocked.text("/LockEndTime"), std::to_string((kStartMs + 7 * kDayMs) / 1000));
    refused();
    expect_refusal(unlock(id), 409, "ConflictException", "INVALID_RULE_STATE");

    emulator_.advance(7 * kDayMs);
    EXPECT_EQ(get(id).text("/LockState"), "unlocked");
    EXPECT_EQ(get(id).text("/LockEndTime"), "");
    EXPECT_EQ(update(id, {{"Description", "x"}}).status, 200);
    EXPECT_EQ(remove(id).status, 204);
}

TEST_F(Rules, AreLockedAgainInTheirUnlockDelayWithTheSameDelay)
{
    const auto id = created();
    EXPECT_EQ(lock(id, 8).text("/LockState"), "locked");
    unlock(id);
    emulator_.advance(kDayMs);
    expect_refusal(lock(id, 9), 409, "ConflictException", "INVALID_RULE_STATE");
    EXPECT_EQ(lock(id, 8).text("/LockState"), "locked");
    EXPECT_EQ(unlock(id).text("/LockEndTime"), std::to_string((kStartMs + 9 * kDayMs) / 1000));
    emulator_.advance(8 * kDayMs);
    EXPECT_EQ(lock(id, 9).text("/LockConfiguration/UnlockDelay/UnlockDelayValue"), "9");
}

TEST_F(Rules, WithTagsAreNotLocked)
{
    expect_invalid(
        create({{"LockConfiguration", kUnlockDelay}, {"ResourceTags", array{tag("a", "b")}}}));
    expect_invalid(lock(created({{"ResourceTags", array{tag("a", "b")}}})));
    expect_invalid(lock(created({{"ExcludeResourceTags", array{tag("a", "b")}}})));
    expect_refusal(unlock(created()), 409, "ConflictException", "INVALID_RULE_STATE");
    expect_invalid(lock(created(), 6));
    expect_invalid(lock(created(), 31));
}

TEST_F(Rules, AreListedByTypeTagsAndLockStatePageByPage)
{
    const auto plain = created();
    const auto tagged = created({{"ResourceTags", array{tag("a", "b")}}});
    const auto excluding = created({{"ExcludeResourceTags", array{tag("a", "b")}}});
    const auto locked = created({{"LockConfiguration", kUnlockDelay}});
    created({}, "EC2_IMAGE");
    EXPECT_EQ(list().size("/Rules"), 4U);
    EXPECT_EQ(list({{"ResourceTags", array{tag("a", "b")}}}).text("/Rules/0/Identifier"), tagged);
    EXPECT_EQ(list({{"ResourceTags", array{object{{"ResourceTagKey", "a"}}}}}).size("/Rules"), 1U);
    EXPECT_EQ(list({{"ExcludeResourceTags", array{tag("a", "b")}}}).text("/Rules/0/Identifier"),
              excluding);
    const auto of_state = list({{"LockState", "locked"}});
    EXPECT_EQ(of_state.size("/Rules"), 1U);
    EXPECT_EQ(of_state.text("/Rules/0/Identifier"), locked);
    EXPECT_EQ(list({{"LockState", "unlocked"}}).size("/Rules"), 0U);

    std::vector<std::string> seen;
    auto page = list({{"MaxResults", 3}});
    EXPECT_EQ(page.size("/Rules"), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        seen.push_back(page.text(fmt::format("/Rules/{}/Identifier", i)));
    }
    page = list({{"MaxResults", 3}, {"NextToken", page.text("/NextToken")}});
    EXPECT_EQ(page.size("/Rules"), 1U);
    EXPECT_EQ(page.text("/NextToken"), "");
    seen.push_back(page.text("/Rules/0/Identifier"));
    EXPECT_THAT(seen, ::testing::UnorderedElementsAre(plain, tagged, excluding, locked));

    expect_refusal(list({{"NextToken", "*"}}), 400, "ValidationException", "INVALID_PAGE_TOKEN");
    expect_invalid(list({{"MaxResults", 0}}));
    expect_invalid(list({{"MaxResults", 1001}}));
    expect_invalid(list({{"ResourceType", "OTHER"}}));
}

TEST_F(Rules, HaveTagsOfTheirOwn)
{
    const auto id = created({{"Tags", array{object{{"Key", "a"}, {"Value", "1"}}}}});
    const auto path =
        fmt::format("/tags/arn%3Aaws%3Arbin%3A{}%3A{}%3Arule%2F{}", kRegion, kAccount, id);
    EXPECT_EQ(
        rbin_.call("POST", path, R"({"Tags":[{"Key":"a","Value":"2"},{"Key":"b","Value":""}]})")
            .status,
        201);
    EXPECT_EQ(rbin_.call("GET", path).text("/Tags"),
              R"([{"Key":"a","Value":"2"},{"Key":"b","Value":""}])");
    EXPECT_EQ(rbin_.call("DELETE", path + "?tagKeys=a&tagKeys=c").status, 204);
    EXPECT_EQ(rbin_.call("GET", path).text("/Tags"), R"([{"Key":"b","Value":""}])");

    expect_invalid(rbin_.call("DELETE", path));
    expect_invalid(rbin_.call("POST", path, R"({"Tags":[{"Key":"a"}]})"));
    expect_invalid(
        rbin_.call("POST", path, R"({"Tags":[{"Key":"a","Value":""},{"Key":"a","Value":""}]})"));
    expect_invalid(rbin_.call("GET", "/tags/arn%3Aaws%3As3%3A%3A%3Ab"));
    expect_refusal(
        rbin_.call("GET", fmt::format("/tags/arn%3Aaws%3Arbin%3Aeu-west-1%3A{}%3Arule%2F{}",
                                      kAccount, id)),
        404, "ResourceNotFoundException", "RULE_NOT_FOUND");
    array many;
    for (int i = 0; i < 51; ++i) {
        many.push_back(object{{"Key", fmt::format("k{}", i)}, {"Value", ""}});
    }
    expect_refusal(rbin_.call("POST", path, object{{"Tags", many}}), 402,
                   "ServiceQuotaExceededException", "SERVICE_QUOTA_EXCEEDED");
}

TEST_F(Rules, KeepWhatTheirTagsName)
{
    created({{"ResourceTags", array{tag("keep", "yes")}}});
    const auto volume = emulator_
                            .must("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                                   {"Size", "1"},
                                                   {"TagSpecification.1.ResourceType", "volume"},
                                                   {"TagSpecification.1.Tag.1.Key", "keep"},
                                                   {"TagSpecification.1.Tag.1.Value", "yes"}})
                            .text("volumeId");
    auto reader = emulator_.generation().reader();
    EXPECT_EQ(
        matching_retention_days(reader.db(), kAccount, kRegion, RecycleRuleType::kSnapshot, volume),
        14);
    EXPECT_EQ(
        matching_retention_days(reader.db(), kAccount, kRegion, RecycleRuleType::kVolume, volume),
        std::nullopt);
}

TEST_F(Rules, AreAtPathsAlone)
{
    for (const auto& [method, path] : {std::pair{"GET", "/rules"}, std::pair{"PUT", "/rules/a"},
                                       std::pair{"GET", "/"}, std::pair{"POST", "/rules/a/b/c"}}) {
        const auto answer = rbin_.call(method, path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.code, "UnknownOperationException") << path;
    }
    const auto elsewhere =
        JsonCaller(emulator_, "rbin", kAccount, "nowhere-1").call("GET", "/rules/00000000000");
    EXPECT_EQ(elsewhere.code, "InvalidSignatureException");
}

}  // namespace
}  // namespace amilab::test
