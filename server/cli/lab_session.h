#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/cli/control_client.h"
#include "server/cli/endpoint.h"
#include "server/cli/lab.h"
#include "server/labs/client.h"
#include "server/labs/labs.h"

namespace amilab::cli {

/// One student's account at a server, as a command of `amilab lab` meets it. The server is asked
/// for its health once.
class LabSession {
public:
    /// Throws std::runtime_error: no server, none of amilab, keys that it refuses.
    explicit LabSession(const LabOptions& options);
    LabSession(const LabSession&) = delete;
    LabSession& operator=(const LabSession&) = delete;

    const ServerEndpoint& endpoint() const { return endpoint_; }
    const std::optional<std::string>& token() const { return token_; }
    const labs::LabClient& client() const { return client_; }
    const std::string& account() const { return account_; }
    const std::string& region() const { return client_.identity().region; }
    Place place() const;

    /// "launch in account 111122223333, us-east-1"
    std::string where(const labs::Lab& lab) const;

    // That a lab is begun is a parameter in the student's own account, so that every machine sees
    // it and a reset of the account ends it.
    /// False when it is begun already.
    bool begin(const std::string& lab) const;
    bool is_begun(const std::string& lab) const;
    /// Regions other than the student's in which it is begun, in the server's order; what is
    /// refused on the way counts as no.
    std::vector<std::string> other_regions_of(const std::string& lab) const;
    void end(const std::string& lab) const;
    /// Notes a check, and returns the server's time of that in milliseconds.
    std::int64_t note_check(const std::string& lab) const;
    /// Asks for a parameter that nobody has: see class_table.h.
    void mark(std::string_view parameter) const;

    /// Empties the account by the control API. False where that is not the student's to call.
    bool reset_account();

private:
    labs::ModelAnswer ask(const char* operation, boost::json::object parameters) const;
    /// Throws what a refusal says, and NoAmilab where the answer has no such member.
    void require_member(const char* operation, const labs::ModelAnswer& answer,
                        std::string_view member) const;

    ServerEndpoint endpoint_;
    std::optional<std::string> token_;
    labs::LabClient client_;
    ControlClient control_;
    std::string account_;
};

/// The parameter that says that a lab is begun.
std::string mark_of_lab(std::string_view lab);

/// Whose key, and where: an account's own where one is named, else the environment's.
labs::LabClient::Identity identity_of(const Place& place);

}  // namespace amilab::cli
