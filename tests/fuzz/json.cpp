// JSON requests, as far as they need no state: those of the Parameter Store (json) and of the
// Recycle Bin (rest-json).
#include "server/wire/rbin/schema.h"
#include "server/wire/ssm/schema.h"
#include "tests/fuzz/members.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    const fuzz::HttpText text(std::span(data, size));
    const auto nothing_more = [](const auto&, const auto&) {};
    fuzz::read_members(ssm::kService, fuzz::kSsmRequests, text, nothing_more);
    fuzz::read_members(rbin::kService, fuzz::kRbinRequests, text, nothing_more);
    return 0;
}
