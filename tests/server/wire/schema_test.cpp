#include "server/wire/schema.h"

#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>

#include "server/wire/check.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/parameters.h"
#include "server/wire/sample/schema.h"
#include "server/wire/sts/schema.h"
#include "tests/server/wire/refusal.h"

namespace amilab::wire {
namespace {

TEST(Schema, KnowsEveryActionOfTheServices)
{
    EXPECT_EQ(ec2::kService.operation_names.size(), 830U);
    EXPECT_EQ(sts::kService.operation_names.size(), 11U);
    EXPECT_TRUE(operation_exists(ec2::kService, "CreateFleet"));
    EXPECT_TRUE(operation_exists(ec2::kService, "RunInstances"));
    EXPECT_FALSE(operation_exists(ec2::kService, "RunInstance"));
    EXPECT_FALSE(operation_exists(ec2::kService, ""));
    EXPECT_FALSE(operation_exists(sts::kService, "RunInstances"));
}

TEST(Schema, FindsTheServedOperations)
{
    ASSERT_NE(find_operation(ec2::kService, "RunInstances"), nullptr);
    EXPECT_EQ(find_operation(ec2::kService, "RunInstances")->token, "ClientToken");
    EXPECT_EQ(find_operation(ec2::kService, "DescribeImages")->token, "");
    EXPECT_EQ(find_operation(ec2::kService, "CreateFleet"), nullptr);
    EXPECT_EQ(find_operation(ec2::kService, "Zzz"), nullptr);
}

/// The counts are those of the models' documentation; another count means that the texts changed
/// or that they are read wrongly.
TEST(Schema, HasEveryDocumentedFilter)
{
    const std::pair<const OperationSchema*, std::size_t> counts[] = {
        {&ec2::kDescribeImages, 53 + 1},  // and tag-value, as below
        {&ec2::kDescribeInstances, 136 + 1}, {&ec2::kDescribeInstanceTypes, 56},
        {&ec2::kDescribeVolumes, 20 + 1},    {&ec2::kDescribeInstanceStatus, 18},
        {&ec2::kDescribeSnapshots, 14 + 1},  {&ec2::kDescribeTags, 5}};
    for (const auto& [operation, count] : counts) {
        EXPECT_EQ(operation->filters.size(), count) << operation->name;
        EXPECT_TRUE(std::is_sorted(operation->filters.begin(), operation->filters.end()));
    }
}

TEST(Schema, FindsFiltersByNameAliasAndTag)
{
    EXPECT_EQ(documented_filter(ec2::kDescribeImages, "architecture"), "architecture");
    EXPECT_EQ(documented_filter(ec2::kDescribeImages, "tag:Owner"), "tag:<key>");
    EXPECT_EQ(documented_filter(ec2::kDescribeImages, "tag-key"), "tag-key");
    EXPECT_EQ(documented_filter(ec2::kDescribeImages, "tags"), "");
    EXPECT_EQ(documented_filter(ec2::kDescribeImages, "Architecture"), "");
    EXPECT_EQ(documented_filter(ec2::kDescribeImages, ""), "");
    EXPECT_EQ(documented_filter(ec2::kDescribeInstanceStatus, "tag:Name"), "");
    EXPECT_EQ(documented_filter(ec2::kDescribeSubnets, "availabilityZone"), "availability-zone");
    EXPECT_EQ(documented_filter(ec2::kDescribeVpcs, "isDefault"), "is-default");
    EXPECT_EQ(documented_filter(sample::kListThings, "undocumented"), "undocumented");
    EXPECT_EQ(documented_filter(sample::kListThings, "madeUp"), "name");
    EXPECT_EQ(documented_filter(sample::kMakeThing, "name"), "");
}

TEST(Schema, ListsEveryParameterOnce)
{
    std::set<std::string> names;
    for (const auto& parameter : parameters_of(sample::kMakeThing)) {
        EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
    }
    EXPECT_EQ(names, (std::set<std::string>{"Bytes", "ClientToken", "Exotic.Mode", "Exotic.Speed",
                                            "Grid.1.1", "Judged", "Lax", "Long", "Name", "Number.1",
                                            "On", "Part.1.Colour", "Part.1.Operator",
                                            "Part.1.Secret", "Ratio", "Size", "Strict", "When"}));
}

TEST(Schema, TablesAreSortedAsTheSearchesNeedThem)
{
    for (const auto* service : {&ec2::kService, &sts::kService, &sample::kService}) {
        EXPECT_TRUE(
            std::is_sorted(service->operation_names.begin(), service->operation_names.end()));
        for (const auto* operation : service->operations) {
            EXPECT_TRUE(operation_exists(*service, operation->name));
            EXPECT_EQ(find_operation(*service, operation->name), operation);
            const auto rows = operation->input->rows;
            EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](auto& a, auto& b) {
                return a.name < b.name;
            })) << operation->name;
            for (const auto& parameter : parameters_of(*operation)) {
                const auto values = parameter.member->values;
                EXPECT_TRUE(std::is_sorted(values.begin(), values.end())) << parameter.name;
            }
        }
    }
}

std::string text_of_length(const Member& member)
{
    std::string text = "abc";
    text.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(3, member.min, member.max)), 'd');
    return text;
}

/// A text of the right type that is not the default, as well as can be told.
std::string sample_value(const Member& member)
{
    switch (member.kind) {
        case Kind::kString:
            return member.values.empty() ? text_of_length(member)
                                         : std::string(member.values.back());
        case Kind::kInteger:
        case Kind::kLong:
        case Kind::kDouble:
            return std::to_string(std::clamp<std::int64_t>(7, member.min, member.max));
        case Kind::kBoolean:
            return "true";
        case Kind::kTimestamp:
            return "2026-01-02T03:04:05Z";
        case Kind::kBlob:
            return "AAAA";
        case Kind::kStructure:
        case Kind::kList:
            break;
    }
    return "";
}

std::string answer_to(const OperationSchema& operation, const std::string& name,
                      const std::string& value)
{
    return refusal_code([&] {
        const std::string form = name + "=" + value;
        const Parameters parameters(form);
        check(parameters.root(), operation);
    });
}

/// Alone, a parameter can only pass or bring up what else is missing; or it is not offered.
TEST(Schema, EveryParameterIsReadOrRefusedByName)
{
    std::size_t offered = 0;
    std::size_t refused = 0;
    for (const auto* operation : ec2::kService.operations) {
        for (const auto& parameter : parameters_of(*operation)) {
            const auto code =
                answer_to(*operation, parameter.name, sample_value(*parameter.member));
            if (parameter.offered) {
                ++offered;
                EXPECT_TRUE(code == "no refusal" || code == "MissingParameter")
                    << operation->name << " " << parameter.name << " " << code;
            } else {
                ++refused;
                const bool is_default =
                    sample_value(*parameter.member) == parameter.member->accepted;
                EXPECT_EQ(code == "UnsupportedOperation", !is_default)
                    << operation->name << " " << parameter.name << " " << code;
            }
            EXPECT_EQ(answer_to(*operation, parameter.name + ".Nope", "x"), "UnknownParameter");
            EXPECT_EQ(answer_to(*operation, parameter.name + "Nope", "x"), "UnknownParameter");
        }
    }
    EXPECT_GT(offered, 200U);
    EXPECT_GT(refused, 50U);
}

TEST(Schema, EveryTypedParameterRefusesAnotherType)
{
    for (const auto* operation : ec2::kService.operations) {
        for (const auto& parameter : parameters_of(*operation)) {
            const auto& member = *parameter.member;
            if (member.kind != Kind::kString || !member.values.empty()) {
                EXPECT_EQ(answer_to(*operation, parameter.name, "%21"), "InvalidParameterValue")
                    << operation->name << " " << parameter.name;
            }
        }
    }
}

}  // namespace
}  // namespace amilab::wire
