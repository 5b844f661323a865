#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/labs/client.h"
#include "server/labs/disk.h"
#include "server/labs/disk_files.h"
#include "server/labs/labs.h"

namespace amilab::labs {

/// What became of one check.
struct CheckOutcome {
    unsigned step = 0;
    std::string title;
    bool is_right = false;
    unsigned points = 0;
    /// Of the check, for who is not right yet.
    std::string hint;
    /// Why it could not be looked at; empty when it could.
    std::string fault;
};

/// How checks come to what is in disks.
struct DiskAccess {
    /// Makes a volume's disk readable, which no API of AWS does. Throws LookFault.
    std::function<std::unique_ptr<LabDisk>(const std::string& id, const std::string& region)>
        open_volume;
    OpenFiles open_files;
};

/// Runs the checks of a lab, or of one step of it, in their order: calls that read, as the account
/// whose the client is. A call that several checks make is made once. Throws what LabClient::call
/// does where no server answers.
std::vector<CheckOutcome> run_checks(const Lab& lab, std::optional<unsigned> step,
                                     const LabClient& client, const std::string& account,
                                     const DiskAccess& disks);

}  // namespace amilab::labs
