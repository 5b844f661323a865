#include "storage/nbd/transmission.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include "storage/nbd/commands.h"
#include "storage/nbd/protocol.h"

namespace amilab::nbd {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A payload up to here is used where it was received to.
constexpr std::size_t kInPlaceBytes = Input::kCapacity / 2;
// A larger one is never given away with its request, and its memory is not kept.
constexpr std::size_t kKeptPayloadBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxHelpers = 15;

// The disk proves slow: much longer than the page cache ever takes.
constexpr auto kSlow = std::chrono::microseconds(500);
constexpr std::uint32_t kBytesPerMicrosecond = 1024;
// So many requests are then worked on side by side before the next look.
constexpr int kSlowRequests = 64;

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

bool is_slow(const Request& request, SteadyClock::duration time)
{
    const auto length = std::min(request.length, kMaxBlock);
    return request.command != Command::kFlush && !request.has(kCommandFua) &&
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

struct Transmission::Worker {
    Worker(Stream& stream, Mutex& sending) : replies(stream, sending) {}

    ReplyBatch replies;
    Request request;
    bool gives_role_away = false;
    SteadyClock::duration time{};  // that the request took
    std::span<const std::byte> payload;
    std::unique_ptr<std::byte[]> memory;
    std::size_t memory_size = 0;
};

Transmission::Transmission(Stream& stream, Input& input, const Agreement& agreement,
                           HelperBudget& helpers)
    : stream_(stream), agreement_(agreement), budget_(helpers), input_(input)
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
        Worker worker(stream_, sending_);
        ++waiting_;
        Lock role(role_);
        --waiting_;
        while (!is_over_ && take_request(worker)) {
            if (worker.gives_role_away) {
                worker.replies.send();  // others' answers do not wait for this one
                start_helper();
                role.unlock();
                serve(worker);
                worker.replies.send();
                ++waiting_;
                role.lock();
                --waiting_;
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
    worker.gives_role_away = gives_role_away(worker.request);
    worker.payload = {};
    if (worker.request.command == Command::kWrite) {
        read_payload(worker);
    }
    return true;
}

void Transmission::serve(Worker& worker)
{
    const auto begin = SteadyClock::now();
    run_command(agreement_, worker.request, worker.payload, worker.replies);
    worker.time = SteadyClock::now() - begin;
    if (worker.memory_size > kKeptPayloadBytes) {
        worker.memory.reset();
        worker.memory_size = 0;
    }
}

void Transmission::note_time(const Worker& worker)
{
    if (is_slow(worker.request, worker.time)) {
        slow_requests_left_ = kSlowRequests;
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
    if (worker.memory_size < request.length) {
        worker.memory = std::make_unique_for_overwrite<std::byte[]>(request.length);
        worker.memory_size = request.length;
    }
    const std::span<std::byte> bytes(worker.memory.get(), request.length);
    input_.read(bytes);
    worker.payload = bytes;
}

bool Transmission::gives_role_away(const Request& request)
{
    if (request.command == Command::kWrite && request.length > kKeptPayloadBytes) {
        return false;
    }
    if (request.command == Command::kFlush || request.has(kCommandFua)) {
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
