#pragma once

#include <string>

#include <gtest/gtest.h>

#include "server/wire/iam/schema.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {

inline constexpr const char* kTrustPolicy =
    R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": )"
    R"({"Service": "vmie.amazonaws.com"}, "Action": "sts:AssumeRole"}]})";
inline constexpr const char* kEmptyPolicy = R"({"Statement": []})";

/// One call of IAM.
inline Answer ask_iam(TestEmulator& aws, std::string_view action, const Parameters& parameters,
                      std::string_view account = kAccount)
{
    return aws.call_form(iam::kService, action, parameters, account);
}
inline Answer create_role(TestEmulator& aws, const std::string& name, const Parameters& more = {},
                          std::string_view account = kAccount)
{
    auto answer = ask_iam(
        aws, "CreateRole",
        merged({{"RoleName", name}, {"AssumeRolePolicyDocument", kTrustPolicy}}, more), account);
    EXPECT_EQ(answer.status, 200) << answer.message;
    return answer;
}
inline Answer create_profile(TestEmulator& aws, const std::string& name,
                             const Parameters& more = {}, std::string_view account = kAccount)
{
    auto answer = ask_iam(aws, "CreateInstanceProfile",
                          merged({{"InstanceProfileName", name}}, more), account);
    EXPECT_EQ(answer.status, 200) << answer.message;
    return answer;
}
inline void add_role(TestEmulator& aws, const std::string& profile, const std::string& role)
{
    const auto answer = ask_iam(aws, "AddRoleToInstanceProfile",
                                {{"InstanceProfileName", profile}, {"RoleName", role}});
    EXPECT_EQ(answer.status, 200) << answer.message;
}
inline void put_policy(TestEmulator& aws, const std::string& role, const std::string& name)
{
    EXPECT_EQ(ask_iam(aws, "PutRolePolicy",
                      {{"RoleName", role}, {"PolicyName", name}, {"PolicyDocument", kEmptyPolicy}})
                  .status,
              200);
}

}  // namespace amilab::test
