#include "storage/base/owned_work.h"

#include <utility>

#include "storage/base/background.h"

namespace amilab {

OwnedWork::OwnedWork(Background& background, std::function<std::weak_ptr<void>()> owner)
    : background_(background), owner_(std::move(owner))
{
}

void OwnedWork::post(std::function<void()> task)
{
    background_.post(while_owned(std::move(task)));
}

void OwnedWork::post_idle(std::function<void()> task)
{
    background_.post_idle(while_owned(std::move(task)));
}

void OwnedWork::post_late(std::function<void()> task)
{
    background_.post_late(while_owned(std::move(task)));
}

void OwnedWork::post_piece(std::function<void()> piece)
{
    background_.post_piece(while_owned(std::move(piece)));
}

std::function<void()> OwnedWork::while_owned(std::function<void()> task) const
{
    return [owner = owner_(), task = std::move(task)] {
        if (const auto held = owner.lock()) {
            task();
        }
    };
}

}  // namespace amilab
