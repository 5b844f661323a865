// What browsers say of where a request comes from, and what that is answered: pages of other sites
// are turned away as far as a browser tells. What none of them tells, an unsigned GET without any
// of these headers, changes nothing by a name that is no loopback's (tests/server/calls).
//
// Sources, all documented:
//   Fetch: fetch.spec.whatwg.org, "append a request `Origin` header": with mode cors, and with
//   every
//     method but GET and HEAD; `null` from opaque origins (files, sandboxes, data: URLs).
//   Metadata: www.w3.org/TR/fetch-metadata, 2.3 and 2.4: Sec-Fetch-Site, to URLs that are
//     potentially trustworthy alone: https, and http to loopback names.
//   Referrer: www.w3.org/TR/referrer-policy, 3 and 8.3: strict-origin-when-cross-origin unless the
//     page says otherwise: its origin alone to another, nothing from https to http; 3.1:
//     no-referrer.
//   Sites: html.spec.whatwg.org, "same site": ports do not count, subdomains of one domain are one.
//   Old: developer.mozilla.org, Sec-Fetch-Site, browser compatibility: Firefox before 90 and Safari
//     before 16.4 send none.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/http/request_rules.h"
#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

struct BrowserCase {
    const char* what;
    const char* source;
    const char* method;
    const char* host;
    const char* headers;
    int status;
};

// lab.example is the server's own name in a lab, reached over plain http: not trustworthy.
constexpr BrowserCase kCases[] = {
    {"an address typed in", "Metadata 2.3", "GET", "localhost:4566",
     "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n", 200},
    {"an address typed in, of a lab's server", "Metadata 2.4", "GET", "lab.example", "", 200},
    {"the server's own page fetches", "Fetch; Metadata 2.3", "GET", "localhost:4566",
     "Referer: http://localhost:4566/\r\nSec-Fetch-Site: same-origin\r\n"
     "Sec-Fetch-Mode: cors\r\n",
     200},
    {"the server's own page posts", "Fetch; Metadata 2.3", "POST", "localhost:4566",
     "Origin: http://localhost:4566\r\nReferer: http://localhost:4566/\r\n"
     "Sec-Fetch-Site: same-origin\r\n",
     200},
    {"a lab's server's own page posts", "Fetch; Referrer 3", "POST", "lab.example",
     "Origin: http://lab.example\r\nReferer: http://lab.example/\r\n", 200},

    {"a foreign page fetches", "Fetch; Metadata 2.3", "GET", "localhost:4566",
     "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n", 403},
    {"a foreign page asks first (CORS)", "Fetch", "OPTIONS", "localhost:4566",
     "Origin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\n", 403},
    {"a foreign page posts a form", "Fetch; Metadata 2.3", "POST", "localhost:4566",
     "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n", 403},
    {"a foreign page posts a form to a lab's server", "Fetch; Metadata 2.4", "POST", "lab.example",
     "Origin: http://evil.example\r\nReferer: http://evil.example/\r\n", 403},
    {"a file, a sandbox or a data: URL posts a form", "Fetch", "POST", "lab.example",
     "Origin: null\r\n", 403},
    {"a foreign page shows an image", "Metadata 2.3", "GET", "localhost:4566",
     "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n", 403},
    {"a foreign page shows an image, in an old browser", "Old; Referrer 8.3", "GET",
     "localhost:4566", "Referer: http://evil.example/\r\n", 403},
    {"a foreign page shows an image of a lab's server", "Metadata 2.4; Referrer 8.3", "GET",
     "lab.example", "Referer: http://evil.example/\r\n", 403},
    {"a foreign page links to a lab's server", "Metadata 2.4; Referrer 8.3", "GET", "lab.example",
     "Referer: http://evil.example/\r\nUpgrade-Insecure-Requests: 1\r\n", 403},
    {"a foreign page with the policy unsafe-url", "Referrer 3", "GET", "lab.example",
     "Referer: https://evil.example/a/page?of=it\r\n", 403},
    {"a page of another port of this machine fetches", "Sites; Metadata 2.3", "GET",
     "localhost:4566", "Origin: http://localhost:3000\r\nSec-Fetch-Site: same-site\r\n", 403},
    {"a page of another port of this machine links here", "Sites; Metadata 2.3", "GET",
     "localhost:4566", "Referer: http://localhost:3000/\r\nSec-Fetch-Site: same-site\r\n", 403},
    {"a page of a neighbour in the lab's domain shows an image", "Sites; Referrer 8.3", "GET",
     "lab.example", "Referer: http://wiki.lab.example/\r\n", 403},
    {"a page under a name of its own that means 127.0.0.1", "Fetch", "POST", "evil.example",
     "Origin: http://evil.example\r\nReferer: http://evil.example/\r\n"
     "Sec-Fetch-Site: same-origin\r\n",
     403},

    // Nothing tells these from a program.
    {"a foreign page with no-referrer links to a lab's server", "Metadata 2.4; Referrer 3.1", "GET",
     "lab.example", "Upgrade-Insecure-Requests: 1\r\n", 200},
    {"a foreign https page links to a lab's server", "Referrer 8.3", "GET", "lab.example", "", 200},
    {"a program", "-", "POST", "127.0.0.1:4566", "User-Agent: aws-cli/2.15.0\r\n", 200},
};

TEST(Browsers, AreAnsweredByWhereTheirRequestsComeFrom)
{
    const TestServer server(echo_handler(), patient_limits(), {"lab.example"});
    for (const auto& one : kCases) {
        const auto answer = Client(server.address())
                                .ask(fmt::format("{} / HTTP/1.1\r\nHost: {}\r\n{}\r\n", one.method,
                                                 one.host, one.headers));
        EXPECT_EQ(answer.status, one.status) << one.what << " (" << one.source << ")";
    }
}

TEST(Browsers, AreToldWhichHeaderGaveThemAway)
{
    const TestServer server(echo_handler(), patient_limits(), {"lab.example"});
    for (const std::string header : {"Origin: http://evil.example", "Referer: http://evil.example/",
                                     "Sec-Fetch-Site: same-site"}) {
        const auto answer =
            Client(server.address())
                .ask(fmt::format("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n\r\n", header));
        EXPECT_NE(answer.body.find("(" + header + ")"), std::string::npos) << answer.body;
    }
}

TEST(HostRules, NamesThatMeanThisMachineAlone)
{
    for (const auto* host : {"localhost", "ec2.localhost:4566", "127.0.0.1", "[::1]:4566"}) {
        EXPECT_TRUE(HostRules::is_loopback(host)) << host;
    }
    for (const auto* host :
         {"lab.example", "192.0.2.7:4566", "localhost.evil.example", "", "[::2]"}) {
        EXPECT_FALSE(HostRules::is_loopback(host)) << host;
    }
}

TEST(RequestRules, TellWhetherARequestWasSentToALoopbackName)
{
    const HostRules rules("127.0.0.1", {"lab.example"});
    const auto is_to_loopback = [&](std::string target, std::vector<Header> headers) {
        Request request;
        request.method = "GET";
        request.target = std::move(target);
        request.headers = std::move(headers);
        check_request(request, rules, [] { return std::string(); });
        return request.is_to_loopback;
    };
    EXPECT_TRUE(is_to_loopback("/", {{"Host", "localhost:4566"}}));
    EXPECT_FALSE(is_to_loopback("/", {{"Host", "lab.example:4566"}}));
    EXPECT_FALSE(is_to_loopback("http://lab.example/", {{"Host", "localhost"}}));
    EXPECT_FALSE(is_to_loopback("http://localhost/", {{"Host", "lab.example"}}));
}

}  // namespace
}  // namespace amilab::http
