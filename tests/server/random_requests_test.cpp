#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/ec2/operations.h"
#include "server/wire/schema.h"
#include "tests/support/world.h"

// Requests that the schema takes, made at random over a living account: whatever a handler makes of
// them, it is an answer or a refusal, never a failure of the server's own.
namespace amilab::test {
namespace {

constexpr int kRequests = 3000;

/// Requests of an account where ids of everything are at hand.
class RequestMaker {
public:
    RequestMaker(World& world, std::mt19937_64& random) : random_(random)
    {
        for (const auto& [name, id] : world.ids()) {
            texts_.push_back(id);
        }
        for (const char* text : {"",
                                 "*",
                                 "x",
                                 "self",
                                 "all",
                                 "us-east-1a",
                                 "us-east-1f",
                                 "/dev/sdf",
                                 "/dev/xvdh",
                                 "gp3",
                                 "io2",
                                 "standard",
                                 "t3.micro",
                                 "t4g.micro",
                                 "c3.large",
                                 "1",
                                 "true",
                                 "launchPermission",
                                 "description",
                                 "userData",
                                 "disableApiStop",
                                 "instance",
                                 "volume",
                                 "image",
                                 "i-0123456789abcdef0",
                                 "ami-12345678",
                                 "123456789012",
                                 "\xC3\xA9t\xC3\xA9",
                                 "[a-z]*?\\"}) {
            texts_.emplace_back(text);
        }
    }

    Parameters make(const wire::OperationSchema& operation)
    {
        Parameters parameters;
        for (const auto& parameter : wire::parameters_of(operation)) {
            const bool wanted = parameter.offered && parameter.name != "DryRun" &&
                                (parameter.member->required || chance(3));
            if (wanted) {
                parameters.emplace_back(parameter.name, value(operation, parameter));
            }
        }
        return parameters;
    }

    template <class Container>
    const auto& one_of(const Container& container)
    {
        return container[std::uniform_int_distribution<std::size_t>(0,
                                                                    container.size() - 1)(random_)];
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
        if (parameter.name == "Filter.1.Name") {
            const auto& name = one_of(operation.filters);
            return name == "tag:<key>" ? "tag:kept" : std::string(name);
        }
        return one_of(texts_);
    }

    std::int64_t number(const wire::Member& member)
    {
        constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();
        const auto low = std::max<std::int64_t>(member.min, -2);
        const auto high = std::min<std::int64_t>(member.max, chance(4) ? kLargest : 20);
        return std::uniform_int_distribution<std::int64_t>(low, std::max(low, high))(random_);
    }

    std::mt19937_64& random_;
    std::vector<std::string> texts_;
};

TEST(RandomRequests, NeverMeetAFailureOfTheServer)
{
    const auto seed_text = test_seed();
    std::seed_seq seed(seed_text.begin(), seed_text.end());
    std::mt19937_64 random(seed);
    World world;
    RequestMaker maker(world, random);
    int answered = 0;
    for (int i = 0; i < kRequests; ++i) {
        const auto& operation = maker.one_of(ec2::service().operations);
        const auto parameters =
            maker.make(*wire::find_operation(ec2::service().schema, operation.name));
        const auto answer = world.emulator().call(operation.name, parameters);
        answered += answer.ok() ? 1 : 0;
        std::string sent(operation.name);
        for (const auto& [name, value] : parameters) {
            sent += fmt::format(" {}={}", name, value);
        }
        ASSERT_LT(answer.status, 500) << sent << ": " << answer.message;
    }
    // Else they would be refused before any handler works on them.
    EXPECT_GT(answered, kRequests / 20);
}

}  // namespace
}  // namespace amilab::test
