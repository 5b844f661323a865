#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "storage/base/mutex.h"

namespace amilab {

/// Why somebody must let go of a volume or snapshot.
enum class ExportEnd {
    /// The volume's or snapshot's row is gone.
    kDeleted,
    /// The whole generation is.
    kReset,
};

/// Who serves volumes and snapshots beside the API, so that they hear when one goes. Safe from any
/// thread.
class OpenExports {
public:
    /// Must be short, and not come back here.
    using OnEnd = std::function<void(ExportEnd)>;

    /// When this is gone, the callback is neither running nor called again.
    class [[nodiscard]] Registration {
    public:
        Registration(Registration&&) = delete;
        Registration& operator=(Registration&&) = delete;
        ~Registration();

    private:
        friend class OpenExports;
        Registration(OpenExports& exports, std::string id, OnEnd on_end);

        OpenExports& exports_;
        std::multimap<std::string, OnEnd, std::less<>>::iterator entry_;
    };

    /// To be called before looking whether `id` is there: whoever deletes it afterwards finds the
    /// callback. After end_all it is called at once.
    Registration add(std::string id, OnEnd on_end);

    /// To be called when the deletion of a volume or snapshot is committed.
    void end(std::string_view id);
    void end_all();

private:
    Mutex mutex_{LockLevel::kOpenExports};  // callbacks run under it
    std::multimap<std::string, OnEnd, std::less<>> entries_ GUARDED_BY(mutex_);
    bool is_over_ GUARDED_BY(mutex_) = false;
};

}  // namespace amilab
