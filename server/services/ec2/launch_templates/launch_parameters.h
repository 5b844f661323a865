#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/wire/parameters.h"

/// What a launch is told, as the parameters that say it: launch templates keep it so, and a launch
/// lays its own on top.
namespace amilab::ec2 {

using LaunchParameters = std::vector<wire::NamedValue>;

/// Of a text of Parameters::canonical(), those below `prefix` ("LaunchTemplateData."), without it;
/// all when it is empty. Of text that the emulator has written.
LaunchParameters read_parameters(std::string_view canonical, std::string_view prefix = {});

/// The text that read_parameters() reads.
std::string write_parameters(const LaunchParameters& parameters);

/// `top` over `base`: a value wins over the value of its name, a list over the list, except that a
/// block device mapping wins over that of its device alone, tags over those of their resource type,
/// and InstanceRequirements as a whole: what they leave out has its default.
/// Source: EC2 API Reference, RunInstances: "Any parameters that you specify in RunInstances
/// override the same parameters in the launch template" (documented); that members of a structure
/// are laid one by one, and what is said of lists, is assumed.
LaunchParameters laid_over(const LaunchParameters& base, const LaunchParameters& top);

}  // namespace amilab::ec2
