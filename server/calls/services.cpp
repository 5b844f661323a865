#include "server/calls/services.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "server/wire/protocols.h"

namespace amilab {

namespace {

[[noreturn]] void refuse_twice(std::string_view what, std::string_view name)
{
    throw std::logic_error(fmt::format("two families declare the {} {}", what, name));
}

template <class Function>
void fill(Function*& port, Function* filled)
{
    if (filled == nullptr) {
        return;
    }
    if (port != nullptr) {
        throw std::logic_error("two services fill one port");
    }
    port = filled;
}

}  // namespace

Services::Services(std::span<const Service* const> services, const Ports& ports,
                   std::shared_ptr<const CallerRules> caller_rules)
    : services_(services), ports_(ports), caller_rules_(std::move(caller_rules))
{
    for (const auto* service : services_) {
        add(*service);
    }
}

void Services::add(const Service& service)
{
    for (const auto* family : service.families) {
        add(service, *family);
    }
    require_handlers(service);
    fill(ports_.find_image_parameter, service.ports.find_image_parameter);
    fill(ports_.is_usable_image, service.ports.is_usable_image);
    fill(ports_.objects, service.ports.objects);
    fill(ports_.trusts_service, service.ports.trusts_service);
    fill(ports_.find_instance_profile, service.ports.find_instance_profile);
    fill(ports_.longest_role_session, service.ports.longest_role_session);
}

void Services::add(const Service& service, const Family& family)
{
    for (const auto& operation : family.operations) {
        if (!operations_.emplace(std::pair(&service, operation.schema->name), &operation).second) {
            refuse_twice("operation", operation.schema->name);
        }
    }
    for (const auto& kind : family.kinds) {
        const auto is_same = [&](const ResourceKind* known) {
            return known->id_prefix == kind.id_prefix || known->name == kind.name;
        };
        if (std::any_of(kinds_.begin(), kinds_.end(), is_same)) {
            refuse_twice("kind", kind.name);
        }
        kinds_.push_back(&kind);
    }
    for (const auto& row : family.due) {
        if (!due_.emplace(row.due.name, &row).second) {
            refuse_twice("transition", row.due.name);
        }
    }
    for (const auto& delay : family.delays) {
        if (delay_named(delay.name) != nullptr) {
            refuse_twice("delay", delay.name);
        }
        delays_.push_back(&delay);
    }
}

void Services::require_handlers(const Service& service) const
{
    for (const auto* schema : service.schema.operations) {
        if (find_operation(service, schema->name) == nullptr) {
            throw std::logic_error(fmt::format("no family declares the operation {} of {}",
                                               schema->name, service.schema.name));
        }
    }
}

const Service* Services::named(std::string_view name) const
{
    const auto found =
        std::find_if(services_.begin(), services_.end(),
                     [&](const Service* service) { return service->schema.name == name; });
    return found == services_.end() ? nullptr : *found;
}

const Service* Services::of_version(std::string_view version) const
{
    for (const auto* service : services_) {
        if (wire::rules_of(service->schema.protocol).is_form &&
            service->schema.version == version) {
            return service;
        }
    }
    return nullptr;
}

const Service* Services::of_action(std::string_view action) const
{
    for (const auto* service : services_) {
        if (wire::rules_of(service->schema.protocol).is_form &&
            find_operation(*service, action) != nullptr) {
            return service;
        }
    }
    return nullptr;
}

const Service* Services::meant_by(const wire::JsonRequest& request) const
{
    for (const auto* service : services_) {
        if (wire::rules_of(service->schema.protocol).is_meant(service->schema, request)) {
            return service;
        }
    }
    return nullptr;
}

const Service* Services::taking_unsigned(Generation& generation,
                                         const wire::JsonRequest& request) const
{
    for (const auto* service : services_) {
        if (service->takes_unsigned != nullptr && service->takes_unsigned(generation, request)) {
            return service;
        }
    }
    return nullptr;
}

const Operation* Services::find_operation(const Service& service, std::string_view name) const
{
    const auto found = operations_.find({&service, name});
    return found == operations_.end() ? nullptr : found->second;
}

const ResourceKind* Services::kind_of(std::string_view id) const
{
    for (const auto* kind : kinds_) {
        if (has_id_shape(id, kind->id_prefix)) {
            return kind;
        }
    }
    return nullptr;
}

const DueRow& Services::due(std::string_view name) const
{
    const auto found = due_.find(name);
    if (found == due_.end()) {
        throw std::logic_error(fmt::format("no family declares the transition {}", name));
    }
    return *found->second;
}

const Delay* Services::delay_named(std::string_view name) const
{
    for (const auto* delay : delays_) {
        if (delay->name == name) {
            return delay;
        }
    }
    return nullptr;
}

}  // namespace amilab
