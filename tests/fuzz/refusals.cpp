#include "tests/fuzz/refusals.h"

#include <boost/json.hpp>
#include <pugixml.hpp>

#include "server/wire/protocols.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

void expect_document(const wire::ServiceSchema& service, const ApiError& error)
{
    constexpr std::string_view kRequestId = "11111111-2222-4333-8444-555555555555";
    const auto& rules = wire::rules_of(service.protocol);
    const auto answer = rules.render_error(service, error, kRequestId);
    require(wire::is_utf8(answer.body), "a refusal is UTF-8");
    if (rules.is_form || service.protocol == wire::Protocol::kRestXml) {
        pugi::xml_document document;
        require(document.load_string(answer.body.c_str()), "a refusal is XML");
    } else {
        boost::system::error_code failed;
        const auto document = boost::json::parse(answer.body, failed);
        require(!failed && document.is_object(), "a refusal is a JSON object");
    }
    for (const auto& [name, value] : answer.headers) {
        require(value.find_first_of("\r\n") == value.npos, "a header is one line");
    }
}

}  // namespace

void expect_read_or_refused(const wire::ServiceSchema& service, const std::function<void()>& read)
{
    try {
        read();
    } catch (const ApiError& error) {
        // S3 says so of what is not offered.
        const bool is_by_name = error.code == "NotImplemented" && error.http_status == 501;
        require((error.http_status >= 400 && error.http_status < 500) || is_by_name,
                "what cannot be read is the client's fault");
        require(!error.code.empty() && *error.what() != '\0', "a refusal has a code and a message");
        expect_document(service, error);
    }
}

}  // namespace amilab::fuzz
