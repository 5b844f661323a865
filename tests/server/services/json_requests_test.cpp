#include <random>
#include <string>

#include <gtest/gtest.h>

#include "server/services/services.h"
#include "server/wire/protocols.h"
#include "server/wire/schema.h"
#include "tests/support/json_caller.h"
#include "tests/support/json_message.h"

// What holds of every operation of the json services, whatever it is sent.
namespace amilab::test {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return engine_() % bound; }

    value any(int depth)
    {
        switch (below(depth > 3 ? 7 : 9)) {
            case 0:
                return nullptr;
            case 1:
                return below(2) == 0;
            case 2:
                return static_cast<std::int64_t>(engine_());
            case 3:
                return static_cast<std::int64_t>(below(200)) - 50;
            case 4:
                return static_cast<double>(engine_()) / 3;
            case 5:
                return boost::json::string(text());
            case 6:
                return engine_();
            case 7: {
                array items;
                for (auto count = below(4); count > 0; --count) {
                    items.push_back(any(depth + 1));
                }
                return items;
            }
            default: {
                object members;
                for (auto count = below(4); count > 0; --count) {
                    members[text()] = any(depth + 1);
                }
                return members;
            }
        }
    }

    std::string text()
    {
        constexpr const char* kTexts[] = {"",
                                          "a",
                                          "snap-0123456789abcdef0",
                                          "\n",
                                          "0",
                                          "-1",
                                          "99999999999999999999",
                                          "1.5",
                                          "DAYS",
                                          "EC2_IMAGE",
                                          "AAAB",
                                          "ä",
                                          "%",
                                          "../..",
                                          "SHA256",
                                          "aws:x"};
        return below(8) == 0 ? std::string(below(300), 'x') : kTexts[below(std::size(kTexts))];
    }

private:
    std::mt19937_64 engine_;
};

/// A value as the member wants it, more or less.
value some_value(Random& random, const wire::Member& member, int depth)
{
    if (random.below(6) == 0) {
        return random.any(0);
    }
    switch (member.kind) {
        case wire::Kind::kString:
        case wire::Kind::kBlob:
            return boost::json::string(
                member.values.empty() || random.below(4) == 0
                    ? random.text()
                    : std::string(member.values[random.below(member.values.size())]));
        case wire::Kind::kInteger:
        case wire::Kind::kLong:
        case wire::Kind::kDouble:
        case wire::Kind::kTimestamp:
            return static_cast<std::int64_t>(random.below(40));
        case wire::Kind::kBoolean:
            return random.below(2) == 0;
        case wire::Kind::kList: {
            array items;
            for (auto count = random.below(4); depth < 4 && count > 0; --count) {
                items.push_back(some_value(random, member.members->rows.front(), depth + 1));
            }
            return items;
        }
        case wire::Kind::kStructure: {
            object members;
            for (const auto& row : member.members->rows) {
                if (depth < 4 && random.below(5) != 0) {
                    members[std::string(row.name)] = some_value(random, row, depth + 1);
                }
            }
            return members;
        }
    }
    return nullptr;
}

JsonAnswer send_random(TestEmulator& emulator, Random& random, const wire::ServiceSchema& service,
                       const wire::OperationSchema& operation)
{
    object members;
    for (const auto& member : operation.input->rows) {
        const bool is_in_path = member.location == wire::Location::kUri;
        if (!is_in_path && (member.required ? random.below(12) == 0 : random.below(3) != 0)) {
            continue;
        }
        members[std::string(member.name)] = some_value(random, member, 0);
    }
    auto message = message_of(service, operation, members);
    if (random.below(10) == 0) {
        message.body.resize(random.below(message.body.size()));
    }
    if (random.below(10) == 0) {
        message.target += random.text();
    }
    return JsonCaller(emulator, std::string(service.name))
        .call(message.method, message.target, message.body, message.headers);
}

TEST(JsonServices, AnswerAnythingWithoutAnErrorOfTheirOwn)
{
    Random random(std::stoull(test_seed()));
    TestEmulator emulator;
    int succeeded = 0;
    for (const auto* service : test_services().all()) {
        const auto protocol = service->schema.protocol;
        if (wire::rules_of(protocol).is_form || protocol == wire::Protocol::kRestXml) {
            continue;
        }
        for (const auto* operation : service->schema.operations) {
            for (int i = 0; i < 150; ++i) {
                const auto answer = send_random(emulator, random, service->schema, *operation);
                ASSERT_LT(answer.status, 500) << operation->name << " " << answer.body;
                if (answer.ok()) {
                    ++succeeded;
                } else {
                    EXPECT_NE(answer.code, "") << operation->name << " " << answer.body;
                    // Source: that one has no message (observed).
                    EXPECT_TRUE(!answer.message.empty() || answer.code == "ParameterNotFound")
                        << operation->name << " " << answer.body;
                }
            }
        }
    }
    EXPECT_GT(succeeded, 10);
}

TEST(JsonServices, OfferEveryMemberOfTheirOperations)
{
    // What Systems Manager lacks is listed in docs/fidelity.md.
    for (const auto* name : {"ebs", "rbin"}) {
        for (const auto* operation : test_services().named(name)->schema.operations) {
            for (const auto& parameter : wire::parameters_of(*operation)) {
                EXPECT_TRUE(parameter.offered) << operation->name << " " << parameter.name;
            }
        }
    }
}

}  // namespace
}  // namespace amilab::test
