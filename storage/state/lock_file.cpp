#include "storage/state/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

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

}  // namespace amilab
