#include <algorithm>
#include <limits>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/services/ec2/ec2.h"
#include "server/wire/schema.h"
#include "tests/server/services/service_trials.h"

// Requests that the schema takes, made at random over a living account: whatever a handler makes of
// them, it is an answer or a refusal, never a failure of the server's own.
namespace amilab::test {
namespace {

constexpr int kWorlds = 20;
constexpr int kRequestsEach = 150;
/// One in so many parameters is sent, at the least.
constexpr int kRarest = 40;

std::string told(std::string_view action, const Parameters& parameters)
{
    std::string text(action);
    for (const auto& [name, value] : parameters) {
        text += fmt::format(" {}={}", name, value);
    }
    return text + ": ";
}

/// What suits a parameter whose name ends so; ids are those of the world.
struct Suitable {
    std::string_view ending;
    std::vector<std::string> values;
};

std::vector<Suitable> suitable_values(const World& world)
{
    const auto ids = [&](std::string_view prefix) {
        std::vector<std::string> found;
        for (const auto& [name, id] : world.ids()) {
            if (id.starts_with(prefix)) {
                found.push_back(id);
            }
        }
        return found;
    };
    auto resources = ids("vol-");
    resources.push_back(world.ids().at("image"));
    resources.push_back(world.ids().at("instance"));
    return {
        {"VolumeId", ids("vol-")},
        {"VolumeId.1", ids("vol-")},
        {"SnapshotId", ids("snap-")},
        {"SnapshotId.1", ids("snap-")},
        {"ReportId", ids("amiur-")},
        {"ReportId.1", ids("amiur-")},
        {"SourceRegion", {"us-east-1", "eu-west-1"}},
        {"ImageId", ids("ami-")},
        {"ImageId.1", ids("ami-")},
        {"InstanceId", ids("i-")},
        {"InstanceId.1", ids("i-")},
        {"ResourceId.1", resources},
        {"SubnetId", ids("subnet-")},
        {"SubnetId.1", ids("subnet-")},
        {"GroupId.1", ids("sg-")},
        {"VpcId.1", ids("vpc-")},
        {"AvailabilityZone", {"us-east-1a", "us-east-1b", "us-east-1f"}},
        {"VolumeType", {"gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"}},
        {"InstanceType", {"t3.micro", "t3.small", "m5.large", "t4g.micro", "t2.micro"}},
        {"DeviceName", {"/dev/xvda", "/dev/sdf", "/dev/sdg", "/dev/sdh"}},
        {"Device", {"/dev/sdf", "/dev/sdg", "/dev/sdh"}},
        {"Attribute", {"description", "launchPermission", "userData", "instanceType"}},
        {"VirtualizationType", {"hvm", "paravirtual"}},
        {"ResourceType", {"instance", "volume", "image", "snapshot"}},
        {"RootDeviceName", {"/dev/xvda", "/dev/sda1"}},
        {"Name", {"image 1", "image 7", "image 8", "image 9", "kept"}},
        {"NextToken", {""}},
        {"UserId.1", {"111122223333"}},
        {"Owner.1", {"self", "amazon"}},
    };
}

/// Requests of an account where ids of everything are at hand.
class RequestMaker {
public:
    RequestMaker(const World& world, std::mt19937_64& random)
        : world_(world), random_(random), suitable_(suitable_values(world))
    {
        for (const auto& [name, id] : world.ids()) {
            texts_.push_back(id);
        }
        for (const char* text :
             {"", "*", "x", "self", "all", "gp3", "t3.micro", "1", "true", "launchPermission",
              "i-0123456789abcdef0", "ami-12345678", "\xC3\xA9t\xC3\xA9", "[a-z]*?\\"}) {
            texts_.emplace_back(text);
        }
    }

    template <class Container>
    const auto& one_of(const Container& container)
    {
        return container[std::uniform_int_distribution<std::size_t>(0,
                                                                    container.size() - 1)(random_)];
    }

    /// A valid request, half of the time, and parameters of any sort on top.
    Parameters make(const wire::OperationSchema& operation)
    {
        Parameters parameters;
        if (chance(2)) {
            const auto& trials = trials_of("ec2").at(operation.name);
            parameters = trials.request;
            if (!trials.trials.empty()) {
                const auto& trial = one_of(trials.trials);
                parameters = merged(merged(parameters, trial.besides), trial.with);
            }
            parameters = world_.resolve(std::move(parameters));
        }
        Parameters more;
        const int rarity = std::uniform_int_distribution<int>(2, kRarest)(random_);
        for (const auto& parameter : wire::parameters_of(operation)) {
            const bool wanted =
                parameter.offered && parameter.name != "DryRun" &&
                (chance(rarity) || (parameter.member->required && parameters.empty()));
            if (wanted) {
                more.emplace_back(parameter.name, value(operation, parameter));
            }
        }
        return merged(std::move(parameters), more);
    }

private:
    bool chance(int of) { return std::uniform_int_distribution<int>(1, of)(random_) == 1; }

    std::string value(const wire::OperationSchema& operation, const wire::ParameterInfo& parameter)
    {
        const auto& member = *parameter.member;
        if (!member.values.empty()) {
            return std::string(one_of(member.values));
        }
        switch (member.kind) {
            case wire::Kind::kBoolean:
                return chance(2) ? "true" : "false";
            case wire::Kind::kInteger:
            case wire::Kind::kLong:
            case wire::Kind::kDouble:
                return std::to_string(number(member));
            case wire::Kind::kTimestamp:
                return "2030-01-01T00:00:00Z";
            case wire::Kind::kBlob:
                return "aGVsbG8=";
            case wire::Kind::kString:
            case wire::Kind::kStructure:
            case wire::Kind::kList:
                break;
        }
        // Some operations take filters of which none is documented.
        if (parameter.name == "Filter.1.Name" && !operation.filters.empty()) {
            const auto& name = one_of(operation.filters);
            return name == "tag:<key>" ? "tag:kept" : std::string(name);
        }
        const auto suitable =
            std::find_if(suitable_.begin(), suitable_.end(), [&](const Suitable& one) {
                return std::string_view(parameter.name).ends_with(one.ending);
            });
        return suitable != suitable_.end() && !chance(6) ? one_of(suitable->values)
                                                         : one_of(texts_);
    }

    std::int64_t number(const wire::Member& member)
    {
        constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();
        const auto low = std::max<std::int64_t>(member.min, -2);
        const auto high = std::min<std::int64_t>(member.max, chance(4) ? kLargest : 20);
        return std::uniform_int_distribution<std::int64_t>(low, std::max(low, high))(random_);
    }

    const World& world_;
    std::mt19937_64& random_;
    std::vector<Suitable> suitable_;
    std::vector<std::string> texts_;
};

TEST(RandomRequests, NeverMeetAFailureOfTheServer)
{
    const auto seed_text = test_seed();
    std::seed_seq seed(seed_text.begin(), seed_text.end());
    std::mt19937_64 random(seed);
    std::set<std::string_view> answered;
    for (int i = 0; i < kWorlds; ++i) {
        auto world = world_of("ec2").copy();
        RequestMaker maker(world, random);
        for (int j = 0; j < kRequestsEach; ++j) {
            const auto& operation = *maker.one_of(ec2::kEc2.schema.operations);
            const auto parameters = maker.make(operation);
            const auto answer = world.emulator().call(operation.name, parameters);
            ASSERT_LT(answer.status, 500) << told(operation.name, parameters) << answer.message;
            if (answer.ok()) {
                answered.insert(operation.name);
            }
        }
    }
    // Else they would be refused before any handler works on them.
    EXPECT_GT(answered.size(), ec2::kEc2.schema.operations.size() * 4 / 5);
}

}  // namespace
}  // namespace amilab::test
