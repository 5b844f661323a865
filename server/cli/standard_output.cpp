#include "server/cli/standard_output.h"

#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "server/cli/descriptor.h"

namespace amilab::cli {

namespace {

int done(const std::function<int()>& work)
{
    try {
        return work();
    } catch (const std::system_error& error) {
        // Of a print that found no room for more in the buffer.
        if (std::ferror(stdout) == 0) {
            throw;
        }
        throw LostOutput(error.code().value());
    }
}

}  // namespace

LostOutput::LostOutput(int error_number)
    : std::runtime_error(fmt::format("standard output cannot be written: {}",
                                     std::generic_category().message(error_number))),
      is_unwanted(error_number == EPIPE)
{
}

void flush_output()
{
    int error = 0;
    if (std::fflush(stdout) != 0) {
        error = errno;
    } else if (std::ferror(stdout) != 0) {
        error = EIO;  // nobody has kept which error it was
    }
    if (error != 0) {
        std::clearerr(stdout);  // who goes on without a reader is not told again at the end
        throw LostOutput(error);
    }
}

void flush_if_wanted()
{
    try {
        flush_output();
    } catch (const LostOutput& lost) {
        if (!lost.is_unwanted) {
            throw;
        }
    }
}

void write_output(std::span<const std::byte> bytes)
{
    if (const int error = error_of_writing(STDOUT_FILENO, std::nullopt, bytes); error != 0) {
        throw LostOutput(error);
    }
}

int printing(const std::function<int()>& work)
{
    const int exit_code = done(work);
    flush_if_wanted();
    return exit_code;
}

}  // namespace amilab::cli
