#pragma once

#include <functional>
#include <set>
#include <vector>

/// Lists that clients name. What is done to each of n members costs log n comparisons, for a list
/// may be as long as a request has room for.
namespace amilab {

/// Each of the values once, in the order in which they came first.
template <class Value>
std::vector<Value> each_once(const std::vector<Value>& values)
{
    std::set<std::reference_wrapper<const Value>, std::less<Value>> seen;
    std::vector<Value> once;
    for (const auto& value : values) {
        if (seen.insert(value).second) {
            once.push_back(value);
        }
    }
    return once;
}

/// The values of `wanted` that are not among `found`, in their order.
template <class Value>
std::vector<Value> without(const std::vector<Value>& wanted, const std::vector<Value>& found)
{
    const std::set<std::reference_wrapper<const Value>, std::less<Value>> known(found.begin(),
                                                                                found.end());
    std::vector<Value> rest;
    for (const auto& value : wanted) {
        if (!known.contains(value)) {
            rest.push_back(value);
        }
    }
    return rest;
}

}  // namespace amilab
