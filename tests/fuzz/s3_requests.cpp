// Requests of S3, bodies aside: which operation they mean by path, host, query and headers, when a
// presigned one ends; then what some of those carry.
#include <optional>
#include <string>

#include "server/services/s3/conditions.h"
#include "server/services/s3/object_headers.h"
#include "server/wire/request.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/objects.h"
#include "server/wire/s3/schema.h"
#include "tests/fuzz/members.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/refusals.h"

namespace amilab::fuzz {
namespace {

void expect_range_within(std::string_view header)
{
    constexpr std::int64_t kSize = 1000;
    const auto range = s3::parse_range(header, kSize);
    require(!range || (range->first >= 0 && range->first < range->end && range->end <= kSize),
            "a range that is taken lies within the object");
}

void expect_same_date(std::string_view header)
{
    if (const auto date = s3::parse_http_date(header)) {
        require(s3::parse_http_date(s3::to_http_date(*date)) == date,
                "a date that is read is written as one that reads the same");
    }
}

void expect_same_tags(const std::optional<std::string>& header)
{
    const auto kept = s3::read_tag_header(header);
    require(s3::to_text(s3::parse_tags(kept), s3::kMostObjectTags) == kept,
            "tags that are kept read as those that were put");
}

void go_on(const wire::OperationSchema& operation, const wire::ParameterNode& root)
{
    if (operation.name == "GetObject") {
        const auto request = wire::parse_request<s3::GetObjectRequest>(root);
        expect_range_within(request.range.value_or(""));
        expect_same_date(request.if_modified_since.value_or(""));
    } else if (operation.name == "PutObject") {
        const auto request = wire::parse_request<s3::PutObjectRequest>(root);
        expect_same_tags(request.tagging);
        s3::object_headers(request);
    }
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    constexpr std::int64_t kNowMs = 1'767'323'045'000;
    const fuzz::HttpText text(std::span(data, size));
    fuzz::expect_read_or_refused(s3::kService,
                                 [&] { wire::require_current(text.request(), kNowMs); });
    fuzz::read_members(s3::kService, fuzz::kS3Requests, text, &fuzz::go_on);
    return 0;
}
