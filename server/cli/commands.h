#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/cli/place.h"
#include "server/cli/server_access.h"
#include "storage/state/account_limits.h"

namespace amilab::http {
struct Endpoint;
}

/// The commands of the program. Each returns the exit code; what goes wrong is one line on stderr.
/// Those that work on a data directory throw CannotLook where they cannot look at it.
namespace amilab::cli {

struct ServeOptions {
    std::string listen = "localhost:4566";
    std::optional<std::string> data;
    std::optional<std::string> from;  ///< a save that the state begins with
    std::string account = "123456789012";
    std::string region = "us-east-1";
    bool strict_accounts = false;  ///< whether keys that name no account are refused
    bool strict_roles = false;     ///< whether roles and profiles have to be there
    std::optional<std::uint64_t> seed;
    std::vector<std::string> allowed_hosts;
    AccountLimits account_limits;
    bool data_checksums = false;          ///< of sealed layers; compared once a day
    std::optional<std::string> nbd;       ///< address and port; without it no NBD over TCP
    std::optional<std::string> nbd_unix;  ///< path of a socket
    bool nbd_open = false;                ///< over TCP although there is a control token
    std::optional<std::string> control_token_file;  ///< see read_control_token
    bool control_open = false;                      ///< without a token, to other machines too
    std::string log_level = "warning";
    std::optional<std::string> catalogue;    ///< a file instead of the built-in images
    std::vector<std::string> catalogue_add;  ///< files beside them
    std::string unknown_ami = "refuse";      ///< or adopt
    std::string quotas = "none";             ///< or aws
    std::string memory_limit = "512MiB";
    unsigned threads = 0;  ///< for long reads; 0: as many as suit the machine
};
/// What else is done when a server is ready.
struct WhenReady {
    /// Before it says that it is.
    std::function<void(const http::Endpoint& address)> tell = {};
    /// After that, when it writes nothing more to stdout.
    std::function<void()> has_told = {};
};
int serve(const ServeOptions& options, const WhenReady& when_ready = {});

struct StartOptions {
    ServeOptions serve;
    bool is_detached = false;  ///< returns when the server is ready, which goes on
};
/// Serves, with a file that stop() finds it by: see running_servers.h.
int start(const StartOptions& options);

struct StopOptions {
    std::optional<unsigned> port;  ///< without it the only one that runs
    bool all = false;
};
/// Ends servers that start() began, and waits until they have ended.
int stop(const StopOptions& options);

struct ImportOptions {
    std::string file;                      ///< "-": standard input; empty: from_dir
    std::optional<std::string> from_dir;   ///< a folder, of which an ext4 file system is made
    std::optional<std::int64_t> size_gib;  ///< of that file system
    std::optional<std::string> format;     ///< raw, qcow2, vmdk, vhd, vhdx; else by the file's name
    std::string name;
    std::optional<std::string> description;
    std::string architecture = "x86_64";
    std::optional<std::string> boot_mode;
    std::string root_device = "/dev/xvda";
    Place place;
    ServerAccess server;
    std::optional<std::string> data;  ///< a directory that no server holds, instead of a server
};
int import_disk(const ImportOptions& options);

struct ExportOptions {
    std::string id;
    std::string file;                   ///< "-": standard output
    std::optional<std::string> format;  ///< as ImportOptions::format
    Place place;
    ServerAccess server;
    std::optional<std::string> data;
};
int export_disk(const ExportOptions& options);

struct SaveOptions {
    std::string file;
    ServerAccess server;
    std::optional<std::string> data;
};
/// GET /_amilab/save, into a file that `serve --from` takes.
int save(const SaveOptions& options);

/// What a closed data directory holds, verified and left as it is: 0 when it is whole, 1 when
/// something is damaged, 3 when it could not be looked at.
/// `reads_data`: compares data with their checksums as well.
int check(const std::string& directory, bool reads_data);
struct SpaceOptions {
    ServerAccess server;
    std::optional<std::string> data;
    /// Nothing: all.
    std::optional<std::string> account;
};
/// GET /_amilab/space, as a table.
int space(const SpaceOptions& options);

struct CostOptions {
    Place place;
    bool as_json = false;
    ServerAccess server;
    std::optional<std::string> data;
};
/// GET /_amilab/cost, as a table, or as the route says it.
int cost(const CostOptions& options);

/// GET /_amilab/health.
int status(const ServerAccess& server);

struct WaitOptions {
    ServerAccess server;
    std::string timeout = "30s";
};
/// Returns when the server answers: 0, or 1 when it has not within that time.
int wait(const WaitOptions& options);

struct ClockOptions {
    ServerAccess server;
    std::optional<bool> is_frozen;
    std::optional<std::string> advance;  ///< a duration
    std::optional<std::string> set;      ///< as ISO 8601 text
    bool as_machine = false;             ///< runs, and shows the machine's time
};
/// /_amilab/clock, shown and set.
int clock(const ClockOptions& options);

struct DelayOptions {
    ServerAccess server;
    std::vector<std::string> settings;  ///< "image.pending=30s", checked by check_delay
};
/// What is wrong with a setting; empty when it is right.
std::string check_delay(const std::string& text);
/// /_amilab/delays, shown and set.
int delays(const DelayOptions& options);

struct AccountOptions {
    ServerAccess server;
    std::optional<std::string> account;  ///< without it all are shown
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> access_keys;
    std::optional<std::string> organization;  ///< an ARN, or none
    std::optional<std::vector<std::string>> organizational_units;
    std::optional<std::vector<std::string>> subscriptions;
    std::optional<std::vector<std::string>> products;
    bool is_forgotten = false;
};
/// /_amilab/accounts, shown and set.
int accounts(const AccountOptions& options);

struct CallOptions {
    ServerAccess server;
    std::optional<std::string> account;
    std::optional<std::string> service;
    std::optional<std::string> operation;
    std::optional<std::string> status;
    std::optional<std::string> code;
    std::optional<std::string> since;
    std::optional<std::string> limit;
    bool follow = false;
    bool as_json = false;  ///< a line for each call, as the control API has it
};
/// /_amilab/calls, listed and followed.
int calls(const CallOptions& options);

/// What of an operation is offered; without one, how many of each service's are.
int coverage(const std::optional<std::string>& operation);

struct EnvOptions {
    std::optional<std::string> endpoint;
    /// Of a server that start() began; without both the only one that runs.
    std::optional<unsigned> port;
    std::string account = "123456789012";
    std::string region = "us-east-1";
    std::optional<std::string> shell;  ///< sh, fish or powershell; else what SHELL means
};
/// Lines that a shell takes, by which clients call the server and nobody else.
int env(const EnvOptions& options);

struct DoctorOptions {
    unsigned port = 4566;  ///< where a server is to listen
};
/// What of the machine amilab has use for: 1 when something is in its way.
int doctor(const DoctorOptions& options);

struct ResetOptions {
    ServerAccess server;
    std::optional<std::string> account;  ///< without it all of the server
};
/// POST /_amilab/reset.
int reset(const ResetOptions& options);

}  // namespace amilab::cli
