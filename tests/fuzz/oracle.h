#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace amilab::fuzz {

/// Ends the process, which counts as a finding, unless what must hold does.
inline void require(bool holds, std::string_view rule)
{
    if (!holds) {
        std::cerr << "fuzz: this does not hold: " << rule << std::endl;
        std::abort();
    }
}

}  // namespace amilab::fuzz
