#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/ports.h"
#include "server/wire/json_request.h"
#include "server/wire/schema.h"

namespace amilab {

class CallerRules;

struct Service {
    const wire::ServiceSchema& schema;
    std::span<const Family* const> families;
    /// What this service does for the others.
    Ports ports = {};
    /// What it says to a call that would take its account beyond what one may hold; without it
    /// ResourceLimitExceeded.
    ApiError (*over_limit)(std::string_view operation, const std::string& message) = nullptr;
    /// Whether an unsigned request that nothing else tells of is this service's, by what there is;
    /// null: never.
    bool (*takes_unsigned)(Generation& generation, const wire::JsonRequest& request) = nullptr;
};

/// The services that are served, and what their families declare. Constant once made; safe from any
/// thread. Work in the background lasts no longer than whoever shares it: background_work.h.
class Services : public std::enable_shared_from_this<Services> {
public:
    /// Throws std::logic_error where two families declare the same operation, kind, transition or
    /// delay, where an operation has types and no handler, or where two services fill one port.
    /// `ports` are those that no service fills. Without `caller_rules` nobody is known, as where
    /// nobody calls.
    explicit Services(std::span<const Service* const> services, const Ports& ports = {},
                      std::shared_ptr<const CallerRules> caller_rules = {});

    std::span<const Service* const> all() const { return services_; }

    /// A service as credential scopes name it: "ec2", "sts". A null pointer for any other.
    const Service* named(std::string_view name) const;
    /// The form service whose API has this version; a null pointer when none has.
    const Service* of_version(std::string_view version) const;
    /// The form service that serves this action; a null pointer when none does.
    const Service* of_action(std::string_view action) const;
    /// The service that an unsigned request means by its target or its path; a null pointer when it
    /// is a form.
    const Service* meant_by(const wire::JsonRequest& request) const;

    /// The service that takes an unsigned request which meant_by() knows nothing of; a null pointer
    /// when none does.
    const Service* taking_unsigned(Generation& generation, const wire::JsonRequest& request) const;

    /// A null pointer when the service does not serve the operation.
    const Operation* find_operation(const Service& service, std::string_view name) const;

    /// The kind that an id of this shape is of; a null pointer when there is none.
    const ResourceKind* kind_of(std::string_view id) const;
    std::span<const ResourceKind* const> kinds() const { return kinds_; }

    /// What is done about the transition of that name. Throws std::logic_error for one that no
    /// family declares.
    const DueRow& due(std::string_view name) const;

    std::span<const Delay* const> delays() const { return delays_; }
    /// A null pointer for a name that no delay has.
    const Delay* delay_named(std::string_view name) const;

    const Ports& ports() const { return ports_; }
    /// Null where nobody calls.
    const CallerRules* caller_rules() const { return caller_rules_.get(); }

private:
    void add(const Service& service);
    void add(const Service& service, const Family& family);
    void require_handlers(const Service& service) const;

    std::span<const Service* const> services_;
    std::map<std::pair<const Service*, std::string_view>, const Operation*> operations_;
    std::vector<const ResourceKind*> kinds_;
    std::map<std::string_view, const DueRow*> due_;
    std::vector<const Delay*> delays_;
    Ports ports_;
    std::shared_ptr<const CallerRules> caller_rules_;
};

}  // namespace amilab
