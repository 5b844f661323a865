#include "server/wire/credential_scope.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/wire/query.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::wire {
namespace {

struct Fields {
    std::string_view credential;
    std::string_view signed_headers;
    std::string_view signature;
};

/// "Credential=..., SignedHeaders=..., Signature=...", in any order; commas or spaces between.
Fields read_fields(std::string_view rest, std::string_view header)
{
    Fields fields;
    while (!(rest = trimmed(rest)).empty()) {
        const auto field = rest.substr(0, rest.find_first_of(", \t"));
        rest.remove_prefix(std::min(rest.size(), field.size() + 1));
        if (field.empty()) {
            continue;
        }
        const auto equals = field.find('=');
        if (equals == std::string_view::npos) {
            throw incomplete_signature(
                fmt::format("'{}' not a valid key=value pair (missing equal-sign) in Authorization "
                            "header: '{}'.",
                            field, header));
        }
        const auto name = field.substr(0, equals);
        const auto value = field.substr(equals + 1);
        if (name == "Credential") {
            fields.credential = value;
        } else if (name == "SignedHeaders") {
            fields.signed_headers = value;
        } else if (name == "Signature") {
            fields.signature = value;
        }
    }
    return fields;
}

/// "AWS key:signature", which is S3's alone.
std::optional<CredentialScope> read_old_header(std::string_view scheme, std::string_view header)
{
    const auto fields = trimmed(header.substr(scheme.size()));
    const auto colon = fields.find(':');
    if (scheme != "AWS" || colon == 0 || colon == fields.npos || colon + 1 == fields.size()) {
        return std::nullopt;
    }
    return CredentialScope{std::string(fields.substr(0, colon)), {}, {}, "s3"};
}

/// Headers stand in messages; those that are no text, or long, do not.
std::string_view shown(std::string_view header)
{
    constexpr std::size_t kMost = 1024;
    return header.size() <= kMost && is_utf8(header) ? header : std::string_view("(unreadable)");
}

}  // namespace

std::optional<CredentialScope> scope_from_authorization(std::string_view header)
{
    header = trimmed(header);
    if (header.empty()) {
        return std::nullopt;
    }
    constexpr std::string_view kScheme = "AWS4-HMAC-SHA256";
    const auto scheme = header.substr(0, header.find_first_of(" \t"));
    const auto text = shown(header);
    if (auto old = text == header ? read_old_header(scheme, header) : std::nullopt) {
        return old;
    }
    const auto fields = scheme == kScheme && text == header
                            ? read_fields(header.substr(scheme.size()), text)
                            : Fields{};
    std::string missing;
    const std::array<std::pair<std::string_view, std::string_view>, 3> needed = {
        {{"Credential", fields.credential},
         {"Signature", fields.signature},
         {"SignedHeaders", fields.signed_headers}}};
    for (const auto& [name, value] : needed) {
        if (value.empty()) {
            missing += fmt::format("Authorization header requires '{}' parameter. ", name);
        }
    }
    if (!missing.empty()) {
        throw incomplete_signature(fmt::format("{}Authorization={}", missing, text));
    }
    return scope_from_credential(fields.credential);
}

CredentialScope scope_from_credential(std::string_view credential)
{
    std::array<std::string_view, 5> parts;
    auto rest = credential;
    std::size_t count = 0;
    for (bool more = true; more; ++count) {
        const auto slash = rest.find('/');
        more = slash != std::string_view::npos;
        if (count < parts.size()) {
            parts[count] = rest.substr(0, slash);
        }
        rest.remove_prefix(more ? slash + 1 : rest.size());
    }
    const bool all_filled = count == parts.size() && !parts[0].empty() && !parts[1].empty() &&
                            !parts[2].empty() && !parts[3].empty();
    if (!all_filled || parts[4] != "aws4_request") {
        throw incomplete_signature(
            fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                        "keyid/date/region/service/term, got '{}'",
                        shown(credential)));
    }
    return {std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
            std::string(parts[3])};
}

std::optional<std::string> value_in_query(std::string_view query, std::string_view name)
{
    for (std::size_t start = 0; start < query.size();) {
        const auto end = std::min(query.find('&', start), query.size());
        const auto pair = query.substr(start, end - start);
        start = end + 1;
        if (!pair.starts_with(name) || pair.substr(name.size(), 1) != "=") {
            continue;
        }
        return percent_decoded(pair.substr(name.size() + 1));
    }
    return std::nullopt;
}

std::optional<CredentialScope> scope_from_query(std::string_view query)
{
    const auto credential = value_in_query(query, "X-Amz-Credential");
    return credential ? std::optional(scope_from_credential(*credential)) : std::nullopt;
}

std::optional<CredentialScope> scope_from_old_query(std::string_view query)
{
    // Old forms have a key there too.
    auto access_key = value_in_query(query, "AWSAccessKeyId");
    if (!access_key || access_key->empty() || !value_in_query(query, "Signature") ||
        value_in_query(query, "Action")) {
        return std::nullopt;
    }
    return CredentialScope{std::move(*access_key), {}, {}, "s3"};
}

}  // namespace amilab::wire
