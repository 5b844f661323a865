#include "server/cli/running_servers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/descriptor.h"
#include "server/cli/environment.h"
#include "server/cli/server_access.h"
#include "server/cli/sizes.h"

namespace amilab::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr mode_t kOwnFolder = 0700;
constexpr std::string_view kSuffix = ".json";

std::string folder_path()
{
    if (const auto runtime = from_environment("XDG_RUNTIME_DIR")) {
        return *runtime + "/amilab";
    }
    return (fs::temp_directory_path() / fmt::format("amilab-{}", ::getuid())).string();
}

std::string file_of(unsigned port)
{
    return fmt::format("{}/{}{}", running_servers_folder(), port, kSuffix);
}

/// What the kernel says of a process; nothing when it is gone, or waits for nothing but its parent.
std::optional<std::uint64_t> start_of(int pid)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');  // names may have anything in them
    if (name_end == std::string::npos) {
        return std::nullopt;
    }
    // Source: proc(5): the state comes behind the name, the start is 19 further.
    constexpr std::size_t kStart = 19;
    std::istringstream words(line.substr(name_end + 1));
    const std::vector<std::string> rest{std::istream_iterator<std::string>(words), {}};
    if (rest.size() <= kStart || rest.front() == "Z" || rest.front() == "X") {
        return std::nullopt;
    }
    return parse_number(rest[kStart]).value_or(0);
}

json::value text_or_null(const std::optional<std::string>& text)
{
    return text ? json::value(json::string(*text)) : json::value();
}

std::optional<std::string> find_text(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::optional(std::string(value->get_string()))
                                                  : std::nullopt;
}

template <class Number>
Number find_number(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    boost::system::error_code error;
    const auto number = value != nullptr ? value->to_number<Number>(error) : Number{};
    return error ? Number{} : number;
}

std::optional<RunningServer> read_file(const std::string& path, unsigned port)
{
    std::ifstream file(path);
    if (!file) {
        return std::nullopt;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) {
        return RunningServer{.port = port};
    }
    const auto& object = value.get_object();
    return RunningServer{.pid = find_number<int>(object, "pid"),
                         .started = find_number<std::uint64_t>(object, "started"),
                         .port = port,
                         .endpoint = find_text(object, "endpoint").value_or(""),
                         .control_token_file = find_text(object, "control_token_file"),
                         .data = find_text(object, "data"),
                         .log = find_text(object, "log")};
}

/// Nothing for what is no file of a server.
std::optional<unsigned> port_of(const fs::path& path)
{
    const auto name = path.stem().string();
    unsigned port = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), port);
    const bool is_port = read.ec == std::errc() && read.ptr == name.data() + name.size();
    return is_port && path.extension() == kSuffix ? std::optional(port) : std::nullopt;
}

/// As `amilab start` writes it down.
std::string written_endpoint(std::string url)
{
    constexpr std::string_view kLocalhost = "http://localhost:";
    if (url.ends_with('/')) {
        url.pop_back();
    }
    return url.starts_with(kLocalhost) ? "http://127.0.0.1:" + url.substr(kLocalhost.size()) : url;
}

/// The exact address decides: at another one of the same port somebody else may listen.
std::optional<std::string> token_of_started(const std::string& url)
{
    const auto endpoint = written_endpoint(url);
    for (const auto& server : servers_that_run()) {
        if (server.endpoint == endpoint && server.control_token_file) {
            return read_control_token(server.control_token_file);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> control_token_for(const std::string& url,
                                             const std::optional<std::string>& file)
{
    if (auto token = control_token_of_option(file)) {
        return token;
    }
    try {
        return token_of_started(url);
    } catch (const std::exception&) {
        return std::nullopt;  // many commands want none; the server refuses the others and says why
    }
}

bool RunningServer::is_there() const
{
    return pid > 0 && start_of(pid) == started;
}

std::string running_servers_folder()
{
    const auto path = folder_path();
    if (::mkdir(path.c_str(), kOwnFolder) != 0 && errno != EEXIST) {
        throw_errno("create the folder", path);
    }
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0) {
        throw_errno("look at", path);
    }
    // Others may have made it where all may write.
    if (!S_ISDIR(found.st_mode) || found.st_uid != ::getuid() || (found.st_mode & 0022U) != 0) {
        throw std::runtime_error(fmt::format(
            "{} is no folder that its user alone may write to; remove it, or set XDG_RUNTIME_DIR",
            path));
    }
    return path;
}

std::vector<RunningServer> running_servers()
{
    std::vector<RunningServer> all;
    for (const auto& entry : fs::directory_iterator(running_servers_folder())) {
        if (const auto port = port_of(entry.path())) {
            if (auto server = read_file(entry.path().string(), *port)) {
                all.push_back(std::move(*server));
            }
        }
    }
    std::sort(all.begin(), all.end(),
              [](const auto& one, const auto& other) { return one.port < other.port; });
    return all;
}

std::optional<RunningServer> running_server(unsigned port)
{
    return read_file(file_of(port), port);
}

std::vector<RunningServer> servers_that_run()
{
    if (!fs::exists(folder_path())) {
        return {};
    }
    auto servers = running_servers();
    std::erase_if(servers, [](const auto& one) { return !one.is_there(); });
    return servers;
}

std::string ports_of(const std::vector<RunningServer>& servers)
{
    std::string text;
    for (const auto& one : servers) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", one.port);
    }
    return text;
}

std::runtime_error none_on_port(unsigned port)
{
    return std::runtime_error(
        fmt::format("no server that `amilab start` began runs on port {}", port));
}

RunningServer write_running_server(RunningServer server)
{
    server.pid = ::getpid();
    server.started = start_of(server.pid).value_or(0);
    const auto text = json::serialize(json::object{
                          {"pid", server.pid},
                          {"started", server.started},
                          {"port", server.port},
                          {"endpoint", server.endpoint},
                          {"control_token_file", text_or_null(server.control_token_file)},
                          {"data", text_or_null(server.data)},
                          {"log", text_or_null(server.log)}}) +
                      "\n";
    const auto path = file_of(server.port);
    const auto temporary = fmt::format("{}.{}", path, server.pid);
    {
        const Descriptor file(::open(
            temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnFile));
        if (file.number() < 0) {
            throw_errno("create", temporary);
        }
        write_all(file.number(), std::nullopt, std::as_bytes(std::span(text)), temporary);
    }
    fs::rename(temporary, path);
    return server;
}

void remove_running_server(const RunningServer& server)
{
    const auto now = running_server(server.port);
    if (now && (now->pid != server.pid || now->started != server.started)) {
        return;
    }
    std::error_code ignored;
    fs::remove(file_of(server.port), ignored);
    if (server.log && fs::is_empty(*server.log, ignored) && !ignored) {
        fs::remove(*server.log, ignored);
    }
}

}  // namespace amilab::cli
