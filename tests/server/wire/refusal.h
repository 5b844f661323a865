#pragma once

#include <string>

#include <fmt/format.h>

#include "server/wire/api_error.h"

namespace amilab {

/// "Code: message" of the ApiError that `call` throws; "no refusal" when it throws none.
template <class Call>
std::string refusal(Call call)
{
    try {
        call();
    } catch (const ApiError& error) {
        return fmt::format("{}: {}", error.code, error.what());
    }
    return "no refusal";
}

/// The code alone.
template <class Call>
std::string refusal_code(Call call)
{
    const auto text = refusal(call);
    return text.substr(0, text.find(':'));
}

}  // namespace amilab
