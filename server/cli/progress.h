#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace amilab::cli {

/// A line on stderr that says how far a transfer is; nothing when stderr is no terminal.
class Progress {
public:
    /// `total_bytes`: none for a stream whose end is not known.
    Progress(std::string what, std::optional<std::uint64_t> total_bytes);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// How far it is, from the start.
    void at(std::uint64_t bytes);

private:
    void draw(std::uint64_t bytes);

    std::string what_;
    std::optional<std::uint64_t> total_bytes_;
    bool is_shown_;
    std::chrono::steady_clock::time_point drawn_;
};

}  // namespace amilab::cli
