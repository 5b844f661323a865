#include "server/wire/parameters.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/format.h>
#include <boost/url/pct_string_view.hpp>

#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::wire {
namespace {

/// The place in a list that a part of a name is, one more than its number; 0 when it is none. "01"
/// is none, so that two spellings never mean one member. Source: lists begin with 1 (documented) or
/// with 0 (assumed: fog, by which Vagrant's aws provider calls, numbers block devices and network
/// interfaces so).
std::uint32_t list_place(std::string_view part)
{
    const bool is_padded = part.size() > 1 && part.front() == '0';
    if (part.empty() || part.size() > 9 || is_padded) {
        return 0;
    }
    std::uint32_t number = 0;
    const auto result = std::from_chars(part.data(), part.data() + part.size(), number);
    return result.ptr == part.data() + part.size() ? number + 1 : 0;
}

std::string_view part_at(std::string_view name, std::size_t start)
{
    return name.substr(start, name.find('.', start) - start);
}

/// Parts by number where both are numbers, else by bytes; a name before what is below it.
bool comes_before(std::string_view left, std::string_view right)
{
    const auto differ = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
    const auto same = static_cast<std::size_t>(differ.first - left.begin());
    if (same == left.size() && same < right.size() && right[same] == '.') {
        return true;
    }
    if (same == right.size() && same < left.size() && left[same] == '.') {
        return false;
    }
    const auto start = left.substr(0, same).rfind('.') + 1;
    const auto left_part = part_at(left, start);
    const auto right_part = part_at(right, start);
    const auto left_place = list_place(left_part);
    const auto right_place = list_place(right_part);
    if (left_place != 0 && right_place != 0) {
        return left_place < right_place;
    }
    if ((left_place != 0) != (right_place != 0)) {
        return left_place != 0;
    }
    return left_part < right_part;
}

}  // namespace

const ParameterNode* ParameterNode::child(std::string_view child_name) const
{
    const auto all = children();
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const ParameterNode& node) { return node.name == child_name; });
    return found == all.end() ? nullptr : &*found;
}

Parameters::Parameters(std::string_view form, std::string_view more, std::string_view list_part)
{
    // Decoding never makes text longer, so views into it stay valid.
    texts_.reserve(form.size() + more.size());
    const auto pairs = [](std::string_view text) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) + 1;
    };
    const auto count = pairs(form) + pairs(more);
    if (count > kMostParameters + 2) {
        throw too_many_parameters("parameters");
    }
    std::vector<Entry> entries;
    entries.reserve(count);
    decode(form, list_part, entries);
    decode(more, list_part, entries);
    build_sorted(std::move(entries));
}

Parameters::Parameters(std::vector<NamedValue> values) : values_(std::move(values))
{
    if (values_.size() > kMostParameters) {
        throw too_many_parameters("parameters");
    }
    std::vector<Entry> entries;
    entries.reserve(values_.size());
    for (const auto& value : values_) {
        entries.push_back({value.path, value.value, value.form});
    }
    build_sorted(std::move(entries));
}

void Parameters::build_sorted(std::vector<Entry> entries)
{
    const auto by_name = [](const Entry& left, const Entry& right) {
        return comes_before(left.name, right.name);
    };
    if (!std::is_sorted(entries.begin(), entries.end(), by_name)) {
        std::sort(entries.begin(), entries.end(), by_name);
    }
    build(entries);
}

void Parameters::decode(std::string_view form, std::string_view list_part,
                        std::vector<Entry>& entries)
{
    while (!form.empty()) {
        const auto pair = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(form.size(), pair.size() + 1));
        if (pair.empty()) {
            continue;
        }
        const auto equals = pair.find('=');
        const auto name = without_list_parts(decode_text(pair.substr(0, equals)), list_part);
        if (name.empty()) {
            throw malformed_query_string("a parameter has no name");
        }
        if (!is_utf8(name) || !is_xml_text(name)) {
            throw invalid_character("");
        }
        const auto value = equals == std::string_view::npos ? std::string_view()
                                                            : decode_text(pair.substr(equals + 1));
        if (!is_utf8(value) || !is_xml_text(value)) {
            throw invalid_character(name);
        }
        entries.push_back({name, value});
    }
}

/// `name` is the end of what has been decoded.
std::string_view Parameters::without_list_parts(std::string_view name, std::string_view list_part)
{
    if (list_part.empty()) {
        return name;
    }
    const auto start = texts_.size() - name.size();
    const auto wanted = fmt::format(".{}.", list_part);
    for (auto at = texts_.find(wanted, start); at != std::string::npos;
         at = texts_.find(wanted, at + 1)) {
        const auto behind = at + wanted.size();
        if (behind < texts_.size() && texts_[behind] >= '0' && texts_[behind] <= '9') {
            texts_.erase(at, wanted.size() - 1);
        }
    }
    return std::string_view(texts_).substr(start);
}

std::string_view Parameters::decode_text(std::string_view encoded)
{
    const auto start = texts_.size();
    if (encoded.find_first_of("%+") == std::string_view::npos) {
        texts_ += encoded;
    } else {
        const auto checked = boost::urls::make_pct_string_view({encoded.data(), encoded.size()});
        if (checked.has_error()) {
            throw malformed_query_string("a percent sign is not followed by two hex digits");
        }
        boost::urls::encoding_opts options;
        options.space_as_plus = true;
        checked->decode(options, boost::urls::string_token::append_to(texts_));
    }
    return std::string_view(texts_).substr(start);
}

void Parameters::build(const std::vector<Entry>& entries)
{
    nodes_.reserve(entries.size() * 2 + 1);
    nodes_.emplace_back();
    // Positions of the nodes from the root to the last one made, and how many members each has.
    std::vector<std::size_t> open{0};
    std::vector<std::size_t> members{0};
    const auto close = [&] {
        nodes_[open.back()].subtree_size = static_cast<std::uint32_t>(nodes_.size() - open.back());
        open.pop_back();
        members.pop_back();
    };
    for (const auto& entry : entries) {
        // Close what this name is not below of.
        while (open.size() > 1) {
            const auto path = nodes_[open.back()].path;
            if (entry.name.starts_with(path) &&
                (entry.name.size() == path.size() || entry.name[path.size()] == '.')) {
                break;
            }
            close();
        }
        auto start = open.size() == 1 ? 0 : nodes_[open.back()].path.size() + 1;
        while (start <= entry.name.size()) {
            const auto end = std::min(entry.name.find('.', start), entry.name.size());
            if (open.size() > kMostLevels) {
                throw too_many_parameters("levels in the name of a parameter");
            }
            open.push_back(nodes_.size());
            append_node(entry, start, end);
            if (nodes_.back().place != 0 && ++members.back() > kMostListMembers) {
                throw too_many_parameters("members in one list");
            }
            members.push_back(0);
            start = end + 1;
        }
        auto& node = nodes_[open.back()];
        if (node.has_value) {
            throw duplicate_parameter(entry.name);
        }
        node.value = entry.value;
        node.form = entry.form;
        node.has_value = true;
    }
    while (!open.empty()) {
        close();
    }
}

void Parameters::append_node(const Entry& entry, std::size_t start, std::size_t end)
{
    ParameterNode node;
    node.name = entry.name.substr(start, end - start);
    node.path = entry.name.substr(0, end);
    node.place = list_place(node.name);
    nodes_.push_back(node);
}

std::optional<std::string_view> Parameters::find(std::string_view name) const
{
    const auto* node = root().child(name);
    if (node == nullptr || !node->has_value) {
        return std::nullopt;
    }
    return node->value;
}

namespace {

void append_canonical(const ParameterNode& node, const std::string& path, std::string& text)
{
    // The length makes values with line ends and equals signs unambiguous.
    if (node.has_value) {
        fmt::format_to(std::back_inserter(text), "{}={}:{}\n", path, node.value.size(), node.value);
    }
    std::size_t number = 0;
    for (const auto& child : node.children()) {
        append_canonical(child,
                         child.place == 0 ? fmt::format("{}.{}", path, child.name)
                                          : fmt::format("{}.{}", path, ++number),
                         text);
    }
}

}  // namespace

std::string Parameters::canonical(std::initializer_list<std::string_view> excluded) const
{
    std::string text;
    for (const auto& child : root().children()) {
        const bool is_excluded =
            std::find(excluded.begin(), excluded.end(), child.name) != excluded.end();
        if (!is_excluded && !is_common_parameter(child.name)) {
            append_canonical(child, std::string(child.name), text);
        }
    }
    return text;
}

bool is_common_parameter(std::string_view name)
{
    // Source: EC2 API Reference, "Common parameters" (documented).
    constexpr std::array<std::string_view, 9> kNames = {
        "AWSAccessKeyId",  "Action",           "Expires",   "SecurityToken", "Signature",
        "SignatureMethod", "SignatureVersion", "Timestamp", "Version"};
    constexpr std::string_view kPrefix = "x-amz-";
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
           (name.size() > kPrefix.size() &&
            std::equal(kPrefix.begin(), kPrefix.end(), name.begin(), [](char wanted, char got) {
                return wanted == std::tolower(static_cast<unsigned char>(got));
            }));
}

}  // namespace amilab::wire
