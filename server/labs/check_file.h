#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/labs/api_model.h"
#include "server/labs/expectation.h"

namespace amilab::labs {

/// A look into a disk, at a file of its file system or at what no file has.
struct DiskLook {
    /// Where in the answer the id of an image, a snapshot or a volume stands.
    std::string of;
    /// Empty: free blocks.
    std::string path = {};
    /// What is to be in the file, or in the free blocks.
    std::optional<std::string> text = {};
    /// Of the file, in hexadecimal digits.
    std::optional<std::string> sha256 = {};
    /// Whether it is to be there.
    bool present = true;
};

/// What a lab wants to be so, and what it says while it is not.
struct LabCheck {
    /// From 1 on; 0: of the start state, which is looked at before all steps.
    unsigned step = 0;
    /// What reports call it.
    std::string title = {};
    ModelCall call = {};
    std::vector<Expectation> expect = {};
    std::optional<DiskLook> look = {};
    std::string hint = {};
    unsigned points = 1;
};

/// Reads a check file of a lab with so many steps. `file` is what faults call it. Throws LabFault:
/// no JSON, no list, a member that is unknown, missing or of the wrong kind, a step that there is
/// not, what ApiModel::question refuses.
std::vector<LabCheck> parse_checks(std::string_view file, std::string_view text,
                                   const ApiModel& model, std::size_t steps);

}  // namespace amilab::labs
