// Documents that requests of S3 have for a body: each reader is given each.
#include <string>

#include "server/services/s3/request_documents.h"
#include "server/wire/s3/schema.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/refusals.h"

namespace amilab::fuzz {
namespace {

void expect_same_tags(const s3::Tags& tags)
{
    const auto kept = s3::to_text(tags, s3::kMostBucketTags);
    require(s3::parse_tags(kept) == tags, "tags that are kept are those that were put");
}

void expect_parts_in_order(const std::vector<s3::NamedPart>& parts)
{
    std::int64_t last = 0;
    for (const auto& part : parts) {
        require(part.number > last && part.number <= s3::kMostParts, "parts are in order");
        last = part.number;
    }
    require(last > 0, "there is a part");
}

void expect_some_deletions(const s3::Deletions& deletions)
{
    constexpr std::size_t kMost = 1000;
    require(!deletions.all.empty() && deletions.all.size() <= kMost, "as many as may be named");
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    const std::string body(reinterpret_cast<const char*>(data), size);
    const auto each = [&](const auto& read) { fuzz::expect_read_or_refused(s3::kService, read); };
    each([&] { fuzz::expect_same_tags(s3::read_configuration(body).tags); });
    each([&] { fuzz::expect_same_tags(s3::read_tagging(body)); });
    each([&] { fuzz::expect_parts_in_order(s3::read_named_parts(body)); });
    each([&] { fuzz::expect_some_deletions(s3::read_deletions(body)); });
    each([&] { s3::read_access_list(body, "an owner"); });
    each([&] {
        fuzz::require(s3::read_public_access(body).size() == s3::kPublicAccess.size(),
                      "a digit for each");
    });
    each([&] { s3::read_ownership(body); });
    each([&] { s3::read_versioning(body); });
    return 0;
}
