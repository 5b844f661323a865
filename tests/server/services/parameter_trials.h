#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/emulator_fixture.h"
#include "tests/support/world.h"

/// How each parameter of each operation is tried on the account of a World. Each room lists what
/// concerns it beside its tests; tests/server/services/service_trials.cpp lists the rooms.
namespace amilab::test {

enum class Outcome {
    kChanges,
    kRefused,
    /// Taken without any effect; its TrialSet says why.
    kSame,
};

/// How one parameter is tried.
struct Trial {
    std::string_view parameter;
    /// What is sent on top of the request, the parameter among it; replaces equal names.
    Parameters with;
    /// What the request has besides the operation's own, with the parameter and without.
    Parameters besides = {};
    Outcome outcome = Outcome::kChanges;
    /// Calls in a row; more than one shows what a client token does.
    int times = 1;
    /// What passes between the call and the look at what it did.
    TimeMs passes_ms = 0;
};

struct OperationTrials {
    Parameters request;
    std::vector<Trial> trials;
    /// What takes an hour in these trials, and by how much the clock is put forward.
    std::vector<std::string_view> slow = {};
    TimeMs later_ms = 0;
    const char* region = kRegion;
    /// What it answers hangs on OpenSSL's generator, so that its trials show only that each
    /// parameter is taken or refused; its own tests show what each does.
    bool is_random = false;
};

/// By the operation's name. Values hold placeholders: World::resolve.
using TrialTable = std::map<std::string_view, OperationTrials>;

/// A call that tells of a row. What a parameter changes in a row counts only when such a call tells
/// of it: what is stored and never reported back is ignored.
struct Telling {
    std::string_view table;
    /// Of the table's primary key.
    std::string_view column;
    std::string_view action;
    /// In the values, "{}" stands for what the row has in that column.
    Parameters parameters;
    /// What is called before it, of what can be told only when something has become of it.
    std::vector<std::pair<std::string_view, Parameters>> before = {};
};

struct WithoutEffect {
    /// "CreateImage NoReboot".
    std::string_view parameter;
    std::string_view why;
};

/// What a room, or one family of it, brings to the tests made from the schema.
struct TrialSet {
    TrialTable (*trials)();
    /// Everything else that is tried has an effect.
    std::span<const WithoutEffect> without_effect = {};
    /// None for what changes nothing.
    std::vector<Telling> (*tellings)() = nullptr;
    /// None where the trials need nothing of their own.
    PreparedWorld::Part add_to_world = nullptr;
};

}  // namespace amilab::test
