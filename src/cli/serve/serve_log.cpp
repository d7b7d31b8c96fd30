#include "cli/serve/serve_log.hpp"

#include "cli/say.hpp"

#include <dibs/log.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

namespace dibs::cli {
namespace {

bool is_utf8(std::string_view text) {
    boost::system::error_code wrong;
    boost::json::parse(boost::json::serialize(boost::json::string(text)), wrong);
    return !wrong;
}

std::string written(std::chrono::system_clock::time_point when) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(when);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(when - whole);
    return fmt::format("{:%FT%T}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                       rest.count());
}

std::string json_line(std::chrono::system_clock::time_point when, std::string_view level,
                      const boost::json::object& rest) {
    boost::json::object line{{"time", written(when)}, {"level", level}};
    for (const auto& [name, value] : rest) line[name] = value;
    return boost::json::serialize(line);
}

class json_lines final : public spdlog::formatter {
   public:
    void format(const spdlog::details::log_msg& what, spdlog::memory_buf_t& to) override {
        const auto level = spdlog::level::to_string_view(what.level);
        const std::string_view message(what.payload.data(), what.payload.size());
        const auto line =
            json_line(what.time, {level.data(), level.size()}, {{"message", on_a_line(message)}});
        fmt::format_to(std::back_inserter(to), "{}\n", line);
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<json_lines>(); }
};

/// `%*` of a pattern.
class message_on_a_line final : public spdlog::custom_flag_formatter {
   public:
    void format(const spdlog::details::log_msg& what, const std::tm&, spdlog::memory_buf_t& to) override {
        const auto text = on_a_line({what.payload.data(), what.payload.size()});
        to.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<message_on_a_line>();
    }
};

std::unique_ptr<spdlog::formatter> formatter_of(log_format format) {
    if (format == log_format::json) return std::make_unique<json_lines>();
    auto pattern = std::make_unique<spdlog::pattern_formatter>();
    pattern->add_flag<message_on_a_line>('*').set_pattern("[%Y-%m-%d %H:%M:%S.%e] [%^%l%$] %*");
    return pattern;
}

std::string text_line(const boost::json::object& what) {
    std::string line;
    for (const auto& [name, value] : what)
        line +=
            fmt::format("{}{}={}", line.empty() ? "" : " ", std::string_view(name),
                        value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value));
    return line;
}

}  // namespace

log_format log_format_from(std::string_view word) {
    if (word.empty()) return isatty(STDERR_FILENO) ? log_format::text : log_format::json;
    return word == "json" ? log_format::json : log_format::text;
}

std::string on_a_line(std::string_view text) {
    const bool readable = is_utf8(text);
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !readable))
            line += fmt::format("\\x{:02x}", byte);
        else
            line += c;
    }
    return line;
}

void set_up_log(log_format format, const std::string& level) {
    auto logger =
        std::make_shared<spdlog::logger>("dibs", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    logger->set_formatter(formatter_of(format));
    spdlog::set_default_logger(std::move(logger));
    spdlog::set_level(spdlog::level::from_str(level));
    set_log_sink([](log_level how, std::string_view line) {
        spdlog::log(static_cast<spdlog::level::level_enum>(static_cast<int>(how) + SPDLOG_LEVEL_DEBUG), "{}",
                    line);
    });
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): its texts are changed
void log_request(log_format format, boost::json::object what) {
    for (auto& [name, value] : what)
        if (value.is_string()) value = on_a_line(value.as_string());
    const auto now = std::chrono::system_clock::now();
    const auto line = format == log_format::json
                          ? json_line(now, "info", what)
                          : fmt::format("[{}] [info] {}", written(now), text_line(what));
    say("{}\n", line);
}

}  // namespace dibs::cli
