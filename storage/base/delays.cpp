#include "storage/base/delays.h"

namespace amilab {

Delays::Delays()
{
    reset();
}

TimeMs Delays::get(Delay delay) const
{
    const std::lock_guard lock(mutex_);
    return delays_[static_cast<std::size_t>(delay)];
}

void Delays::set(Delay delay, TimeMs delay_ms)
{
    const std::lock_guard lock(mutex_);
    delays_[static_cast<std::size_t>(delay)] = delay_ms;
}

void Delays::reset()
{
    const std::lock_guard lock(mutex_);
    for (const auto& name : kDelayNames) {
        delays_[static_cast<std::size_t>(name.delay)] = name.default_ms;
    }
}

std::optional<Delay> Delays::by_name(std::string_view name)
{
    for (const auto& known : kDelayNames) {
        if (known.name == name) {
            return known.delay;
        }
    }
    return std::nullopt;
}

}  // namespace amilab
