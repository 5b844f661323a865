#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/json_caller.h"
#include "tests/support/told_statements.h"

namespace amilab::test {

inline constexpr std::size_t kBlock = 512 * 1024;

/// A block that holds `fill` all over, but for its first byte, which is never zero.
std::string block_of(char fill);
/// base64 of the SHA-256.
std::string checksum_of(std::string_view bytes);
/// LINEAR over the blocks' checksums, in this order.
std::string linear_checksum_of(const std::vector<std::string>& blocks);

/// The EBS direct APIs of an emulator whose volumes and snapshots EC2 shows too.
class EbsTest : public ::testing::Test {
protected:
    JsonAnswer start(const boost::json::object& request) const;
    /// Of 1 GiB unless said otherwise.
    std::string started(boost::json::object request = {}) const;
    JsonAnswer put(const std::string& snapshot, int index, const std::string& data,
                   Parameters headers = {}) const;
    JsonAnswer complete(const std::string& snapshot, int count, Parameters headers = {}) const;
    /// A completed snapshot that has these blocks, from index 0 on; empty ones are left out.
    std::string uploaded(const std::vector<std::string>& blocks,
                         boost::json::object request = {}) const;

    JsonAnswer list(const std::string& snapshot, const std::string& query = {}) const;
    JsonAnswer list_changed(const std::string& first, const std::string& second,
                            const std::string& query = {}) const;
    JsonAnswer get(const std::string& snapshot, int index, const std::string& token) const;
    /// The block's bytes by a token from the list.
    std::string read(const std::string& snapshot, int index) const;
    std::string token_of(const std::string& snapshot, int index) const;

    static std::vector<int> indexes(const JsonAnswer& answer);
    static void expect_refusal(const JsonAnswer& answer, int status, const std::string& code,
                               const std::string& reason);
    static void expect_invalid(const JsonAnswer& answer, const std::string& reason)
    {
        expect_refusal(answer, 400, "ValidationException", reason);
    }
    static void expect_not_found(const JsonAnswer& answer)
    {
        expect_refusal(answer, 404, "ResourceNotFoundException", "SNAPSHOT_NOT_FOUND");
    }

    TestEmulator emulator_;
    JsonCaller ebs_{emulator_, "ebs"};
};

struct ToldBefore {
    ToldStatements told;
};

/// An EbsTest whose emulator tells which statements it runs.
class EbsStatements : private ToldBefore, public EbsTest {
protected:
    using ToldBefore::told;
};

}  // namespace amilab::test
