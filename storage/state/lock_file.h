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

}  // namespace amilab
