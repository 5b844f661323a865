#pragma once

#include <string>

namespace amilab {

/// The file by whose lock processes tell each other that one of them holds a folder; let go with
/// this object. One thread.
class LockFile {
public:
    /// `flags` are open(2)'s. The file may not have been opened: errno says why.
    LockFile(const std::string& path, int flags);
    ~LockFile();
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;

    bool is_open() const { return file_ >= 0; }
    /// False while another process has the lock.
    bool take();
    int number() const { return file_; }

private:
    int file_;
};

/// What keeps a data directory to one process: the lock of its file `lock`, which says who has it,
/// and that of the folder itself, since the file may be taken for a leftover and removed. One
/// thread.
class DirectoryLock {
public:
    /// `flags` are open(2)'s, of the file. It may not have been opened: errno says why.
    DirectoryLock(const std::string& directory, int flags);

    bool is_open() const { return file_.is_open(); }
    /// False while another process has either.
    bool take();
    /// Of the file.
    int number() const { return file_.number(); }

private:
    LockFile folder_;
    LockFile file_;  // last, for errno
};

}  // namespace amilab
