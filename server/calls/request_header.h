#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace amilab {

/// A request as HTTP brought it, up to its body. Nothing is decoded; what is viewed outlives the
/// call.
struct RequestHeader {
    std::string_view method;
    std::string_view path = "/";
    std::string_view query = {};
    std::string_view content_type = {};
    std::string_view authorization = {};
    /// Of the body, in bytes; none: it comes in chunks, or not at all.
    std::optional<std::uint64_t> content_length = {};
    /// The first header of that name, in any case of letters. May be empty.
    std::function<std::optional<std::string_view>(std::string_view)> header = {};
    /// Shows all headers, one after the other; empty where nobody can.
    std::function<void(const std::function<void(std::string_view, std::string_view)>&)>
        each_header = {};
    /// The client is a program on this machine.
    bool from_loopback = false;
    /// Whether it was sent to a name that means this machine alone.
    bool is_to_loopback = true;

    std::optional<std::string_view> find(std::string_view name) const
    {
        return header ? header(name) : std::nullopt;
    }
};

}  // namespace amilab
