#include "tests/support/held_sync.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <string_view>

namespace amilab::test {
namespace {

enum class State { kNone, kWanted, kHeld };
std::atomic<State> state{State::kNone};

bool is_data_of_layer(int file)
{
    std::array<char, 4096> path{};
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const auto length = ::readlink(link.c_str(), path.data(), path.size());
    return length > 0 &&
           std::string_view(path.data(), static_cast<std::size_t>(length)).ends_with(".data");
}

void hold_if_wanted(int file)
{
    auto wanted = State::kWanted;
    if (state == State::kWanted && is_data_of_layer(file) &&
        state.compare_exchange_strong(wanted, State::kHeld)) {
        state.notify_all();
        state.wait(State::kHeld);
    }
}

}  // namespace

HeldSync::HeldSync()
{
    state = State::kWanted;
}

HeldSync::~HeldSync()
{
    state = State::kNone;
    state.notify_all();
}

void HeldSync::wait_until_held()
{
    state.wait(State::kWanted);
}

}  // namespace amilab::test

extern "C" int fdatasync(int file)
{
    amilab::test::hold_if_wanted(file);
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}
