#include "server/services.h"

#include <array>

#include "server/ec2/operations.h"
#include "server/sts/operations.h"

namespace amilab {

namespace {

const std::array<const Service*, 2>& services()
{
    static const std::array<const Service*, 2> all = {&ec2::service(), &sts::service()};
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
        if (service->schema.version == version) {
            return service;
        }
    }
    return nullptr;
}

const Service* find_service_of_action(std::string_view action)
{
    for (const auto* service : services()) {
        for (const auto& operation : service->operations) {
            if (operation.name == action) {
                return service;
            }
        }
    }
    return nullptr;
}

}  // namespace amilab
