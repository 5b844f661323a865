#include <future>
#include <memory>

#include <gtest/gtest.h>
#include <boost/asio/thread_pool.hpp>

#include "server/http/offload.h"
#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

constexpr std::chrono::seconds kPatience{30};

/// A handler that works until it is told that its client has gone, or that it may end.
class GoneClients : public ::testing::Test {
protected:
    // Both may still be waking each other.
    void TearDown() override
    {
        server.end();
        pool.join();
    }

    asio::awaitable<Response> work(BodyReader& body)
    {
        body.when_gone([this] { end.set_value(true); });
        begun.set_value();
        const auto gone = co_await run_on(pool.get_executor(), [this] { return end_.get(); });
        body.when_gone({});
        was_gone.set_value(gone);
        co_return plain_text(200, "done");
    }

    bool waits_until(std::future<void> future)
    {
        return future.wait_for(kPatience) == std::future_status::ready;
    }

    std::promise<bool> end;
    std::future<bool> end_ = end.get_future();
    std::promise<void> begun;
    std::promise<bool> was_gone;
    TestServer server{[this](Request&, BodyReader& body) { return work(body); }, patient_limits()};
    asio::thread_pool pool{1};  // which posts to the server to its end
    Client client{server.address()};
};

TEST_F(GoneClients, AreNoticedWhileTheirRequestIsWorkedOn)
{
    client.send(get());
    ASSERT_TRUE(waits_until(begun.get_future()));
    client.abort();
    EXPECT_TRUE(was_gone.get_future().get());
}

TEST_F(GoneClients, AreThoseToWhomNothingMoreIsToBeSaid)
{
    client.send(get());
    ASSERT_TRUE(waits_until(begun.get_future()));
    client.finish_sending();
    EXPECT_TRUE(was_gone.get_future().get());
}

TEST_F(GoneClients, AreNotThoseWhoSendTheirNextRequest)
{
    client.send(get());
    ASSERT_TRUE(waits_until(begun.get_future()));
    client.send("GET /ne");
    end.set_value(false);
    EXPECT_EQ(client.receive().body, "done\n");
    EXPECT_FALSE(was_gone.get_future().get());
}

}  // namespace
}  // namespace amilab::http
