#include "storage/state/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace amilab {

namespace {

/// A pipe is refused as open(2) refuses a socket, and nobody waits for its other end.
int open_lock(const std::string& path, int flags)
{
    const int file = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600);
    struct stat found = {};
    if (file >= 0 && ::fstat(file, &found) == 0 && S_ISFIFO(found.st_mode)) {
        ::close(file);
        errno = ENXIO;
        return -1;
    }
    return file;
}

}  // namespace

LockFile::LockFile(const std::string& path, int flags) : file_(open_lock(path, flags)) {}

LockFile::~LockFile()
{
    if (is_open()) {
        ::close(file_);
    }
}

bool LockFile::take()
{
    return ::flock(file_, LOCK_EX | LOCK_NB) == 0;
}

DirectoryLock::DirectoryLock(const std::string& directory, int flags)
    : folder_(directory, O_RDONLY | O_DIRECTORY), file_(directory + "/lock", flags)
{
}

bool DirectoryLock::take()
{
    // File systems over a network lock no folder; the file has to do there.
    const bool is_taken = folder_.is_open() && !folder_.take() && errno == EWOULDBLOCK;
    return !is_taken && file_.take();
}

}  // namespace amilab
