#pragma once

#include <optional>
#include <string>

#include "server/cli/lab_session.h"

namespace amilab::cli {

/// What became of a sheet's commands.
struct ScriptOutcome {
    int exit_code = 0;
    /// Where it stood at its end; 0: in the start state's block.
    unsigned step = 0;
    /// Lines that set in a shell what the commands have set.
    std::string variables;
};

/// Which of a sheet's commands are run.
struct ScriptPart {
    bool has_start = false;
    /// Steps 1 to this one.
    unsigned last_step = 0;
};

/// Runs commands of the sheet in order in one `sh -eu`, in an empty folder or in `work`, with the
/// student's environment; an `amilab` in them is this program, an `aws` calls the session's server.
/// Throws std::runtime_error.
ScriptOutcome run_sheet(const labs::Lab& lab, const ScriptPart& part, const LabSession& session,
                        const std::optional<std::string>& work);

}  // namespace amilab::cli
