#include "storage/base/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <fmt/format.h>

namespace amilab {

namespace {

// A connection to the database has the file and its WAL open.
constexpr std::size_t kFilesOfConnection = 2;
// Standard streams, sockets that listen, what the event loop waits with, locks, the connections of
// the writer and of the background that keeps the WAL short, what a reset makes before the old
// state goes, files that are open for a moment.
constexpr std::size_t kAlwaysOpen = 30;
// Threads that read beside the workers: connections of both kinds, the writer, the background's
// two.
constexpr std::size_t kOtherReaders = 5;

// Workers, and as many threads for long reads.
constexpr std::size_t kKindsOfWorkers = 2;
constexpr std::size_t kFewestWorkers = 2;
constexpr std::size_t kMostHttpConnections = 10'000;
constexpr std::size_t kMostNbdConnections = 256;
constexpr std::size_t kMostLayerFiles = 4096;

}  // namespace

DescriptorShares share_descriptors(std::size_t limit)
{
    const auto descriptors = std::max(limit, kFewestDescriptors);
    DescriptorShares shares;
    shares.workers = std::max(kFewestWorkers, descriptors / 32);
    const auto readers = kKindsOfWorkers * shares.workers + kOtherReaders;
    const auto left = descriptors - kAlwaysOpen - kFilesOfConnection * readers;
    shares.layer_files = std::min(left * 6 / 16, kMostLayerFiles);
    shares.nbd_connections = std::min(left * 3 / 16, kMostNbdConnections);
    const auto for_files_in_use = left / 16;
    shares.http_connections =
        std::min(left - shares.layer_files - shares.nbd_connections - for_files_in_use,
                 kMostHttpConnections);
    return shares;
}

std::size_t descriptor_limit()
{
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

std::size_t raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    const auto descriptors = descriptor_limit();
    if (descriptors < kFewestDescriptors) {
        throw std::runtime_error(
            fmt::format("a process may have {} files open here, and a server needs {}; raise the "
                        "limit (ulimit -n)",
                        descriptors, kFewestDescriptors));
    }
    return descriptors;
}

bool is_out_of_descriptors(int error_number)
{
    return error_number == EMFILE || error_number == ENFILE;
}

}  // namespace amilab
