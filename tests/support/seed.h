#pragma once

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace amilab::test {

/// Random numbers of a seed that is printed; AMILAB_SEED repeats a run.
inline std::mt19937_64 seeded_random()
{
    const char* given = std::getenv("AMILAB_SEED");
    const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "AMILAB_SEED=" << seed << "\n";
    ::testing::Test::RecordProperty("seed", std::to_string(seed));
    return std::mt19937_64(seed);
}

}  // namespace amilab::test
