#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The environment by which AWS's clients call a server here, and nobody else.
namespace amilab::cli {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// `access_key` is a key, or an account of twelve digits: no key of AWS, so that a call that goes
/// astray is refused there.
Variables client_variables(const std::string& endpoint, const std::string& access_key,
                           const std::string& region);

/// What would have a client go elsewhere, with other keys, or nowhere: to be unset.
std::span<const std::string_view> misleading_variables();

}  // namespace amilab::cli
