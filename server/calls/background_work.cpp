#include "server/calls/background_work.h"

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "server/calls/api_call.h"
#include "server/calls/services.h"
#include "server/calls/settle.h"
#include "server/log/log.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

struct Running {
    /// The emulator's: with it ends the work.
    std::weak_ptr<const Services> services;
    Caller caller;
    std::string task;
    std::shared_ptr<BackgroundWork> work;
};

/// Why the work has thrown, as the client reads it.
std::string reason(const Running& running, Generation& generation)
{
    return to_api_error(std::current_exception(), running.task, "task", generation.path()).what();
}

void fail(const Services& services, Generation& generation, const Running& running,
          const std::string& why)
{
    try {
        with_reserve(generation, [&] {
            run_write(services, generation, running.caller,
                      [&](Session& session) { running.work->fail(session, why); });
        });
    } catch (const std::exception& error) {
        // The next start does it anew.
        log::error("{} task: {}", running.task, error.what());
    }
}

bool run_piece(const Services& services, Generation& generation, const Running& running)
{
    ByteSession session(
        generation.shared_from_this(), {},
        [&](const ByteSession::Work& look) {
            run_read(services, generation, running.caller, look);
        },
        [&](const ByteSession::Work& change) {
            run_write(services, generation, running.caller, change);
        });
    try {
        auto& work = *running.work;
        bool is_wanted = false;
        session.read([&](Session& rows) { is_wanted = work.is_wanted(rows); });
        if (!is_wanted) {
            session.write([&](Session& rows) { work.drop(rows); });
        }
        return is_wanted && work.step(session);
    } catch (...) {
        fail(services, generation, running, reason(running, generation));
        return false;
    }
}

/// How many works of one account have their turns at a time: each holds a few MiB. The rest wait
/// for those, so that nobody waits for others' tasks. Source: tasks are queued (documented of those
/// that store images).
constexpr std::size_t kMostOfAccount = 2;

/// Of the background's thread for pieces alone.
struct Lines {
    struct Line {
        std::size_t running = 0;
        std::deque<std::shared_ptr<const Running>> waiting;
    };
    std::map<std::string, Line> of_account;
};

void go_on(Generation& generation, std::shared_ptr<const Running> running);

void begin(Generation& generation, std::shared_ptr<const Running> running)
{
    auto& line = generation.companions().get<Lines>().of_account[running->caller.account];
    if (line.running >= kMostOfAccount) {
        line.waiting.push_back(std::move(running));
        return;
    }
    ++line.running;
    go_on(generation, std::move(running));
}

void end(Generation& generation, const std::string& account)
{
    auto& lines = generation.companions().get<Lines>().of_account;
    auto& line = lines[account];
    --line.running;
    if (!line.waiting.empty()) {
        auto next = std::move(line.waiting.front());
        line.waiting.pop_front();
        begin(generation, std::move(next));
    } else if (line.running == 0) {
        lines.erase(account);
    }
}

/// False when there is nothing left to do, or nobody to do it for.
bool goes_on(Generation& generation, const Running& running)
{
    const auto services = running.services.lock();
    return services && !generation.is_discarded() && run_piece(*services, generation, running);
}

void go_on(Generation& generation, std::shared_ptr<const Running> running)
{
    generation.post_piece([&generation, running = std::move(running)] {
        if (goes_on(generation, *running)) {
            go_on(generation, running);
        } else {
            end(generation, running->caller.account);
        }
    });
}

void line_up(Generation& generation, std::shared_ptr<const Running> running)
{
    generation.post_piece(
        [&generation, running = std::move(running)] { begin(generation, running); });
}

/// Has the next start know of the work.
std::shared_ptr<const Running> note(Session& session, const Due& due, const std::string& task,
                                    Caller caller, std::shared_ptr<BackgroundWork> work)
{
    session.schedule_for(caller.account);
    session.schedule_at(kAtNextStart, due, task);
    return std::make_shared<const Running>(
        Running{session.services().weak_from_this(), std::move(caller), task, std::move(work)});
}

/// How many pieces a call does itself.
constexpr int kPiecesOfCall = 64;

}  // namespace

void begin_background_work(Session& session, const Due& due, const std::string& task, Caller caller,
                           std::shared_ptr<BackgroundWork> work)
{
    session.after_commit([running = note(session, due, task, std::move(caller), std::move(work))](
                             Generation& generation) { line_up(generation, running); });
}

FirstPieces begin_work_in_call(Session& session, const Due& due, const std::string& task,
                               Caller caller, std::shared_ptr<BackgroundWork> work)
{
    return [running = note(session, due, task, std::move(caller), std::move(work))](
               Generation& generation) {
        for (int done = 0; done < kPiecesOfCall; ++done) {
            if (!goes_on(generation, *running)) {
                return;
            }
        }
        line_up(generation, running);
    };
}

}  // namespace amilab
