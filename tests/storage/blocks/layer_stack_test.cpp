#include "storage/blocks/layer_stack.h"

#include <gtest/gtest.h>

#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/memory_file_system.h"

namespace amilab {
namespace {

constexpr auto kData = BlockState::kData;

/// Three layers; the lowest has block 1.
class LayerStackTest : public testing::Test {
protected:
    LayerStackTest() { layer(1)->set_state(1, 1, kData); }

    std::shared_ptr<Layer> layer(std::uint64_t number)
    {
        auto& known = layers_[number];
        if (!known) {
            known = std::make_shared<Layer>(files_, LayerId{number}, Layer::Role::kWritable);
        }
        return known;
    }

    static Owner owner_of(const LayerStack& stack, std::uint64_t block)
    {
        Owner owner;
        stack.find_owners(block, {&owner, 1});
        return owner;
    }

    /// Other volumes need the memory.
    void drop_pages()
    {
        for (std::uint64_t page = 0; page < 4 * pages_.page_count() + 1000; ++page) {
            pages_.find_or_make(0, page);
        }
    }

    MemoryFileSystem memory_;
    LayerFiles files_{memory_, "/layers", {.boot_id = "boot"}};
    PageCache pages_{64 << 10};
    std::map<std::uint64_t, std::shared_ptr<Layer>> layers_;
};

TEST_F(LayerStackTest, OneLookUpAnswersForTheBlocksAround)
{
    const LayerStack stack(pages_, {layer(1), layer(2), layer(3)});
    EXPECT_TRUE(owner_of(stack, 0).is_nobody());
    // Nobody says so to the stack: it does not ask again.
    layer(3)->set_state(1, 1, kData);
    EXPECT_EQ(owner_of(stack, 1), Owner::of(0, kData));
}

TEST_F(LayerStackTest, WhatWasWrittenMeanwhileCountsAboveWhatALookUpFound)
{
    const LayerStack stack(pages_, {layer(1), layer(2)});
    layer(2)->set_state(2, 1, kData);
    stack.set_top_owner(2, 1, kData);
    EXPECT_TRUE(owner_of(stack, 0).is_nobody());
    EXPECT_EQ(owner_of(stack, 2), Owner::of(1, kData));
}

TEST_F(LayerStackTest, AReaderOfAnOlderStackRemembersNothingForTheNewOne)
{
    const LayerStack older(pages_, {layer(1), layer(2)});
    const auto newer = older.with_top(layer(3));
    layer(3)->set_state(1, 1, kData);
    newer->set_top_owner(1, 1, kData);
    drop_pages();
    EXPECT_TRUE(owner_of(older, 0).is_nobody());
    EXPECT_EQ(owner_of(*newer, 1), Owner::of(2, kData));
}

TEST_F(LayerStackTest, ABlockThatWasForgottenIsLookedUpByWhoeverHoldsIt)
{
    const LayerStack stack(pages_, {layer(1), layer(2)});
    EXPECT_EQ(owner_of(stack, 1), Owner::of(0, kData));
    stack.forget_owners(1, 1);
    layer(2)->set_state(1, 1, kData);
    EXPECT_TRUE(owner_of(stack, 0).is_nobody());
    EXPECT_EQ(owner_of(stack, 1), Owner::of(1, kData));
}

}  // namespace
}  // namespace amilab
