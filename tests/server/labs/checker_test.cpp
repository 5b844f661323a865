#include "server/labs/checker.h"

#include <map>

#include <gtest/gtest.h>

#include "server/labs/lab_error.h"
#include "tests/server/labs/memory_disk.h"

namespace amilab::labs {
namespace {

/// Files by path; a path "free" is free blocks.
class KnownFiles : public DiskFiles {
public:
    explicit KnownFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

    std::vector<std::string> read_files(const std::string& path) const override
    {
        const auto found = files_.find(path);
        return found == files_.end() ? std::vector<std::string>()
                                     : std::vector<std::string>{found->second};
    }
    bool free_blocks_have(std::string_view text) const override
    {
        return files_.at("free").find(text) != std::string::npos;
    }

private:
    std::map<std::string, std::string> files_;
};

/// A server that has one volume and one tag, and refuses to tell of images.
class LabChecks : public testing::Test {
protected:
    bool is_right(const std::string& check) { return outcome(check).is_right; }

    CheckOutcome outcome(const std::string& check)
    {
        Lab lab;
        lab.name = "x";
        lab.sheet.steps.resize(1);
        lab.checks = parse_checks("x.json", "[" + check + "]", built_in_model(), 1);
        const LabClient client(built_in_model(), {.access_key = "key", .region = "us-east-1"},
                               [&](const HttpQuestion& question) { return reply(question); });
        return run_checks(lab, std::nullopt, client, "111111111111", access()).at(0);
    }

    DiskAccess access()
    {
        return {.open_volume = [this](const std::string& id,
                                      const std::string&) -> std::unique_ptr<LabDisk> {
                    opened_ += id;
                    return std::make_unique<MemoryDisk>("");
                },
                .open_files = [this](const LabDisk&) -> std::unique_ptr<DiskFiles> {
                    if (is_damaged_) {
                        throw LookFault("its file system is damaged: so it is");
                    }
                    return std::make_unique<KnownFiles>(std::map<std::string, std::string>{
                        {"/etc/motd", "hello"}, {"free", "a secret"}});
                }};
    }

    static std::string volume(const std::string& file)
    {
        return R"({"step": 1, "hint": "h", "call": {"service": "ec2", "operation":
                  "DescribeVolumes"}, "file": )" +
               file + "}";
    }

    bool is_damaged_ = false;
    std::string opened_;
    int calls_ = 0;

private:
    HttpReply reply(const HttpQuestion& question)
    {
        ++calls_;
        if (question.body.find("DescribeVolumes") != std::string::npos) {
            return {
                .status = 200,
                .headers = {},
                .body = "<R><volumeSet><item><volumeId>vol-1</volumeId></item></volumeSet></R>"};
        }
        if (question.body.find("Value.1=111111111111") != std::string::npos) {
            return {.status = 200,
                    .headers = {},
                    .body = "<R><tagSet><item><value>111111111111</value></item></tagSet></R>"};
        }
        return {.status = 400,
                .headers = {},
                .body = "<R><Errors><Error><Code>AuthFailure</Code></Error></Errors></R>"};
    }
};

TEST_F(LabChecks, PutTheAccountInPlace)
{
    EXPECT_TRUE(is_right(R"({"step": 1, "hint": "h",
        "call": {"service": "ec2", "operation": "DescribeTags",
                 "parameters": {"Filters": [{"Name": "value", "Values": ["${ACCOUNT}"]}]}},
        "expect": {"pointer": "/Tags/0/Value", "operator": "equals", "value": "${ACCOUNT}"}})"));
}

TEST_F(LabChecks, ARefusalIsAFaultUnlessItIsExpected)
{
    const auto refused = outcome(R"({"step": 1, "hint": "h",
        "call": {"service": "ec2", "operation": "DescribeImages"},
        "expect": {"pointer": "/Images", "operator": "absent"}})");
    EXPECT_FALSE(refused.is_right);
    EXPECT_EQ(refused.fault, "DescribeImages was refused: AuthFailure");
    const auto wanted = outcome(R"({"step": 1, "hint": "h",
        "call": {"service": "ec2", "operation": "DescribeImages"},
        "expect": {"operator": "error", "value": "AuthFailure"}})");
    EXPECT_TRUE(wanted.is_right);
    EXPECT_EQ(wanted.fault, "");
}

TEST_F(LabChecks, LookForFilesAndWhatTheyHold)
{
    EXPECT_TRUE(is_right(volume(R"({"of": "/Volumes/0/VolumeId", "path": "/etc/motd"})")));
    EXPECT_EQ(opened_, "vol-1");
    EXPECT_FALSE(is_right(volume(R"({"of": "/Volumes/0/VolumeId", "path": "/etc/none"})")));
    EXPECT_TRUE(is_right(
        volume(R"({"of": "/Volumes/0/VolumeId", "path": "/etc/none", "present": false})")));
    EXPECT_TRUE(
        is_right(volume(R"({"of": "/Volumes/0/VolumeId", "path": "/etc/motd", "text": "ell"})")));
    EXPECT_FALSE(is_right(volume(
        R"({"of": "/Volumes/0/VolumeId", "path": "/etc/motd", "text": "ell", "present": false})")));
    EXPECT_TRUE(is_right(volume(
        R"({"of": "/Volumes/0/VolumeId", "path": "/etc/motd", "sha256":
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"})")));
}

TEST_F(LabChecks, LookForWhatIsLeftInFreeBlocks)
{
    EXPECT_TRUE(
        is_right(volume(R"({"of": "/Volumes/0/VolumeId", "free_blocks": {"text": "secret"}})")));
    EXPECT_FALSE(is_right(volume(
        R"({"of": "/Volumes/0/VolumeId", "free_blocks": {"text": "secret"}, "present": false})")));
}

TEST_F(LabChecks, WhatIsNotThereIsNotRightAndADamagedDiskAFault)
{
    EXPECT_FALSE(is_right(volume(R"({"of": "/Volumes/7/VolumeId", "path": "/etc/motd"})")));
    is_damaged_ = true;
    EXPECT_EQ(outcome(volume(R"({"of": "/Volumes/0/VolumeId", "path": "/etc/motd"})")).fault,
              "cannot look into vol-1: its file system is damaged: so it is");
}

TEST_F(LabChecks, ACallThatSeveralMakeIsMadeOnce)
{
    Lab lab;
    lab.sheet.steps.resize(1);
    const auto one = volume(R"({"of": "/Volumes/0/VolumeId", "path": "/etc/motd"})");
    lab.checks = parse_checks("x.json", "[" + one + "," + one + "]", built_in_model(), 1);
    const LabClient client(built_in_model(), {.access_key = "key", .region = "us-east-1"},
                           [&](const HttpQuestion&) {
                               ++calls_;
                               return HttpReply{.status = 200, .headers = {}, .body = "<R/>"};
                           });
    run_checks(lab, std::nullopt, client, "111111111111", access());
    EXPECT_EQ(calls_, 1);
}

}  // namespace
}  // namespace amilab::labs
