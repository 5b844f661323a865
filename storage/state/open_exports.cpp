#include "storage/state/open_exports.h"

#include <utility>

namespace amilab {

OpenExports::Registration::Registration(OpenExports& exports, std::string id, OnEnd on_end)
    : exports_(exports)
{
    const Lock lock(exports_.mutex_);
    entry_ = exports_.entries_.emplace(std::move(id), std::move(on_end));
    if (exports_.is_over_) {
        entry_->second(ExportEnd::kReset);
    }
}

OpenExports::Registration::~Registration()
{
    const Lock lock(exports_.mutex_);
    exports_.entries_.erase(entry_);
}

OpenExports::Registration OpenExports::add(std::string id, OnEnd on_end)
{
    return {*this, std::move(id), std::move(on_end)};
}

void OpenExports::end(std::string_view id)
{
    const Lock lock(mutex_);
    const auto [first, last] = entries_.equal_range(id);
    for (auto entry = first; entry != last; ++entry) {
        entry->second(ExportEnd::kDeleted);
    }
}

void OpenExports::end_all()
{
    const Lock lock(mutex_);
    is_over_ = true;
    for (auto& [id, on_end] : entries_) {
        on_end(ExportEnd::kReset);
    }
}

}  // namespace amilab
