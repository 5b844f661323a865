#include "tests/server/services/sts/sts_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

/// Credentials are random, and say nothing of what they were asked with.
TrialTable trials()
{
    const Parameters tag{{"Tags.1.Key", "team"}, {"Tags.1.Value", "infra"}};
    TrialTable table{{"GetCallerIdentity", {}}};
    table["AssumeRole"] = {
        {{"RoleArn", "arn:aws:iam::123456789012:role/builder"}, {"RoleSessionName", "one"}},
        changes("DurationSeconds", "900") + changes("ExternalId", "secret") +
            changes("Policy", R"({"Statement":[]})") +
            changes("PolicyArns.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess") +
            changes("RoleArn", "arn:aws:iam::210987654321:role/builder") +
            changes("RoleSessionName", "two") + changes("SourceIdentity", "somebody") +
            std::vector<Trial>{{"Tags.1.Key", tag}, {"Tags.1.Value", tag}} +
            changes("TransitiveTagKeys.1", "team", tag)};
    table["AssumeRole"].is_random = true;
    table["GetAccessKeyInfo"] = either_of("AccessKeyId", kAccount, kOtherAccount);
    table["GetFederationToken"] = {
        {{"Name", "bob"}},
        changes("DurationSeconds", "900") + changes("Name", "alice") +
            changes("Policy", R"({"Statement":[]})") +
            changes("PolicyArns.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess") +
            std::vector<Trial>{{"Tags.1.Key", tag}, {"Tags.1.Value", tag}}};
    table["GetFederationToken"].is_random = true;
    table["GetSessionToken"] = {{}, changes("DurationSeconds", "900")};
    table["GetSessionToken"].is_random = true;
    return table;
}

}  // namespace

constinit const TrialSet kStsTrials{.trials = trials};

}  // namespace amilab::test
