#include "storage/base/lock_order.h"

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "storage/base/mutex.h"

namespace amilab {
namespace {

TEST(LockOrder, LocksAreTakenInOrderAndLetGoInAny)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    Mutex clock(LockLevel::kClock);
    reset.lock();
    writer.lock();
    reset.unlock();
    {
        const Lock lock(clock);
    }
    const Lock lock(clock);
    writer.unlock();
}

TEST(LockOrderDeathTest, WhatComesEarlierIsNotTakenAnyMore)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    const Lock lock(writer);
    EXPECT_DEATH(reset.lock(),
                 "DataDirectory::reset_mutex_ is to be taken by a thread that holds "
                 "Connections::writer_mutex_; docs/architecture.md has the order of locks");
}

TEST(LockOrderDeathTest, ALockThatWasLetGoOutOfTurnIsOutOfTheBook)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    reset.lock();
    const Lock lock(writer);
    reset.unlock();
    EXPECT_DEATH(reset.lock(), "a thread that holds Connections::writer_mutex_");
}

TEST(LockOrderDeathTest, TwoOfOneLevelAreNotHeldTogether)
{
    Mutex first(LockLevel::kBlockMap);
    Mutex second(LockLevel::kBlockMap);
    const Lock lock(first);
    EXPECT_DEATH(second.lock(), "BlockMap::mutex_ is to be taken by a thread that holds BlockMap");
    EXPECT_DEATH(first.lock(), "BlockMap::mutex_ is to be taken by a thread that holds BlockMap");
}

TEST(LockOrderDeathTest, NothingIsTakenWithALeaf)
{
    Mutex clock(LockLevel::kClock);
    Mutex delays(LockLevel::kDelayTable);
    ASSERT_GT(LockLevel::kDelayTable, LockLevel::kClock);
    const Lock lock(clock);
    EXPECT_DEATH(delays.lock(), "Delays::mutex_ is to be taken by a thread that holds Clock");
}

TEST(LockOrderDeathTest, TryingKeepsToTheOrder)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    const Lock lock(writer);
    EXPECT_DEATH((void)reset.try_lock(), "DataDirectory::reset_mutex_ is to be taken");
}

TEST(LockOrderDeathTest, WhatWasTriedIsHeldOnlyWhenItWasFree)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    std::thread([&]() NO_THREAD_SAFETY_ANALYSIS {
        const Lock lock(writer);
        std::thread([&] {
            ASSERT_FALSE(writer.try_lock());
            const Lock earlier(reset);
        }).join();
    }).join();
    ASSERT_TRUE(writer.try_lock());
    EXPECT_DEATH(reset.lock(), "a thread that holds Connections::writer_mutex_");
    writer.unlock();
    const Lock earlier(reset);
}

TEST(LockOrder, EachThreadHasABookOfItsOwn)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    const Lock lock(writer);
    std::thread([&] { const Lock earlier(reset); }).join();
}

TEST(LockOrderDeathTest, OfOneLevelThePlacesDecide)
{
    SharedMutex first(LockLevel::kRange, 1);
    SharedMutex second(LockLevel::kRange, 2);
    first.lock_shared();
    second.lock();
    second.unlock();
    first.unlock_shared();
    second.lock_shared();
    EXPECT_DEATH(first.lock(), "RangeLocks 1 is to be taken by a thread that holds RangeLocks 2");
    EXPECT_DEATH(first.lock_shared(), "RangeLocks 1 is to be taken by a thread that holds");
    EXPECT_DEATH(second.lock_shared(), "RangeLocks 2 is to be taken by a thread that holds");
    second.unlock_shared();
}

TEST(LockOrderDeathTest, WhoWaitsHoldsTheMutexAgainAfterwards)
{
    Mutex reset(LockLevel::kReset);
    Mutex writer(LockLevel::kWriter);
    Mutex clock(LockLevel::kClock);
    Condition changed;
    bool has_changed = false;
    const Lock lock(writer);
    std::thread other([&] {
        const Lock also(writer);  // let go of by who waits
        has_changed = true;
        changed.notify_all();
    });
    while (!has_changed) {
        changed.wait(writer);
    }
    other.join();
    EXPECT_FALSE(changed.wait_until(writer, std::chrono::steady_clock::now()));
    writer.require_held();
    EXPECT_DEATH(reset.lock(), "a thread that holds Connections::writer_mutex_");
    const Lock later(clock);
}

TEST(LockOrderDeathTest, WhoWaitsHoldsNothingLater)
{
    Mutex writer(LockLevel::kWriter);
    Mutex clock(LockLevel::kClock);
    Condition changed;
    const Lock lock(writer);
    const Lock later(clock);
    EXPECT_DEATH(changed.wait(writer),
                 "Connections::writer_mutex_ is waited with by a thread that took Clock::mutex_");
}

TEST(LockOrderDeathTest, OnlyWhoHoldsALockUsesItAndLetsItGo)
{
    Mutex writer(LockLevel::kWriter);
    EXPECT_DEATH(writer.require_held(), "Connections::writer_mutex_ is not held by the thread");
    EXPECT_DEATH(lock_order::let_go(&writer, LockLevel::kWriter), "is not held by the thread");
    const Lock lock(writer);
    EXPECT_DEATH(std::thread([&] { writer.require_held(); }).join(), "is not held by the thread");
}

TEST(LockOrderDeathTest, TheBookHasAnEnd)
{
    std::array<char, 1000> locks{};
    std::uint64_t place = 0;
    EXPECT_DEATH(
        for (const auto& lock
             : locks) {
            lock_order::before_taking(LockLevel::kGate, ++place);
            lock_order::taken(&lock, LockLevel::kGate, place);
        },
        "a thread holds [0-9]+ locks, and is to take WriteGate");
}

TEST(LockOrder, TheDocumentHasItToo)
{
    std::ifstream file(AMILAB_SOURCE_DIR "/docs/architecture.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto place = text.find("Locks, in the order in which they may be taken");
    const auto end = text.find("\n\n", text.find("| lock |", place));
    ASSERT_NE(end, std::string::npos);
    for (auto level = LockLevel{0}; level <= kLastLock;
         level = static_cast<LockLevel>(static_cast<int>(level) + 1)) {
        const auto name = '`' + std::string(name_of(level)) + '`';
        place = text.find(name, place);
        ASSERT_LT(place, end) << name << " is missing, or not in its place";
    }
}

}  // namespace
}  // namespace amilab
