#include "server/labs/sheet.h"

#include <gtest/gtest.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {
namespace {

constexpr std::string_view kSheet = R"(# A first image

About 40 minutes. You need the AWS CLI.

About 40 minutes.

```sh start
aws ec2 create-key-pair --key-name start
```

```sh
echo shown only
```

## Step 1: Launch

```sh
id=$(aws ec2 run-instances)
```

Then:

```sh
echo "$id"
```

## Step 2: Look

```text
echo not run
```

```sh
aws ec2 describe-instances
```
)";

std::string fault_of(std::string_view text)
{
    try {
        parse_sheet("x.md", text);
    } catch (const LabFault& fault) {
        return fault.what();
    }
    return {};
}

TEST(LabSheet, HasTitleTimeStepsAndTheirCommandsInOrder)
{
    const auto sheet = parse_sheet("x.md", kSheet);
    EXPECT_EQ(sheet.title, "A first image");
    EXPECT_EQ(sheet.minutes, 40U);
    ASSERT_EQ(sheet.steps.size(), 2U);
    EXPECT_EQ(sheet.steps[0].title, "Launch");
    EXPECT_EQ(sheet.steps[0].commands, "id=$(aws ec2 run-instances)\necho \"$id\"\n");
    EXPECT_EQ(sheet.steps[1].commands, "aws ec2 describe-instances\n");
}

TEST(LabSheet, ShowsEverythingButTheStartState)
{
    const auto sheet = parse_sheet("x.md", kSheet);
    EXPECT_EQ(sheet.start, "aws ec2 create-key-pair --key-name start\n");
    EXPECT_EQ(sheet.shown.find("create-key-pair"), std::string::npos);
    EXPECT_EQ(sheet.shown.find("sh start"), std::string::npos);
    EXPECT_NE(sheet.shown.find("echo not run"), std::string::npos);
    EXPECT_NE(sheet.shown.find("```sh\nid="), std::string::npos);
}

TEST(LabSheet, FaultsNameFileAndLine)
{
    EXPECT_EQ(fault_of("## Step 1: a\n"), "x.md:1: the sheet has no title (# Title)");
    EXPECT_EQ(fault_of("# T\n"), "x.md:1: the sheet has no step (## Step 1: title)");
    EXPECT_EQ(fault_of("# T\n## Step 2: a\n"), "x.md:2: expected ## Step 1: title");
    EXPECT_EQ(fault_of("# T\n## Step 1 a\n"), "x.md:2: expected ## Step 1: title");
    EXPECT_EQ(fault_of("# T\n## Step 1: a\n```sh\necho\n"), "x.md:3: this block does not end");
    EXPECT_EQ(fault_of("# T\n## Step 1: a\n```sh start\n```\n"),
              "x.md:3: there is one start state at most, and it comes before step 1");
}

TEST(LabSheet, LinesMayEndAsOnWindows)
{
    const auto sheet = parse_sheet("x.md", "# T\r\n## Step 1: a\r\n```sh\r\necho\r\n```\r\n");
    EXPECT_EQ(sheet.steps.at(0).title, "a");
    EXPECT_EQ(sheet.steps.at(0).commands, "echo\n");
}

TEST(LabVariables, AreWhatLinesSetAtTheirBeginning)
{
    EXPECT_EQ(variables_of("a=1\nexport B_2=$(x)\n  c=3\na=2\necho d=4\n1e=5\n"),
              (std::vector<std::string>{"a", "B_2"}));
}

}  // namespace
}  // namespace amilab::labs
