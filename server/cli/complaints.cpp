#include "server/cli/complaints.h"

#include <cstdio>

#include "storage/base/text.h"

namespace amilab::cli {

void complain(const std::string& line)
{
    tell("amilab: " + line);
}

void tell(const std::string& line)
{
    write_to_stderr(one_line(line) + "\n");
}

void write_to_stderr(std::string_view text)
{
    // What cannot be written there has nowhere else to go.
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

}  // namespace amilab::cli
