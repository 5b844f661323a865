#pragma once

#include <string>
#include <string_view>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// What a call of any service gave, whatever protocol it speaks.
struct ServiceAnswer {
    int status = 0;
    /// Empty when the call succeeded.
    std::string code;
    std::string message;
    /// All that the caller is told: headers and body, without the request's id.
    std::string text;

    bool ok() const { return status < 300; }
};

/// One call of an operation that is served. Parameters are named as wire::parameters_of does; of a
/// json service as for message_of.
ServiceAnswer call_service(TestEmulator& emulator, std::string_view service,
                           std::string_view action, const Parameters& parameters,
                           std::string_view account = kAccount, std::string_view region = kRegion);

}  // namespace amilab::test
