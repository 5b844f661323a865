#include "storage/state/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace amilab {

LockFile::LockFile(const std::string& path, int flags)
    : file_(::open(path.c_str(), flags | O_CLOEXEC, 0600))
{
}

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
