// Bodies in content encoding aws-chunked, however the network cuts them.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/services/s3/chunked_body.h"
#include "server/wire/api_error.h"
#include "server/wire/s3/schema.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/refusals.h"

namespace amilab::fuzz {
namespace {

/// What became of a body.
struct Taken {
    std::string content{};
    std::vector<std::pair<std::string, std::string>> trailers{};
    std::string refusal{};
    bool operator==(const Taken&) const = default;
};

/// Gives the body in pieces of so many bytes.
Taken take(std::span<const std::uint8_t> input, std::size_t piece)
{
    s3::ChunkedBody body;
    Taken taken;
    const auto keep = [&](std::span<const std::byte> bytes) {
        require(!bytes.empty(), "content that is given is some");
        taken.content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    expect_read_or_refused(s3::kService, [&] {
        try {
            for (auto rest = input; !rest.empty();) {
                const auto some = rest.first(std::min(piece, rest.size()));
                body.take(std::as_bytes(some), keep);
                rest = rest.subspan(some.size());
            }
            body.require_end();
            taken.trailers = body.trailers();
        } catch (const ApiError& error) {
            taken.refusal = error.code;
            throw;
        }
    });
    return taken;
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab::fuzz;
    const std::span input(data, size);
    const auto whole = take(input, std::max<std::size_t>(size, 1));
    require(whole.content.size() <= size, "nothing is content that did not come");
    for (const std::size_t piece : {1U, 7U, 4096U}) {
        require(take(input, piece) == whole, "a body is the same however it is cut");
    }
    return 0;
}
