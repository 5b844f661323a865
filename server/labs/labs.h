#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/labs/check_file.h"
#include "server/labs/sheet.h"

namespace amilab::labs {

struct Lab {
    std::string name;
    LabSheet sheet;
    std::vector<LabCheck> checks;

    unsigned points() const;
};

/// The labs there are: those that the program carries, or a folder's. Files are read when a lab is
/// asked for, so that one that is written wrong does not hide the others.
class Labs {
public:
    /// Those of the program, or of `folder`: what order.txt lists there, else each NAME.md that has
    /// steps or a NAME.json beside it, by name. Throws LabFault when there is no such folder, and
    /// when no lab is in it.
    explicit Labs(const std::optional<std::string>& folder);

    const std::vector<std::string>& names() const { return names_; }
    /// Throws LabFault: there is no such lab, or it is written wrong.
    Lab find(std::string_view name) const;

private:
    std::string read(std::string_view file) const;
    /// The lab whose sheet has the title "Lab NUMBER: ...", by which people call it.
    std::optional<std::string> name_of_number(std::string_view number) const;

    std::optional<std::string> folder_;
    std::vector<std::string> names_;
};

/// The disk that `amilab lab disk` writes, as an extents stream (docs/formats.md).
std::string_view built_in_disk();

}  // namespace amilab::labs
