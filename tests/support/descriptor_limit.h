#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include "storage/base/storage_error.h"

namespace amilab::test {

/// Lets this process have no more than so many descriptors while it lives; those that it has open
/// stay so.
class DescriptorLimit {
public:
    explicit DescriptorLimit(rlim_t descriptors)
    {
#ifdef __SANITIZE_ADDRESS__
        // What checks types looks at the first object of each through a pipe.
        const StorageError first(0, "open", "");
#endif
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto limit = before_;
        limit.rlim_cur = descriptors;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    ~DescriptorLimit()
    {
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

private:
    rlimit before_{};
};

/// The limit that leaves room for so many more.
inline rlim_t descriptors_with(rlim_t more)
{
    const auto free = ::dup(STDIN_FILENO);
    ::close(free);
    return static_cast<rlim_t>(free) + more;
}

}  // namespace amilab::test
