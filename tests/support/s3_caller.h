#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// What a call of S3 gave.
struct S3Answer {
    int status = 0;
    /// Empty when the call succeeded.
    std::string code;
    std::string message;
    std::string body;
    /// By their names in small letters.
    std::map<std::string, std::string, std::less<>> headers;
    std::shared_ptr<pugi::xml_document> document;
    /// How often a worker had a turn for it, of calls that are streams.
    int turns = 0;

    bool ok() const { return status < 300; }
    std::string header(std::string_view name) const;
    /// Text at a path of elements below the document's own; empty when there is none.
    std::string text(const std::string& path) const;
    std::vector<std::string> texts(const std::string& path) const;
};

/// Calls S3 of an emulator, bodies and answers of any length included, as one account in one
/// region.
class S3Caller {
public:
    explicit S3Caller(TestEmulator& emulator, std::string account = kAccount,
                      std::string region = kRegion)
        : emulator_(emulator), account_(std::move(account)), region_(std::move(region))
    {
    }

    /// `target` is the undecoded path with its query. The length of the body is told unless the
    /// headers have a Transfer-Encoding.
    S3Answer call(std::string_view method, std::string_view target, std::string_view body = {},
                  const Parameters& headers = {}) const;
    /// A call that must succeed.
    S3Answer must(std::string_view method, std::string_view target, std::string_view body = {},
                  const Parameters& headers = {}) const;
    /// A call without a signature.
    S3Answer call_unsigned(std::string_view method, std::string_view target,
                           std::string_view body = {}, const Parameters& headers = {}) const;
    /// An operation that is served; parameters are named as wire::parameters_of does.
    S3Answer call_operation(std::string_view action, const Parameters& parameters = {}) const;

private:
    S3Answer send(std::string_view method, std::string_view target, std::string_view body,
                  const Parameters& headers, const std::string& authorization) const;

    TestEmulator& emulator_;
    std::string account_;
    std::string region_;
};

}  // namespace amilab::test
