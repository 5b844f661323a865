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
        case Level::kDebug:
            return spdlog::level::debug;
        case Level::kInfo:
            return spdlog::level::info;
        case Level::kWarning:
            return spdlog::level::warn;
        case Level::kError:
            return spdlog::level::err;
    }
    return spdlog::level::off;
}

constexpr std::size_t kLongestWord = 128;
constexpr std::string_view kLeftOut = "...";

void append_escaped(std::string& line, char c)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    line += "\\x";
    line += kDigits[byte >> 4U];
    line += kDigits[byte & 0x0fU];
}

/// ASCII from `first` to '~' as it is, other bytes escaped.
void append(std::string& line, std::string_view text, char first, std::size_t most_bytes)
{
    for (const char c : text.substr(0, most_bytes)) {
        if (c >= first && c <= '~') {
            line += c;
        } else {
            append_escaped(line, c);
        }
    }
    if (text.size() > most_bytes) {
        line += kLeftOut;
    }
}

}  // namespace

std::string as_word(std::string_view text)
{
    if (text.empty()) {
        return "-";
    }
    std::string word;
    append(word, text, '!', kLongestWord);
    return word;
}

std::string as_text(std::string_view text, std::size_t most_bytes)
{
    std::string quoted = "\"";
    append(quoted, text, ' ', most_bytes);
    quoted += '"';
    return quoted;
}

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

bool writes(Level level)
{
    return spdlog::default_logger_raw()->should_log(level_of(level));
}

void write(Level level, fmt::string_view format, fmt::format_args arguments)
{
    if (writes(level)) {
        spdlog::default_logger_raw()->log(level_of(level), fmt::vformat(format, arguments));
    }
}

}  // namespace amilab::log
