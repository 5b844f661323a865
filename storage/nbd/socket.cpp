#include "storage/nbd/socket.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace amilab::nbd {

Socket::~Socket()
{
    ::close(descriptor_);
}

void Socket::set_deadline(Deadline deadline)
{
    deadline_ = deadline;
}

void Socket::wait_for(short events)
{
    if (!deadline_) {
        return;
    }
    pollfd waited = {.fd = descriptor_, .events = events, .revents = 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            *deadline_ - std::chrono::steady_clock::now());
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&waited, 1, static_cast<int>(left.count()));
        if (ready > 0) {
            return;
        }
        if (ready == 0 || errno != EINTR) {
            throw Disconnected();
        }
    }
}

std::size_t Socket::receive_some(std::span<std::byte> out)
{
    wait_for(POLLIN);
    for (;;) {
        const auto count = ::recv(descriptor_, out.data(), out.size(), 0);
        if (count > 0) {
            return static_cast<std::size_t>(count);
        }
        if (count == 0 || errno != EINTR) {
            throw Disconnected();
        }
    }
}

void Socket::receive(std::span<std::byte> out)
{
    while (!out.empty()) {
        wait_for(POLLIN);
        const auto count = ::recv(descriptor_, out.data(), out.size(), deadline_ ? 0 : MSG_WAITALL);
        if (count > 0) {
            out = out.subspan(static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            throw Disconnected();
        }
    }
}

void Socket::send(std::span<iovec> pieces)
{
    while (!pieces.empty()) {
        wait_for(POLLOUT);
        msghdr message = {};
        message.msg_iov = pieces.data();
        message.msg_iovlen = std::min<std::size_t>(pieces.size(), IOV_MAX);
        const auto count =
            ::sendmsg(descriptor_, &message, MSG_NOSIGNAL | (deadline_ ? MSG_DONTWAIT : 0));
        if (count < 0) {
            if (errno == EINTR || (deadline_ && errno == EAGAIN)) {
                continue;
            }
            throw Disconnected();
        }
        auto sent = static_cast<std::size_t>(count);
        while (!pieces.empty() && sent >= pieces.front().iov_len) {
            sent -= pieces.front().iov_len;
            pieces = pieces.subspan(1);
        }
        if (!pieces.empty()) {
            auto& first = pieces.front();
            first.iov_base = static_cast<std::byte*>(first.iov_base) + sent;
            first.iov_len -= sent;
        }
    }
}

bool Socket::has_input() const
{
    int count = 0;
    return ::ioctl(descriptor_, FIONREAD, &count) == 0 && count > 0;
}

void Socket::stop_receiving() noexcept
{
    ::shutdown(descriptor_, SHUT_RD);
}

void Socket::shut_down() noexcept
{
    ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace amilab::nbd
