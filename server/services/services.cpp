#include "server/services/services.h"

#include <array>

#include "server/services/ebs/operations.h"
#include "server/services/ec2/ec2.h"
#include "server/services/rbin/operations.h"
#include "server/services/ssm/operations.h"
#include "server/services/sts/operations.h"
#include "server/wire/json_request.h"

namespace amilab {

namespace {

const std::array<const Service*, 5>& services()
{
    static const std::array<const Service*, 5> all = {
        &ec2::service(), &ebs::service(), &rbin::service(), &ssm::service(), &sts::service()};
    return all;
}

}  // namespace

const Service* find_service(std::string_view name)
{
    for (const auto* service : services()) {
        if (service->schema.name == name) {
            return service;
        }
    }
    return nullptr;
}

const Service* find_service_of_version(std::string_view version)
{
    for (const auto* service : services()) {
        if (!is_json(service->schema.protocol) && service->schema.version == version) {
            return service;
        }
    }
    return nullptr;
}

const Service* find_service_of_action(std::string_view action)
{
    for (const auto* service : services()) {
        if (is_json(service->schema.protocol)) {
            continue;
        }
        for (const auto& operation : service->operations) {
            if (operation.name == action) {
                return service;
            }
        }
    }
    return nullptr;
}

const Service* find_service_of_target(std::string_view target)
{
    for (const auto* service : services()) {
        if (!wire::action_of_target(target, service->schema).empty()) {
            return service;
        }
    }
    return nullptr;
}

const Service* find_service_of_route(std::string_view method, std::string_view path)
{
    for (const auto* service : services()) {
        if (service->schema.protocol == wire::Protocol::kRestJson &&
            wire::match_route(service->schema, method, path) != nullptr) {
            return service;
        }
    }
    return nullptr;
}

}  // namespace amilab
