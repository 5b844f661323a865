#include "tests/server/services/ec2/tags/tags_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["DescribeTags"] = describe_operation(filter_trials("key", "kept") + page_trials());
    table["CreateTags"] = {
        {{"ResourceId.1", "{volume}"}, {"Tag.1.Key", "colour"}, {"Tag.1.Value", "red"}},
        changes("ResourceId.1", "{volume_2}") + changes("Tag.1.Key", "size") +
            changes("Tag.1.Value", "blue")};
    table["DeleteTags"] = {{{"ResourceId.1", "{volume}"}},
                           changes("ResourceId.1", "{volume_2}") + changes("Tag.1.Key", "other") +
                               changes("Tag.1.Value", "2", {{"Tag.1.Key", "kept"}})};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"tag",
             "resource_id",
             "DescribeTags",
             {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", "{}"}}}};
}

}  // namespace

constinit const TrialSet kTagsTrials{.trials = trials, .tellings = tellings};

}  // namespace amilab::test
