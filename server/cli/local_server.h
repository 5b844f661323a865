#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "server/cli/control_client.h"

namespace amilab::cli {

/// A data directory cannot be looked at: there is none, a server holds it, a newer amilab wrote it,
/// or the disk refuses. What it says is for the user.
struct CannotLook : std::runtime_error {
    static constexpr int kExitCode = 3;
    using std::runtime_error::runtime_error;
};

/// What the commands speak to: a running server, or one of this process over a data directory that
/// no server holds, on a loopback port, until this object goes.
class Target {
public:
    /// `data`: the directory; without it the server that `server` names. Throws std::runtime_error
    /// when both are given or the directory is damaged, CannotLook.
    enum class Missing { kCreate, kRefuse };
    Target(const ServerAccess& server, const std::optional<std::string>& data, Missing missing);
    ~Target();
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    ControlClient& client() { return *client_; }
    /// Ends the server of this process: on return all is where it was promised to be.
    void close();

private:
    struct LocalServer;
    std::unique_ptr<LocalServer> server_;
    std::unique_ptr<ControlClient> client_;
};

}  // namespace amilab::cli
