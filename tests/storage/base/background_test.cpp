#include "storage/base/background.h"

#include <future>
#include <string>

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
    EXPECT_EQ(order, "ailm");
}

TEST_F(BackgroundTest, DoesWhatIsLateByItself)
{
    std::promise<void> done;
    background.post_late([&done] { done.set_value(); });
    done.get_future().wait();
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
