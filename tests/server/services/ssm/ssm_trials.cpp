#include "tests/server/services/ssm/ssm_trials.h"

#include <gtest/gtest.h>

#include "tests/server/services/trial_makers.h"
#include "tests/support/json_caller.h"

namespace amilab::test {

namespace {

/// By `key`, `value` finds some of the parameters; `beginning`, with which it begins, finds them
/// only when a beginning is asked for.
std::vector<Trial> string_filter_trials(const std::string& key, const std::string& value,
                                        const std::string& beginning)
{
    const Parameters filter{{"ParameterFilters.1.Key", key},
                            {"ParameterFilters.1.Values.1", value}};
    return std::vector<Trial>{{"ParameterFilters.1.Key", filter}} +
           changes("ParameterFilters.1.Values.1", "nothing", filter) +
           changes("ParameterFilters.1.Option", "BeginsWith",
                   merged(filter, {{"ParameterFilters.1.Values.1", beginning}}));
}

std::vector<Trial> list_trials(const Parameters& besides = {})
{
    return changes("MaxResults", "1", besides) + refused("NextToken", "bm90IG91cnM=");
}

void add_reads(TrialTable& table)
{
    table["GetParameter"] = {
        {{"Name", "/app/one"}},
        changes("Name", "plain") + changes("WithDecryption", "true", {{"Name", "/app/secret"}})};
    table["GetParameters"] = {{{"Names.1", "/app/one"}},
                              changes("Names.1", "plain") +
                                  changes("WithDecryption", "true", {{"Names.1", "/app/secret"}})};
    table["GetParametersByPath"] = {{{"Path", "/app"}},
                                    changes("Path", "/app/deep") + changes("Recursive", "true") +
                                        list_trials() +
                                        string_filter_trials("Type", "StringList", "StringL") +
                                        changes("WithDecryption", "true")};
    table["GetParameterHistory"] = {
        {{"Name", "/app/one"}},
        changes("Name", "plain") + list_trials() +
            changes("WithDecryption", "true", {{"Name", "/app/secret"}})};
    const Parameters by_name{{"Filters.1.Key", "Name"}, {"Filters.1.Values.1", "plain"}};
    table["DescribeParameters"] =
        describe_operation(std::vector<Trial>{{"Filters.1.Key", by_name}} +
                           changes("Filters.1.Values.1", "/app/one", by_name) +
                           string_filter_trials("Name", "plain", "pla") + list_trials());
}

std::vector<Trial> tag_trials()
{
    const Parameters tag{{"Tags.1.Key", "team"}, {"Tags.1.Value", "images"}};
    return std::vector<Trial>{{"Tags.1.Key", tag}} + changes("Tags.1.Value", "other", tag);
}

void add_tags(TrialTable& table)
{
    const Parameters on{{"ResourceType", "Parameter"}, {"ResourceId", "/app/one"}};
    const auto each = refused("ResourceType", "Document") + changes("ResourceId", "/app/secret");
    table["ListTagsForResource"] = {on, each};
    table["AddTagsToResource"] = {
        merged(on, {{"Tags.1.Key", "team"}, {"Tags.1.Value", "images"}}),
        each + changes("Tags.1.Key", "stage") + changes("Tags.1.Value", "other")};
    table["RemoveTagsFromResource"] = {merged(on, {{"TagKeys.1", "stage"}}),
                                       each + changes("TagKeys.1", "owner")};
}

void add_writes(TrialTable& table)
{
    table["PutParameter"] = {
        {{"Name", "new"}, {"Value", "{image}"}, {"Type", "String"}},
        refused("AllowedPattern", "^[0-9]+$", {{"Value", "many"}}) +
            changes("DataType", "aws:ec2:image") +
            changes("KeyId", "alias/mine", {{"Type", "SecureString"}}) + tag_trials() +
            changes("Description", "nightly") + changes("Name", "newer") +
            changes("Overwrite", "true", {{"Name", "plain"}}) + changes("Tier", "Advanced") +
            changes("Type", "StringList") + changes("Value", "other")};
    table["DeleteParameter"] = either_of("Name", "/app/one", "plain");
    table["DeleteParameters"] = either_of("Names.1", "/app/one", "plain");
    table["LabelParameterVersion"] = {
        {{"Name", "/app/one"}, {"Labels.1", "blue"}},
        changes("Labels.1", "green") + changes("Name", "plain") + changes("ParameterVersion", "1")};
}

TrialTable trials()
{
    TrialTable table;
    add_reads(table);
    add_writes(table);
    add_tags(table);
    return table;
}

std::vector<Telling> tellings()
{
    return {{"parameter", "name", "GetParameter", {{"Name", "{}"}}},
            {"parameter_version", "name", "GetParameterHistory", {{"Name", "{}"}}},
            {"parameter_label", "name", "GetParameterHistory", {{"Name", "{}"}}},
            {"parameter_tag",
             "name",
             "ListTagsForResource",
             {{"ResourceType", "Parameter"}, {"ResourceId", "{}"}}}};
}

void put(World& world, const std::string& name, const Parameters& more)
{
    const Parameters usual{{"Name", name}, {"Value", "1"}, {"Type", "String"}};
    const auto answer =
        JsonCaller(world.emulator(), "ssm").call_operation("PutParameter", merged(usual, more));
    EXPECT_TRUE(answer.ok()) << answer.body;
}

}  // namespace

void add_ssm(World& world)
{
    put(world, "plain", {});
    put(world, "/app/one", {});
    const auto labelled =
        JsonCaller(world.emulator(), "ssm")
            .call_operation("LabelParameterVersion", {{"Name", "/app/one"}, {"Labels.1", "old"}});
    EXPECT_TRUE(labelled.ok()) << labelled.body;
    put(world, "/app/one", {{"Overwrite", "true"}, {"Value", "2"}});
    put(world, "/app/two", {{"Type", "StringList"}});
    put(world, "/app/deep/three", {{"Tier", "Advanced"}});
    put(world, "/app/secret",
        {{"Type", "SecureString"}, {"Tags.1.Key", "stage"}, {"Tags.1.Value", "test"}});
    const auto tagged = JsonCaller(world.emulator(), "ssm")
                            .call_operation("AddTagsToResource", {{"ResourceType", "Parameter"},
                                                                  {"ResourceId", "/app/one"},
                                                                  {"Tags.1.Key", "stage"},
                                                                  {"Tags.1.Value", "live"},
                                                                  {"Tags.2.Key", "owner"},
                                                                  {"Tags.2.Value", "me"}});
    EXPECT_TRUE(tagged.ok()) << tagged.body;
    world.set_id(
        "image",
        world.must("DescribeImages", {{"Owner.1", "amazon"}}).text("imagesSet/item/imageId"));
}

constinit const TrialSet kSsmTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_ssm};

}  // namespace amilab::test
