#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/api_call.h"
#include "server/calls/caller_rules.h"
#include "server/calls/request_header.h"
#include "server/calls/services.h"
#include "server/wire/credential_scope.h"
#include "storage/state/data_directory.h"

namespace amilab {

/// The services over one data directory: finds the operation that a request means and runs it.
/// Safe from any thread.
class Emulator {
public:
    struct Options {
        /// Whose the calls are whose access key names no account.
        std::string default_account = "123456789012";
        std::string default_region = "us-east-1";
        /// Whether calls are refused whose access key is neither 12 digits nor declared, instead of
        /// being the default account's; unsigned ones are that in either case.
        bool strict_accounts = false;
        /// What instances run on, and outlives the emulator; null: time alone.
        Machines* machines = nullptr;
        /// Whether accounts have AWS's quotas until the control API sets them.
        bool has_aws_quotas = false;
        /// Whether calls are refused that name a role, for a service to take on, which the account
        /// has not.
        bool has_strict_roles = false;
        /// By which names clients may call the server, beside localhost's: http::HostRules.
        std::string listen_address = "127.0.0.1";
        std::vector<std::string> allowed_hosts = {};
    };

    /// `services` outlives it.
    Emulator(DataDirectory& data, std::span<const Service* const> services, Options options);

    /// Decides what the header tells, before the body is read: who calls which service and, unless
    /// that takes forms, which operation. A call that is a stream is ready to run.
    ApiCall begin(const RequestHeader& header) const;
    /// Decides what is left of what needs no state: operation and parameters. For calls that are no
    /// streams; the body outlives the call.
    void take_body(ApiCall& call, const RequestHeader& header, std::string_view body) const;
    /// Both, for a request whose body is there.
    ApiCall parse(const RequestHeader& header, std::string_view body = {}) const;

    /// What is answered to a request that is refused by what is no service's business, as the
    /// service says it that the header means; EC2 where it tells none.
    ApiAnswer refuse(const RequestHeader& header, const ApiError& error) const;

    /// Lets everything happen that is due. Takes the writer, and lets others have it in between.
    void settle();
    /// Lets happen some of it: see amilab::settle_some().
    void settle_some();

    /// Whose the calls with this access key are. Empty: nobody's, they are to be refused
    /// (wire::unknown_access_key). The log tells once of a key that names no account.
    std::string account_of(const Settings& settings, const std::string& access_key) const;

    DataDirectory& data() { return data_; }
    const DataDirectory& data() const { return data_; }
    const Services& services() const { return *services_; }
    const Options& options() const { return options_; }

private:
    const Service* find_service(const RequestHeader& header,
                                const std::optional<wire::CredentialScope>& scope) const;
    void read_header(ApiCall& call, const RequestHeader& header) const;
    void read_body(ApiCall& call, const RequestHeader& header, std::string_view body) const;
    void read_members(ApiCall& call, const RequestHeader& header, std::string_view body) const;
    void read_form(ApiCall& call, const RequestHeader& header, std::string_view body) const;
    void parse_request(ApiCall& call) const;
    void note_call(ApiCall& call, const RequestHeader& header, std::string_view body) const;
    const Service& find_form_service(const wire::Parameters& parameters,
                                     std::string_view scope_service) const;

    DataDirectory& data_;
    Options options_;
    const std::shared_ptr<const CallerRules> caller_rules_;
    const std::shared_ptr<const Services> services_;
};

}  // namespace amilab
