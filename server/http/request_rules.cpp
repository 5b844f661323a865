#include "server/http/request_rules.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "storage/base/text.h"

namespace amilab::http {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

/// For a message: what a client sent, cut short and without bytes that a terminal could obey.
std::string shown(std::string_view text)
{
    constexpr std::size_t kMaxShown = 100;
    const auto begin = printable(std::string(text.substr(0, kMaxShown)));
    return text.size() > kMaxShown ? begin + "..." : begin;
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
    throw HttpError(501, fmt::format("Unknown method {}.", shown(request.method)));
}

/// What stands between "http://" or "https://" and the next slash of a URL.
std::optional<std::string_view> authority_in(std::string_view url)
{
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos ||
        !(equal_ignoring_case(url.substr(0, scheme_end), "http") ||
          equal_ignoring_case(url.substr(0, scheme_end), "https"))) {
        return std::nullopt;
    }
    const auto rest = url.substr(scheme_end + 3);
    return rest.substr(0, rest.find_first_of("/?#"));
}

/// Cuts "http://authority" off an absolute target and returns the authority.
std::string strip_absolute_form(Request& request)
{
    const auto found = authority_in(request.target);
    if (!found) {
        throw HttpError(400, "The request's target must begin with a slash.");
    }
    const std::string authority(*found);
    const auto end =
        static_cast<std::size_t>(found->data() - request.target.data()) + found->size();
    auto rest = request.target.substr(end);
    request.target = rest.starts_with('/') ? std::move(rest) : "/" + rest;
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
                             shown(*host)));
    }

    void check_origin(std::string_view origin) const
    {
        const auto scheme_end = origin.find("://");
        if (scheme_end == std::string_view::npos ||
            !means_this_machine(origin.substr(scheme_end + 3))) {
            refuse_page("Origin", origin);
        }
    }

    /// Browsers say whole URLs; one without a scheme is relative to the request's own.
    void check_referer(std::string_view referer) const
    {
        const auto authority = authority_in(referer);
        const bool is_relative =
            referer.empty() || (referer.front() == '/' && !referer.starts_with("//"));
        if (!is_relative && !(authority && means_this_machine(*authority))) {
            refuse_page("Referer", referer);
        }
    }

    /// `none` is a person's doing: an address typed in, a bookmark.
    void check_fetch_site(std::string_view site) const
    {
        if (!equal_ignoring_case(site, "same-origin") && !equal_ignoring_case(site, "none")) {
            refuse_page("Sec-Fetch-Site", site);
        }
    }

    void check_transfer_encoding(std::string_view encoding) const
    {
        if (request_.version < 11) {
            throw HttpError(400, "HTTP/1.0 has no Transfer-Encoding.");
        }
        if (!equal_ignoring_case(encoding, "chunked")) {
            throw HttpError(501, fmt::format("Unknown Transfer-Encoding {}.", shown(encoding)));
        }
    }

private:
    [[noreturn]] static void refuse_page(std::string_view header, std::string_view value)
    {
        throw HttpError(403, fmt::format("A web page of another site may not call this server "
                                         "({}: {}).",
                                         header, shown(value)));
    }

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

/// Of a header that the request may have but once.
void count_once(std::string_view name, int& count)
{
    if (++count > 1) {
        throw HttpError(400, fmt::format("The request has several {} headers.", name));
    }
}

/// Lines of one name become one, with commas between their values. Source: RFC 9110, 5.3: they are
/// one list. Limits::max_headers bounds how many are compared.
void join_lines(std::vector<Header>& headers)
{
    for (std::size_t next = 1; next < headers.size(); ++next) {
        const auto end = headers.begin() + static_cast<std::ptrdiff_t>(next);
        const auto first = std::find_if(headers.begin(), end, [&](const Header& header) {
            return equal_ignoring_case(header.name, end->name);
        });
        if (first != end) {
            first->value.append(",").append(end->value);
            end->name.clear();
        }
    }
    std::erase_if(headers, [](const Header& header) { return header.name.empty(); });
}

}  // namespace

Expectations check_request(Request& request, const HostRules& rules,
                           const LocalAddress& local_address)
{
    check_method(request);
    const Checks checks(request, rules, local_address);
    if (!request.target.starts_with('/') &&
        !(request.method == "OPTIONS" && request.target == "*")) {
        const auto authority = strip_absolute_form(request);
        checks.check_host(authority);
        request.is_to_loopback = HostRules::is_loopback(authority);
    }
    split_target(request);

    Expectations expectations;
    auto hosts = 0;
    auto authorizations = 0;
    for (const auto& [name, value] : request.headers) {
        if (equal_ignoring_case(name, "Host")) {
            count_once("Host", hosts);
            checks.check_host(value);
            request.is_to_loopback = request.is_to_loopback && HostRules::is_loopback(value);
        } else if (equal_ignoring_case(name, "Authorization")) {
            // Whoever looks at the first and whoever looks at the last would see two callers.
            count_once("Authorization", authorizations);
        } else if (equal_ignoring_case(name, "Origin")) {
            checks.check_origin(value);
        } else if (equal_ignoring_case(name, "Sec-Fetch-Site")) {
            checks.check_fetch_site(value);
        } else if (equal_ignoring_case(name, "Referer")) {
            checks.check_referer(value);
        } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
            checks.check_transfer_encoding(value);
        } else if (equal_ignoring_case(name, "Expect")) {
            if (!equal_ignoring_case(value, "100-continue")) {
                throw HttpError(417, fmt::format("Unknown expectation {}.", shown(value)));
            }
            expectations.wants_continue = request.version >= 11;
        }
    }
    if (hosts == 0 && request.version >= 11) {
        throw HttpError(400, "The request has no Host header.");
    }
    join_lines(request.headers);
    return expectations;
}

}  // namespace amilab::http
