#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "server/wire/json_request.h"

namespace amilab::fuzz {

/// A request as text, so that inputs can be read and written by hand: a line with method and
/// target, a line for each header, an empty line, the body. Line ends are "\n"; any bytes are a
/// request. Views the input.
class HttpText {
public:
    explicit HttpText(std::span<const std::uint8_t> input);

    std::string_view method;
    std::string_view path;
    std::string_view query;
    std::string_view body;

    /// The first of that name, in any case of letters.
    std::optional<std::string_view> header(std::string_view name) const;
    /// As a service is given it. Views this.
    wire::JsonRequest request() const;

private:
    std::vector<std::pair<std::string_view, std::string_view>> headers_;
};

}  // namespace amilab::fuzz
