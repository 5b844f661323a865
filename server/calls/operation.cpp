#include "server/calls/operation.h"

#include <algorithm>

#include "server/calls/stream_operation.h"

namespace amilab {

namespace {

/// Of a part: small beside what a request takes to make, large beside what it takes to send.
constexpr std::int64_t kBytesInPart = std::int64_t{1} << 20;
constexpr std::int64_t kFewestRowsInPart = 100;
constexpr std::int64_t kMostRowsInPart = 4000;

}  // namespace

std::int64_t rows_in_next_part(std::int64_t rows, std::size_t bytes)
{
    const auto size = std::max(static_cast<std::int64_t>(bytes), std::int64_t{1});
    return std::clamp(rows * kBytesInPart / size, kFewestRowsInPart, kMostRowsInPart);
}

Call to_call(std::unique_ptr<ReadCall> call)
{
    return call;
}

Call to_call(std::unique_ptr<WriteCall> call)
{
    return call;
}

Call to_call(std::unique_ptr<BytesCall> call)
{
    return call;
}

}  // namespace amilab
