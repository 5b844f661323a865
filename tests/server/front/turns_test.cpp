#include "server/front/turns.h"

#include <list>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace amilab {
namespace {

namespace asio = boost::asio;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kGreedy = "111111111111";
const std::string kOther = "222222222222";
const std::string kThird = "333333333333";

class TurnsTest : public ::testing::Test {
protected:
    /// Asks for a turn, which lasts until end().
    void ask(const std::string& account)
    {
        asio::co_spawn(io_context_, take(account), asio::detached);
        settle();
    }

    void end(const std::string& account)
    {
        open_.remove_if([&, is_found = false](const auto& one) mutable {
            return !is_found && one.account == account && (is_found = true);
        });
        settle();
    }

    void settle()
    {
        io_context_.restart();
        io_context_.poll();
    }

    struct Open {
        Open(Turns& turns, const std::string& whose) : account(whose), turn(turns, whose) {}
        std::string account;
        Turns::Turn turn;
    };

    asio::awaitable<void> take(std::string account)
    {
        co_await turns_.take(account);
        began_.push_back(account);
        open_.emplace_back(turns_, account);
    }

    asio::io_context io_context_{1};
    Turns turns_{io_context_, {.at_once = 2, .of_one_account = 2}};
    std::list<Open> open_;
    std::vector<std::string> began_;
};

TEST_F(TurnsTest, AreTakenAtOnceWhileThereIsRoom)
{
    ask(kGreedy);
    ask(kOther);
    EXPECT_THAT(began_, ElementsAre(kGreedy, kOther));
    EXPECT_FALSE(turns_.has_waiting());
    ask(kThird);
    EXPECT_THAT(began_, ElementsAre(kGreedy, kOther));
    EXPECT_TRUE(turns_.has_waiting());
    end(kGreedy);
    EXPECT_THAT(began_, ElementsAre(kGreedy, kOther, kThird));
    EXPECT_FALSE(turns_.has_waiting());
}

TEST_F(TurnsTest, GoRoundByAccountHoweverManyOneAsksFor)
{
    for (int i = 0; i < 5; ++i) {
        ask(kGreedy);
    }
    ask(kOther);
    ask(kThird);
    began_.clear();
    end(kGreedy);
    end(kGreedy);
    EXPECT_THAT(began_, ElementsAre(kOther, kThird));
    end(kOther);
    EXPECT_THAT(began_, ElementsAre(kOther, kThird, kGreedy));
}

TEST_F(TurnsTest, OfOneAccountAreInTheOrderOfComing)
{
    ask(kGreedy);
    ask(kGreedy);
    std::vector<int> order;
    for (int i = 0; i < 3; ++i) {
        asio::co_spawn(
            io_context_,
            [](Turns& turns, std::vector<int>& into, int number) -> asio::awaitable<void> {
                co_await turns.take(kGreedy);
                const Turns::Turn turn(turns, kGreedy);
                into.push_back(number);
            }(turns_, order, i),
            asio::detached);
        settle();
    }
    EXPECT_THAT(order, IsEmpty());
    end(kGreedy);
    EXPECT_THAT(order, ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace amilab
