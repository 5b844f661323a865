#include "server/cli/local_server.h"

#include <exception>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "server/cli/wrong_option.h"
#include "server/front/front.h"
#include "server/http/server.h"
#include "server/log/log.h"
#include "server/services/services.h"
#include "storage/base/storage_error.h"

namespace amilab::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kWorkers = 2;

DataDirectory::Options directory_options(const std::string& path)
{
    return {.path = path, .seed = {}, .report = [](std::exception_ptr) {}};
}

}  // namespace

/// The server of `amilab serve`, without its log and its signals.
struct Target::LocalServer {
    explicit LocalServer(const std::string& path)
        : data(directory_options(path)),
          emulator(data, all_services(), {}),
          front(io_context, emulator, kWorkers),
          server(io_context, http::Endpoint::parse("127.0.0.1:0"),
                 [this](http::Request& request, http::BodyReader& body) {
                     return front.handle(request, body);
                 }),
          thread([this] { io_context.run(); })
    {
    }
    ~LocalServer()
    {
        server.stop();
        front.stop();
        thread.join();
    }
    LocalServer(const LocalServer&) = delete;
    LocalServer& operator=(const LocalServer&) = delete;

    asio::io_context io_context{1};
    DataDirectory data;
    Emulator emulator;
    Front front;
    http::Server server;
    std::thread thread;
};

Target::Target(const ServerAccess& server, const std::optional<std::string>& data, Missing missing)
{
    if (!data) {
        client_ = std::make_unique<ControlClient>(client_of(server));
        return;
    }
    if (server.endpoint || server.control_token_file) {
        throw WrongOption(
            fmt::format("--data and {} cannot go together: --data is for a directory that no "
                        "server holds",
                        server.endpoint ? "--endpoint" : "--control-token-file"));
    }
    std::error_code unseen;  // one that cannot be looked for is none, such as too long a name
    if (missing == Missing::kRefuse && !std::filesystem::exists(*data + "/current", unseen)) {
        throw CannotLook(fmt::format("{} is no data directory of amilab", *data));
    }
    log::set_up_silent();
    try {
        server_ = std::make_unique<LocalServer>(*data);
    } catch (const StorageError& error) {
        if (error.is_damage()) {
            throw;
        }
        throw CannotLook(error.what());
    }
    client_ = std::make_unique<ControlClient>(ControlClient::Options{
        .endpoint = "http://" + server_->server.address().text(), .name = data});
}

Target::~Target() = default;

void Target::close()
{
    client_.reset();
    server_.reset();
}

}  // namespace amilab::cli
