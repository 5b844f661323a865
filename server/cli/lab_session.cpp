#include "server/cli/lab_session.h"

#include <stdexcept>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/running_servers.h"
#include "server/cli/wrong_option.h"
#include "server/labs/expectation.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::cli {

namespace json = boost::json;

namespace {

constexpr std::string_view kNoSuchParameter = "ParameterNotFound";
/// How the services begin what they say of a region that is none.
constexpr std::string_view kNoSuchRegion = "Credential should be scoped to a valid region";

labs::ModelCall parameter_call(const char* operation, json::object parameters)
{
    return {.service = "ssm",
            .operation = operation,
            .parameters = std::move(parameters),
            .region = {}};
}

/// Whose the key is. Refusals of a key do not say which one it was, nor those of a region that it
/// was an option's. A server that is no amilab is told as that: what it says to AWS's APIs may be
/// anything, and without end.
std::string account_of(ControlClient& control, const labs::LabClient& client, const Place& place)
{
    control.health();
    const labs::ModelCall who = {
        .service = "sts", .operation = "GetCallerIdentity", .parameters = {}, .region = {}};
    const auto answer = client.call(who);
    if (!place.account && answer.message == wire::kKeyIsNobodys) {
        throw std::runtime_error(
            fmt::format("{}; {}", labs::refusal_of(who, answer), advice_on_key(place.access_key)));
    }
    if (answer.message.starts_with(kNoSuchRegion)) {
        throw WrongOption(fmt::format("--region is {}; expected one such as us-east-1",
                                      client.identity().region));
    }
    if (!answer.refusal.empty()) {
        throw std::runtime_error(labs::refusal_of(who, answer));
    }
    return reading_answer(control.url(), who.operation, [&] {
        std::string account(answer.members.at("Account").as_string());
        require_of_amilab(wire::is_account_id(account));
        return account;
    });
}

}  // namespace

std::string mark_of_lab(std::string_view lab)
{
    return fmt::format("/amilab/labs/{}", lab);
}

labs::LabClient::Identity identity_of(const Place& place)
{
    // Any key that is nobody's is the default account's.
    return {.access_key = place.account ? *place.account : place.access_key.value_or("amilab"),
            .region = place.region.value_or("us-east-1")};
}

LabSession::LabSession(const LabOptions& options)
    : endpoint_(options.server.endpoint),
      token_(control_token_for(endpoint_.url(), options.server.control_token_file)),
      client_(labs::built_in_model(), identity_of(options.place),
              [this](const labs::HttpQuestion& question) { return endpoint_.carry(question); }),
      control_({.endpoint = endpoint_.url(), .token = token_}),
      account_(account_of(control_, client_, options.place))
{
}

Place LabSession::place() const
{
    return {.account = account_, .access_key = {}, .region = region()};
}

std::string LabSession::where(const labs::Lab& lab) const
{
    return fmt::format("{} in account {}, {}", lab.name, account_, region());
}

labs::ModelAnswer LabSession::ask(const char* operation, json::object parameters) const
{
    return client_.call(parameter_call(operation, std::move(parameters)));
}

void LabSession::require_member(const char* operation, const labs::ModelAnswer& answer,
                                std::string_view member) const
{
    if (!answer.refusal.empty()) {
        throw std::runtime_error(labs::refusal_of(parameter_call(operation, {}), answer));
    }
    reading_answer(endpoint_.url(), operation,
                   [&] { require_of_amilab(answer.members.contains(member)); });
}

bool LabSession::begin(const std::string& lab) const
{
    const json::object parameters = {
        {"Name", mark_of_lab(lab)}, {"Value", "begun"}, {"Type", "String"}};
    constexpr const char* kOperation = "PutParameter";
    const auto answer = ask(kOperation, parameters);
    if (answer.refusal == "ParameterAlreadyExists") {
        return false;
    }
    require_member(kOperation, answer, "Version");
    return true;
}

bool LabSession::is_begun(const std::string& lab) const
{
    constexpr const char* kOperation = "GetParameter";
    const auto answer = ask(kOperation, {{"Name", mark_of_lab(lab)}});
    if (answer.refusal == kNoSuchParameter) {
        return false;
    }
    require_member(kOperation, answer, "Parameter");
    return true;
}

std::vector<std::string> LabSession::other_regions_of(const std::string& lab) const
{
    const json::value known = client_
                                  .call({.service = "ec2",
                                         .operation = "DescribeRegions",
                                         .parameters = {{"AllRegions", true}},
                                         .region = {}})
                                  .members;
    std::vector<std::string> regions;
    for (const auto* name : labs::select(known, "/Regions/*/RegionName")) {
        if (!name->is_string() || name->get_string() == region()) {
            continue;
        }
        auto look = parameter_call("GetParameter", {{"Name", mark_of_lab(lab)}});
        look.region = std::string(name->get_string());
        const auto answer = client_.call(look);
        if (answer.refusal.empty() && answer.members.contains("Parameter")) {
            regions.push_back(look.region);
        }
    }
    return regions;
}

void LabSession::end(const std::string& lab) const
{
    ask("DeleteParameter", {{"Name", mark_of_lab(lab)}});
}

std::int64_t LabSession::note_check(const std::string& lab) const
{
    constexpr double kMsPerSecond = 1000;
    constexpr double kLastSecond = 253402300800;  // the clock ends with the year 9999
    client_.require(parameter_call("PutParameter", {{"Name", mark_of_lab(lab)},
                                                    {"Value", "checked"},
                                                    {"Type", "String"},
                                                    {"Overwrite", true}}));
    const auto look = parameter_call("GetParameter", {{"Name", mark_of_lab(lab)}});
    const auto found = client_.require(look);
    return reading_answer(control_.url(), look.operation, [&] {
        const auto seconds = found.at("Parameter").at("LastModifiedDate").to_number<double>();
        require_of_amilab(seconds >= 0 && seconds <= kLastSecond);
        return static_cast<std::int64_t>(seconds * kMsPerSecond);
    });
}

void LabSession::mark(std::string_view parameter) const
{
    ask("GetParameter", {{"Name", json::string(parameter)}});
}

bool LabSession::reset_account()
{
    constexpr unsigned kUnauthorized = 401;
    constexpr unsigned kForbidden = 403;
    try {
        control_.reset(account_);
    } catch (const ControlRefusal& refusal) {
        if (refusal.status != kUnauthorized && refusal.status != kForbidden) {
            throw;
        }
        return false;
    }
    return true;
}

}  // namespace amilab::cli
