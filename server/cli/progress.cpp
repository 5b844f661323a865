#include "server/cli/progress.h"

#include <unistd.h>

#include <fmt/format.h>

#include "server/cli/complaints.h"

namespace amilab::cli {

namespace {

constexpr int kBarWidth = 40;
constexpr std::chrono::milliseconds kBetweenDraws{100};

}  // namespace

Progress::Progress(std::string what, std::optional<std::uint64_t> total_bytes)
    : what_(std::move(what)), total_bytes_(total_bytes), is_shown_(isatty(STDERR_FILENO) == 1)
{
}

Progress::~Progress()
{
    if (is_shown_) {
        write_to_stderr("\r\x1b[K");
    }
}

void Progress::at(std::uint64_t bytes)
{
    const auto now = std::chrono::steady_clock::now();
    if (is_shown_ && now - drawn_ >= kBetweenDraws) {
        drawn_ = now;
        draw(bytes);
    }
}

void Progress::draw(std::uint64_t bytes)
{
    const auto mebibytes = bytes >> 20;
    if (!total_bytes_ || *total_bytes_ == 0) {
        write_to_stderr(fmt::format("\r{} {} MiB", what_, mebibytes));
        return;
    }
    const auto share = static_cast<double>(bytes) / static_cast<double>(*total_bytes_);
    const auto filled = static_cast<int>(share * kBarWidth);
    write_to_stderr(fmt::format("\r{} [{:=<{}}{: <{}}] {:3.0f} % of {} MiB", what_, "", filled, "",
                                kBarWidth - filled, share * 100, *total_bytes_ >> 20));
}

}  // namespace amilab::cli
