#include "storage/base/clock.h"

#include <chrono>

namespace amilab {

TimeMs Clock::wall_ms()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

TimeMs Clock::now_locked() const
{
    return setting_.frozen ? setting_.value_ms : wall_ms() + setting_.value_ms;
}

TimeMs Clock::now_ms() const
{
    const Lock lock(mutex_);
    return now_locked();
}

Clock::Setting Clock::setting() const
{
    const Lock lock(mutex_);
    return setting_;
}

void Clock::freeze()
{
    const Lock lock(mutex_);
    setting_ = {.frozen = true, .value_ms = now_locked()};
}

void Clock::resume()
{
    const Lock lock(mutex_);
    setting_ = {.frozen = false, .value_ms = now_locked() - wall_ms()};
}

void Clock::advance(TimeMs delta_ms)
{
    const Lock lock(mutex_);
    setting_.value_ms += delta_ms;
}

void Clock::set(TimeMs instant_ms)
{
    const Lock lock(mutex_);
    setting_.value_ms = setting_.frozen ? instant_ms : instant_ms - wall_ms();
}

void Clock::restore(Setting setting)
{
    const Lock lock(mutex_);
    setting_ = setting;
}

}  // namespace amilab
