#pragma once

#include <string_view>

/// The paths of the control API, for who answers there and for the commands that ask.
namespace amilab {

/// Everybody may ask whether the server is up: as we say it, or as LocalStack does.
inline constexpr std::string_view kHealthPath = "/_amilab/health";
inline constexpr std::string_view kLocalStackHealthPath = "/_localstack/health";

inline constexpr std::string_view kResetPath = "/_amilab/reset";
inline constexpr std::string_view kClockPath = "/_amilab/clock";
inline constexpr std::string_view kDelaysPath = "/_amilab/delays";
inline constexpr std::string_view kAccountsPath = "/_amilab/accounts";
inline constexpr std::string_view kRegionsPath = "/_amilab/regions";
inline constexpr std::string_view kQuotasPath = "/_amilab/quotas";
inline constexpr std::string_view kInstanceEventsPath = "/_amilab/instance-events";
inline constexpr std::string_view kSpacePath = "/_amilab/space";
inline constexpr std::string_view kCostPath = "/_amilab/cost";
inline constexpr std::string_view kCallsPath = "/_amilab/calls";
inline constexpr std::string_view kImportPath = "/_amilab/import";
/// The id of what is exported stands behind it.
inline constexpr std::string_view kExportPath = "/_amilab/export/";
inline constexpr std::string_view kSavePath = "/_amilab/save";

}  // namespace amilab
