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
    table["GetParameter"] = {{{"Name", "/app/one"}},
                             changes("Name", "plain") + same("WithDecryption", "true")};
    table["GetParameters"] = {{{"Names.1", "/app/one"}},
                              changes("Names.1", "plain") + same("WithDecryption", "true")};
    table["GetParametersByPath"] = {
        {{"Path", "/app"}},
        changes("Path", "/app/deep") + changes("Recursive", "true") + list_trials() +
            string_filter_trials("Type", "StringList", "StringL") + same("WithDecryption", "true")};
    table["GetParameterHistory"] = {
        {{"Name", "/app/one"}},
        changes("Name", "plain") + list_trials() + same("WithDecryption", "true")};
    const Parameters by_name{{"Filters.1.Key", "Name"}, {"Filters.1.Values.1", "plain"}};
    table["DescribeParameters"] =
        describe_operation(std::vector<Trial>{{"Filters.1.Key", by_name}} +
                           changes("Filters.1.Values.1", "/app/one", by_name) +
                           string_filter_trials("Name", "plain", "pla") + list_trials());
}

void add_writes(TrialTable& table)
{
    table["PutParameter"] = {{{"Name", "new"}, {"Value", "{image}"}, {"Type", "String"}},
                             changes("DataType", "aws:ec2:image") +
                                 changes("Description", "nightly") + changes("Name", "newer") +
                                 changes("Overwrite", "true", {{"Name", "plain"}}) +
                                 changes("Tier", "Advanced") + changes("Type", "StringList") +
                                 changes("Value", "other")};
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
    return table;
}

constexpr std::string_view kNothingSecret = "nothing is a SecureString, which is not offered";
constexpr WithoutEffect kWithoutEffect[] = {
    {"GetParameter WithDecryption", kNothingSecret},
    {"GetParameterHistory WithDecryption", kNothingSecret},
    {"GetParameters WithDecryption", kNothingSecret},
    {"GetParametersByPath WithDecryption", kNothingSecret},
};

std::vector<Telling> tellings()
{
    return {{"parameter", "name", "GetParameter", {{"Name", "{}"}}},
            {"parameter_version", "name", "GetParameterHistory", {{"Name", "{}"}}},
            {"parameter_label", "name", "GetParameterHistory", {{"Name", "{}"}}}};
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
    world.set_id(
        "image",
        world.must("DescribeImages", {{"Owner.1", "amazon"}}).text("imagesSet/item/imageId"));
}

constinit const TrialSet kSsmTrials{.trials = trials,
                                    .without_effect = kWithoutEffect,
                                    .tellings = tellings,
                                    .add_to_world = add_ssm};

}  // namespace amilab::test
