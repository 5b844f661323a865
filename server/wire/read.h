#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/parameters.h"
#include "server/wire/types.h"

/// Typed values of parameters; what generated code fills requests with.
namespace amilab::wire {

/// Nothing when the text is none. Source: true and false (documented), in any case, and 1 and 0
/// (assumed).
std::optional<bool> parse_boolean(std::string_view text);
/// Digits with an optional sign.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_double(std::string_view text);

// After `check`, none of these can fail; where one would, the value is left as it was.
void read(const ParameterNode& node, std::string& into);
void read(const ParameterNode& node, bool& into);
void read(const ParameterNode& node, std::int64_t& into);
void read(const ParameterNode& node, double& into);
void read(const ParameterNode& node, Timestamp& into);
void read(const ParameterNode& node, Blob& into);

/// Structures: their generated `fill` is found beside them.
template <class Structure>
void read(const ParameterNode& node, Structure& into)
{
    fill(node, into);
}

template <class Value>
void read(const ParameterNode& node, std::optional<Value>& into);

template <class Value>
void read(const ParameterNode& node, std::vector<Value>& into)
{
    for (const auto& child : node.children()) {
        read(child, into.emplace_back());
    }
}

template <class Value>
void read(const ParameterNode& node, std::optional<Value>& into)
{
    read(node, into.emplace());
}

}  // namespace amilab::wire
