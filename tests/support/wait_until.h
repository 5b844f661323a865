#pragma once

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace amilab::test {

/// A failure of the test unless it becomes true within half a minute. For what another thread does
/// and tells nobody of.
template <class Condition>
void wait_until(Condition condition)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
}

}  // namespace amilab::test
