#include "server/wire/schema.h"

#include <algorithm>

namespace amilab::wire {

bool operation_exists(const ServiceSchema& service, std::string_view name)
{
    return std::binary_search(service.operation_names.begin(), service.operation_names.end(), name);
}

const OperationSchema* find_operation(const ServiceSchema& service, std::string_view name)
{
    const auto found = std::lower_bound(
        service.operations.begin(), service.operations.end(), name,
        [](const OperationSchema* one, std::string_view wanted) { return one->name < wanted; });
    return found != service.operations.end() && (*found)->name == name ? *found : nullptr;
}

std::string_view documented_filter(const OperationSchema& operation, std::string_view name)
{
    constexpr std::string_view kTag = "tag:";
    if (name.starts_with(kTag)) {
        name = "tag:<key>";
    }
    for (const auto& alias : operation.filter_aliases) {
        if (alias.alias == name) {
            return alias.name;
        }
    }
    const auto found = std::lower_bound(operation.filters.begin(), operation.filters.end(), name);
    return found != operation.filters.end() && *found == name ? *found : std::string_view();
}

namespace {

struct Place {
    std::string name;
    bool offered = true;
    /// The tables this one is in, for those that hold themselves.
    std::vector<const Members*> above;
};

void collect(const Member& member, Place place, std::vector<ParameterInfo>& found)
{
    place.offered = place.offered && member.offered;
    if (member.members == nullptr) {
        found.push_back({place.name, &member, place.offered, member.accepted});
        return;
    }
    if (std::find(place.above.begin(), place.above.end(), member.members) != place.above.end()) {
        return;
    }
    place.above.push_back(member.members);
    for (const auto& row : member.members->rows) {
        Place below = place;
        below.name += '.';
        below.name += member.kind == Kind::kList ? std::string_view("1") : row.name;
        collect(row, std::move(below), found);
    }
}

}  // namespace

std::vector<ParameterInfo> parameters_of(const OperationSchema& operation)
{
    std::vector<ParameterInfo> found;
    for (const auto& row : operation.input->rows) {
        collect(row, {std::string(row.name), true, {}}, found);
    }
    return found;
}

const Member* find_member(const Members& members, std::string_view name)
{
    const auto found = std::lower_bound(
        members.rows.begin(), members.rows.end(), name,
        [](const Member& one, std::string_view wanted) { return one.name < wanted; });
    return found != members.rows.end() && found->name == name ? &*found : nullptr;
}

}  // namespace amilab::wire
