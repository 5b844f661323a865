#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Which principals have said of which resources that their ids are to be long.
namespace amilab {

struct IdFormatRow {
    std::string owner{};
    std::string region{};
    /// An ARN.
    std::string principal{};
    std::string resource{};
};
inline constexpr auto kIdFormatColumns = columns<IdFormatRow>(
    "id_format", "f", text<&IdFormatRow::owner>("owner"), text<&IdFormatRow::region>("region"),
    text<&IdFormatRow::principal>("principal"), text<&IdFormatRow::resource>("resource"));

/// A principal, and the resources that it has said something of.
struct IdFormatPrincipalRow {
    std::string principal{};
    std::vector<std::string> resources{};
};
inline constexpr auto kIdFormatPrincipalColumns = columns<IdFormatPrincipalRow>(
    "id_format", "f", text<&IdFormatPrincipalRow::principal>("principal"),
    list<&IdFormatPrincipalRow::resources>("resources").as("group_concat(f.resource)"));
inline constexpr Listing<IdFormatPrincipalRow> kIdFormatPrincipalList{
    .key = "f.principal", .group = "f.principal", .columns = kIdFormatPrincipalColumns};

}  // namespace amilab
