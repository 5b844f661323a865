#include "storage/base/clock.h"

#include <algorithm>
#include <chrono>

namespace amilab {

namespace {

TimeMs within_years(TimeMs instant_ms)
{
    return std::clamp(instant_ms, Clock::kEarliestMs, Clock::kLatestMs);
}

/// What is kept may come from anywhere: no sum of it and a time overflows.
TimeMs bounded_shift(TimeMs shift_ms)
{
    return std::clamp(shift_ms, -Clock::kLatestMs, Clock::kLatestMs);
}

}  // namespace

TimeMs Clock::wall_ms()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

TimeMs Clock::now_locked() const
{
    return within_years(setting_.frozen ? setting_.value_ms : wall_ms() + setting_.value_ms);
}

void Clock::set_locked(TimeMs instant_ms)
{
    const auto instant = within_years(instant_ms);
    setting_.value_ms = setting_.frozen ? instant : instant - wall_ms();
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
    set_locked(now_locked() + bounded_shift(delta_ms));
}

void Clock::set(TimeMs instant_ms)
{
    const Lock lock(mutex_);
    set_locked(instant_ms);
}

void Clock::restore(Setting setting)
{
    const Lock lock(mutex_);
    setting_ = {.frozen = setting.frozen, .value_ms = bounded_shift(setting.value_ms)};
}

}  // namespace amilab
