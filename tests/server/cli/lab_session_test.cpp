#include "server/cli/lab_session.h"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server/cli/health.h"
#include "tests/support/peers.h"

namespace amilab::cli {
namespace {

using test::http_answer;
using testing::EndsWith;
using testing::StartsWith;

constexpr std::string_view kIdentity =
    R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">)"
    "<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:root</Arn>"
    "<UserId>111122223333</UserId><Account>111122223333</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

TEST(LabSession, AsksAServerForItsHealthOnce)
{
    test::Peer peer({http_answer(test::kHealth), http_answer(kIdentity),
                     http_answer(R"({"status":"ok","account":"111122223333"})")});
    {
        LabOptions options;
        options.place.account = "111122223333";
        options.server.endpoint = peer.url();
        LabSession session(options);
        EXPECT_EQ(session.account(), "111122223333");
        EXPECT_TRUE(session.reset_account());
    }
    const auto& headers = peer.headers();
    ASSERT_EQ(headers.size(), 3U);
    EXPECT_THAT(headers[0], StartsWith("GET /_amilab/health "));
    EXPECT_THAT(headers[1], StartsWith("POST / "));
    EXPECT_THAT(headers[2], StartsWith("POST /_amilab/reset "));
}

std::string identity_with(std::string_view account)
{
    std::string text(kIdentity);
    constexpr std::string_view kElement = "<Account>111122223333</Account>";
    return text.replace(text.find(kElement), kElement.size(), account);
}

std::string fault_of_session(const std::string& url)
{
    try {
        LabOptions options;
        options.server.endpoint = url;
        const LabSession session(options);
    } catch (const NoAmilab& fault) {
        return fault.what();
    }
    return "no such fault";
}

TEST(LabSession, BelievesNoAccountThatIsNone)
{
    for (const auto& answer :
         {identity_with("<Account>../../x</Account>"), identity_with("<Account></Account>"),
          identity_with(""), std::string("<other/>"), std::string(R"({"Account":"1"})"),
          std::string()}) {
        test::Peer peer({http_answer(test::kHealth), http_answer(answer)});
        EXPECT_EQ(fault_of_session(peer.url()),
                  fmt::format("what answers at {} is no amilab: it does not say to "
                              "GetCallerIdentity what one would",
                              peer.url()));
    }
}

TEST(LabSession, TakesALabForBegunAndTheTimeFromAnAmilabAlone)
{
    const auto fault_at = [](const std::vector<std::string>& answers, const auto& call) {
        std::vector<std::string> all = {http_answer(test::kHealth), http_answer(kIdentity)};
        all.insert(all.end(), answers.begin(), answers.end());
        test::Peer peer(all);
        LabOptions options;
        options.server.endpoint = peer.url();
        const LabSession session(options);
        try {
            call(session);
        } catch (const NoAmilab& fault) {
            return std::string(fault.what());
        }
        return std::string("no such fault");
    };
    const auto none = http_answer("{}");
    EXPECT_THAT(fault_at({none}, [](const auto& one) { one.begin("launch"); }),
                EndsWith("it does not say to PutParameter what one would"));
    EXPECT_THAT(fault_at({none}, [](const auto& one) { one.is_begun("launch"); }),
                EndsWith("it does not say to GetParameter what one would"));
    for (const auto* said :
         {"{}", "[]", R"({"Parameter":1})", R"({"Parameter":{"LastModifiedDate":"now"}})",
          R"({"Parameter":{"LastModifiedDate":1e300}})"}) {
        EXPECT_THAT(
            fault_at({none, http_answer(said)}, [](const auto& one) { one.note_check("launch"); }),
            EndsWith("it does not say to GetParameter what one would"));
    }
}

}  // namespace
}  // namespace amilab::cli
