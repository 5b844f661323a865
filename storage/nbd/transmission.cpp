#include "storage/nbd/transmission.h"

#include <sys/resource.h>
#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "storage/nbd/commands.h"
#include "storage/nbd/protocol.h"

namespace amilab::nbd {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A payload up to here is used where it was received to.
constexpr std::size_t kInPlaceBytes = Input::kCapacity / 2;
// What a thread keeps of one. A request with a larger one is never given away.
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxHelpers = 15;

// Much longer than the page cache ever takes.
constexpr auto kSlow = std::chrono::microseconds(500);
constexpr std::uint32_t kBytesPerMicrosecond = 1024;
// After a slow request so many are watched: the next slow one that slept meanwhile proves the disk
// slow. One that did not has been waiting for a processor, which helpers would want as well.
constexpr int kWatchedRequests = 64;
// So many requests are then worked on side by side before the next look.
constexpr int kSlowRequests = 256;

Request parse_request(std::span<const std::byte> bytes)
{
    Unpacker header(bytes);
    if (header.take<std::uint32_t>() != kRequestMagic) {
        throw Disconnected();
    }
    Request request;
    request.flags = header.take<std::uint16_t>();
    request.command = static_cast<Command>(header.take<std::uint16_t>());
    request.cookie = header.take<std::uint64_t>();
    request.offset = header.take<std::uint64_t>();
    request.length = header.take<std::uint32_t>();
    return request;
}

/// How often this thread has gone to sleep so far.
long count_sleeps()
{
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

/// What it waits for is the disk, whatever that is worth.
bool is_flush(const Request& request)
{
    return request.command == Command::kFlush || request.has(kCommandFua);
}

bool is_slow(const Request& request, SteadyClock::duration time)
{
    const auto length = std::min(request.length, kMaxBlock);
    return !is_flush(request) &&
           time > kSlow + std::chrono::microseconds(length / kBytesPerMicrosecond);
}

}  // namespace

bool HelperBudget::take()
{
    if (left_.fetch_sub(1) > 0) {
        return true;
    }
    left_.fetch_add(1);
    return false;
}

struct Transmission::Worker final : Payload {
    Worker(Stream& stream, Mutex& sending, MemoryBudget& budget)
        : replies(stream, sending), held(budget)
    {
    }

    std::span<const std::byte> next() override;
    /// Room for a payload, or a piece of it, whatever the budget: of each connection one waits.
    std::span<std::byte> room(std::size_t size);
    void give_room_back();

    ReplyBatch replies;
    Request request;
    bool gives_role_away = false;
    bool is_judged = false;  // its time says something about the disk
    bool is_watched = false;
    SteadyClock::duration time{};        // that the request took
    bool has_slept = false;              // in that time, of one that is watched
    std::span<const std::byte> payload;  // what has been received of it
    // What has not, and is where the reader alone may look.
    Input* input = nullptr;
    std::size_t awaited = 0;
    std::uint64_t place = 0;  // of the next byte, on the disk
    std::unique_ptr<std::byte[]> memory;
    MemoryBudget::Share held;
};

std::span<std::byte> Transmission::Worker::room(std::size_t size)
{
    if (!memory) {
        held.hold(kPieceBytes);
        memory = std::make_unique_for_overwrite<std::byte[]>(kPieceBytes);
    }
    return {memory.get(), size};
}

void Transmission::Worker::give_room_back()
{
    memory.reset();
    held.release();
}

std::span<const std::byte> Transmission::Worker::next()
{
    if (!payload.empty() || awaited == 0) {
        return std::exchange(payload, {});
    }
    // The next piece begins with a block: one that is written whole need not be filled first.
    const auto size = std::min<std::size_t>(awaited, kPieceBytes - place % kBlockSize);
    const auto bytes = room(size);
    awaited -= size;
    place += size;
    input->read(bytes);
    return bytes;
}

Transmission::Transmission(Stream& stream, Input& input, const Agreement& agreement,
                           HelperBudget& helpers, MemoryBudget& memory)
    : stream_(stream), agreement_(agreement), budget_(helpers), memory_(memory), input_(input)
{
}

Transmission::~Transmission() = default;

void Transmission::run()
{
    work();
    // Nobody starts a helper any more: that takes the role, and finds the end.
    std::vector<std::thread> helpers;
    {
        const Lock role(role_);
        helpers.swap(helpers_);
    }
    for (auto& helper : helpers) {
        helper.join();
    }
    budget_.give_back(static_cast<int>(helpers.size()));
}

void Transmission::stop() noexcept
{
    is_over_ = true;
    stream_.stop_receiving();
}

void Transmission::fail() noexcept
{
    // After stop() the reader ends like this, and others still answer.
    if (!is_over_.exchange(true)) {
        stream_.shut_down();
    }
}

void Transmission::work()
{
    try {
        Worker worker(stream_, sending_, memory_);
        ++waiting_;
        Lock role(role_);
        --waiting_;
        while (!is_over_ && take_request(worker)) {
            if (worker.gives_role_away) {
                worker.replies.send();  // others' answers do not wait for this one
                start_helper();
                const int counted = is_flush(worker.request) ? 0 : 1;
                side_by_side_ += counted;
                role.unlock();
                serve(worker);
                worker.replies.send();
                worker.give_room_back();  // nobody knows for how long it waits now
                ++waiting_;
                role.lock();
                --waiting_;
                side_by_side_ -= counted;
            } else {
                serve(worker);
            }
            note_time(worker);
        }
        is_over_ = true;
        worker.replies.send();
    } catch (const Disconnected&) {
        fail();
    } catch (const std::exception&) {
        fail();  // out of memory, before or between requests
    }
}

bool Transmission::take_request(Worker& worker)
{
    if (input_.buffered() < kRequestSize || worker.replies.is_full()) {
        worker.replies.send();
    }
    worker.request = parse_request(input_.take(kRequestSize));
    if (worker.request.command == Command::kDisconnect) {
        return false;
    }
    worker.gives_role_away = gives_role_away(worker);
    // Those that are worked on side by side wait for each other, too.
    worker.is_judged = !worker.gives_role_away && side_by_side_ == 0;
    worker.is_watched = worker.is_judged && watched_requests_left_ > 0;
    worker.payload = {};
    worker.awaited = 0;
    if (worker.request.command == Command::kWrite) {
        read_payload(worker);
    }
    return true;
}

void Transmission::serve(Worker& worker)
{
    const auto sleeps = worker.is_watched ? count_sleeps() : 0;
    const auto begin = SteadyClock::now();
    run_command(agreement_, worker.request, worker, worker.replies);
    worker.time = SteadyClock::now() - begin;
    worker.has_slept = worker.is_watched && count_sleeps() > sleeps;
    if (worker.awaited > 0) {
        worker.input->skip(worker.awaited);  // it failed before its end
    }
    if (memory_.is_short()) {
        worker.give_room_back();
    }
}

void Transmission::note_time(const Worker& worker)
{
    if (!worker.is_judged) {
        return;
    }
    watched_requests_left_ -= worker.is_watched ? 1 : 0;
    if (is_slow(worker.request, worker.time)) {
        watched_requests_left_ = kWatchedRequests;
        slow_requests_left_ = worker.has_slept ? kSlowRequests : slow_requests_left_;
    }
}

void Transmission::read_payload(Worker& worker)
{
    const auto& request = worker.request;
    if (input_.buffered() < request.length) {
        worker.replies.send();  // nobody waits for answers while the rest is on its way
    }
    if (request.length > kMaxBlock || agreement_.opened->info().is_read_only) {
        return input_.skip(request.length);  // it will be refused
    }
    if (!worker.gives_role_away && request.length <= kInPlaceBytes) {
        worker.payload = input_.take(request.length);
        return;
    }
    if (request.length > kPieceBytes) {
        worker.input = &input_;
        worker.awaited = request.length;
        worker.place = request.offset;
        return;
    }
    const auto bytes = worker.room(request.length);
    input_.read(bytes);
    worker.payload = bytes;
}

bool Transmission::gives_role_away(Worker& worker)
{
    const auto& request = worker.request;
    if (request.command == Command::kWrite &&
        (request.length > kPieceBytes || !worker.held.try_hold(kPieceBytes))) {
        return false;
    }
    if (is_flush(request)) {
        return agreement_.opened->needs_flushes();
    }
    if (slow_requests_left_ == 0) {
        return false;
    }
    --slow_requests_left_;
    return input_.has_more();
}

void Transmission::start_helper()
{
    if (waiting_ == 0 && helpers_.size() < kMaxHelpers && budget_.take()) {
        try {
            helpers_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            budget_.give_back(1);  // no thread to be had: this one comes back to the role
        }
    }
}

}  // namespace amilab::nbd
