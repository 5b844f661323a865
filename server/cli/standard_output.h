#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>

namespace amilab::cli {

/// What was printed cannot be written where standard output leads. what() is a sentence for the
/// user, who sees the result of the command nowhere: neither is it 0 then, nor 1, which a check has
/// for what it found.
struct LostOutput : std::runtime_error {
    static constexpr int kExitCode = 3;
    explicit LostOutput(int error_number);

    /// Who read it has gone and wants no more, as `head` does: nothing to complain about.
    bool is_unwanted;
};

/// Has all that was printed so far written. Throws LostOutput, of each loss once.
void flush_output();

/// Does what flush_output() does, and is content where the loss is unwanted.
void flush_if_wanted();

/// Writes bytes at once: of what is a file, not lines. Throws LostOutput.
void write_output(std::span<const std::byte> bytes);

/// Does what prints, and has all of it written. Returns what `work` returns. Throws what that
/// throws, and LostOutput; where it is unwanted only if `work` has been kept from its end.
int printing(const std::function<int()>& work);

}  // namespace amilab::cli
