#include "server/calls/session.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "server/calls/services.h"
#include "server/log/log.h"
#include "server/wire/parameters.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab {

namespace {

template <class IdType>
IdType next_free_id(Session& session, bool (*is_taken)(Database&, const IdType&))
{
    auto id = session.ids().next<IdType>();
    while (is_taken(session.db(), id)) {
        id = session.ids().next<IdType>();
    }
    return id;
}

}  // namespace

Session::Session(const Context& context, Database& db)
    : context_(context),
      db_(db),
      now_ms_(context.generation.timing().clock.now_ms()),
      scheduled_for_(context.caller.account)
{
}

Session::Session(const Context& context, Database& db, IdSource& ids) : Session(context, db)
{
    ids_ = &ids;
}

Session::~Session() = default;

BlockStore& Session::blocks()
{
    return generation().stores().blocks();
}

const Settings& Session::settings() const
{
    return context_.generation.settings();
}

IdSource& Session::ids()
{
    if (ids_ == nullptr) {
        throw std::logic_error("an operation marked read asks for a new id");
    }
    return *ids_;
}

template <>
ImageId Session::next_id<ImageId>()
{
    return next_free_id<ImageId>(*this, image_id_is_taken);
}

template <>
SnapshotId Session::next_id<SnapshotId>()
{
    return next_free_id<SnapshotId>(*this, snapshot_id_is_taken);
}

std::string Session::fingerprint() const
{
    return context_.parameters.canonical();
}

std::string Session::list_fingerprint() const
{
    return context_.parameters.canonical(
        {"NextToken", "MaxResults", "Marker", "MaxItems", "DryRun"});
}

TimeMs Session::delay_ms(const Delay& delay) const
{
    return context_.generation.timing().delays.get(delay);
}

void Session::schedule(const Delay& delay, const Due& due, std::string_view resource)
{
    schedule_at(due_ms(delay), due, resource);
}

void Session::schedule_at(TimeMs due_ms, const Due& due, std::string_view resource)
{
    services().due(due.name);
    scheduled_.push_back({.due_ms = due_ms,
                          .action = std::string(due.name),
                          .resource_id = std::string(resource),
                          .account = scheduled_for_});
}

void Session::cancel_transitions(std::string_view resource)
{
    std::erase_if(scheduled_, [&](const auto& one) { return one.resource_id == resource; });
    delete_transitions(db_, resource);
}

std::vector<Transition> Session::take_due()
{
    const auto first_due =
        std::stable_partition(scheduled_.begin(), scheduled_.end(),
                              [this](const auto& one) { return one.due_ms > now_ms_; });
    std::vector<Transition> due(std::make_move_iterator(first_due),
                                std::make_move_iterator(scheduled_.end()));
    scheduled_.erase(first_due, scheduled_.end());
    return due;
}

void Session::store_transitions()
{
    for (const auto& transition : scheduled_) {
        insert_transition(db_, transition);
    }
    scheduled_.clear();
}

void Session::adopt(Session& other)
{
    std::ranges::move(std::exchange(other.scheduled_, {}), std::back_inserter(scheduled_));
    std::ranges::move(std::exchange(other.after_commit_, {}), std::back_inserter(after_commit_));
}

void Session::committed()
{
    for (const auto& action : std::exchange(after_commit_, {})) {
        try {
            action(generation());
        } catch (const std::exception& error) {
            log::error("{} after the commit: {}", request_id(), error.what());
        }
    }
    if (refusal_) {
        throw ApiError(*refusal_);
    }
}

}  // namespace amilab
