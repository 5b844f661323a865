#include "server/http/request_rules.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace amilab::http {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

/// For a message: what a client sent, cut short and without bytes that a terminal could obey.
std::string printable(std::string_view text)
{
    constexpr std::size_t kMaxShown = 100;
    std::string shown(text.substr(0, kMaxShown));
    std::replace_if(
        shown.begin(), shown.end(), [](char byte) { return byte < 0x20 || byte > 0x7e; }, '?');
    return text.size() > kMaxShown ? shown + "..." : shown;
}

void check_method(const Request& request)
{
    if (std::find(kMethods.begin(), kMethods.end(), request.method) != kMethods.end()) {
        return;
    }
    if (request.method == "CONNECT" || request.method == "TRACE") {
        throw HttpError(405, fmt::format("{} is not served here.", request.method),
                        {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}});
    }
    throw HttpError(501, fmt::format("Unknown method {}.", printable(request.method)));
}

/// Cuts "http://authority" off an absolute target and returns the authority.
std::string strip_absolute_form(Request& request)
{
    const std::string_view target = request.target;
    const auto scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos ||
        !(equal_ignoring_case(target.substr(0, scheme_end), "http") ||
          equal_ignoring_case(target.substr(0, scheme_end), "https"))) {
        throw HttpError(400, "The request's target must begin with a slash.");
    }
    const auto start = scheme_end + 3;
    const auto end = std::min(target.find_first_of("/?", start), target.size());
    std::string authority(target.substr(start, end - start));
    std::string rest(target.substr(end));
    request.target = rest.starts_with('/') ? rest : "/" + rest;
    return authority;
}

void split_target(Request& request)
{
    const auto question_mark = request.target.find('?');
    request.path.assign(request.target, 0, question_mark);
    if (question_mark == std::string::npos) {
        request.query.clear();
    } else {
        request.query.assign(request.target, question_mark + 1);
    }
}

class Checks {
public:
    Checks(const Request& request, const HostRules& rules, const LocalAddress& local_address)
        : request_(request), rules_(rules), local_address_(local_address)
    {
    }

    void check_host(std::string_view authority) const
    {
        if (means_this_machine(authority)) {
            return;
        }
        const auto host = host_of(authority);
        if (!host) {
            throw HttpError(400, "The Host header is malformed.");
        }
        throw HttpError(
            403, fmt::format("Host \"{0}\" does not mean this machine. Use localhost, a name that "
                             "ends in .localhost or a loopback address, or start the server with "
                             "--allow-host {0}.",
                             printable(*host)));
    }

    void check_origin(std::string_view origin) const
    {
        const auto scheme_end = origin.find("://");
        if (scheme_end == std::string_view::npos ||
            !means_this_machine(origin.substr(scheme_end + 3))) {
            throw HttpError(403, fmt::format("A web page of another site may not call this server "
                                             "(Origin: {}).",
                                             printable(origin)));
        }
    }

    void check_transfer_encoding(std::string_view encoding) const
    {
        if (request_.version < 11) {
            throw HttpError(400, "HTTP/1.0 has no Transfer-Encoding.");
        }
        if (!equal_ignoring_case(encoding, "chunked")) {
            throw HttpError(501, fmt::format("Unknown Transfer-Encoding {}.", printable(encoding)));
        }
    }

private:
    bool means_this_machine(std::string_view authority) const
    {
        if (rules_.allows(authority)) {
            return true;
        }
        const auto host = host_of(authority);
        return host && rules_.listens_everywhere() && same_host(*host, local_address_());
    }

    const Request& request_;
    const HostRules& rules_;
    const LocalAddress& local_address_;
};

}  // namespace

Expectations check_request(Request& request, const HostRules& rules,
                           const LocalAddress& local_address)
{
    check_method(request);
    const Checks checks(request, rules, local_address);
    if (!request.target.starts_with('/') &&
        !(request.method == "OPTIONS" && request.target == "*")) {
        checks.check_host(strip_absolute_form(request));
    }
    split_target(request);

    Expectations expectations;
    auto hosts = 0;
    for (const auto& [name, value] : request.headers) {
        if (equal_ignoring_case(name, "Host")) {
            if (++hosts > 1) {
                throw HttpError(400, "The request has several Host headers.");
            }
            checks.check_host(value);
        } else if (equal_ignoring_case(name, "Origin")) {
            checks.check_origin(value);
        } else if (equal_ignoring_case(name, "Sec-Fetch-Site")) {
            if (equal_ignoring_case(value, "cross-site")) {
                throw HttpError(403, "A web page of another site may not call this server.");
            }
        } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
            checks.check_transfer_encoding(value);
        } else if (equal_ignoring_case(name, "Expect")) {
            if (!equal_ignoring_case(value, "100-continue")) {
                throw HttpError(417, fmt::format("Unknown expectation {}.", printable(value)));
            }
            expectations.wants_continue = request.version >= 11;
        }
    }
    if (hosts == 0 && request.version >= 11) {
        throw HttpError(400, "The request has no Host header.");
    }
    return expectations;
}

}  // namespace amilab::http
