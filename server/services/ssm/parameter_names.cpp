#include "server/services/ssm/parameter_names.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/request_values.h"
#include "server/services/ssm/errors.h"
#include "storage/base/text.h"

namespace amilab::ssm {

namespace {

constexpr std::size_t kMostLevels = 15;
constexpr std::size_t kLongestName = 1011;
constexpr std::string_view kPublicPrefix = "/aws/service/";
constexpr std::string_view kArn = "arn:";

bool starts_with_word(std::string_view text, std::string_view word)
{
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
               return a == std::tolower(static_cast<unsigned char>(b));
           });
}

/// Whether every part between slashes is there and of the right characters.
bool has_good_parts(std::string_view path)
{
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto part = path.substr(start, end - start);
        if (part.empty() || !has_only(part, ".-_")) {
            return false;
        }
        start = end + 1;
    }
    return true;
}

/// arn:aws:ssm:REGION:ACCOUNT:parameter/NAME[:SELECTOR]
bool parse_arn(Session& session, std::string_view text, ParameterReference& to)
{
    const auto own = parameter_arn(session.region(), session.account(), "/");
    const auto of_all = parameter_arn(session.region(), "", "/");
    for (const auto& prefix : {own, of_all}) {
        if (text.starts_with(prefix)) {
            to.name = fmt::format("/{}", text.substr(prefix.size()));
            to.other_name = std::string(text.substr(prefix.size()));
            return true;
        }
    }
    return false;
}

/// The name with a slash before it, or without the one that it has; nothing of one in a hierarchy.
std::optional<std::string> with_other_slash(const std::string& name)
{
    const bool has_slash = name.starts_with('/');
    const auto rest = name.substr(has_slash ? 1 : 0);
    if (rest.empty() || rest.find('/') != std::string::npos) {
        return std::nullopt;
    }
    return has_slash ? rest : "/" + rest;
}

void cut_selector(std::string& name, ParameterReference& to)
{
    const auto colon = name.find(':');
    if (colon != std::string::npos) {
        to.selector = name.substr(colon + 1);
        name.resize(colon);
    }
}

std::optional<std::int64_t> version_number(std::string_view text)
{
    std::int64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

Found find_public(Session& session, const std::string& name,
                  const std::optional<std::string>& selector)
{
    auto row = select_public_parameter(session.db(), session.region(), name);
    if (row && selector && version_number(*selector) != row->version) {
        return {std::nullopt, Missing::kVersion};
    }
    return {std::move(row)};
}

Found find_named(Session& session, const std::string& name,
                 const std::optional<std::string>& selector)
{
    if (is_public_name(name)) {
        return find_public(session, name, selector);
    }
    const ParameterKey key{session.account(), session.region(), name};
    auto row = select_parameter(session.db(), key);
    if (!row || !selector) {
        return {std::move(row)};
    }
    auto version = version_number(*selector);
    if (!version) {
        version = select_labelled_version(session.db(), key, *selector);
    }
    if (version) {
        row = select_parameter_version(session.db(), key, *version);
    } else {
        row.reset();
    }
    return {std::move(row), Missing::kVersion};
}

}  // namespace

std::string trimmed(std::string_view text)
{
    return std::string(amilab::trimmed(text, " "));
}

ParameterReference parse_reference(Session& session, std::string_view text)
{
    ParameterReference reference;
    reference.name = trimmed(text);
    if (reference.name.find(' ') != std::string::npos) {
        throw name_with_spaces();
    }
    if (reference.name.starts_with(kArn)) {
        const auto arn = reference.name;
        if (!parse_arn(session, arn, reference)) {
            reference.is_elsewhere = true;
            return reference;
        }
        cut_selector(*reference.other_name, reference);
    }
    cut_selector(reference.name, reference);
    if (!reference.other_name) {
        reference.other_name = with_other_slash(reference.name);
    }
    return reference;
}

std::string own_name(Session& session, std::string_view text)
{
    auto name = trimmed(text);
    const auto is_there = [&](const std::string& one) {
        return select_parameter(session.db(), {session.account(), session.region(), one})
            .has_value();
    };
    if (!is_there(name)) {
        if (auto other = with_other_slash(name); other && is_there(*other)) {
            return std::move(*other);
        }
    }
    return name;
}

Found find_parameter(Session& session, const ParameterReference& reference)
{
    if (reference.is_elsewhere) {
        return {};
    }
    auto found = find_named(session, reference.name, reference.selector);
    if (!found.row && found.missing == Missing::kParameter && reference.other_name) {
        found = find_named(session, *reference.other_name, reference.selector);
    }
    return found;
}

ParameterRow require_parameter(Session& session, const ParameterReference& reference)
{
    auto found = find_parameter(session, reference);
    if (found.row) {
        return std::move(*found.row);
    }
    if (found.missing == Missing::kVersion && reference.selector) {
        throw parameter_version_not_found(reference.name, *reference.selector);
    }
    throw parameter_not_found();
}

bool is_public_name(std::string_view name)
{
    return name.starts_with(kPublicPrefix);
}

void check_name(std::string_view name)
{
    if (name.size() > kLongestName) {
        throw name_too_long();
    }
    const bool is_path = name.find('/') != std::string_view::npos;
    if (is_path && name.front() != '/') {
        throw name_not_qualified();
    }
    const auto parts = is_path ? name.substr(1) : name;
    if (starts_with_word(parts, "aws")) {
        throw reserved_name(name);
    }
    if (starts_with_word(parts, "ssm") || !has_good_parts(parts)) {
        throw invalid_name();
    }
    if (std::count(parts.begin(), parts.end(), '/') >= static_cast<std::ptrdiff_t>(kMostLevels)) {
        throw too_many_levels();
    }
}

void check_path(std::string_view path)
{
    if (path.empty() || path.front() != '/') {
        throw invalid_path();
    }
    auto parts = path.substr(1);
    if (!parts.empty() && parts.back() == '/') {
        parts.remove_suffix(1);
    }
    if (!parts.empty() && !has_good_parts(parts)) {
        throw invalid_path();
    }
}

}  // namespace amilab::ssm
