// What no well-meaning client sends, and where requests may not come from.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/request_rules.h"
#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Refusals : public testing::Test {
protected:
    /// The answer, which must be the last one on its connection.
    RawAnswer last_answer(std::string_view text)
    {
        Client client(server_.address());
        const auto answer = client.ask(text);
        EXPECT_TRUE(answer.closes()) << text;
        EXPECT_EQ(answer.headers.count("content-type"), 1u) << text;
        client.finish_sending();
        EXPECT_TRUE(client.is_closed()) << text;
        return answer;
    }
    int status(std::string_view text) { return last_answer(text).status; }
    int status_with(std::string_view headers)
    {
        return status(fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", headers));
    }

    TestServer server_{echo_handler(), patient_limits(), {"Lab.Example", "other.example:8080"}};
};

TEST_F(Refusals, BytesThatAreNotHttp)
{
    for (const auto* text :
         {"hello\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "G@T / HTTP/1.1\r\n\r\n",
          "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / HTPT/1.1\r\n\r\n",
          "GET / HTTP/x.1\r\n\r\n", "GET /\x01 HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\nHost: localhost\n\n", "\x80\x81\x82\r\n\r\n"}) {
        EXPECT_EQ(status(text), 400) << text;
    }
}

TEST_F(Refusals, HeadersThatAreNotHttp)
{
    for (const auto* header : {"NoColon\r\n", "Space : x\r\n", ": x\r\n", "A: \x01\r\n",
                               "A\x80: x\r\n", "A: x\n", "A: x\rB: y\r\n", "A: x\r\n\x7f: y\r\n"}) {
        EXPECT_EQ(status_with(header), 400) << header;
    }
    EXPECT_EQ(status_with(std::string("A: x") + '\0' + "y\r\n"), 400);
}

TEST_F(Refusals, TlsIsToldWhatThisIs)
{
    EXPECT_THAT(last_answer("\x16\x03\x01\x02\x01").body, HasSubstr("http://"));
}

TEST_F(Refusals, OtherVersions)
{
    EXPECT_EQ(status("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n"), 505);
    EXPECT_EQ(status("GET / HTTP/1.2\r\nHost: localhost\r\n\r\n"), 505);
    EXPECT_EQ(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST_F(Refusals, OtherMethods)
{
    EXPECT_EQ(status("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"), 405);
    const auto answer = last_answer("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(status("BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 501);
    EXPECT_EQ(status("get / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 501);
}

TEST_F(Refusals, TwoWaysToTellTheLength)
{
    EXPECT_EQ(status_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
    EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400);
    EXPECT_EQ(status_with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400);
    EXPECT_EQ(status_with("Content-Length: 5, 6\r\n"), 400);
    EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
}

TEST_F(Refusals, LengthsThatAreNoNumbers)
{
    for (const auto* length : {"", "x", "-1", "+1", "1x", "0x10", "1 2", "18446744073709551616"}) {
        EXPECT_EQ(status_with(fmt::format("Content-Length: {}\r\n", length)), 400) << length;
    }
}

TEST_F(Refusals, OtherEncodings)
{
    EXPECT_EQ(status_with("Transfer-Encoding: gzip\r\n"), 501);
    EXPECT_EQ(status_with("Transfer-Encoding: gzip, chunked\r\n"), 501);
    EXPECT_EQ(status_with("Transfer-Encoding: chunked, gzip\r\n"), 501);
    EXPECT_EQ(status_with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 501);
    EXPECT_EQ(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST_F(Refusals, BadChunks)
{
    for (const auto* body :
         {"x\r\n", "\r\n", "-1\r\n", "4\r\nbodyX\r\n", "4\r\nbody\r\n\r\n", "4 \r\nbod",
          "11111111111111111\r\n", "4\nbody", "0\r\nBad Trailer\r\n\r\n",
          "0\r\nContent-Length: 5\r\n\r\n", "4;\x01\r\nbody\r\n0\r\n\r\n"}) {
        EXPECT_EQ(status_with(fmt::format("Transfer-Encoding: chunked\r\n\r\n{}", body)), 400)
            << body;
    }
    EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\n\r\n4;" + std::string(100'000, 'x')), 400);
    EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(100'000, 'x')),
              400);
}

TEST_F(Refusals, HalfARequest)
{
    for (const std::string text :
         {"G", "GET / HTTP/1.1\r\nHost: loc", "GET / HTTP/1.1\r\n",
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab",
          "POST / HTTP/1.1\r\nHost: localhost\r\n"
          "Transfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
        Client client(server_.address());
        client.send(text);
        client.finish_sending();
        EXPECT_EQ(client.receive().status, 400) << text;
        EXPECT_TRUE(client.is_closed()) << text;
    }
}

TEST_F(Refusals, NothingAtAllIsNotAnswered)
{
    Client client(server_.address());
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
}

TEST_F(Refusals, HostMustBeSaidOnce)
{
    EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400);
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"), 400);
}

TEST_F(Refusals, AuthorizationMayBeSaidOnce)
{
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\n"
                     "authorization: a\r\n\r\n"),
              400);
}

TEST_F(Refusals, HostMustHaveTheFormOfOne)
{
    for (const auto* host : {"localhost:80x", "user@localhost", "evil.example,a.localhost",
                             "localhost/", "\x9b.localhost", "[::1", "[::1]x", "%6cocalhost"}) {
        EXPECT_EQ(status(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host)), 400) << host;
    }
}

TEST_F(Refusals, HostMustMeanThisMachine)
{
    for (const auto* host :
         {"localhost", "LOCALHOST:4566", "ec2.localhost", "ec2.us-east-1.localhost:4566",
          "localhost.", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:4566", "[::ffff:127.0.0.1]",
          "lab.example", "LAB.example:1", "lab.example.", "other.example"}) {
        EXPECT_EQ(Client(server_.address())
                      .ask(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host))
                      .status,
                  200)
            << host;
    }
    for (const auto* host :
         {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evillocalhost",
          "128.0.0.1", "0.0.0.0", "[::2]", "sub.lab.example", "lab.example.evil", "2130706433"}) {
        EXPECT_EQ(status(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host)), 403) << host;
    }
}

TEST_F(Refusals, ForeignHostIsToldWhatWouldBeRight)
{
    const auto answer = last_answer("GET / HTTP/1.1\r\nHost: evil.example:80\r\n\r\n");
    EXPECT_THAT(answer.body, HasSubstr("\"evil.example\""));
    EXPECT_THAT(answer.body, HasSubstr("localhost"));
    EXPECT_THAT(answer.body, HasSubstr("--allow-host evil.example"));
    EXPECT_THAT(last_answer("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: \x9b\x31m\r\n\r\n").body,
                Not(HasSubstr("\x9b")));
}

TEST_F(Refusals, PagesOfOtherSitesMayNotCall)
{
    for (const auto* header :
         {"Origin: http://evil.example", "Origin: null", "Origin: https://localhost.evil.example",
          "Origin: file://", "Origin: chrome-extension://abcdef", "Sec-Fetch-Site: cross-site",
          "Sec-Fetch-Site: Cross-Site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: news",
          "Referer: http://evil.example/page", "Referer: https://localhost.evil.example",
          "Referer: http://localhost@evil.example/", "Referer: //evil.example/",
          "Referer: file:///home/", "Referer: evil.example"}) {
        EXPECT_EQ(status_with(fmt::format("{}\r\n", header)), 403) << header;
    }
    for (const auto* header :
         {"Origin: http://localhost:3000", "Origin: http://127.0.0.1", "Origin: http://[::1]:80",
          "Origin: https://lab.example", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none",
          "Referer: http://localhost:3000/page?x#y", "Referer: http://lab.example",
          "Referer: https://127.0.0.1?x", "Referer: /_amilab/health", "Referer: "}) {
        EXPECT_EQ(Client(server_.address()).ask(post("", fmt::format("{}\r\n", header))).status,
                  200)
            << header;
    }
}

TEST_F(Refusals, BodyOfARefusedRequestIsNoRequest)
{
    Client client(server_.address());
    client.send("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 100\r\n\r\n" + get());
    EXPECT_EQ(client.receive().status, 403);
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
}

TEST(HostRules, ListeningEverywhereAllowsTheAddressReached)
{
    const HostRules rules("0.0.0.0", {});
    EXPECT_TRUE(rules.listens_everywhere());
    Request request;
    request.method = "GET";
    request.target = "/";
    request.headers = {{"Host", "192.0.2.7:4566"}};
    EXPECT_NO_THROW(check_request(request, rules, [] { return std::string("192.0.2.7"); }));
    EXPECT_THROW(check_request(request, rules, [] { return std::string("192.0.2.8"); }), HttpError);
    EXPECT_THROW(check_request(request, rules, [] { return std::string(); }), HttpError);
    const HostRules narrow("192.0.2.7", {});
    EXPECT_TRUE(narrow.allows("192.0.2.7:1"));
    EXPECT_FALSE(narrow.listens_everywhere());
}

TEST(HostRules, AddressesAreComparedAsAddresses)
{
    const HostRules rules("::", {"2001:db8::1", "[2001:db8::2]:80"});
    EXPECT_TRUE(rules.allows("[2001:db8:0:0::1]:4566"));
    EXPECT_TRUE(rules.allows("[2001:DB8::2]"));
    EXPECT_FALSE(rules.allows("[2001:db8::3]"));
    EXPECT_FALSE(rules.allows("[::1"));
    EXPECT_FALSE(rules.allows("[::1]x"));
    EXPECT_FALSE(rules.allows(""));
    EXPECT_FALSE(rules.allows("."));
}

TEST(HostRules, LoopbackIsOfThisMachineAloneInAnySpelling)
{
    const auto is_loopback_text = [](const char* text) {
        return is_loopback(boost::asio::ip::make_address(text));
    };
    for (const auto* text : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(is_loopback_text(text)) << text;
    }
    for (const auto* text :
         {"0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "::2", "fe80::1", "::ffff:192.0.2.1"}) {
        EXPECT_FALSE(is_loopback_text(text)) << text;
    }
}

TEST(Endpoint, TellsWhetherOtherMachinesGetThere)
{
    for (const auto* text : {"localhost:0", ":0", "127.0.0.1:0", "127.1.2.3:0", "[::1]:0"}) {
        EXPECT_TRUE(Endpoint::parse(text).is_loopback()) << text;
    }
    for (const auto* text : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[2001:db8::1]:0"}) {
        EXPECT_FALSE(Endpoint::parse(text).is_loopback()) << text;
    }
}

TEST(Endpoint, IsLocalhostByItsNameAlone)
{
    EXPECT_TRUE(Endpoint::parse("localhost:0").is_localhost);
    EXPECT_TRUE(Endpoint::parse(":0").is_localhost);
    EXPECT_FALSE(Endpoint::parse("127.0.0.1:0").is_localhost);
    EXPECT_FALSE(Endpoint::parse("[::1]:0").is_localhost);
}

TEST(Endpoint, IsReadFromTheCommandLine)
{
    EXPECT_EQ(Endpoint::parse("127.0.0.1:4566").text(), "127.0.0.1:4566");
    EXPECT_EQ(Endpoint::parse("localhost:0").text(), "127.0.0.1:0");
    EXPECT_EQ(Endpoint::parse(":80").text(), "127.0.0.1:80");
    EXPECT_EQ(Endpoint::parse("[::1]:4566").text(), "[::1]:4566");
    for (const auto* text : {"", "4566", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "::1:4566",
                             "127.0.0.1:65536", "127.0.0.1:-1", "lab.example:80", "[::1]"}) {
        EXPECT_THROW(Endpoint::parse(text), std::invalid_argument) << text;
    }
}

TEST(RefusalForms, AreThoseThatTheServerIsToldOf)
{
    std::string targets;
    const RefusalForm form = [&](const Request& request, const HttpError& error) {
        targets += request.target + " ";
        auto response = plain_text(error.status, "in its form");
        response.content_type = "x-test/form";
        return response;
    };
    TestServer server(
        [](Request&, BodyReader&) -> asio::awaitable<Response> {
            throw HttpError(413, "too much");
            co_return Response();
        },
        patient_limits(), {}, TestServer::Start::kAtOnce, form);
    for (const auto& [text, status] :
         {std::pair("GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n", 403),
          std::pair("GET /b HTTP/1.1\r\nHost: localhost\r\nOrigin: http://x.com\r\n\r\n", 403),
          std::pair("FROB /c HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
          std::pair("GET /d HTTP/1.1\r\nHost: localhost\r\n\r\n", 413)}) {
        const auto answer = Client(server.address()).ask(text);
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.headers.at("content-type"), "x-test/form");
    }
    EXPECT_EQ(targets, "/a /b /c /d ");
    // What has no header that could be read says nothing of its form.
    const auto broken = Client(server.address()).ask("hello\r\n\r\n");
    EXPECT_EQ(broken.status, 400);
    EXPECT_EQ(broken.headers.at("content-type"), "text/plain; charset=utf-8");
}

}  // namespace
}  // namespace amilab::http
