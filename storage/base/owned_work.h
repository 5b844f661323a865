#pragma once

#include <functional>
#include <memory>

namespace amilab {

class Background;

/// Work in the background for an object that others may let go of first. A task keeps the owner
/// while it runs, and is left out when the owner has gone: it may name whatever the owner holds.
/// Safe from any thread that holds the owner.
class OwnedWork {
public:
    /// `owner` is asked at each post; while it names nobody, as in the owner's constructor, tasks
    /// are left out. `background` outlives this.
    OwnedWork(Background& background, std::function<std::weak_ptr<void>()> owner);

    void post(std::function<void()> task);
    /// As Background::post_idle has it.
    void post_idle(std::function<void()> task);
    /// As Background::post_late has it.
    void post_late(std::function<void()> task);
    /// As Background::post_piece has it.
    void post_piece(std::function<void()> piece);

private:
    std::function<void()> while_owned(std::function<void()> task) const;

    Background& background_;
    std::function<std::weak_ptr<void>()> owner_;
};

}  // namespace amilab
