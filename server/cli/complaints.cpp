#include "server/cli/complaints.h"

#include <cstdio>

#include <fmt/format.h>

#include "storage/base/text.h"

namespace amilab::cli {

void complain(const std::string& line)
{
    tell("amilab: " + line);
}

void tell(const std::string& line)
{
    fmt::print(stderr, "{}\n", one_line(line));
}

}  // namespace amilab::cli
