#pragma once

#include <string_view>

#include "server/calls/operation.h"

namespace amilab {

/// The services that are served; a null pointer for any other name. A service is named as in a
/// credential scope: "ec2", "sts".
const Service* find_service(std::string_view name);
/// The service whose API has this version; a null pointer when none has.
const Service* find_service_of_version(std::string_view version);
/// The service that serves this action; a null pointer when none does.
const Service* find_service_of_action(std::string_view action);

/// The `json` service whose X-Amz-Target this is; a null pointer when it is none's.
const Service* find_service_of_target(std::string_view target);
/// The `rest-json` service that has an operation at this method and undecoded path; a null pointer
/// when none has.
const Service* find_service_of_route(std::string_view method, std::string_view path);

}  // namespace amilab
