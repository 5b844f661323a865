#include "storage/base/background.h"

#include <functional>
#include <future>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab {
namespace {

class BackgroundTest : public ::testing::Test {
protected:
    /// A task that ends when `go_on` is called, so that what is posted meanwhile is queued.
    void block()
    {
        std::promise<void> begun;
        background.post([this, &begun] {
            begun.set_value();
            gate.get_future().wait();
        });
        begun.get_future().wait();
    }
    void go_on() { gate.set_value(); }

    std::promise<void> gate;
    std::string order;
    Background background{[](std::exception_ptr) {}};
};

TEST_F(BackgroundTest, DoesWhatMayWaitLast)
{
    block();
    background.post_idle([this] { order += 'i'; });
    background.post([this] {
        order += 'a';
        background.post([this] { order += 'c'; });
    });
    background.post([this] { order += 'b'; });
    background.post_idle([this] { order += 'j'; });
    go_on();
    background.drain();
    EXPECT_EQ(order, "abcij");
}

TEST_F(BackgroundTest, LeavesOutWhatMayWaitNearTheEnd)
{
    block();
    background.post_idle([this] { order += 'i'; });
    background.post_late([this] { order += 'l'; });
    background.post([this] { order += 'a'; });
    background.drop_idle();
    background.post_idle([this] { order += 'j'; });
    background.post_late([this] { order += 'm'; });
    background.post([this] { order += 'b'; });
    go_on();
    background.drain();
    EXPECT_EQ(order, "ab");
}

TEST_F(BackgroundTest, WaitsForNothingThatIsLateWhenItIsDrained)
{
    block();
    background.post_late([this] {
        order += 'l';
        background.post_late([this] { order += 'm'; });
    });
    background.post_idle([this] { order += 'i'; });
    background.post([this] { order += 'a'; });
    go_on();
    background.drain();
    // What may wait comes before what is late, or behind it: the thread may be there before the
    // drain.
    EXPECT_THAT(order, testing::UnorderedElementsAre('a', 'i', 'l', 'm'));
    EXPECT_LT(order.find('l'), order.find('m'));
}

TEST_F(BackgroundTest, DoesWhatIsLateBetweenTasksThatLeaveNoPause)
{
    bool is_done = false;
    std::function<void()> again = [&] {
        if (!is_done) {
            background.post(again);
        }
    };
    background.post_late([&is_done] { is_done = true; });
    background.post(again);
    background.drain();
    EXPECT_TRUE(is_done);
}

TEST_F(BackgroundTest, DoesWhatIsLateByItself)
{
    std::promise<void> done;
    background.post_late([&done] { done.set_value(); });
    done.get_future().wait();
}

TEST_F(BackgroundTest, DoesPiecesBesideWhatItIsAt)
{
    block();
    std::promise<void> done;
    background.post_piece([this, &done] {
        order += 'p';
        background.post_piece([this, &done] {
            order += 'q';
            done.set_value();
        });
    });
    done.get_future().wait();
    EXPECT_EQ(order, "pq");
    go_on();
}

TEST_F(BackgroundTest, DoesWhatIsPostedBesideAPiece)
{
    background.post_piece([this] { gate.get_future().wait(); });
    std::promise<void> done;
    background.post([&done] { done.set_value(); });
    done.get_future().wait();
    std::promise<void> done_idle;
    background.post_idle([&done_idle] { done_idle.set_value(); });
    done_idle.get_future().wait();
    go_on();
}

TEST_F(BackgroundTest, DoesOnePieceAtATimeInTurn)
{
    background.post_piece([this] { gate.get_future().wait(); });
    background.post_piece([this] {
        order += 'a';
        background.post_piece([this] { order += 'c'; });
    });
    background.post_piece([this] { order += 'b'; });
    go_on();
    background.drain();
    EXPECT_EQ(order, "abc");
}

TEST_F(BackgroundTest, IsDrainedOfPiecesAndOfWhatTheyPost)
{
    background.post_piece([this] { gate.get_future().wait(); });
    background.post([this] {
        background.post_piece([this] { background.post_late([this] { order += 'l'; }); });
    });
    go_on();
    background.drain();
    EXPECT_EQ(order, "l");
}

TEST_F(BackgroundTest, LeavesOutPiecesNearTheEnd)
{
    std::promise<void> begun;
    background.post_piece([this, &begun] {
        begun.set_value();
        gate.get_future().wait();
        background.post_piece([this] { order += 'q'; });
        background.post([this] { order += 'a'; });
    });
    begun.get_future().wait();
    background.post_piece([this] { order += 'p'; });
    background.drop_idle();
    go_on();
    background.drain();
    EXPECT_EQ(order, "a");
}

TEST(BackgroundsEnd, DoesPiecesAndThenWhatTheyLeaveToDo)
{
    std::string order;
    {
        Background background([](std::exception_ptr) {});
        background.post_piece([&] {
            order += 'p';
            background.post([&] { order += 'a'; });
        });
    }
    EXPECT_EQ(order, "pa");
}

TEST(BackgroundsReport, IsToldWhatAPieceThrows)
{
    int reports = 0;
    Background background([&](std::exception_ptr) { ++reports; });
    background.post_piece([] { throw std::runtime_error("it went wrong"); });
    background.post_piece([] {});
    background.drain();
    EXPECT_EQ(reports, 1);
}

TEST(BackgroundsEnd, DoesWhatIsLate)
{
    bool is_done = false;
    {
        Background background([](std::exception_ptr) {});
        background.post_late([&is_done] { is_done = true; });
    }
    EXPECT_TRUE(is_done);
}

}  // namespace
}  // namespace amilab
