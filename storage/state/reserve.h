#pragma once

#include <string>

namespace amilab {

/// A small file that is given up when the disk is full, so that deletes can commit. Safe from any
/// thread.
class Reserve {
public:
    explicit Reserve(std::string path) : path_(std::move(path)) {}

    /// 4 MiB, or as much of it as there is room for. Cannot fail: nothing hangs on it but deletes
    /// on a full disk.
    void make();
    /// False when there was none.
    bool give_up();
    /// Takes the file of another on the same file system, if there is one.
    void take_over(const Reserve& other);

private:
    const std::string path_;
};

}  // namespace amilab
