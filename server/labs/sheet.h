#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amilab::labs {

/// A step of a lab as its sheet has it.
struct SheetStep {
    std::string title;
    /// The blocks of `sh`, one after the other.
    std::string commands;
};

/// What a student reads, taken apart. docs/labs/README.md has its form.
struct LabSheet {
    std::string title;
    /// How long it takes; 0 where the sheet does not say.
    unsigned minutes = 0;
    /// What makes the start state; empty where nothing has to be made.
    std::string start;
    /// Step 1 first.
    std::vector<SheetStep> steps;
    /// As it is shown: without the block that makes the start state.
    std::string shown;
};

/// Takes a sheet apart. `file` is what faults call it. Throws LabFault with file and line: no
/// title, no step, steps that are not counted from 1 on, a block that does not end, a start state
/// that does not come before step 1.
LabSheet parse_sheet(std::string_view file, std::string_view text);

/// The names of the variables that commands set at the beginning of a line, each once, in order.
std::vector<std::string> variables_of(std::string_view commands);

}  // namespace amilab::labs
