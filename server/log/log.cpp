#include "server/log/log.h"

#include <string>
#include <utility>

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace amilab::log {

namespace {

constexpr const char* kName = "amilab";

spdlog::level::level_enum level_of(Level level)
{
    switch (level) {
        case Level::kInfo:
            return spdlog::level::info;
        case Level::kWarning:
            return spdlog::level::warn;
        case Level::kError:
            return spdlog::level::err;
    }
    return spdlog::level::off;
}

}  // namespace

void set_up(std::string_view least)
{
    auto logger = spdlog::stderr_logger_mt(kName);
    logger->set_level(spdlog::level::from_str(std::string(least)));
    spdlog::set_default_logger(std::move(logger));
}

void set_up_silent()
{
    spdlog::set_default_logger(spdlog::null_logger_mt(kName));
}

void write(Level level, fmt::string_view format, fmt::format_args arguments)
{
    auto* logger = spdlog::default_logger_raw();
    if (logger->should_log(level_of(level))) {
        logger->log(level_of(level), fmt::vformat(format, arguments));
    }
}

}  // namespace amilab::log
