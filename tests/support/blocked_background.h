#pragma once

#include <future>

#include "storage/base/background.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// Has the background wait for as long as it lives.
class BlockedBackground {
public:
    explicit BlockedBackground(TestEmulator& aws)
    {
        std::promise<void> begun;
        // The background may come to wait only after this has gone.
        aws.data().background().post([&begun, opened = gate_.get_future().share()] {
            begun.set_value();
            opened.wait();
        });
        begun.get_future().wait();
    }
    ~BlockedBackground() { gate_.set_value(); }
    BlockedBackground(const BlockedBackground&) = delete;
    BlockedBackground& operator=(const BlockedBackground&) = delete;

private:
    std::promise<void> gate_;
};

}  // namespace amilab::test
