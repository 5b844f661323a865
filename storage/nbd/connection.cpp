#include "storage/nbd/connection.h"

#include "storage/nbd/handshake.h"

namespace amilab::nbd {

void Connection::run(std::chrono::milliseconds handshake_timeout)
{
    try {
        Input input(socket_);
        socket_.set_deadline(std::chrono::steady_clock::now() + handshake_timeout);
        const auto agreement =
            shake_hands(socket_, input, exports_, [this] { socket_.shut_down(); });
        socket_.set_deadline(std::nullopt);
        if (!agreement) {
            return;
        }
        Transmission transmission(socket_, input, *agreement, helpers_, memory_);
        {
            const Lock lock(mutex_);
            if (is_stopped_) {
                return;
            }
            transmission_ = &transmission;
        }
        transmission.run();
        const Lock lock(mutex_);
        transmission_ = nullptr;
    } catch (const Disconnected&) {
        // In the handshake. There is nobody to tell.
    }
}

void Connection::stop() noexcept
{
    const Lock lock(mutex_);
    is_stopped_ = true;
    if (transmission_ != nullptr) {
        transmission_->stop();
    } else {
        socket_.shut_down();
    }
}

}  // namespace amilab::nbd
