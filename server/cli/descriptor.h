#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amilab::cli {

/// Opens those of the three standard descriptors that whoever started the program has closed: else
/// the first files that it opens would take their numbers, and get what is printed. Input is at its
/// end then, and what is written fails with EBADF, as to a closed one. To be called before anything
/// is opened. Throws std::runtime_error.
void open_closed_standard_descriptors();

/// A file descriptor that is closed at the end; the three standard ones stay open.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    /// Below 0 when there is none.
    int number() const { return number_; }

private:
    int number_;
};

/// Up to `out.size()` bytes at `offset`, or from where a stream stands; fewer only at the end. This
/// and the next throw std::runtime_error, with the file's name.
std::size_t read_some(int file, std::optional<std::uint64_t> offset, std::span<std::byte> out,
                      const std::string& name);
void write_all(int file, std::optional<std::uint64_t> offset, std::span<const std::byte> bytes,
               const std::string& name);
/// As write_all, and returns what errno says of what failed; 0: all is written.
int error_of_writing(int file, std::optional<std::uint64_t> offset,
                     std::span<const std::byte> bytes);
/// Hands over what is left of a stream, in pieces.
void read_rest(int from, const std::string& name,
               const std::function<void(std::span<const std::byte>)>& take);

/// Throws std::runtime_error: "cannot WHAT FILE: " and what errno says.
[[noreturn]] void throw_errno(std::string_view what, const std::string& file);

}  // namespace amilab::cli
