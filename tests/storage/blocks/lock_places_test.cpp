// That a thread takes the gates of volumes and the stripes of ranges in their order.

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/base/mutex.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/range_locks.h"
#include "storage/blocks/write_gate.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

TEST(GatePlace, GrowsWithTheIdOfTheVolume)
{
    const std::vector<std::string> ids{"vol-00000000",          "vol-00000001000000000",
                                       "vol-0000000100000000f", "vol-0123456789abcdef0",
                                       "vol-0123456789abce000", "vol-12345678",
                                       "vol-fffffffffffffff00"};
    EXPECT_GT(gate_place(ids.front()), 0U);
    for (std::size_t index = 1; index < ids.size(); ++index) {
        EXPECT_LT(ids[index - 1], ids[index]);
        EXPECT_LE(gate_place(ids[index - 1]), gate_place(ids[index]));
    }
    EXPECT_LT(gate_place(ids[3]), gate_place(ids[4]));
}

TEST(WriteGate, SeveralCloseInTheOrderOfTheirPlacesAndOpenInAny)
{
    WriteGate first;
    WriteGate second;
    first.close(1);
    second.close(2);
    first.open();
    second.open();
    const WriteGate::Pass pass(first);
}

TEST(WriteGateDeathTest, ALowerPlaceIsNotClosedAfterAHigherOne)
{
    WriteGate first;
    WriteGate second;
    second.close(2);
    EXPECT_DEATH(first.close(1), "WriteGate 1 is to be taken by a thread that holds WriteGate 2");
    second.open();
}

TEST(WriteGateDeathTest, WithoutAPlaceOneIsClosedAlone)
{
    WriteGate first;
    WriteGate second;
    first.close();
    EXPECT_DEATH(second.close(2), "WriteGate 2 is to be taken by a thread that holds WriteGate");
    first.open();
    second.close(2);
    EXPECT_DEATH(first.close(), "WriteGate is to be taken by a thread that holds WriteGate 2");
    second.open();
}

TEST(WriteGateDeathTest, WhoHasClosedOnePassesNone)
{
    WriteGate closed;
    WriteGate other;
    closed.close(1);
    EXPECT_DEATH(const WriteGate::Pass pass(closed), "WriteGate is to be taken by a thread");
    EXPECT_DEATH(const WriteGate::Pass pass(other), "WriteGate is to be taken by a thread");
    closed.open();
}

TEST(WriteGateDeathTest, WhoIsInsideTakesNothingEarlier)
{
    WriteGate gate;
    Mutex writer(LockLevel::kWriter);
    {
        const WriteGate::Pass pass(gate);
        EXPECT_DEATH(writer.lock(),
                     "Connections::writer_mutex_ is to be taken by a thread that "
                     "holds WriteGate");
        EXPECT_DEATH(gate.close(), "WriteGate is to be taken by a thread that holds WriteGate");
    }
    const Lock lock(writer);
}

TEST(WriteGateDeathTest, WhoClosedItOpensIt)
{
    WriteGate gate;
    gate.close(1);
    EXPECT_DEATH(std::thread([&] { gate.open(); }).join(), "WriteGate is not held by the thread");
    gate.open();
}

TEST(WriteGate, WhatWasRefusedAtASealedOneIsNotInTheBook)
{
    WriteGate gate;
    gate.close();
    gate.close_for_good();
    EXPECT_EQ(error_of([&] { gate.close(); }), EROFS);
    EXPECT_EQ(error_of([&] { const WriteGate::Pass pass(gate); }), EROFS);
    Mutex writer(LockLevel::kWriter);
    const Lock lock(writer);
}

TEST(RangeLocks, ARangeTakesItsStripesInOrder)
{
    RangeLocks locks;
    Mutex flush(LockLevel::kFlush);
    for (const std::uint64_t count : {1, 5, 32, 1000}) {
        const RangeLocks::Guard guard(locks, RangeLocks::Mode::kExclusive, 30, count);
    }
    {
        const RangeLocks::Guard reading(locks, RangeLocks::Mode::kShared, 1, 2);
        const RangeLocks::Guard above(locks, RangeLocks::Mode::kExclusive, 5, 2);
    }
    const Lock lock(flush);
}

TEST(RangeLocksDeathTest, ALowerStripeIsNotTakenAfterAHigherOne)
{
    RangeLocks locks;
    const RangeLocks::Guard guard(locks, RangeLocks::Mode::kShared, 5, 2);
    EXPECT_DEATH(const RangeLocks::Guard below(locks, RangeLocks::Mode::kShared, 3, 1),
                 "RangeLocks 4 is to be taken by a thread that holds RangeLocks 7");
}

TEST(RangeLocksDeathTest, WhoHoldsARangePassesNoGate)
{
    RangeLocks locks;
    WriteGate gate;
    const RangeLocks::Guard guard(locks, RangeLocks::Mode::kShared, 0, 1);
    EXPECT_DEATH(const WriteGate::Pass pass(gate),
                 "WriteGate is to be taken by a thread that holds RangeLocks 1");
}

TEST(GateDeathTest, GatesOfVolumesThatNobodyHasOpenKeepToTheirPlacesToo)
{
    const TemporaryDirectory directory;
    PosixFileSystem files;
    BlockStore store(files, directory.path(), {});
    const auto volume = store.open_volume({store.new_layer_id()}, kBlockSize);
    const auto closed = store.new_layer_id();
    {
        const auto first = store.close_gate(volume->top(), store.new_layer_id(), 1);
        const auto second = store.close_gate(closed, store.new_layer_id(), 2);
    }
    const auto second = store.close_gate(closed, store.new_layer_id(), 2);
    EXPECT_DEATH((void)store.close_gate(volume->top(), store.new_layer_id(), 1),
                 "WriteGate 1 is to be taken by a thread that holds WriteGate 2");
    EXPECT_DEATH((void)store.close_gate(store.new_layer_id(), store.new_layer_id(), 1),
                 "WriteGate 1 is to be taken by a thread that holds WriteGate 2");
}

}  // namespace
}  // namespace amilab
