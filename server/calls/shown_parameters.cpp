#include "server/calls/shown_parameters.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "server/log/log.h"
#include "server/wire/types.h"

namespace amilab {

namespace {

constexpr std::size_t kMostPathBytes = 132;
constexpr std::size_t kMostValueBytes = 256;
constexpr std::size_t kMostBytes = 8 * 1024;

constexpr std::uint8_t kHidden = 1;
constexpr std::uint8_t kCut = 2;

/// How long path and value are, and the flags above; a path or a value may have 511 bytes.
struct Head {
    std::uint16_t path_size;
    std::uint16_t value_size;
    std::uint8_t flags;
};
constexpr std::size_t kHeadBytes = 5;

void append(std::string& packed, const Head& head)
{
    for (const auto size : {head.path_size, head.value_size}) {
        packed += static_cast<char>(size & 0xffU);
        packed += static_cast<char>(size >> 8U);
    }
    packed += static_cast<char>(head.flags);
}

Head head_at(std::string_view packed)
{
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(packed[at]); };
    return {static_cast<std::uint16_t>(byte(0) | byte(1) << 8U),
            static_cast<std::uint16_t>(byte(2) | byte(3) << 8U), byte(4)};
}

char small(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool begins_with(std::string_view text, std::string_view small_part)
{
    return text.size() >= small_part.size() &&
           std::equal(small_part.begin(), small_part.end(), text.begin(),
                      [](char part, char one) { return part == small(one); });
}

// Source: what the service models call sensitive (documented), and more that holds credentials.
constexpr std::array<std::string_view, 15> kSecretParts = {
    "assertion", "blockdata",   "customerkey", "encryptioncontext", "keymaterial",
    "kmskeyarn", "manifesturl", "password",    "presignedurl",      "secret",
    "signature", "token",       "uefidata",    "uploadpolicy",      "userdata"};
constexpr std::size_t kShortestPart = 5;

/// A bit for each letter that a part begins with: most others need no look at the parts.
constexpr std::uint32_t first_letters()
{
    std::uint32_t letters = 0;
    for (const auto part : kSecretParts) {
        letters |= 1U << static_cast<unsigned>(part.front() - 'a');
    }
    return letters;
}

bool is_first_letter(char small_letter)
{
    constexpr auto kLetters = first_letters();
    return small_letter >= 'a' && small_letter <= 'z' &&
           (kLetters >> static_cast<unsigned>(small_letter - 'a') & 1U) != 0;
}

/// Whether what is called so is secret, together with all that is below it. Whatever the case of
/// its letters: who mistypes a name is refused, and what it held stays secret.
bool is_secret(std::string_view name)
{
    // Of a disk to import; a presigned one has a signature in it.
    constexpr std::string_view kUrl = "url";
    if (name.size() == kUrl.size() && begins_with(name, kUrl)) {
        return true;
    }
    for (; name.size() >= kShortestPart; name.remove_prefix(1)) {
        if (is_first_letter(small(name.front())) &&
            std::any_of(kSecretParts.begin(), kSecretParts.end(),
                        [&](auto part) { return begins_with(name, part); })) {
            return true;
        }
    }
    return false;
}

/// The value of PutParameter, and user data as ModifyInstanceAttribute takes it too.
bool is_secret_at_top(std::string_view name)
{
    constexpr std::string_view kValue = "value";
    return (name.size() == kValue.size() && begins_with(name, kValue)) || is_secret(name);
}

/// `visit` says whether to go on.
template <class Visit>
bool visit_below(const wire::ParameterNode& node, bool is_hidden, const Visit& visit)
{
    if (node.has_value && node.children().empty() && !visit(node, is_hidden)) {
        return false;
    }
    for (const auto& child : node.children()) {
        if (!visit_below(child, is_hidden || is_secret(child.name), visit)) {
            return false;
        }
    }
    return true;
}

template <class Visit>
bool visit_all(const wire::Parameters& parameters, const Visit& visit)
{
    for (const auto& node : parameters.root().children()) {
        if (!wire::is_common_parameter(node.name) &&
            !visit_below(node, is_secret_at_top(node.name), visit)) {
            return false;
        }
    }
    return true;
}

}  // namespace

void visit_parameters(const wire::Parameters& parameters,
                      const std::function<void(const wire::ParameterNode&, bool)>& visit)
{
    visit_all(parameters, [&](const wire::ParameterNode& node, bool is_hidden) {
        visit(node, is_hidden);
        return true;
    });
}

std::string hidden_value(std::string_view value)
{
    return fmt::format("({} bytes)", value.size());
}

ShownParameters::ShownParameters(const wire::Parameters& parameters)
{
    is_cut_ = !visit_all(parameters, [this](const wire::ParameterNode& node, bool is_hidden) {
        if (packed_.size() >= kMostBytes) {
            return false;
        }
        add(node, is_hidden);
        return true;
    });
}

void ShownParameters::add(const wire::ParameterNode& node, bool is_hidden)
{
    const auto hidden = is_hidden ? hidden_value(node.value) : std::string();
    const auto path = wire::beginning(node.path, kMostPathBytes);
    const auto value =
        is_hidden ? std::string_view(hidden) : wire::beginning(node.value, kMostValueBytes);
    const bool is_cut = !is_hidden && value.size() < node.value.size();
    append(packed_,
           {static_cast<std::uint16_t>(path.size()), static_cast<std::uint16_t>(value.size()),
            static_cast<std::uint8_t>((is_hidden ? kHidden : 0U) | (is_cut ? kCut : 0U))});
    packed_.append(path).append(value);
}

void ShownParameters::for_each(const std::function<void(const One&)>& visit) const
{
    std::string_view rest = packed_;
    while (!rest.empty()) {
        const auto head = head_at(rest);
        rest.remove_prefix(kHeadBytes);
        visit({.path = rest.substr(0, head.path_size),
               .value = rest.substr(head.path_size, head.value_size),
               .is_hidden = (head.flags & kHidden) != 0,
               .is_cut = (head.flags & kCut) != 0});
        rest.remove_prefix(std::size_t{head.path_size} + head.value_size);
    }
}

std::string ShownParameters::line() const
{
    constexpr std::string_view kLeftOut = "...";
    std::string line;
    for_each([&](const One& one) {
        line += line.empty() ? "" : " ";
        line += log::as_word(one.path);
        line += '=';
        if (one.is_hidden) {
            line += one.value;
            return;
        }
        line += log::as_text(one.value, kMostValueBytes);
        if (one.is_cut) {
            line.insert(line.size() - 1, kLeftOut);  // within the quotes
        }
    });
    return is_cut_ ? line + " ..." : line;
}

}  // namespace amilab
