#include "tests/server/services/ebs/ebs_trials.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ebs/ebs_support.h"
#include "tests/server/services/trial_makers.h"
#include "tests/support/json_message.h"

namespace amilab::test {

namespace {

Parameters put_request(const std::string& snapshot, int index, const std::string& data)
{
    return {{"SnapshotId", snapshot},
            {"BlockIndex", std::to_string(index)},
            {"DataLength", std::to_string(data.size())},
            {"Checksum", checksum_of(data)},
            {"ChecksumAlgorithm", "SHA256"},
            {std::string(kPayload), data}};
}

void add_blocks(TrialTable& table)
{
    // Pages have a hundred blocks at the least, of half a MiB each.
    const auto page = refused("MaxResults", "99") + refused("NextToken", "bm90IG91cnM=");
    table["ListSnapshotBlocks"] = {
        {{"SnapshotId", "{first}"}},
        changes("SnapshotId", "{second}") + changes("StartingBlockIndex", "1") + page};
    table["ListChangedBlocks"] = {
        {{"FirstSnapshotId", "{first}"}, {"SecondSnapshotId", "{second}"}},
        changes("FirstSnapshotId", "{second}") + changes("SecondSnapshotId", "{first}") +
            changes("StartingBlockIndex", "2") + page};
    table["GetSnapshotBlock"] = {
        {{"SnapshotId", "{first}"}, {"BlockIndex", "0"}, {"BlockToken", "{token}"}},
        std::vector<Trial>{{"BlockIndex", {{"BlockIndex", "1"}, {"BlockToken", "{next_token}"}}}} +
            refused("BlockToken", "{next_token}") + refused("SnapshotId", "{second}")};
    table["PutSnapshotBlock"] = {
        put_request("{open}", 1, block_of('n')),
        refused("BlockIndex", "2048") + refused("Checksum", checksum_of("other")) +
            refused("ChecksumAlgorithm", "MD5") + refused("DataLength", "1") +
            changes("Progress", "50") + refused("SnapshotId", "{first}")};
}

void add_snapshots_of_blocks(TrialTable& table)
{
    table["StartSnapshot"] = {
        {{"VolumeSize", "1"}},
        token_trial() + changes("Description", "nightly") + changes("Encrypted", "true") +
            changes("KmsKeyArn",
                    "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
                    {{"Encrypted", "true"}}) +
            changes("ParentSnapshotId", "{first}") +
            changes("Tags.1.Key", "size", {{"Tags.1.Key", "colour"}}) +
            changes("Tags.1.Value", "blue", {{"Tags.1.Key", "colour"}}) +
            std::vector<Trial>{
                {"Timeout", {{"Timeout", "10"}}, {}, Outcome::kChanges, 1, 30 * kMinuteMs}} +
            changes("VolumeSize", "2")};
    const Parameters checksum{{"Checksum", linear_checksum_of({block_of('o')})},
                              {"ChecksumAlgorithm", "SHA256"},
                              {"ChecksumAggregationMethod", "LINEAR"}};
    table["CompleteSnapshot"] = {{{"SnapshotId", "{open}"}, {"ChangedBlocksCount", "1"}},
                                 refused("ChangedBlocksCount", "2") +
                                     refused("Checksum", checksum_of("other"), checksum) +
                                     refused("ChecksumAlgorithm", "MD5", checksum) +
                                     refused("ChecksumAggregationMethod", "TREE", checksum) +
                                     refused("SnapshotId", "{first}")};
}

TrialTable trials()
{
    TrialTable table;
    add_blocks(table);
    add_snapshots_of_blocks(table);
    return table;
}

JsonAnswer must(World& world, std::string_view action, const Parameters& parameters)
{
    auto answer =
        JsonCaller(world.emulator(), "ebs").call_operation(action, world.resolve(parameters));
    EXPECT_TRUE(answer.ok()) << action << ": " << answer.body;
    return answer;
}

void start(World& world, const std::string& name, const Parameters& more = {})
{
    const auto answer = must(world, "StartSnapshot", merged({{"VolumeSize", "1"}}, more));
    world.set_id(name, answer.text("/SnapshotId"));
}

}  // namespace

void add_ebs(World& world)
{
    const Parameters two_blocks{{"ChangedBlocksCount", "2"}};
    start(world, "first");
    must(world, "PutSnapshotBlock", put_request("{first}", 0, block_of('a')));
    must(world, "PutSnapshotBlock", put_request("{first}", 1, block_of('b')));
    must(world, "CompleteSnapshot", merged(two_blocks, {{"SnapshotId", "{first}"}}));
    start(world, "second", {{"ParentSnapshotId", "{first}"}});
    must(world, "PutSnapshotBlock", put_request("{second}", 1, block_of('c')));
    must(world, "PutSnapshotBlock", put_request("{second}", 2, block_of('d')));
    must(world, "CompleteSnapshot", merged(two_blocks, {{"SnapshotId", "{second}"}}));
    start(world, "open");
    must(world, "PutSnapshotBlock", put_request("{open}", 0, block_of('o')));
    const auto blocks = must(world, "ListSnapshotBlocks", {{"SnapshotId", "{first}"}});
    world.set_id("token", blocks.text("/Blocks/0/BlockToken"));
    world.set_id("next_token", blocks.text("/Blocks/1/BlockToken"));
}

constinit const TrialSet kEbsTrials{.trials = trials, .add_to_world = add_ebs};

}  // namespace amilab::test
