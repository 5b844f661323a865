// Streams of a service: what the header decides, what is held of a body, and how both end.
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/http/server.h"
#include "storage/base/units.h"
#include "storage/state/generation.h"
#include "tests/server/front/front_world.h"
#include "tests/server/front/parcels.h"
#include "tests/server/http/test_server.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

/// More than a machine of the tests' has memory for twice.
constexpr std::uint64_t kManyBytes = 5 * kGiB;

class Streams : public testing::Test {
protected:
    http::Response put(const std::string& parcel, http::BodyReader& body)
    {
        return world_.ask(
            make_request("PUT", fmt::format("/parcels/{}/parts/0", parcel), {{"x-checksum", "a"}}),
            body);
    }
    http::Response fetch(int gib)
    {
        return world_.ask(make_request("GET", fmt::format("/parcels/a/parts/{}?token=t", gib)));
    }
    ParcelBook& book() { return world_.generation().companions().get<ParcelBook>(); }

    FrontWorld world_{services_with_parcels()};
};

TEST_F(Streams, TakeABodyOfAnyLengthAndHoldAChunkOfIt)
{
    CountedRequestBody body(kManyBytes);
    const auto answer = put("large", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(header_of(answer, "x-checksum"), fmt::format("{} {}", kAccount, kManyBytes));
    EXPECT_EQ(body.taken_bytes(), kManyBytes);
    EXPECT_EQ(body.most_at_once(), kParcelBytes);
    EXPECT_FALSE(body.was_read_whole());
    EXPECT_EQ(book().stored_bytes, kManyBytes);
    EXPECT_EQ(book().stored, 1);
}

TEST_F(Streams, RefuseByTheHeaderBeforeTheBodyIsRead)
{
    CountedRequestBody body(kManyBytes);
    const auto answer = put("unknown", body);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(header_of(answer, "x-amzn-ErrorType"), "NoSuchParcel");
    EXPECT_NE(header_of(answer, "x-amzn-RequestId"), "");
    EXPECT_EQ(body.most_at_once(), 0U);
    EXPECT_FALSE(body.was_read_whole());
}

TEST_F(Streams, RefuseWhatTheSchemaDoesNotTakeBeforeTheBodyIsRead)
{
    CountedRequestBody body(kManyBytes);
    const auto missing = world_.ask(make_request("PUT", "/parcels/a/parts/0"), body);
    EXPECT_EQ(missing.status, 400);
    EXPECT_EQ(header_of(missing, "x-amzn-ErrorType"), "ValidationException");
    const auto unknown = world_.ask(
        make_request("PUT", "/parcels/a/parts/0?what=ever", {{"x-checksum", "a"}}), body);
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(body.most_at_once(), 0U);
    EXPECT_FALSE(body.was_read_whole());
}

TEST_F(Streams, CommitNothingOfABodyThatIsCutShort)
{
    CountedRequestBody body(kManyBytes, {.early_at = kGiB});
    try {
        put("short", body);
        FAIL() << "taken";
    } catch (const http::HttpError& error) {
        EXPECT_EQ(error.status, 400);
        EXPECT_STREQ(error.what(), "The request's body ended early.");
    }
    EXPECT_EQ(body.taken_bytes(), kGiB);
    EXPECT_EQ(book().stored, 0);
}

TEST_F(Streams, CommitNothingWhenTheConnectionIsLost)
{
    CountedRequestBody body(kManyBytes, {.lost_at = kGiB});
    EXPECT_THROW(put("lost", body), http::ConnectionLost);
    EXPECT_EQ(book().stored, 0);
}

TEST_F(Streams, SayThatTheDiskIsFullAsOtherCallsDo)
{
    CountedRequestBody body(10);
    const auto answer = put("full", body);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(header_of(answer, "x-amzn-ErrorType"), "ServiceUnavailableException");
}

TEST_F(Streams, AnswerWithABodyOfAnyLengthAndHoldAChunkOfIt)
{
    const auto answer = fetch(5);
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.content_type, "application/octet-stream");
    EXPECT_EQ(answer.content_length, kManyBytes);
    EXPECT_EQ(header_of(answer, "x-checksum"), "zero");
    EXPECT_NE(header_of(answer, "x-amzn-RequestId"), "");
    CountedResponseBody body;
    world_.send(answer, body);
    EXPECT_EQ(body.written_bytes(), kManyBytes);
    EXPECT_EQ(body.most_at_once(), kParcelBytes);
}

TEST_F(Streams, EndWhenTheClientLeavesWhileTheyAreWritten)
{
    CountedResponseBody body(kParcelBytes);
    {
        const auto answer = fetch(5);
        EXPECT_THROW(world_.send(answer, body), http::ConnectionLost);
        EXPECT_EQ(book().being_fetched, 1);
    }
    EXPECT_EQ(body.written_bytes(), kParcelBytes);
    EXPECT_EQ(book().being_fetched, 0) << "something still holds the answer";
}

TEST_F(Streams, LeaveOtherOperationsOfTheirServiceAsTheyAre)
{
    class TextBody final : public http::BodyReader {
    public:
        explicit TextBody(std::string text) : text_(std::move(text)) {}
        boost::asio::awaitable<std::string> read_all(std::size_t) override { co_return text_; }
        boost::asio::awaitable<std::size_t> read_some(std::span<std::byte>) override
        {
            throw std::logic_error("no stream");
        }

    private:
        std::string text_;
    };
    TextBody body(R"({"Weight": 3})");
    const auto answer = world_.ask(make_request("POST", "/parcels"), body);
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.body, R"({"ParcelArn":"parcel of 3"})");

    CountedRequestBody large(kGiB);
    EXPECT_THROW(world_.ask(make_request("POST", "/parcels"), large), http::HttpError);
    EXPECT_EQ(large.most_at_once(), 0U);
}

/// The front behind a socket, on a thread of its own.
class ServedStreams : public testing::Test {
protected:
    ServedStreams() : thread_([this] { io_context_.run(); }) {}
    ~ServedStreams() override
    {
        server_.stop();
        front_.stop();
        thread_.join();  // when no answer is left that holds of the front's memory
    }

    DataDirectory data_{{.path = {}, .seed = test_seed(), .catalogue = {}, .report = {}}};
    Emulator emulator_{data_, services_with_parcels(), {}};
    boost::asio::io_context io_context_{1};
    Front front_{io_context_, emulator_, 2};
    http::Server server_{io_context_,
                         {},
                         [this](http::Request& request, http::BodyReader& body) {
                             return front_.handle(request, body);
                         },
                         http::patient_limits()};
    std::thread thread_;
};

std::string put_header(std::string_view parcel, std::string_view more)
{
    return fmt::format(
        "PUT /parcels/{}/parts/0 HTTP/1.1\r\nHost: localhost\r\nx-checksum: a\r\n"
        "Content-Length: {}\r\n{}\r\n",
        parcel, kManyBytes, more);
}

TEST_F(ServedStreams, AreRefusedWhileTheClientHasSentTheHeaderAlone)
{
    http::Client client(server_.address());
    EXPECT_EQ(client.ask(put_header("unknown", "")).status, 404);
}

TEST_F(ServedStreams, AreRefusedWithoutTellingTheClientToGoOn)
{
    http::Client client(server_.address());
    client.send(put_header("unknown", "Expect: 100-continue\r\n"));
    EXPECT_THAT(client.receive_to_end(), testing::StartsWith("HTTP/1.1 404 "));
}

TEST_F(ServedStreams, OfABodyThatIsCutShortAreRefused)
{
    http::Client client(server_.address());
    client.send(put_header("short", "") + "some bytes");
    client.finish_sending();
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, "The request's body ended early.\n");
}

TEST_F(ServedStreams, GoInAndOut)
{
    http::Client client(server_.address());
    const auto stored = client.ask(
        "PUT /parcels/a/parts/0 HTTP/1.1\r\nHost: localhost\r\nx-checksum: a\r\n"
        "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n3\r\nefg\r\n0\r\n\r\n");
    EXPECT_EQ(stored.status, 201);
    EXPECT_EQ(stored.headers.at("x-checksum"), fmt::format("{} 7", kAccount));
    const auto fetched = client.ask(http::get("/parcels/a/parts/0?token=t"));
    EXPECT_EQ(fetched.status, 206);
    EXPECT_EQ(fetched.headers.at("content-length"), "0");
}

}  // namespace
}  // namespace amilab::test
