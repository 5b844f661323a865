#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "server/cli/health.h"

namespace amilab::cli {

// A program may say an amilab's health and then anything. What commands read in an answer they read
// in here, so that one that an amilab would not give is told as that.

/// For who reads an answer: it is not what an amilab would say unless this holds.
inline void require_of_amilab(bool is_so)
{
    if (!is_so) {
        throw std::domain_error("no answer of an amilab");
    }
}

/// What `read` returns, which looks into the answer of `url` to a call. Throws NoAmilab where it
/// looks for what is not there, or is of another kind.
template <class Read>
auto reading_answer(const std::string& url, std::string_view call, const Read& read)
{
    // What Boost.JSON throws depends on its version: an error of the system, or one of logic.
    try {
        return read();
    } catch (const boost::system::system_error&) {
        throw odd_answer(url, call);
    } catch (const std::logic_error&) {
        throw odd_answer(url, call);
    }
}

/// What `read` returns of an answer in JSON, which it is given. Throws as reading_answer.
template <class Read>
auto read_answer(const std::string& url, std::string_view call, std::string_view body,
                 const Read& read)
{
    return reading_answer(url, call, [&] {
        const auto answer = boost::json::parse(body);
        return read(answer);
    });
}

}  // namespace amilab::cli
