#pragma once

#include <string>

namespace amilab::cli {

/// From now on SIGINT, SIGTERM and SIGHUP end the process as they always do, but only after what
/// RemovedWhenInterrupted stands for is gone. To be called before other threads are made.
void watch_for_interruption();
/// For a process that is made meanwhile, between fork and exec: signals reach it as usual, and it
/// ends with this one, however that ends.
void leave_watch_in_child();

/// A file or folder that must not be left behind when the process is interrupted.
class RemovedWhenInterrupted {
public:
    explicit RemovedWhenInterrupted(std::string path);
    ~RemovedWhenInterrupted();
    RemovedWhenInterrupted(const RemovedWhenInterrupted&) = delete;
    RemovedWhenInterrupted& operator=(const RemovedWhenInterrupted&) = delete;

private:
    std::string path_;
};

}  // namespace amilab::cli
