// Rows that are made on first use, for a call that only reads.
#include <array>

#include <gtest/gtest.h>

#include "server/calls/emulator.h"
#include "server/services/services.h"
#include "server/services/sts/sts.h"
#include "server/wire/sts/identity.h"
#include "server/wire/sts/schema.h"
#include "storage/state/generation.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

constexpr Delay kThingPending{"thing.pending", 1000};
constexpr Due kThingAvailable{"thing-available"};

struct Things {
    int made = 0;
    int available = 0;
};

Things& things_of(Generation& generation)
{
    return generation.companions().get<Things>();
}

bool has_no_thing(Session& session, const sts::GetCallerIdentityRequest&)
{
    return things_of(session.generation()).made == 0;
}

void make_thing(Session& session, const sts::GetCallerIdentityRequest&)
{
    session.schedule(kThingPending, kThingAvailable, "thing");
    session.after_commit([](Generation& generation) { ++things_of(generation).made; });
}

void thing_available(Session& session, const std::string&)
{
    session.after_commit([](Generation& generation) { ++things_of(generation).available; });
}

sts::GetCallerIdentityResponse count_things(Session& session, const sts::GetCallerIdentityRequest&)
{
    return {.user_id = std::to_string(things_of(session.generation()).made)};
}

constexpr PrerequisiteOf<sts::GetCallerIdentityRequest> kThing{has_no_thing, make_thing};
constexpr Operation kOperations[] = {read<count_things, kThing>(sts::kGetCallerIdentity)};
constexpr DueRow kDue[] = {when<thing_available>(kThingAvailable)};
constexpr Delay kDelays[] = {kThingPending};
const Family kThings{.operations = kOperations, .due = kDue, .delays = kDelays};
const std::array<const Family*, 1> kFamilies = {&kThings};
constexpr std::array<const wire::OperationSchema*, 1> kSchemas = {&sts::kGetCallerIdentity};

/// The services that are served, with things in place of STS.
std::vector<const Service*> services_with_things()
{
    static const wire::ServiceSchema schema = [] {
        auto sts = sts::kService;
        sts.operations = kSchemas;
        return sts;
    }();
    static const Service things{.schema = schema, .families = kFamilies};
    std::vector<const Service*> services;
    for (const auto* service : all_services()) {
        services.push_back(service == &sts::kSts ? &things : service);
    }
    return services;
}

class Prerequisites : public testing::Test {
protected:
    Prerequisites()
    {
        data_.current()->timing().clock.freeze();
        data_.current()->timing().clock.set(kStartMs);
    }
    ApiCall parse() const
    {
        return emulator_.parse({.method = "POST"}, "Action=GetCallerIdentity&Version=2011-06-15");
    }
    Things& things() { return things_of(*data_.current()); }

    std::vector<const Service*> services_ = services_with_things();
    DataDirectory data_{{.path = {}, .seed = test_seed(), .catalogue = {}, .report = {}}};
    Emulator emulator_{data_, services_, {}};
};

TEST_F(Prerequisites, AreMadeOnceBeforeTheCallAnswers)
{
    EXPECT_NE(parse().run().body.find("<UserId>1</UserId>"), std::string::npos);
    EXPECT_NE(parse().run().body.find("<UserId>1</UserId>"), std::string::npos);
    EXPECT_EQ(things().made, 1);
}

TEST_F(Prerequisites, AreNotMadeOnTheThreadThatServesConnections)
{
    EXPECT_EQ(parse().run_if_quick(), std::nullopt);
    EXPECT_EQ(things().made, 0);
}

TEST_F(Prerequisites, MaySchedule)
{
    parse().run();
    EXPECT_EQ(things().available, 0);
    data_.current()->timing().clock.advance(1000);
    parse().run();
    EXPECT_EQ(things().available, 1);
}

}  // namespace
}  // namespace amilab::test
