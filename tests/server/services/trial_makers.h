#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/server/services/parameter_trials.h"

/// What tables of trials are written with.
namespace amilab::test {

std::vector<Trial> operator+(std::vector<Trial> left, const std::vector<Trial>& right);

/// One parameter that changes something by itself.
std::vector<Trial> changes(std::string_view parameter, const std::string& value,
                           Parameters besides = {});
std::vector<Trial> refused(std::string_view parameter, const std::string& value,
                           Parameters besides = {});
std::vector<Trial> same(std::string_view parameter, const std::string& value,
                        Parameters besides = {});

/// Two calls with one token do what one does.
std::vector<Trial> token_trial();

/// Two filters' worth: by name, and by value.
std::vector<Trial> filter_trials(const std::string& name, const std::string& value);
/// Of a list that holds more than five.
std::vector<Trial> page_trials();
/// What the parts of a tag specification are called.
struct TagNames {
    std::string_view type;
    std::string_view key;
    std::string_view value;
};
inline constexpr TagNames kTagSpecification{"TagSpecification.1.ResourceType",
                                            "TagSpecification.1.Tag.1.Key",
                                            "TagSpecification.1.Tag.1.Value"};
inline constexpr TagNames kTagSpecifications{"TagSpecifications.1.ResourceType",
                                             "TagSpecifications.1.Tag.1.Key",
                                             "TagSpecifications.1.Tag.1.Value"};
/// The tags that every create call of EC2 takes.
std::vector<Trial> tag_trials(const std::string& type, const TagNames& names = kTagSpecification);

/// An operation without a parameter that it must have.
OperationTrials describe_operation(std::vector<Trial> trials);
/// One whose parameter of this name is all there is to try: another value changes something else.
OperationTrials either_of(std::string_view parameter, const std::string& one,
                          const std::string& other);

/// The first block device mapping: its device and what is below it.
Parameters device(const std::string& name, const Parameters& more = {});
/// Block device mappings are alike in three operations; `present` is a device that the image or
/// instance has, `free` one that it has not.
std::vector<Trial> mapping_trials(const std::string& present, const std::string& free);

}  // namespace amilab::test
