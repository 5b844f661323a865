#include "server/front/long_reads.h"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace amilab {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kThreads = 4;

class LongReadsTest : public ::testing::Test {
protected:
    /// Work that begins when it is its account's turn, and ends when it is let go.
    struct Work {
        std::promise<void> begin;
        std::promise<void> end;
        std::future<void> begun = begin.get_future();
        std::future<void> ended = end.get_future();
        bool is_let_go = false;
        std::function<void()> run = [this] {
            begin.set_value();
            ended.get();
        };

        bool has_begun() const
        {
            return begun.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        }
        void let_go()
        {
            if (!std::exchange(is_let_go, true)) {
                end.set_value();
            }
        }
    };

    Work& start(const std::string& account)
    {
        auto& work = *works_.emplace_back(std::make_unique<Work>());
        asio::co_spawn(io_context_, reads_.run_in_turn(account, work.run), asio::detached);
        io_context_.poll();
        return work;
    }

    /// Lets things happen until the work has begun.
    void wait_for(const Work& work)
    {
        while (!work.has_begun()) {
            io_context_.run_one_for(std::chrono::milliseconds(1));
        }
    }

    void finish()
    {
        for (const auto& work : works_) {
            work->let_go();
        }
        io_context_.run();
    }

    asio::io_context io_context_{1};
    MemoryBudget memory_;
    LongReads reads_{io_context_, kThreads, memory_};
    std::vector<std::unique_ptr<Work>> works_;
};

TEST_F(LongReadsTest, HaveHalfOfTheThreadsForOneAccountAtMost)
{
    auto& first = start("111111111111");
    auto& second = start("111111111111");
    auto& third = start("111111111111");
    auto& others = start("222222222222");
    auto& another = start("333333333333");
    for (const auto* work : {&first, &second, &others, &another}) {
        wait_for(*work);
    }
    EXPECT_FALSE(third.has_begun());
    finish();
    EXPECT_TRUE(third.has_begun());
}

TEST_F(LongReadsTest, GoOnWithWhoeverHasWaitedLongestOfThoseWhoseAccountHasRoom)
{
    start("111111111111");
    start("111111111111");
    start("222222222222");
    auto& ends = start("222222222222");
    auto& greedy = start("111111111111");
    auto& other = start("333333333333");
    auto& last = start("444444444444");
    ends.let_go();
    wait_for(other);
    EXPECT_FALSE(greedy.has_begun());
    EXPECT_FALSE(last.has_begun());
    finish();
}

}  // namespace
}  // namespace amilab
