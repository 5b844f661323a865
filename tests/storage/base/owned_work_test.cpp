#include "storage/base/owned_work.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "storage/base/background.h"

namespace amilab {
namespace {

struct Owner : std::enable_shared_from_this<Owner> {
    explicit Owner(Background& background) : work(background, [this] { return weak_from_this(); })
    {
    }
    OwnedWork work;
};

class OwnedWorkTest : public ::testing::Test {
protected:
    /// Whatever is posted from now on waits until `go_on` is called.
    void block()
    {
        background.post([ready = ready] { ready.wait(); });
        background.post_piece([ready = ready] { ready.wait(); });
    }
    void go_on()
    {
        gate.set_value();
        background.drain();
    }

    std::promise<void> gate;
    std::shared_future<void> ready = gate.get_future().share();
    std::atomic<int> runs{0};
    Background background{[](std::exception_ptr) {}};
    std::shared_ptr<Owner> owner = std::make_shared<Owner>(background);
};

TEST_F(OwnedWorkTest, RunsWhileSomebodyHoldsTheOwner)
{
    block();
    owner->work.post([this] { ++runs; });
    owner->work.post_idle([this] { ++runs; });
    owner->work.post_piece([this] { ++runs; });
    go_on();
    EXPECT_EQ(runs, 3);
}

TEST_F(OwnedWorkTest, IsLeftOutWhenTheOwnerHasGone)
{
    block();
    owner->work.post([this] { ++runs; });
    owner->work.post_idle([this] { ++runs; });
    owner->work.post_piece([this] { ++runs; });
    owner.reset();
    go_on();
    EXPECT_EQ(runs, 0);
}

TEST_F(OwnedWorkTest, KeepsTheOwnerUntilTheTaskHasEnded)
{
    const std::weak_ptr<Owner> watched = owner;
    std::promise<void> begun;
    bool is_kept = false;
    owner->work.post([&] {
        begun.set_value();
        ready.wait();
        is_kept = !watched.expired();
    });
    begun.get_future().wait();
    owner.reset();
    go_on();
    EXPECT_TRUE(is_kept);
    EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace amilab
