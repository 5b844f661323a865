#include "server/cli/class_seats.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/files/temporary_directory.h"

namespace amilab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kFirst = "100000000001";

std::vector<std::string> accounts_of(const std::vector<std::string>& names,
                                     const NamedAccounts& named, const std::string& first = kFirst)
{
    std::vector<std::string> accounts;
    for (const auto& seat : seats_of_names(names, first, named)) {
        accounts.push_back(seat.account);
    }
    return accounts;
}

std::string refusal_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

TEST(SeatsOfNames, AreInARowInANewClass)
{
    EXPECT_THAT(accounts_of({"Ada", "Bob"}, {}), ElementsAre("100000000001", "100000000002"));
}

TEST(SeatsOfNames, FollowTheirNames)
{
    const NamedAccounts named = {{"100000000001", "Ada"}, {"100000000002", "Bob"}};
    EXPECT_THAT(accounts_of({"Bob", "Eve", "Ada"}, named),
                ElementsAre("100000000002", "100000000003", "100000000001"));
    // Bob's stays Bob's.
    EXPECT_THAT(accounts_of({"Eve", "Ada"}, named), ElementsAre("100000000003", "100000000001"));
}

TEST(SeatsOfNames, FillWhatIsFree)
{
    const NamedAccounts named = {{"100000000002", "Bob"}};
    EXPECT_THAT(accounts_of({"Ada", "Eve"}, named), ElementsAre("100000000001", "100000000003"));
}

TEST(SeatsOfNames, AreOfTheThousandAccountsOfTheClassAlone)
{
    const NamedAccounts named = {{"100000000000", "Ada"}, {"100000001001", "Bob"}};
    EXPECT_THAT(accounts_of({"Ada", "Bob"}, named), ElementsAre("100000000001", "100000000002"));
}

TEST(SeatsOfNames, AreTheFirstOfTwoOfOneName)
{
    const NamedAccounts named = {{"100000000004", "Ada"}, {"100000000007", "Ada"}};
    EXPECT_THAT(accounts_of({"Ada"}, named), ElementsAre("100000000004"));
}

TEST(SeatsOfNames, AreRefusedWhenNoAccountIsLeft)
{
    NamedAccounts named;
    for (std::size_t place = 1; place <= kMostNames; ++place) {
        named.emplace(std::to_string(100'000'000'000 + place), "left " + std::to_string(place));
    }
    constexpr const char* kNone = "there are not so many accounts from 100000000001 on";
    EXPECT_EQ(refusal_of([&] { accounts_of({"Ada"}, named); }), kNone);
    EXPECT_THAT(refusal_of([&] {
                    accounts_of({"Ada", "Bob"}, {}, "999999999999");
                }),
                HasSubstr("999999999999"));
}

class ListsOfNames : public testing::Test {
protected:
    std::string file_of(const std::string& text) const
    {
        std::ofstream(path_) << text;
        return path_;
    }
    std::string refusal(const std::string& text) const
    {
        return refusal_of([&] { read_names(file_of(text)); });
    }

    TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/names.txt";
};

TEST_F(ListsOfNames, HaveANameALine)
{
    EXPECT_THAT(read_names(file_of("\xef\xbb\xbf# class 1\r\nAda Lovelace\r\n\n  Bob\n")),
                ElementsAre("Ada Lovelace", "Bob"));
}

TEST_F(ListsOfNames, MayBeginWithWhatTheirColumnIsCalled)
{
    for (const std::string header : {"name", "Student", "PUPIL"}) {
        EXPECT_THAT(read_names(file_of("# class 1\n" + header + "\nAda\n")), ElementsAre("Ada"));
    }
    // Behind it, and behind a name, it is one.
    EXPECT_THAT(read_names(file_of("name\nStudent\n")), ElementsAre("Student"));
    EXPECT_THAT(read_names(file_of("Ada\nname\n")), ElementsAre("Ada", "name"));
}

TEST_F(ListsOfNames, OfOtherColumnsAreRefused)
{
    for (const std::string header :
         {"name,email", "Name; E-Mail", "class", "id\tlast name\tfirst name"}) {
        EXPECT_THAT(refusal(header + "\nAda,ada@school.example\n"),
                    HasSubstr(header + " is the header of a table; expected names, one a line"));
    }
    EXPECT_THAT(read_names(file_of("Name, Ada\nLovelace, Ada\n")),
                ElementsAre("Name, Ada", "Lovelace, Ada"));
}

TEST_F(ListsOfNames, AreRefusedWithTheirReason)
{
    EXPECT_THAT(refusal("# none\n"), HasSubstr("there is no name in it"));
    EXPECT_THAT(refusal("A\nA\n"), HasSubstr("A is there twice"));
    EXPECT_THAT(refusal("A\x1b[2J\n"), HasSubstr("one line is no name"));
    EXPECT_THAT(refusal_of([&] { read_names(directory_.path()); }), HasSubstr("cannot read"));
}

}  // namespace
}  // namespace amilab::cli
