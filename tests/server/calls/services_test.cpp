#include "server/calls/services.h"

#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include "server/services/services.h"
#include "server/wire/sts/schema.h"

namespace amilab::test {
namespace {

constexpr Delay kDelays[] = {Delay{"thing.pending"}};
constexpr DueRow kDue[] = {{Due{"thing-available"}, nullptr}};
constexpr ResourceKind kKinds[] = {{"th", "thing", nullptr, ""}};
constexpr Operation kOperations[] = {
    {.schema = &sts::kGetCallerIdentity, .kind = OperationKind::kRead, .parse = nullptr}};

constexpr const wire::OperationSchema* kServed[] = {&sts::kGetCallerIdentity};

const Family kIdentity{.operations = kOperations};
const Family kAll{.operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};
const Family kOfKinds{.kinds = kKinds};
const Family kOfDue{.due = kDue};
const Family kOfDelays{.delays = kDelays};

/// What Services says to a service of one operation with these families; empty when it takes them.
std::string refusal_of(std::span<const Family* const> families)
{
    auto schema = sts::kService;
    schema.operations = kServed;
    const Service service{.schema = schema, .families = families};
    const std::array<const Service*, 1> all = {&service};
    try {
        const Services services(all);
    } catch (const std::logic_error& error) {
        return error.what();
    }
    return {};
}

TEST(Services, TakeWhatIsDeclaredOnce)
{
    EXPECT_EQ(refusal_of(std::array{&kAll}), "");
}

TEST(Services, RefuseWhatTwoFamiliesDeclare)
{
    EXPECT_EQ(refusal_of(std::array{&kAll, &kIdentity}),
              "two families declare the operation GetCallerIdentity");
    EXPECT_EQ(refusal_of(std::array{&kAll, &kOfKinds}), "two families declare the kind thing");
    EXPECT_EQ(refusal_of(std::array{&kAll, &kOfDue}),
              "two families declare the transition thing-available");
    EXPECT_EQ(refusal_of(std::array{&kAll, &kOfDelays}),
              "two families declare the delay thing.pending");
}

TEST(Services, RefuseAnOperationWithoutAHandler)
{
    EXPECT_EQ(refusal_of(std::array{&kOfKinds}),
              "no family declares the operation GetCallerIdentity of sts");
}

TEST(Services, RefuseATransitionThatNoFamilyDeclares)
{
    const Services services(all_services());
    EXPECT_THROW(services.due("thing-available"), std::logic_error);
    EXPECT_EQ(services.due("volume-available").due.name, "volume-available");
}

TEST(Services, KnowKindsByTheirIds)
{
    const Services services(all_services());
    EXPECT_EQ(services.kind_of("vol-0123456789abcdef0")->name, "volume");
    EXPECT_EQ(services.kind_of("vol-xyz"), nullptr);
    EXPECT_EQ(services.kind_of("zzz-0123456789abcdef0"), nullptr);
}

}  // namespace
}  // namespace amilab::test
