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
    background.post([this] { order += 'a'; });
    background.drop_idle();
    background.post_idle([this] { order += 'j'; });
    background.post([this] { order += 'b'; });
    go_on();
    background.drain();
    EXPECT_EQ(order, "ab");
}

}  // namespace
}  // namespace amilab
