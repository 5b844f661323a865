#include "server/cli/programs.h"

#include <sys/resource.h>
#include <future>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/process/args.hpp>
#include <boost/process/async.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/search_path.hpp>
#include <boost/process/start_dir.hpp>

#include "server/cli/interruption.h"

namespace amilab::cli {

namespace process = boost::process;

namespace {

constexpr rlim_t kMostSeconds = 60;
constexpr rlim_t kMostBytes = rlim_t{2} << 30;

/// Of a process that is about to become another program.
void bound(int resource, rlim_t most)
{
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

}  // namespace

std::string find_program(const char* name, const char* package)
{
    auto folders = boost::this_process::path();
    // mke2fs is often where only root looks.
    folders.insert(folders.end(), {"/usr/sbin", "/sbin"});
    const auto found = process::search_path(name, folders);
    if (found.empty()) {
        throw std::runtime_error(
            fmt::format("{} is not installed (package {}); it is needed here", name, package));
    }
    return found.string();
}

std::string first_line(std::string_view text)
{
    return std::string(text.substr(0, text.find('\n')));
}

ProgramResult run_to_end(const std::string& program, const std::vector<std::string>& arguments,
                         Bounds bounds)
{
    process::environment environment = boost::this_process::environment();
    environment["LC_ALL"] = "C";
    boost::asio::io_context io_context;
    std::future<std::string> output;
    std::future<std::string> errors;
    process::child child(
        process::exe = program, process::args = arguments, environment,
        (process::std_in < process::null), (process::std_out > output), (process::std_err > errors),
        io_context, process::extend::on_exec_setup = [bounds](auto&) {
            leave_watch_in_child();
            if (bounds == Bounds::kOfStrangers) {
                bound(RLIMIT_CPU, kMostSeconds);
                bound(RLIMIT_AS, kMostBytes);
            }
        });
    io_context.run();
    child.wait();
    return {child.exit_code(), output.get(), errors.get()};
}

int run_script(const std::string& script, const std::string& folder,
               const std::vector<std::pair<std::string, std::optional<std::string>>>& variables)
{
    process::environment environment = boost::this_process::environment();
    for (const auto& [name, value] : variables) {
        if (value) {
            environment[name] = *value;
        } else {
            environment.erase(name);
        }
    }
    process::child child(
        process::exe = "/bin/sh", process::args = std::vector<std::string>{script}, environment,
        process::start_dir = folder, (process::std_in < process::null),
        process::extend::on_exec_setup = [](auto&) { leave_watch_in_child(); });
    child.wait();
    return child.exit_code();
}

}  // namespace amilab::cli
