#include "server/cli/control_client.h"

#include <sys/socket.h>
#include <cstdlib>
#include <list>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "server/cli/health.h"
#include "tests/support/peers.h"

namespace amilab::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using test::http_answer;
using test::kHealth;
using test::Peer;
using test::SilentPeer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr milliseconds kSoon{50};
constexpr milliseconds kLong{60'000};

/// Says to one connection that an answer comes, and then a space every few milliseconds; to the one
/// before it what it is told to, if to anything.
class DrippingPeer : public SilentPeer {
public:
    explicit DrippingPeer(std::string first = {})
        : first_(std::move(first)), thread_([this] { serve(); })
    {
    }
    ~DrippingPeer()
    {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        thread_.join();
    }
    DrippingPeer(const DrippingPeer&) = delete;
    DrippingPeer& operator=(const DrippingPeer&) = delete;

private:
    void serve()
    {
        constexpr int kDrops = 1000;
        boost::system::error_code error;
        tcp::socket earlier(io_context_);
        if (!first_.empty()) {
            take(earlier, error);
            asio::write(earlier, asio::buffer(first_), error);
        }
        tcp::socket socket(io_context_);
        take(socket, error);
        std::string some = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n";
        for (int count = 0; !error && count < kDrops; ++count) {
            asio::write(socket, asio::buffer(some), error);
            some = " ";
            std::this_thread::sleep_for(milliseconds(5));
        }
    }

    void take(tcp::socket& socket, boost::system::error_code& error)
    {
        std::string header;
        acceptor_.accept(socket, error);
        if (!error) {
            asio::read_until(socket, asio::dynamic_buffer(header), "\r\n\r\n", error);
        }
    }

    std::string first_;
    std::thread thread_;
};

/// Waits long for health, and not at all for more.
ControlClient impatient_client(const SilentPeer& peer)
{
    return ControlClient({.endpoint = peer.url(),
                          .token = "secret",
                          .patience = Patience{.connect = kLong, .answer = kLong, .work = kSoon}});
}

ControlClient patient_client(const SilentPeer& peer)
{
    return ControlClient({.endpoint = peer.url(),
                          .token = "secret",
                          .patience = Patience{.connect = kLong, .answer = kLong, .work = kLong}});
}

template <class Fault>
std::string fault_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const Fault& fault) {
        return fault.what();
    }
    return "no such fault";
}

TEST(ControlClient, LeavesWhoTakesCallsAndSaysNothing)
{
    const SilentPeer silent;
    ControlClient client({.endpoint = silent.url(),
                          .token = {},
                          .patience = Patience{.connect = kLong, .answer = kSoon, .work = kLong}});
    const auto said = fault_of<SilentServer>([&] { client.request("GET", "/_amilab/clock"); });
    EXPECT_THAT(said, HasSubstr(silent.url() + " takes calls and has not answered within 50ms"));
    EXPECT_THAT(said, Not(HasSubstr("\n")));
}

TEST(ControlClient, LeavesWhoSaysOfItsHealthAByteNowAndThen)
{
    const DrippingPeer peer;
    ControlClient client(
        {.endpoint = peer.url(),
         .token = {},
         .patience = Patience{.connect = kLong, .answer = milliseconds(200), .work = kLong}});
    EXPECT_THAT(fault_of<SilentServer>([&] { client.request("GET", "/_amilab/clock"); }),
                HasSubstr("within 200ms"));
}

TEST(ControlClient, LeavesWhoGoesOnWithAnAnswerByteByByte)
{
    for (const auto& call : std::vector<std::function<void(ControlClient&)>>{
             [](ControlClient& client) { client.request("GET", "/_amilab/clock"); },
             [](ControlClient& client) { client.fetch("/_amilab/calls", {}); }}) {
        const DrippingPeer peer(http_answer(kHealth));
        ControlClient client(
            {.endpoint = peer.url(),
             .token = {},
             .patience = Patience{.connect = kLong, .answer = kLong, .work = milliseconds(200)}});
        EXPECT_THAT(fault_of<SilentServer>([&] { call(client); }), HasSubstr("within 200ms"));
    }
}

TEST(ControlClient, TakesNoAnswerThatIsLongerThanAnyOfAnAmilab)
{
    const auto longer =
        fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", kMostAnswerBytes + 1);
    Peer peer({http_answer(kHealth), longer});
    auto client = patient_client(peer);
    EXPECT_THAT(fault_of<std::runtime_error>([&] { client.request("GET", "/_amilab/space"); }),
                HasSubstr(peer.url() + " answers with more than 256 MiB"));
}

TEST(ControlClient, TakesNoRefusalThatIsLongerThanASentence)
{
    const std::string page(std::size_t{2} << 20U, 'x');
    Peer peer({http_answer(kHealth), fmt::format("HTTP/1.1 404 Not Found\r\nContent-Length: "
                                                 "{}\r\n\r\n{}",
                                                 page.size() * 1000, page)});
    auto client = patient_client(peer);
    EXPECT_THAT(fault_of<NoAmilab>([&] { client.fetch("/_amilab/calls", {}); }),
                HasSubstr("is no amilab: it says 404"));
}

TEST(ControlClient, LeavesAServerThatFallsSilentAtItsWork)
{
    Peer peer({http_answer(kHealth), ""});
    auto client = impatient_client(peer);
    EXPECT_THAT(fault_of<SilentServer>([&] { client.request("POST", "/_amilab/reset"); }),
                HasSubstr("within 50ms"));
}

TEST(ControlClient, LeavesAStreamThatFallsSilent)
{
    Peer peer({http_answer(kHealth), "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"});
    auto client = impatient_client(peer);
    EXPECT_THAT(fault_of<SilentServer>([&] {
                    client.download("/_amilab/save", {}, "*/*", [](std::span<const std::byte>) {});
                }),
                HasSubstr("within 50ms"));
}

TEST(ControlClient, WaitsForEventsAsLongAsForHealth)
{
    Peer peer({http_answer(kHealth), "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n: here"});
    ControlClient client(
        {.endpoint = peer.url(),
         .token = {},
         .patience = Patience{.connect = kLong, .answer = milliseconds(2'000), .work = kLong}});
    std::size_t bytes = 0;
    EXPECT_THAT(fault_of<SilentServer>([&] {
                    client.download(
                        "/_amilab/calls", {}, kEventStream,
                        [&](std::span<const std::byte> piece) { bytes += piece.size(); });
                }),
                HasSubstr("within 2s"));
    EXPECT_EQ(bytes, 6U);
}

TEST(ControlClient, LeavesAServerThatTakesNoMoreOfWhatIsSent)
{
    Peer peer({http_answer(kHealth), ""});
    auto client = impatient_client(peer);
    const std::vector<std::byte> piece(1 << 20);
    const auto said = fault_of<SilentServer>([&] {
        client.upload("/_amilab/import", {}, "*/*", [&](const ControlClient::Sink& sink) {
            for (;;) {
                sink(piece);
            }
        });
    });
    EXPECT_THAT(said, HasSubstr("within 50ms"));
}

TEST(ControlClient, ShowsItsTokenToAnAmilabThatItHasAskedOnce)
{
    Peer peer({http_answer(kHealth), http_answer("one"), http_answer("two")});
    auto client = patient_client(peer);
    EXPECT_EQ(client.request("GET", "/_amilab/clock"), "one");
    EXPECT_EQ(client.request("GET", "/_amilab/delays"), "two");
    const auto& headers = peer.headers();
    ASSERT_EQ(headers.size(), 3U);
    EXPECT_THAT(headers[0], HasSubstr("GET /_amilab/health "));
    EXPECT_THAT(headers[0], Not(HasSubstr("Authorization")));
    EXPECT_THAT(headers[1], HasSubstr("Authorization: Bearer secret\r\n"));
    EXPECT_THAT(headers[2], HasSubstr("Authorization: Bearer secret\r\n"));
}

TEST(ControlClient, HasResetWhatSaysSo)
{
    constexpr const char* kAccount = "111122223333";
    {
        Peer peer({http_answer(kHealth), http_answer(R"({"status":"ok"})"),
                   http_answer(R"({"status":"ok","account":"111122223333"})")});
        auto client = patient_client(peer);
        client.reset(std::nullopt);
        client.reset(kAccount);
    }
    for (const auto* said :
         {"", "done", "[]", "{}", R"({"status":"no"})", R"({"status":"ok"})",
          R"({"status":"ok","account":1})", R"({"status":"ok","account":"222222222222"})"}) {
        Peer peer({http_answer(kHealth), http_answer(said)});
        auto client = patient_client(peer);
        EXPECT_EQ(fault_of<NoAmilab>([&] { client.reset(kAccount); }),
                  fmt::format("what answers at {} is no amilab: it does not say to /_amilab/reset "
                              "what one would",
                              peer.url()));
    }
}

TEST(ControlClient, ShowsAnotherProgramNoToken)
{
    for (const auto* page : {"<html>hello</html>", R"({"status":"ok"})", R"(["ok"])", ""}) {
        Peer peer({http_answer(page), http_answer(page)});
        auto client = patient_client(peer);
        EXPECT_THAT(
            fault_of<std::runtime_error>([&] { client.request("GET", "/_amilab/clock"); }),
            EndsWith(peer.url() + " is no amilab: it does not say of its health what one would"));
        const auto& headers = peer.headers();
        ASSERT_EQ(headers.size(), 1U);
        EXPECT_THAT(headers[0], Not(HasSubstr("secret")));
    }
}

TEST(ControlClient, SaysWithWhichStatusItWasRefused)
{
    Peer peer({http_answer(kHealth),
               "HTTP/1.1 401 Unauthorized\r\nContent-Length: 14\r\n\r\n{\"error\":\"no\"}"});
    auto client = patient_client(peer);
    try {
        client.request("POST", "/_amilab/reset");
        FAIL() << "it was not refused";
    } catch (const ControlRefusal& refusal) {
        EXPECT_EQ(refusal.status, 401U);
        EXPECT_EQ(std::string(refusal.what()), peer.url() + " answered 401: no");
    }
}

Health health_at(const std::string& url, milliseconds limit)
{
    return health_of(ServerEndpoint(url), Patience::of(limit));
}

TEST(Health, IsWhatAnAmilabSays)
{
    Peer amilab({http_answer(kHealth)});
    const auto health = health_at(amilab.url(), kLong);
    EXPECT_EQ(health.version, "1.2.3");
    EXPECT_EQ(health.text, kHealth);
}

TEST(Health, IsNoOtherPrograms)
{
    const auto longer = fmt::format(R"({{"status":"ok","version":"{:4096}"}})", 1);
    for (const auto& answer : {http_answer("<html>hello</html>"), http_answer(longer),
                               std::string("SSH-2.0-OpenSSH_9.2\r\n")}) {
        Peer other({answer});
        EXPECT_EQ(fault_of<NoAmilab>([&] { health_at(other.url(), kLong); }),
                  fmt::format("what answers at {} is no amilab: it does not say of its health what "
                              "one would",
                              other.url()));
    }
    Peer missing({"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"});
    EXPECT_EQ(fault_of<NoAmilab>([&] { health_at(missing.url(), kLong); }),
              fmt::format("what answers at {} is no amilab: it says 404 and nothing that an amilab "
                          "would",
                          missing.url()));
}

TEST(Health, IsWhatAnAmilabSaysInsteadOfIt)
{
    Peer full(
        {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 16\r\n\r\n{\"error\":\"full\"}"});
    EXPECT_EQ(fault_of<ControlRefusal>([&] { health_at(full.url(), kLong); }),
              full.url() + " answered 503: full");
}

TEST(Health, EndsWhereNobodyAnswersOrListens)
{
    std::string url;
    {
        const SilentPeer silent;
        url = silent.url();
        EXPECT_THAT(fault_of<SilentServer>([&] { health_at(url, kSoon); }),
                    HasSubstr("within 50ms"));
    }
    try {
        health_at(url, kLong);
        FAIL() << "somebody listens at " << url;
    } catch (const NoServer& fault) {
        EXPECT_EQ(fault.error, asio::error::connection_refused);
    }
}

TEST(ServerEndpoint, IsNoServersWhereNobodyIsLetIn)
{
    asio::io_context io_context;
    tcp::acceptor acceptor(io_context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    acceptor.listen(0);
    // Who finds the queue full is not answered by the kernel.
    std::list<tcp::socket> waiting;
    for (int count = 0; count < 4; ++count) {
        auto& socket = waiting.emplace_back(io_context, tcp::v4());
        socket.native_non_blocking(true);
        const auto to = acceptor.local_endpoint();
        (void)::connect(socket.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
    }
    const ServerEndpoint endpoint(
        fmt::format("http://127.0.0.1:{}", acceptor.local_endpoint().port()));
    EXPECT_THAT(fault_of<NoServer>(
                    [&] { endpoint.connect({.connect = kSoon, .answer = kLong, .work = kLong}); }),
                HasSubstr(endpoint.url() + " (let nobody in within 50ms); start one with"));
}

labs::HttpQuestion any_question()
{
    return {.method = "POST", .target = "/", .headers = {}, .body = "Action=GetCallerIdentity"};
}

TEST(ServerEndpoint, LeavesWhoGoesOnWithAnAnswerByteByByte)
{
    const DrippingPeer peer;
    ::setenv("AMILAB_SERVER_TIMEOUT", "200ms", 1);
    EXPECT_THAT(fault_of<SilentServer>([&] { ServerEndpoint(peer.url()).carry(any_question()); }),
                HasSubstr("within 200ms"));
    ::unsetenv("AMILAB_SERVER_TIMEOUT");
}

TEST(ServerEndpoint, TakesNoAnswerThatIsLongerThanAnyOfAnAmilab)
{
    const auto with_length = fmt::format("Content-Length: {}\r\n\r\n", kMostAnswerBytes + 1);
    const auto in_pieces =
        fmt::format("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", kMostAnswerBytes + 1);
    for (const auto& rest : {with_length, in_pieces}) {
        Peer peer({"HTTP/1.1 200 OK\r\n" + rest});
        EXPECT_THAT(
            fault_of<std::runtime_error>([&] { ServerEndpoint(peer.url()).carry(any_question()); }),
            HasSubstr(peer.url() + " answers with more than 256 MiB"));
    }
}

TEST(Patience, IsWhatTheEnvironmentSays)
{
    ::unsetenv("AMILAB_SERVER_TIMEOUT");
    EXPECT_EQ(Patience::of_environment().work, Patience().work);
    ::setenv("AMILAB_SERVER_TIMEOUT", "90s", 1);
    EXPECT_EQ(Patience::of_environment().connect, milliseconds(90'000));
    EXPECT_EQ(Patience::of_environment().answer, milliseconds(90'000));
    EXPECT_EQ(Patience::of_environment().work, milliseconds(90'000));
    // More than the clock can count to.
    ::setenv("AMILAB_SERVER_TIMEOUT", "200000d", 1);
    EXPECT_EQ(Patience::of_environment().work, Patience::endless().work);
    for (const auto* wrong : {"0", "-1s", "soon"}) {
        ::setenv("AMILAB_SERVER_TIMEOUT", wrong, 1);
        EXPECT_EQ(fault_of<std::runtime_error>([] { Patience::of_environment(); }),
                  fmt::format("AMILAB_SERVER_TIMEOUT is {}; expected a time above 0 such as 500ms, "
                              "90s, 5m",
                              wrong));
    }
    ::unsetenv("AMILAB_SERVER_TIMEOUT");
}

}  // namespace
}  // namespace amilab::cli
