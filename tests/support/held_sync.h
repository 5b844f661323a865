#pragma once

namespace amilab::test {

/// Holds the next sync (fdatasync) of a layer's data, as a slow disk would: whoever does it waits
/// there until this has gone. One at a time. For tests whose program has held_sync.cpp, which is
/// what it calls instead of the C library.
class HeldSync {
public:
    HeldSync();
    ~HeldSync();
    HeldSync(const HeldSync&) = delete;
    HeldSync& operator=(const HeldSync&) = delete;

    /// Returns once somebody waits.
    static void wait_until_held();
};

}  // namespace amilab::test
