#include "tests/server/services/rbin/rbin_trials.h"

#include <gtest/gtest.h>

#include "tests/server/services/trial_makers.h"
#include "tests/support/json_caller.h"

namespace amilab::test {

namespace {

Parameters week()
{
    return {{"RetentionPeriod.RetentionPeriodValue", "7"},
            {"RetentionPeriod.RetentionPeriodUnit", "DAYS"}};
}

Parameters unlock_delay()
{
    return {{"LockConfiguration.UnlockDelay.UnlockDelayValue", "7"},
            {"LockConfiguration.UnlockDelay.UnlockDelayUnit", "DAYS"}};
}

std::vector<Trial> resource_tag_trials()
{
    return changes("ResourceTags.1.ResourceTagKey", "bin") +
           changes("ResourceTags.1.ResourceTagValue", "2",
                   {{"ResourceTags.1.ResourceTagKey", "bin"},
                    {"ResourceTags.1.ResourceTagValue", "1"}});
}

std::vector<Trial> exclude_tag_trials(const Parameters& besides = {})
{
    return changes("ExcludeResourceTags.1.ResourceTagKey", "keep", besides) +
           changes("ExcludeResourceTags.1.ResourceTagValue", "2",
                   merged(besides, {{"ExcludeResourceTags.1.ResourceTagKey", "keep"},
                                    {"ExcludeResourceTags.1.ResourceTagValue", "1"}}));
}

std::vector<Trial> lock_trials(const Parameters& besides)
{
    return changes("LockConfiguration.UnlockDelay.UnlockDelayValue", "8", besides) +
           refused("LockConfiguration.UnlockDelay.UnlockDelayUnit", "HOURS", besides);
}

std::vector<Trial> retention_trials(const Parameters& besides)
{
    return changes("RetentionPeriod.RetentionPeriodValue", "8", besides) +
           refused("RetentionPeriod.RetentionPeriodUnit", "HOURS", besides);
}

std::vector<Trial> own_tag_trials(const Parameters& besides)
{
    return changes("Tags.1.Key", "size", besides) + changes("Tags.1.Value", "blue", besides);
}

void add_rules(TrialTable& table)
{
    table["CreateRule"] = {merged({{"ResourceType", "EBS_SNAPSHOT"}}, week()),
                           changes("Description", "nightly") + exclude_tag_trials() +
                               lock_trials(unlock_delay()) + resource_tag_trials() +
                               changes("ResourceType", "EC2_IMAGE") + retention_trials({}) +
                               own_tag_trials({{"Tags.1.Key", "team"}, {"Tags.1.Value", "red"}})};
    table["UpdateRule"] = {{{"Identifier", "{rule}"}, {"Description", "new"}},
                           changes("Description", "other") + changes("Identifier", "{other_rule}") +
                               exclude_tag_trials({{"Identifier", "{open_rule}"}}) +
                               resource_tag_trials() + refused("ResourceType", "EC2_IMAGE") +
                               retention_trials(week())};
    table["DeleteRule"] = either_of("Identifier", "{rule}", "{other_rule}");
    table["GetRule"] = either_of("Identifier", "{rule}", "{other_rule}");
    table["ListRules"] = {{{"ResourceType", "EBS_VOLUME"}},
                          changes("ResourceType", "EC2_IMAGE") + changes("LockState", "locked") +
                              changes("MaxResults", "1") + refused("NextToken", "!") +
                              changes("ResourceTags.1.ResourceTagKey", "bin") +
                              changes("ResourceTags.1.ResourceTagValue", "2",
                                      {{"ResourceType", "EBS_SNAPSHOT"},
                                       {"ResourceTags.1.ResourceTagKey", "bin"},
                                       {"ResourceTags.1.ResourceTagValue", "1"}}) +
                              changes("ExcludeResourceTags.1.ResourceTagKey", "keep") +
                              changes("ExcludeResourceTags.1.ResourceTagValue", "2",
                                      {{"ResourceType", "EC2_IMAGE"},
                                       {"ExcludeResourceTags.1.ResourceTagKey", "keep"},
                                       {"ExcludeResourceTags.1.ResourceTagValue", "1"}})};
}

void add_locks(TrialTable& table)
{
    table["LockRule"] = {merged({{"Identifier", "{open_rule}"}}, unlock_delay()),
                         changes("Identifier", "{open_rule_2}") + lock_trials({})};
    table["UnlockRule"] = {{{"Identifier", "{locked_rule}"}}, refused("Identifier", "{open_rule}")};
}

void add_tags(TrialTable& table)
{
    table["TagResource"] = {
        {{"ResourceArn", "{rule_arn}"}, {"Tags.1.Key", "colour"}, {"Tags.1.Value", "red"}},
        changes("ResourceArn", "{other_arn}") + own_tag_trials({})};
    table["UntagResource"] = {
        {{"ResourceArn", "{rule_arn}"}, {"TagKeys.1", "team"}},
        changes("ResourceArn", "{other_arn}") + changes("TagKeys.1", "colour")};
    table["ListTagsForResource"] = either_of("ResourceArn", "{rule_arn}", "{other_arn}");
}

TrialTable trials()
{
    TrialTable table;
    add_rules(table);
    add_locks(table);
    add_tags(table);
    return table;
}

std::vector<Telling> tellings()
{
    return {{"recycle_rule", "id", "GetRule", {{"Identifier", "{}"}}},
            {"recycle_rule_tag", "rule_id", "GetRule", {{"Identifier", "{}"}}},
            {"recycle_rule_tag",
             "rule_id",
             "ListTagsForResource",
             {{"ResourceArn", "arn:aws:rbin:us-east-1:123456789012:rule/{}"}}}};
}

/// Names the rule's id and ARN.
void add_rule(World& world, const std::string& id, const std::string& arn,
              const char* resource_type, const Parameters& more)
{
    const auto answer =
        JsonCaller(world.emulator(), "rbin")
            .call_operation("CreateRule",
                            merged(merged({{"ResourceType", resource_type}}, week()), more));
    EXPECT_TRUE(answer.ok()) << answer.body;
    world.set_id(id, answer.text("/Identifier"));
    world.set_id(arn, answer.text("/RuleArn"));
}

}  // namespace

void add_rbin(World& world)
{
    add_rule(world, "rule", "rule_arn", "EBS_SNAPSHOT",
             {{"ResourceTags.1.ResourceTagKey", "bin"},
              {"ResourceTags.1.ResourceTagValue", "1"},
              {"Tags.1.Key", "team"},
              {"Tags.1.Value", "red"}});
    add_rule(world, "other_rule", "other_arn", "EC2_IMAGE",
             {{"ExcludeResourceTags.1.ResourceTagKey", "keep"},
              {"ExcludeResourceTags.1.ResourceTagValue", "1"}});
    add_rule(world, "open_rule", "open_arn", "EBS_VOLUME", {});
    add_rule(world, "open_rule_2", "open_arn_2", "EBS_VOLUME", {});
    add_rule(world, "locked_rule", "locked_arn", "EBS_VOLUME", unlock_delay());
}

constinit const TrialSet kRbinTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_rbin};

}  // namespace amilab::test
