#pragma once

#include <string>
#include <string_view>
#include <vector>

/// License configurations, which are License Manager's: launches and launch templates name them by
/// their ARNs, and nothing looks whether they are there.
namespace amilab::ec2 {

/// Throws InvalidParameterValue unless the text is the ARN of a license configuration.
/// Source: License Manager API Reference, CreateLicenseConfiguration (the form is documented);
/// code and text are assumed.
void check_license(std::string_view arn);

/// The ARNs of a request's specifications. Throws as check_license() does.
template <class Specifications>
std::vector<std::string> checked_licenses(const Specifications& specifications)
{
    std::vector<std::string> arns;
    for (const auto& one : specifications) {
        arns.push_back(one.license_configuration_arn.value_or(""));
        check_license(arns.back());
    }
    return arns;
}

}  // namespace amilab::ec2
