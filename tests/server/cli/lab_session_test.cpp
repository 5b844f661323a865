#include "server/cli/lab_session.h"

#include <string>

#include <gmock/gmock.h>

#include "tests/support/peers.h"

namespace amilab::cli {
namespace {

using test::http_answer;
using testing::StartsWith;

constexpr std::string_view kIdentity =
    R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">)"
    "<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:root</Arn>"
    "<UserId>111122223333</UserId><Account>111122223333</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

TEST(LabSession, AsksAServerForItsHealthOnce)
{
    test::Peer peer({http_answer(test::kHealth), http_answer(kIdentity), http_answer("{}")});
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

}  // namespace
}  // namespace amilab::cli
