#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/cli/server_access.h"
#include "storage/state/account_limits.h"

/// The commands of the program. Each returns the exit code; what goes wrong is one line on stderr.
namespace amilab::cli {

struct ServeOptions {
    std::string listen = "localhost:4566";
    std::optional<std::string> data;
    std::string account = "123456789012";
    std::string region = "us-east-1";
    bool strict_accounts = false;  ///< whether keys that name no account are refused
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
    std::string memory_limit = "512MiB";
    unsigned threads = 0;  ///< for long reads; 0: as many as suit the machine
};
int serve(const ServeOptions& options);

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
    std::optional<std::string> account;
    std::optional<std::string> region;
    ServerAccess server;
    std::optional<std::string> data;  ///< a directory that no server holds, instead of a server
};
int import_disk(const ImportOptions& options);

struct ExportOptions {
    std::string id;
    std::string file;                   ///< "-": standard output
    std::optional<std::string> format;  ///< as ImportOptions::format
    std::optional<std::string> account;
    std::optional<std::string> region;
    ServerAccess server;
    std::optional<std::string> data;
};
int export_disk(const ExportOptions& options);

/// What a closed data directory holds, verified and left as it is: 0 when it is whole, 1 when
/// something is damaged, 3 when it could not be looked at.
/// `reads_data`: compares data with their checksums as well.
int check(const std::string& directory, bool reads_data);
struct SpaceOptions {
    ServerAccess server;
    std::optional<std::string> data;
};
/// GET /_amilab/space, as a table.
int space(const SpaceOptions& options);

/// GET /_amilab/health.
int status(const ServerAccess& server);

struct ResetOptions {
    ServerAccess server;
    std::optional<std::string> account;  ///< without it all of the server
};
/// POST /_amilab/reset.
int reset(const ResetOptions& options);

}  // namespace amilab::cli
