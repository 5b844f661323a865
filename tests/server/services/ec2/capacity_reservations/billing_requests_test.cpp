#include "server/services/ec2/capacity_reservations/billing_requests.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/control/accounts.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/capacity_reservations/reservation_support.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/support/query_plans.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAsk = "AssociateCapacityReservationBillingOwner";
constexpr const char* kTakeBack = "DisassociateCapacityReservationBillingOwner";
constexpr const char* kAccept = "AcceptCapacityReservationBillingOwnership";
constexpr const char* kReject = "RejectCapacityReservationBillingOwnership";
constexpr const char* kShow = "DescribeCapacityReservationBillingRequests";
constexpr const char* kItem = "capacityReservationBillingRequestSet/item/";
constexpr const char* kOrganization =
    "arn:aws:organizations::999988887777:organization/o-abcdefghij";
const Parameters kAsOwner = {{"Role", "odcr-owner"}};
const Parameters kAsBillingOwner = {{"Role", "unused-reservation-billing-owner"}};

/// Two accounts of one organization, and a reservation of the first.
class BillingRequests : public ::testing::Test {
protected:
    BillingRequests()
    {
        for (const auto* account : {kAccount, kOtherAccount}) {
            declare_account(aws, {.id = account, .organization = kOrganization});
        }
        id = reserve(aws);
    }

    Parameters named() const { return {{"CapacityReservationId", id}}; }
    Parameters to(const std::string& account) const
    {
        return merged(named(), {{"UnusedReservationBillingOwnerId", account}});
    }
    void ask() { aws.must(kAsk, to(kOtherAccount)); }
    Answer answer(const char* action) { return aws.call(action, named(), kOtherAccount); }
    Answer sent(const Parameters& more = {}) { return aws.must(kShow, merged(kAsOwner, more)); }
    Answer received(const Parameters& more = {})
    {
        return aws.must(kShow, merged(kAsBillingOwner, more), kOtherAccount);
    }
    /// As its owner sees it, and the account that is asked.
    std::vector<std::string> states()
    {
        const auto path = std::string(kItem) + "status";
        return {sent().text(path), received().text(path)};
    }
    std::string payer() { return reservation_field(aws, id, "unusedReservationBillingOwnerId"); }
    /// The other account has left the organization.
    void leave()
    {
        control::change_accounts(
            aws.emulator(),
            boost::json::object{{kOtherAccount, boost::json::object{{"organization", nullptr}}}});
    }

    TestEmulator aws;
    std::string id;
};

TEST_F(BillingRequests, AreAcceptedAndRevoked)
{
    EXPECT_EQ(aws.must(kAsk, to(kOtherAccount)).text("return"), "true");
    for (const auto& shown : {sent(), received()}) {
        for (const auto& [path, value] :
             Parameters{{"capacityReservationId", id},
                        {"requestedBy", kAccount},
                        {"unusedReservationBillingOwnerId", kOtherAccount},
                        {"lastUpdateTime", wire::format_timestamp({kStartMs})},
                        {"status", "pending"},
                        {"capacityReservationInfo/instanceType", "t3.micro"},
                        {"capacityReservationInfo/availabilityZone", "us-east-1a"},
                        {"capacityReservationInfo/availabilityZoneId",
                         reservation_field(aws, id, "availabilityZoneId")},
                        {"capacityReservationInfo/tenancy", "default"}}) {
            EXPECT_EQ(shown.text(kItem + path), value) << path;
        }
    }
    EXPECT_EQ(payer(), "");
    EXPECT_EQ(answer(kAccept).text("return"), "true");
    EXPECT_EQ(payer(), kOtherAccount);
    aws.advance(2 * kDayMs);
    EXPECT_THAT(states(), ElementsAre("accepted", "accepted"));
    EXPECT_EQ(aws.must(kTakeBack, to(kOtherAccount)).text("return"), "true");
    EXPECT_THAT(states(), ElementsAre("revoked", "revoked"));
    EXPECT_EQ(payer(), "");
    aws.advance(kDayMs);
    EXPECT_THAT(states(), ElementsAre("", ""));
}

TEST_F(BillingRequests, AreRejected)
{
    ask();
    EXPECT_EQ(answer(kReject).text("return"), "true");
    aws.advance(2 * kDayMs);
    EXPECT_THAT(states(), ElementsAre("rejected", "rejected"));
    EXPECT_EQ(payer(), "");
    EXPECT_EQ(answer(kAccept).code, "IncorrectState");
    ask();
    EXPECT_THAT(states(), ElementsAre("pending", "pending"));
}

TEST_F(BillingRequests, AreCancelledBeforeTheyAreAnswered)
{
    ask();
    aws.must(kTakeBack, to(kOtherAccount));
    EXPECT_THAT(states(), ElementsAre("cancelled", "cancelled"));
    EXPECT_EQ(answer(kAccept).code, "IncorrectState");
    EXPECT_EQ(answer(kReject).code, "IncorrectState");
    EXPECT_EQ(aws.call(kTakeBack, to(kOtherAccount)).code, "IncorrectState");
    aws.advance(kDayMs);
    EXPECT_THAT(states(), ElementsAre("", ""));
}

TEST_F(BillingRequests, ExpireAfterTwelveHours)
{
    ask();
    aws.advance(12 * kHourMs - 1);
    EXPECT_THAT(states(), ElementsAre("pending", "pending"));
    aws.advance(1);
    EXPECT_THAT(states(), ElementsAre("expired", "expired"));
    EXPECT_EQ(answer(kAccept).code, "IncorrectState");
    EXPECT_EQ(aws.call(kTakeBack, to(kOtherAccount)).code, "IncorrectState");
    aws.advance(kDayMs - 1);
    EXPECT_THAT(states(), ElementsAre("expired", "expired"));
    aws.advance(1);
    EXPECT_THAT(states(), ElementsAre("", ""));
    ask();
    EXPECT_THAT(states(), ElementsAre("pending", "pending"));
}

TEST_F(BillingRequests, TakeTheirTimesFromDelays)
{
    aws.set_delay("billing-request.pending", 1000);
    aws.set_delay("billing-request.ended", 500);
    ask();
    aws.advance(1000);
    EXPECT_THAT(states(), ElementsAre("expired", "expired"));
    aws.advance(500);
    EXPECT_THAT(states(), ElementsAre("", ""));
}

TEST_F(BillingRequests, GoToOneAccountAtATime)
{
    declare_account(aws, {.id = kStranger, .organization = kOrganization});
    ask();
    EXPECT_EQ(aws.call(kAsk, to(kOtherAccount)).code, "IncorrectState");
    EXPECT_EQ(aws.call(kAsk, to(kStranger)).code, "IncorrectState");
    ASSERT_TRUE(answer(kAccept).ok());
    EXPECT_EQ(aws.call(kAsk, to(kStranger)).code, "IncorrectState");
    aws.must(kTakeBack, to(kOtherAccount));
    aws.must(kAsk, to(kStranger));
    // The owner sees the last of all, each account the last that it was sent.
    EXPECT_THAT(sent().texts(std::string(kItem) + "unusedReservationBillingOwnerId"),
                ElementsAre(kStranger));
    EXPECT_THAT(received().texts(std::string(kItem) + "status"), ElementsAre("revoked"));
}

TEST_F(BillingRequests, StayWithinTheOrganization)
{
    const auto refused = aws.call(kAsk, to(kStranger));
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    declare_account(
        aws, {.id = kStranger,
              .organization = "arn:aws:organizations::111122223333:organization/o-jihgfedcba"});
    EXPECT_EQ(aws.call(kAsk, to(kStranger)).code, "OperationNotPermitted");
    ask();
    leave();
    EXPECT_EQ(answer(kAccept).code, "OperationNotPermitted");
    EXPECT_TRUE(answer(kReject).ok());
}

TEST_F(BillingRequests, AreRevokedWhenTheirOwnerLeavesTheOrganization)
{
    ask();
    ASSERT_TRUE(answer(kAccept).ok());
    control::change_accounts(aws.emulator(),
                             boost::json::object{{kAccount, boost::json::value(nullptr)}});
    EXPECT_EQ(payer(), "");
    EXPECT_THAT(states(), ElementsAre("revoked", "revoked"));
}

TEST(BillingRequestPlans, OfAccountsThatChangeAreAboutTheirRequestsAlone)
{
    const ToldStatements told;  // before any connection
    TestEmulator aws;
    const auto texts = told.texts_of([&] {
        control::change_accounts(aws.emulator(),
                                 boost::json::object{{kStranger, boost::json::object{}}});
    });
    std::vector<std::string> steps;
    auto reader = aws.generation().reader();
    for (const auto& text : texts) {
        if (text.starts_with("SELECT") && text.find(" billing_request ") != text.npos) {
            std::ranges::move(plan_of(reader.db(), text), std::back_inserter(steps));
        }
    }
    EXPECT_THAT(steps, Contains(HasSubstr("billing_request_by_owner (region=? AND owner=?)")));
    EXPECT_THAT(
        steps,
        Contains(HasSubstr("billing_request_by_billing_owner (region=? AND billing_owner=?)")));
    // The regions are as long as the program makes them.
    EXPECT_THAT(scans(steps), Each(HasSubstr("region")));
}

TEST_F(BillingRequests, AreRevokedWhenTheAccountLeavesTheOrganization)
{
    ask();
    ASSERT_TRUE(answer(kAccept).ok());
    const auto other = reserve(aws);
    aws.must(kAsk, {{"CapacityReservationId", other},
                    {"UnusedReservationBillingOwnerId", kOtherAccount}});
    control::change_accounts(aws.emulator(),
                             boost::json::object{{kStranger, boost::json::object{}}});
    EXPECT_EQ(payer(), kOtherAccount);
    leave();
    EXPECT_EQ(payer(), "");
    EXPECT_EQ(sent({{"CapacityReservationId.1", id}}).text(std::string(kItem) + "status"),
              "revoked");
    EXPECT_EQ(sent({{"CapacityReservationId.1", other}}).text(std::string(kItem) + "status"),
              "pending");
    aws.advance(kDayMs);
    EXPECT_EQ(sent({{"CapacityReservationId.1", id}}).text(std::string(kItem) + "status"), "");
}

TEST_F(BillingRequests, EndWithTheReservation)
{
    ask();
    ASSERT_TRUE(answer(kAccept).ok());
    aws.must("CancelCapacityReservation", named());
    EXPECT_THAT(states(), ElementsAre("revoked", "revoked"));
    EXPECT_EQ(payer(), "");
    EXPECT_EQ(aws.call(kAsk, to(kOtherAccount)).code, "IncorrectState");
    const auto expiring = reserve(
        aws, {{"EndDateType", "limited"},
              {"EndDate",
               wire::format_timestamp({aws.generation().timing().clock.now_ms() + kHourMs})}});
    id = expiring;
    ask();
    aws.advance(kHourMs);
    for (const auto& shown :
         {sent({{"CapacityReservationId.1", id}}), received({{"CapacityReservationId.1", id}})}) {
        EXPECT_EQ(shown.text(std::string(kItem) + "status"), "cancelled");
    }
    aws.advance(kDayMs);
    EXPECT_EQ(aws.call(kShow, merged(kAsOwner, {{"CapacityReservationId.1", id}})).code,
              "InvalidCapacityReservationId.NotFound");
}

TEST_F(BillingRequests, AreRefusedForWhatIsNotThere)
{
    const std::string none = "cr-0123456789abcdef0";
    EXPECT_EQ(aws.call(kAsk, to(kAccount)).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call(kAsk, to("me")).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call(kAsk, to("abcdefghijkl")).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call(kAsk, named()).code, "MissingParameter");
    EXPECT_EQ(aws.call(kAsk, merged(to(kOtherAccount), {{"CapacityReservationId", none}})).code,
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(aws.call(kAsk, to(kAccount), kOtherAccount).code,
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(aws.call(kTakeBack, to(kOtherAccount)).code, "InvalidParameterValue");
    ask();
    EXPECT_EQ(aws.call(kTakeBack, to(kStranger)).code, "InvalidParameterValue");
    for (const auto* action : {kAccept, kReject}) {
        EXPECT_EQ(aws.call(action, named()).code, "InvalidCapacityReservationId.NotFound");
        EXPECT_EQ(aws.call(action, named(), kOtherAccount, "eu-west-1").code,
                  "InvalidCapacityReservationId.NotFound");
        EXPECT_EQ(aws.call(action, {{"CapacityReservationId", "x"}}).code,
                  "InvalidCapacityReservationId.Malformed");
    }
    for (const auto* action : {kAsk, kTakeBack}) {
        EXPECT_EQ(aws.call(action, merged(to(kOtherAccount), {{"DryRun", "true"}})).code,
                  "DryRunOperation");
    }
}

TEST_F(BillingRequests, AreListedByRole)
{
    EXPECT_EQ(aws.call(kShow).code, "MissingParameter");
    EXPECT_EQ(aws.call(kShow, {{"Role", "payer"}}).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call(kShow, merged(kAsOwner, {{"DryRun", "true"}})).code, "DryRunOperation");
    ask();
    EXPECT_THAT(received(filter("requested-by", kAccount)).texts(std::string(kItem) + "status"),
                ElementsAre("pending"));
    EXPECT_THAT(received(filter("requested-by", kStranger)).texts(std::string(kItem) + "status"),
                IsEmpty());
    EXPECT_THAT(sent(filter("unused-reservation-billing-owner", kOtherAccount))
                    .texts(std::string(kItem) + "status"),
                ElementsAre("pending"));
    EXPECT_THAT(sent(filter("status", "expired")).texts(std::string(kItem) + "status"), IsEmpty());
    aws.advance(12 * kHourMs);
    EXPECT_THAT(sent(filter("status", "expired")).texts(std::string(kItem) + "status"),
                ElementsAre("expired"));
    EXPECT_EQ(aws.call(kShow, merged(kAsOwner, filter("requested-by", kAccount))).code,
              "InvalidParameterCombination");
    EXPECT_EQ(
        aws.call(kShow,
                 merged(kAsBillingOwner, filter("unused-reservation-billing-owner", kOtherAccount)),
                 kOtherAccount)
            .code,
        "InvalidParameterCombination");
}

TEST_F(BillingRequests, AreListedByReservation)
{
    const auto quiet = reserve(aws);
    EXPECT_THAT(sent({{"CapacityReservationId.1", quiet}}).texts(std::string(kItem) + "status"),
                IsEmpty());
    ask();
    EXPECT_THAT(sent({{"CapacityReservationId.1", id}}).texts(std::string(kItem) + "status"),
                ElementsAre("pending"));
    const Parameters none = {{"CapacityReservationId.1", quiet}};
    EXPECT_EQ(aws.call(kShow, merged(kAsBillingOwner, none), kOtherAccount).code,
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(aws.call(kShow, merged(kAsOwner, none), kOtherAccount).code,
              "InvalidCapacityReservationId.NotFound");
}

TEST_F(BillingRequests, ComeInPages)
{
    const auto first = id;
    ask();
    id = reserve(aws);
    ask();
    const auto page = sent({{"MaxResults", "1"}});
    const auto path = std::string(kItem) + "capacityReservationId";
    ASSERT_EQ(page.count(path), 1U);
    const auto rest = sent({{"MaxResults", "1"}, {"NextToken", page.text("nextToken")}});
    EXPECT_THAT((std::vector{page.text(path), rest.text(path)}),
                ::testing::UnorderedElementsAre(first, id));
    EXPECT_EQ(rest.text("nextToken"), "");
    EXPECT_EQ(aws.call(kShow, merged(kAsBillingOwner,
                                     {{"MaxResults", "1"}, {"NextToken", page.text("nextToken")}}))
                  .code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call(kShow, merged(kAsOwner, {{"MaxResults", "0"}})).code,
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
