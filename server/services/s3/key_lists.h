#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "storage/metadata/s3/object_list_rows.h"

/// What lists of keys have in common, those of objects and of uploads.
namespace amilab::s3 {

/// What a request asks of such a list.
struct AskedKeys {
    std::string bucket;
    std::string prefix;
    std::string delimiter;
    /// Where the list goes on.
    std::string after;
    std::int64_t most = 0;
    bool is_encoded = false;

    /// A key, or some of one, as the request wants it.
    std::string shown(std::string_view key) const;
    KeyListQuery query() const;
};

/// How many of a list a request gets that asks for so many, in 32 bits. Throws ApiError
/// (InvalidArgument) for less than none. Source: 1,000 at most, however many are asked for
/// (documented); code and frame observed.
std::int64_t listed(std::string_view name, std::optional<std::int64_t> asked);

/// `most` is the parameter that says how many, of that name in refusals.
template <class Request>
AskedKeys read_asked(const Request& request, std::string_view name,
                     std::optional<std::int64_t> most)
{
    return {.bucket = request.bucket,
            .prefix = request.prefix.value_or(""),
            .delimiter = request.delimiter.value_or(""),
            .after = {},
            .most = listed(name, most),
            .is_encoded = request.encoding_type.has_value()};
}

/// The elements of the delimiter and of the encoding, where there is one.
void append_form(pugi::xml_node to, const AskedKeys& asked);
/// What keys have in common.
void append_prefixes(pugi::xml_node to, const AskedKeys& asked,
                     const std::vector<std::string>& prefixes);

}  // namespace amilab::s3
