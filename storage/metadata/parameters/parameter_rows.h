#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

/// A version of a parameter: an account's own, or a public one of the catalogue.
struct ParameterRow {
    std::string owner{};  ///< empty for public ones
    std::string region{};
    std::string name{};
    std::int64_t version = 0;
    std::string type{};  ///< String, StringList, SecureString
    std::string value{};
    std::string data_type{};  ///< text, aws:ec2:image
    std::string tier{};       ///< Standard, Advanced
    std::optional<std::string> description{};
    TimeMs last_modified_ms = 0;
    std::string last_modified_user{};
    /// The key that a SecureString is encrypted with, as it was named.
    std::optional<std::string> key_id{};
    /// A regular expression that values match.
    std::optional<std::string> allowed_pattern{};
    /// Of public ones: when the image whose id it holds was made.
    TimeMs image_time_ms = 0;
};

/// Whose parameter, under which name.
struct ParameterKey {
    std::string_view owner;
    std::string_view region;
    std::string_view name;
};

enum class ParameterType : std::uint8_t { kString, kStringList, kSecureString };
template <>
inline constexpr auto kWords<ParameterType> = words("String", "StringList", "SecureString");

/// What is asked for; a parameter is Standard or Advanced.
enum class ParameterTier : std::uint8_t { kStandard, kAdvanced, kIntelligentTiering };
template <>
inline constexpr auto kWords<ParameterTier> = words("Standard", "Advanced", "Intelligent-Tiering");

/// The newest version of an account's own parameter.
std::optional<ParameterRow> select_parameter(Database& db, const ParameterKey& key);
std::optional<ParameterRow> select_parameter_version(Database& db, const ParameterKey& key,
                                                     std::int64_t version);
/// The version that has a label.
std::optional<std::int64_t> select_labelled_version(Database& db, const ParameterKey& key,
                                                    std::string_view label);
/// A public parameter: of several images under its name in the region, the newest one's.
std::optional<ParameterRow> select_public_parameter(Database& db, std::string_view region,
                                                    std::string_view name);

/// What a list is narrowed to. Values are alternatives.
struct ParameterFilter {
    enum class Key { kName, kType, kPath, kLabel, kTier, kDataType, kKeyId, kTag, kNothing };
    enum class Option { kEquals, kBeginsWith, kContains, kOneLevel, kRecursive };
    Key key;
    Option option;
    /// Without one, whatever a tag's value is.
    std::vector<std::string> values;
    /// The key of the tag.
    std::string tag{};
};

template <>
inline constexpr auto kWords<ParameterFilter::Option> = words("Equals", "BeginsWith", "Contains",
                                                              "OneLevel", "Recursive");

/// Lets pass what each of the filters does. The query's owner, by which they are of public
/// parameters or an account's, is there already.
void want_parameters(ListQuery& wanted, const std::vector<ParameterFilter>& filters);
/// Newest versions, in the order of their names; without an owner, the public ones. Pages go on
/// behind a name.
std::vector<ParameterRow> select_parameters(Database& db, const ListQuery& wanted);

/// Lets pass only versions of one parameter.
void want_versions_of(ListQuery& wanted, std::string name);
/// All versions that are kept, oldest first; pages go on behind a version.
std::vector<ParameterRow> select_parameter_versions(Database& db, const ListQuery& wanted);

/// A label and the version that has it.
struct ParameterLabelRow {
    std::int64_t version = 0;
    std::string label{};
};
/// Of all versions, in the order of versions and labels.
std::vector<ParameterLabelRow> select_parameter_labels(Database& db, const ParameterKey& key);

std::int64_t count_parameters(Database& db, std::string_view owner, std::string_view region);
std::int64_t count_parameter_versions(Database& db, const ParameterKey& key);
/// Makes `row` the newest version.
void insert_parameter_version(Database& db, const ParameterRow& row);
/// The oldest version, and whether it has a label.
struct OldestVersion {
    std::int64_t version = 0;
    bool is_labelled = false;
};
OldestVersion select_oldest_version(Database& db, const ParameterKey& key);
void delete_parameter_version(Database& db, const ParameterKey& key, std::int64_t version);
/// Puts a label on a version, from another one if need be.
void set_parameter_label(Database& db, const ParameterKey& key, std::string_view label,
                         std::int64_t version);
/// A tag on a parameter.
struct ParameterTagRow {
    std::string key{};
    std::string value{};
};
/// In the order of their keys.
std::vector<ParameterTagRow> select_parameter_tags(Database& db, const ParameterKey& key);
/// In place of what the key has.
void set_parameter_tag(Database& db, const ParameterKey& key, const ParameterTagRow& tag);
void delete_parameter_tag(Database& db, const ParameterKey& key, std::string_view tag);
/// Deletes a parameter with its versions, labels and tags. False when there is none.
bool delete_parameter(Database& db, const ParameterKey& key);

}  // namespace amilab
