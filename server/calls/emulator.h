#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/api_call.h"
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
    };

    Emulator(DataDirectory& data, Options options);
    ~Emulator();

    /// Decides everything that needs no state: service, operation, parameters. The request's body
    /// outlives the call.
    ApiCall parse(const ApiRequest& request) const;

    /// Lets everything happen that is due. Takes the writer.
    void settle();

    DataDirectory& data() { return data_; }
    const DataDirectory& data() const { return data_; }
    const Options& options() const { return options_; }

private:
    void find_operation(ApiCall& call, const ApiRequest& request) const;
    void find_json_operation(ApiCall& call, const ApiRequest& request,
                             const Service& service) const;
    void find_form_operation(ApiCall& call, const ApiRequest& request,
                             std::string_view scope_service) const;
    Caller caller_of(const std::optional<wire::CredentialScope>& scope) const;

    DataDirectory& data_;
    Options options_;
    std::unique_ptr<ebs::UploadTraffic> uploads_;
};

}  // namespace amilab
