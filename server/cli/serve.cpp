#include <malloc.h>
#include <algorithm>
#include <csignal>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/doors.h"
#include "server/cli/running_servers.h"
#include "server/cli/sizes.h"
#include "server/cli/standard_output.h"
#include "server/cli/wrong_option.h"
#include "server/front/front.h"
#include "server/front/scrub_timer.h"
#include "server/http/server.h"
#include "server/log/log.h"
#include "server/services/ec2/images/catalogue_file.h"
#include "server/services/services.h"
#include "storage/base/background.h"
#include "storage/base/descriptors.h"
#include "storage/base/memory_budget.h"
#include "storage/nbd/server.h"
#include "storage/state/generation.h"

namespace amilab::cli {

namespace {

// Long reads run on workers; with a few more than cores a slow one holds nobody up.
constexpr unsigned kLeastWorkers = 4;

/// What one may hold: input, replies, a part of a write; and some room.
constexpr std::size_t kNbdConnectionBytes = std::size_t{2} << 20;

/// Answers are made and freed all the time. By default the allocator gives the top of the heap back
/// to the kernel after each large one, and page faults on the next were a quarter of its cost.
void keep_freed_memory()
{
    constexpr int kKeptBytes = 8 << 20;
    constexpr int kLargestOnHeap = 1 << 20;
    ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
    ::mallopt(M_MMAP_THRESHOLD, kLargestOnHeap);
}

/// Shares of the memory limit for what clients may make the server hold: a quarter for requests and
/// answers, a half for block devices. The rest is for what is at work and SQLite's caches.
struct Budgets {
    std::shared_ptr<MemoryBudget> calls;
    std::shared_ptr<MemoryBudget> block_devices;
    /// Each of which may hold a part of a write.
    std::size_t nbd_connections;
};

Budgets plan_memory(const ServeOptions& options, Background& background)
{
    // What was freed in between is not given back by the allocator itself.
    const auto give_back = [&background] { background.post([] { ::malloc_trim(0); }); };
    const auto bytes = static_cast<std::size_t>(parse_size(options.memory_limit).value());
    return {std::make_shared<MemoryBudget>(bytes / 4, give_back),
            std::make_shared<MemoryBudget>(bytes / 2, give_back), bytes / kNbdConnectionBytes};
}

/// Logs what failed, and where nobody could be told.
std::function<void(std::exception_ptr)> reporter(std::string_view where)
{
    return [where](std::exception_ptr exception) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& error) {
            log::error("{}: {}", where, error.what());
        }
    };
}

CatalogueOptions read_catalogue(const ServeOptions& options)
{
    return ec2::read_catalogue({.instead = options.catalogue,
                                .beside = options.catalogue_add,
                                .default_region = options.region,
                                .default_account = options.account,
                                .unknown_images = options.unknown_ami == "adopt"
                                                      ? UnknownImages::kAdopt
                                                      : UnknownImages::kRefuse});
}

DataDirectory::Options data_options(const ServeOptions& options)
{
    std::optional<std::string> seed;
    if (options.seed) {
        seed = std::to_string(*options.seed);
    }
    return {.path = options.data,
            .from = options.from,
            .seed = seed,
            .catalogue = read_catalogue(options),
            .account_limits = options.account_limits,
            .checksums = options.data_checksums ? DataChecksums::kKept : DataChecksums::kNone,
            .report = reporter("background")};
}

Emulator::Options emulator_options(const ServeOptions& options, const Doors& doors)
{
    return {.default_account = options.account,
            .default_region = options.region,
            .strict_accounts = options.strict_accounts,
            .has_aws_quotas = options.quotas == "aws",
            .has_strict_roles = options.strict_roles,
            .listen_address = doors.api.address,
            .allowed_hosts = options.allowed_hosts};
}

unsigned wanted_workers(const ServeOptions& options)
{
    return options.threads != 0 ? options.threads
                                : std::max(kLeastWorkers, std::thread::hardware_concurrency());
}

http::Server serve_http(boost::asio::io_context& io_context, Front& front,
                        const ServeOptions& options, const Doors& doors, const Budgets& budgets)
{
    return http::Server(
        io_context, doors.api,
        [&front](http::Request& request, http::BodyReader& body) {
            return front.handle(request, body);
        },
        {.memory = budgets.calls}, options.allowed_hosts,
        [&front](const http::Request& request, const http::HttpError& error) {
            return front.refuse(request, error);
        });
}

/// Null when nobody asked for it.
std::unique_ptr<nbd::Server> serve_nbd(boost::asio::io_context& io_context, DataDirectory& data,
                                       const ServeOptions& options, const Doors& doors,
                                       const Budgets& budgets)
{
    if (!doors.nbd && !options.nbd_unix) {
        return nullptr;
    }
    nbd::Server::Options wanted;
    if (doors.nbd) {
        wanted.address = doors.nbd->address;
        wanted.port = doors.nbd->port;
    }
    wanted.unix_path = options.nbd_unix;
    wanted.max_connections = std::min(wanted.max_connections, budgets.nbd_connections);
    wanted.memory = budgets.block_devices;
    wanted.report = reporter("network block devices");
    return std::make_unique<nbd::Server>(io_context, data, std::move(wanted));
}

/// Whether `amilab stop` would end who has a port.
bool is_of_started(unsigned port)
{
    try {
        const auto servers = servers_that_run();
        return std::any_of(servers.begin(), servers.end(),
                           [&](const auto& one) { return one.port == port; });
    } catch (const std::exception&) {
        return false;  // why it cannot be known matters less than that the port is taken
    }
}

/// What to do where a port is taken that `option` names.
std::string advice_on_port(std::string_view option, unsigned port)
{
    return fmt::format(
        "{}{} names another port, 0 for any that is free",
        is_of_started(port) ? fmt::format("`amilab stop {}` ends who has it, or ", port) : "",
        option);
}

/// What to do where an address is taken that block devices were to have, as `said` names it.
std::string advice_on_nbd(const ServeOptions& options, const Doors& doors, std::string_view said)
{
    const bool is_path = options.nbd_unix &&
                         said.starts_with(fmt::format("cannot listen on {}: ", *options.nbd_unix));
    return is_path || !doors.nbd ? std::string("--nbd-unix names another path")
                                 : advice_on_port("--nbd", doors.nbd->port);
}

/// What `make` returns, a server that listens. Where its address is taken, the error says what to
/// do about it: `advise` is given what was said.
template <class Advise, class Make>
auto listening(Advise advise, Make make)
{
    try {
        return make();
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::address_in_use) {
            throw;
        }
        throw std::runtime_error(fmt::format("{}; {}", error.what(), advise(error.what())));
    }
}

/// `nbd_server`: null when nobody asked for it. Throws LostOutput.
void tell_ready(const Doors& doors, const http::Server& server, const nbd::Server* nbd_server,
                const WhenReady& when_ready)
{
    if (when_ready.tell) {
        when_ready.tell(server.address());
    }
    // Whatever the log leaves out.
    for (const auto& warning : doors.warnings) {
        complain("warning: " + warning);
    }
    fmt::print("amilab ready on http://{}\n", server.address().text());
    if (nbd_server != nullptr) {
        fmt::print("amilab serves {}\n", fmt::join(nbd_server->uris(), " and "));
    }
    fmt::print("Ready.\n");  // LocalStack's word, which Testcontainers waits for
    flush_if_wanted();
    if (when_ready.has_told) {
        when_ready.has_told();
    }
}

}  // namespace

int serve(const ServeOptions& options, const WhenReady& when_ready)
{
    const auto doors = plan_doors(options);
    keep_freed_memory();
    log::set_up(options.log_level);
    // Before there is anything to tidy up, until all is: a signal must not end the process midway.
    boost::asio::io_context early_context(1);
    boost::asio::signal_set early_signals(early_context, SIGINT, SIGTERM);
    const auto shares = share_descriptors(raise_descriptor_limit());
    DataDirectory data(data_options(options));
    if (!data.current()->settings().region_exists(options.region)) {
        throw WrongOption(fmt::format("--region {} is no region; expected one such as us-east-1",
                                      options.region));
    }
    Emulator emulator(data, all_services(), emulator_options(options, doors));
    const auto budgets = plan_memory(options, data.background());
    boost::asio::io_context io_context(1);  // one thread runs it: see Front
    Front front(io_context, emulator,
                std::min<std::size_t>(shares.workers, wanted_workers(options)), doors.control,
                budgets.calls);
    auto server =
        listening([&](std::string_view) { return advice_on_port("--listen", doors.api.port); },
                  [&] { return serve_http(io_context, front, options, doors, budgets); });

    ScrubTimer scrub_timer(io_context, data);
    if (options.data_checksums) {
        scrub_timer.start();
    }
    const auto nbd_server =
        listening([&](std::string_view said) { return advice_on_nbd(options, doors, said); },
                  [&] { return serve_nbd(io_context, data, options, doors, budgets); });

    boost::asio::signal_set signals(io_context, SIGINT, SIGTERM);
    bool is_stopping = false;
    const auto stop = [&](boost::system::error_code error, int) {
        if (error || std::exchange(is_stopping, true)) {
            return;
        }
        server.stop();
        front.stop();
        scrub_timer.stop();
        if (nbd_server) {
            nbd_server->stop();
        }
    };
    signals.async_wait(stop);
    early_signals.async_wait(stop);
    early_context.poll();
    try {
        tell_ready(doors, server, nbd_server.get(), when_ready);
    } catch (...) {
        // As at a signal: what waits in the io_context ends before what it works with goes.
        stop({}, 0);
        signals.cancel();
        io_context.run();
        throw;
    }
    data.background().post([&data] { data.sweep(); });

    io_context.run();
    return 0;
}

}  // namespace amilab::cli
