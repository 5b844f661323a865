#include "server/wire/answer_parts.h"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/wire/xml.h"

namespace amilab::wire {
namespace {

std::string document(std::string_view list, std::string_view behind = {})
{
    return fmt::format("{}<R xmlns=\"urn:r\"><id>7</id>{}{}</R>", kXmlDeclaration, list, behind);
}

/// What is sent for documents with these lists.
std::string joined(const std::vector<std::string>& lists, std::string_view behind = {})
{
    AnswerParts parts;
    std::string sent;
    for (std::size_t i = 0; i < lists.size(); ++i) {
        pugi::xml_document parsed;
        parsed.load_string(document(lists[i], behind).c_str(), pugi::parse_minimal);
        sent += parts.add(parsed, "set", i + 1 == lists.size());
    }
    return sent;
}

TEST(AnswerParts, AreOneDocument)
{
    EXPECT_EQ(joined({"<set><item>1</item><item><set>2</set></item></set>",
                      "<set><item>3</item></set>", "<set/>", "<set><item/></set>"}),
              document("<set><item>1</item><item><set>2</set></item><item>3</item><item/></set>"));
}

TEST(AnswerParts, MayEndWithNothing)
{
    EXPECT_EQ(joined({"<set><item>1</item></set>", "<set/>"}),
              document("<set><item>1</item></set>"));
}

TEST(AnswerParts, MayBeOneAlone)
{
    EXPECT_EQ(joined({"<set/>"}), document("<set/>"));
    EXPECT_EQ(joined({"<set><item/></set>"}), document("<set><item/></set>"));
}

TEST(AnswerParts, KeepWhatStandsBehindTheList)
{
    EXPECT_EQ(joined({"<set><item>1</item></set>", "<set><item>2</item></set>"}, "<settled/>"),
              document("<set><item>1</item><item>2</item></set>", "<settled/>"));
}

}  // namespace
}  // namespace amilab::wire
