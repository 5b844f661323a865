#include "server/cli/programs.h"

#include <future>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/process/args.hpp>
#include <boost/process/async.hpp>
#include <boost/process/child.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/search_path.hpp>

#include "server/cli/interruption.h"

namespace amilab::cli {

namespace process = boost::process;

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

ProgramResult run_to_end(const std::string& program, const std::vector<std::string>& arguments)
{
    boost::asio::io_context io_context;
    std::future<std::string> errors;
    process::child child(
        process::exe = program, process::args = arguments, (process::std_in < process::null),
        (process::std_out > process::null), (process::std_err > errors), io_context,
        process::extend::on_exec_setup = [](auto&) { leave_watch_in_child(); });
    io_context.run();
    child.wait();
    return {child.exit_code(), errors.get()};
}

}  // namespace amilab::cli
