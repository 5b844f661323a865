#pragma once

#include <string>
#include <string_view>

namespace amilab::cli {

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

/// Throws std::runtime_error: "cannot WHAT FILE: " and what errno says.
[[noreturn]] void throw_errno(std::string_view what, const std::string& file);

}  // namespace amilab::cli
