#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// What a call of a json service gave.
struct JsonAnswer {
    int status = 0;
    /// Empty when the call succeeded.
    std::string code;
    std::string message;
    std::string reason;
    /// Null when the body is empty or no JSON.
    boost::json::value json;
    std::string body;
    std::map<std::string, std::string, std::less<>> headers;

    bool ok() const { return status < 300; }
    /// Text at a path of members and list positions, "/Rules/0/Identifier"; numbers and booleans as
    /// text too. Empty when there is none.
    std::string text(std::string_view path) const;
    std::size_t size(std::string_view path) const;
};

/// Calls one json service of an emulator as one account in one region.
class JsonCaller {
public:
    JsonCaller(TestEmulator& emulator, std::string service, std::string account = kAccount,
               std::string region = kRegion)
        : emulator_(emulator),
          service_(std::move(service)),
          account_(std::move(account)),
          region_(std::move(region))
    {
    }

    /// `target` is the undecoded path with its query.
    JsonAnswer call(std::string_view method, std::string_view target, std::string_view body = {},
                    const Parameters& headers = {}) const;
    JsonAnswer call(std::string_view method, std::string_view target,
                    const boost::json::object& body) const;
    /// An operation that is served; parameters are named as for message_of.
    JsonAnswer call_operation(std::string_view action, const Parameters& parameters = {}) const;

private:
    TestEmulator& emulator_;
    std::string service_;
    std::string account_;
    std::string region_;
};

/// From now on deleted snapshots of the default account stay in the recycle bin for a week.
void keep_deleted_snapshots(TestEmulator& emulator);

}  // namespace amilab::test
