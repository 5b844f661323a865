#include "storage/state/reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace amilab {

namespace {

constexpr off_t kReserveBytes = 4 << 20;
constexpr off_t kReserveStepBytes = 256 << 10;

}  // namespace

void Reserve::make()
{
    const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return;
    }
    auto bytes = kReserveBytes;
    while (bytes > 0 && posix_fallocate(file, 0, bytes) != 0) {
        bytes -= kReserveStepBytes;
    }
    close(file);
    if (bytes == 0) {
        unlink(path_.c_str());
    }
}

void Reserve::take_over(const Reserve& other)
{
    rename(other.path_.c_str(), path_.c_str());
}

bool Reserve::give_up()
{
    return unlink(path_.c_str()) == 0;
}

}  // namespace amilab
