#pragma once

#include <optional>
#include <string>

#include "server/cli/interruption.h"

namespace amilab::cli {

/// A private folder for files on their way, removed with all that is in it.
class Scratch {
public:
    /// Below `parent`; empty: where temporary files go (TMPDIR). Throws std::runtime_error.
    explicit Scratch(const std::string& parent = {});
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
    std::optional<RemovedWhenInterrupted> removed_;
};

}  // namespace amilab::cli
