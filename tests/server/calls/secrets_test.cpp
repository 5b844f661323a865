#include "server/calls/secrets.h"

#include <gtest/gtest.h>

namespace amilab::test {
namespace {

TEST(Hash, OfPiecesIsThatOfTheWhole)
{
    Hash pieces(HashAlgorithm::kSha256);
    for (const auto* piece : {"one", "", " and ", "two"}) {
        pieces.add(piece);
    }
    EXPECT_EQ(pieces.digest(), sha256("one and two"));
    EXPECT_EQ(Hash(HashAlgorithm::kSha256).digest(), sha256(""));
}

}  // namespace
}  // namespace amilab::test
