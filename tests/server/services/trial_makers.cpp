#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

std::vector<Trial> one_trial(std::string_view parameter, const std::string& value,
                             Parameters besides, Outcome outcome)
{
    return {{parameter, {{std::string(parameter), value}}, std::move(besides), outcome}};
}

Parameters tag_specification(const TagNames& names, const std::string& type, const std::string& key,
                             const std::string& value)
{
    return {{std::string(names.type), type},
            {std::string(names.key), key},
            {std::string(names.value), value}};
}

}  // namespace

std::vector<Trial> operator+(std::vector<Trial> left, const std::vector<Trial>& right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::vector<Trial> changes(std::string_view parameter, const std::string& value, Parameters besides)
{
    return one_trial(parameter, value, std::move(besides), Outcome::kChanges);
}

std::vector<Trial> refused(std::string_view parameter, const std::string& value, Parameters besides)
{
    return one_trial(parameter, value, std::move(besides), Outcome::kRefused);
}

std::vector<Trial> same(std::string_view parameter, const std::string& value, Parameters besides)
{
    return one_trial(parameter, value, std::move(besides), Outcome::kSame);
}

std::vector<Trial> token_trial()
{
    return {{"ClientToken", {{"ClientToken", "once"}}, {}, Outcome::kChanges, 2}};
}

std::vector<Trial> filter_trials(const std::string& name, const std::string& value)
{
    return {
        {"Filter.1.Name", {{"Filter.1.Name", name}, {"Filter.1.Value.1", "nothing"}}},
        {"Filter.1.Value.1",
         {{"Filter.1.Value.1", "nothing"}},
         {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}}},
    };
}

std::vector<Trial> page_trials()
{
    return changes("MaxResults", "5") + refused("NextToken", "bm90IG91cnM=");
}

std::vector<Trial> tag_trials(const std::string& type, const TagNames& names)
{
    const auto red = tag_specification(names, type, "colour", "red");
    return {
        {names.type, red},
        {names.key, tag_specification(names, type, "size", "red"), red},
        {names.value, tag_specification(names, type, "colour", "blue"), red},
    };
}

OperationTrials describe_operation(std::vector<Trial> trials)
{
    return {{}, std::move(trials)};
}

OperationTrials either_of(std::string_view parameter, const std::string& one,
                          const std::string& other)
{
    return {{{std::string(parameter), one}}, changes(parameter, other)};
}

Parameters device(const std::string& name, const Parameters& more)
{
    const std::string mapping = "BlockDeviceMapping.1.";
    Parameters all{{mapping + "DeviceName", name}};
    for (const auto& [below, value] : more) {
        all.emplace_back(mapping + below, value);
    }
    return all;
}

std::vector<Trial> mapping_trials(const std::string& present, const std::string& free)
{
    const auto kept = device(present, {{"Ebs.VolumeSize", "8"}, {"Ebs.VolumeType", "gp3"}});
    const auto added = device(free, {{"Ebs.VolumeSize", "4"}});
    return {
        {"BlockDeviceMapping.1.DeviceName", device(free, {{"Ebs.VolumeSize", "2"}})},
        {"BlockDeviceMapping.1.Ebs.VolumeSize", device(present, {{"Ebs.VolumeSize", "9"}}), kept},
        {"BlockDeviceMapping.1.Ebs.VolumeType", device(present, {{"Ebs.VolumeType", "gp2"}}), kept},
        {"BlockDeviceMapping.1.Ebs.Iops", device(present, {{"Ebs.Iops", "3500"}}), kept},
        {"BlockDeviceMapping.1.Ebs.Throughput", device(present, {{"Ebs.Throughput", "200"}}), kept},
        {"BlockDeviceMapping.1.Ebs.SnapshotId",
         device(free, {{"Ebs.SnapshotId", "{free_snapshot}"}}), added},
        {"BlockDeviceMapping.1.Ebs.Encrypted", device(free, {{"Ebs.Encrypted", "true"}}), added},
        {"BlockDeviceMapping.1.Ebs.DeleteOnTermination",
         device(present, {{"Ebs.VolumeSize", "9"}, {"Ebs.DeleteOnTermination", "false"}}),
         device(present, {{"Ebs.VolumeSize", "9"}, {"Ebs.DeleteOnTermination", "true"}})},
    };
}

}  // namespace amilab::test
