#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/s3_caller.h"

namespace amilab::test {

/// An emulator with the bucket "disks" in it.
class S3World : public ::testing::Test {
protected:
    S3World() { s3.must("PUT", "/disks"); }

    /// The document that ends an upload: numbers and ETags in turn.
    static std::string completion(const Parameters& parts)
    {
        std::string text = "<CompleteMultipartUpload>";
        for (const auto& [number, etag] : parts) {
            text += "<Part><PartNumber>" + number + "</PartNumber><ETag>" + etag + "</ETag></Part>";
        }
        return text + "</CompleteMultipartUpload>";
    }

    TestEmulator emulator;
    S3Caller s3{emulator};
    S3Caller other{emulator, kOtherAccount};
};

}  // namespace amilab::test
