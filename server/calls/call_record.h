#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/calls/answered_error.h"
#include "server/calls/api_call.h"
#include "server/calls/shown_parameters.h"
#include "storage/base/clock.h"

namespace amilab {

/// What is told of one call of an AWS API once it is answered, by a line of the log and to who asks
/// for calls. Holds nothing that is secret, and of what clients make up a few KiB at most.
struct CallRecord {
    /// Of a name that clients make up: a little more than the log shows of a word, so that it says
    /// where something is left out.
    static constexpr std::size_t kMostNameBytes = 160;

    /// Later ones have higher numbers; 0 until it has one.
    std::uint64_t number = 0;
    /// When its header came, by the clock of the server.
    TimeMs time_ms = 0;
    /// From its header to its answer.
    std::chrono::steady_clock::duration taken{};
    std::string request_id = {};
    /// Empty when nobody can tell.
    std::string account = {};
    std::string region = {};
    std::string service = {};
    /// Of a call that was refused before its operation was known, what it asked for.
    std::string operation = {};
    ShownParameters parameters = {};
    /// 0: nobody was left to answer.
    int status = 0;
    AnsweredError error = {};

    /// Who asks which service for what, as far as `call` tells it now.
    void tell(const ApiCall& call);
    /// What it was refused with. `parameters`: see shown_error().
    void tell(AnsweredError refusal, const wire::Parameters* parameters);

    /// All that it takes of memory.
    std::size_t bytes() const;
};

}  // namespace amilab
