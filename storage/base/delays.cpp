#include "storage/base/delays.h"

namespace amilab {

TimeMs Delays::get(const Delay& delay) const
{
    const Lock lock(mutex_);
    const auto found = set_.find(delay.name);
    return found == set_.end() ? delay.default_ms : found->second;
}

void Delays::set(std::string_view name, TimeMs delay_ms)
{
    const Lock lock(mutex_);
    set_.insert_or_assign(std::string(name), delay_ms);
}

}  // namespace amilab
