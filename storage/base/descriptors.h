#pragma once

#include <cstddef>

#include "storage/base/storage_error.h"

namespace amilab {

/// With fewer a server does not start.
inline constexpr std::size_t kFewestDescriptors = 64;

/// How a server shares out the descriptors that it may have open, so that none of what takes them
/// can leave the others without: connections refuse clients, files that nobody uses are closed.
/// Together they are less than there are: files in use come on top of those that are kept.
struct DescriptorShares {
    std::size_t http_connections = 0;
    std::size_t nbd_connections = 0;
    /// Files of layers that stay open while nobody uses them.
    std::size_t layer_files = 0;
    /// Threads that read, of each kind that Front has: each may have a connection to the database.
    std::size_t workers = 0;
};

/// `limit` is at least kFewestDescriptors; what is less counts as that. Source: assumed.
DescriptorShares share_descriptors(std::size_t limit);

/// How many a process may have open: the soft limit of RLIMIT_NOFILE. Safe from any thread.
std::size_t descriptor_limit();

/// Raises the soft limit to the hard one and returns it. For main, at start.
/// Throws std::runtime_error when a server cannot work with so few.
std::size_t raise_descriptor_limit();

/// Whether an errno says that there was no descriptor to be had: EMFILE, ENFILE.
bool is_out_of_descriptors(int error_number);

/// Gives what `open` gives, which is tried again as long as there is no descriptor for it and
/// `close_some` closes files that nobody uses. Throws what `open` throws.
template <class Open, class CloseSome>
auto with_descriptors(const Open& open, const CloseSome& close_some)
{
    for (;;) {
        try {
            return open();
        } catch (const StorageError& error) {
            if (!is_out_of_descriptors(error.error_number) || !close_some()) {
                throw;
            }
        }
    }
}

}  // namespace amilab
