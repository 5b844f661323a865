#pragma once

#include <algorithm>
#include <cstddef>

namespace amilab {

/// Takes out of what waits, a vector or a deque, the first `most`: what one turn does, or one
/// commit notes, so that it holds up nobody.
template <class Queue>
Queue take_first(Queue& waiting, std::size_t most)
{
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), most));
    Queue taken(waiting.begin(), end);
    waiting.erase(waiting.begin(), end);
    return taken;
}

}  // namespace amilab
