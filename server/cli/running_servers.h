#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

/// What `amilab start` leaves behind so that other commands find the servers that it began: for
/// each a file PORT.json, its user's alone (0600), in $XDG_RUNTIME_DIR/amilab, or without that
/// variable in a folder of the user's own where temporary files go.
namespace amilab::cli {

/// The mode of what stands in that folder.
constexpr mode_t kOwnFile = 0600;

struct RunningServer {
    int pid = 0;
    /// When the process began, as the kernel counts: another process of that number is not it.
    std::uint64_t started = 0;
    unsigned port = 0;
    std::string endpoint = {};
    std::optional<std::string> control_token_file = {};
    std::optional<std::string> data = {};
    /// Where its log goes, when it has left the terminal.
    std::optional<std::string> log = {};

    bool is_there() const;
};

/// The folder, made if it is not there. Throws std::runtime_error where it cannot be made, or is
/// somebody else's.
std::string running_servers_folder();

/// All that have a file, by port, those that are gone among them. A file that cannot be read counts
/// as of one that is gone.
std::vector<RunningServer> running_servers();
std::optional<RunningServer> running_server(unsigned port);
/// The servers that are not gone, by port. Makes no folder. Throws as running_servers_folder does.
std::vector<RunningServer> servers_that_run();
/// "4701, 4702"
std::string ports_of(const std::vector<RunningServer>& servers);
/// What a command says that is to find a server which `amilab start` began, and none has the port.
std::runtime_error none_on_port(unsigned port);

/// The control token to show to the server at `url`: as read_control_token has it, else that of the
/// file of a server which `amilab start` began there.
std::optional<std::string> control_token_for(const std::string& url,
                                             const std::optional<std::string>& file);

/// Leaves a file that says that this process is `server`; replaces one of that port. Returns what
/// it says.
RunningServer write_running_server(RunningServer server);
/// Removes the file of `server`, unless another one has its port by now, and its log if nothing is
/// in that.
void remove_running_server(const RunningServer& server);

}  // namespace amilab::cli
