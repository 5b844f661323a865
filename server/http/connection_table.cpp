#include "server/http/connection_table.h"

#include <sys/socket.h>

namespace amilab::http {

bool ConnectionTable::full() const
{
    const Lock lock(mutex_);
    return entries_.size() >= max_connections_;
}

std::size_t ConnectionTable::size() const
{
    const Lock lock(mutex_);
    return entries_.size();
}

ConnectionTable::Place ConnectionTable::add(ConnectionEntry& entry)
{
    const Lock lock(mutex_);
    return entries_.insert(entries_.end(), &entry);
}

void ConnectionTable::remove(Place place)
{
    const Lock lock(mutex_);
    entries_.erase(place);
}

void ConnectionTable::sweep(SteadyClock::time_point now)
{
    const auto now_ns = now.time_since_epoch().count();
    const Lock lock(mutex_);
    for (auto* entry : entries_) {
        auto deadline_ns = entry->deadline_ns.load(std::memory_order_acquire);
        const auto phase = entry->phase.load(std::memory_order_relaxed);
        if (deadline_ns > now_ns) {
            continue;
        }
        // The exchange fails when the connection has moved on in the meantime.
        if (!entry->deadline_ns.compare_exchange_strong(deadline_ns, ConnectionEntry::kNever)) {
            continue;
        }
        entry->expired.store(true);
        ::shutdown(entry->descriptor, phase == Phase::kWriting ? SHUT_RDWR : SHUT_RD);
    }
}

void ConnectionTable::begin_stop()
{
    stopping_.store(true);
    const Lock lock(mutex_);
    for (auto* entry : entries_) {
        if (entry->phase.load() == Phase::kIdle) {
            ::shutdown(entry->descriptor, SHUT_RD);
        }
    }
}

void ConnectionTable::cut_all()
{
    const Lock lock(mutex_);
    for (auto* entry : entries_) {
        entry->expired.store(true);
        ::shutdown(entry->descriptor, SHUT_RDWR);
    }
}

}  // namespace amilab::http
