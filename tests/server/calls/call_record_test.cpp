#include "server/calls/call_record.h"

#include <gtest/gtest.h>

namespace amilab::test {
namespace {

TEST(CallRecord, TakesAFewKibibytesWhateverAClientSends)
{
    CallRecord record;
    record.tell({.code = "Code",
                 .message = std::string(100'000, 'm'),
                 .parameter = std::string(100'000, 'p')},
                nullptr);
    std::string form;
    for (int i = 1; i < 5'000; ++i) {
        form += "Filter." + std::to_string(i) + ".Value.1=" + std::string(300, 'x') + "&";
    }
    record.parameters = ShownParameters(wire::Parameters(form));
    EXPECT_TRUE(record.parameters.is_cut());
    EXPECT_LT(record.bytes(), 20'000U);
    EXPECT_EQ(record.error.message.size(), 1024U);
}

}  // namespace
}  // namespace amilab::test
