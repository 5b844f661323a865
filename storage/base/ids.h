#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amilab {

/// Checked text of a resource's id: prefix, a hyphen, then 8 or 17 lower-case hex digits. An
/// InstanceId where an ImageId belongs does not compile. Each room declares its own kinds: their
/// `Tag::kPrefix` is what stands before the hyphen, `Tag::kMalformed` of most kinds AWS's code for
/// text that is no such id, `Tag::kResourceType` what tags call those that may have some.
/// Source: EC2 User Guide, "Resource IDs": 8 digits of old, 17 now (documented).
template <class Tag>
class Id {
public:
    /// No resource's, until another is assigned.
    Id() = default;
    /// Nothing unless `text` has the shape of this kind of id.
    static std::optional<Id> from_text(std::string_view text);
    /// For text that the database holds or the id source made; not checked again.
    static Id trusted(std::string text) { return Id(std::move(text)); }

    const std::string& text() const { return text_; }
    auto operator<=>(const Id&) const = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Whether `text` begins as ids of a kind do: with `prefix` and a hyphen.
bool has_id_prefix(std::string_view text, std::string_view prefix);
/// Whether `text` is `prefix`, a hyphen and 8 or 17 lower-case hex digits.
bool has_id_shape(std::string_view text, std::string_view prefix);

template <class Tag>
std::optional<Id<Tag>> Id<Tag>::from_text(std::string_view text)
{
    if (!has_id_shape(text, Tag::kPrefix)) {
        return std::nullopt;
    }
    return Id(std::string(text));
}

/// What stands before the hyphen of a kind's ids.
template <class Tag>
constexpr std::string_view id_prefix(const Id<Tag>*)
{
    return Tag::kPrefix;
}

/// What tags call a kind's resources ("image"), of kinds that may have tags.
template <class Tag>
constexpr std::string_view resource_type_of(const Id<Tag>*)
{
    return Tag::kResourceType;
}

/// AWS's code for text that is no such id at all, of kinds whose tag has one.
template <class Tag>
constexpr std::string_view malformed_code(const Id<Tag>*)
{
    return Tag::kMalformed;
}

/// The texts of a range of ids, in their order.
template <class Ids>
std::vector<std::string> texts_of(const Ids& ids)
{
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (const auto& id : ids) {
        texts.push_back(id.text());
    }
    return texts;
}

}  // namespace amilab
