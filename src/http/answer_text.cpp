#include "http/answer_text.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

namespace dibs::http {
namespace {

void append_clean(std::string& out, std::string_view text) {
    for (const char one : text)
        if (one != '\r' && one != '\n') out += one;
}

void append_status(std::string& out, int status) {
    const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
    const std::string_view phrase = boost::beast::http::obsolete_reason(known);
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status, phrase);
}

bool has_body(int status) { return status != 204 && status != 304; }

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
}

void append_answer(std::string& out, const response& what, std::string_view date, persistence after,
                   body_sent how) {
    out.reserve(out.size() + 256 + what.body.size());
    append_status(out, what.status);
    append_field(out, "Date", date);
    for (const auto& [name, value] : what.headers) append_field(out, name, value);
    if (after == persistence::close) out += "Connection: close\r\n";
    if (after == persistence::announce_keep) out += "Connection: keep-alive\r\n";
    if (has_body(what.status)) {
        if (!what.content_type.empty()) append_field(out, "Content-Type", what.content_type);
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", what.body.size());
    }
    out += "\r\n";
    if (has_body(what.status) && how == body_sent::whole) out += what.body;
}

std::string_view date_text::at(std::chrono::system_clock::time_point now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second != second_) {
        second_ = second;
        text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                            fmt::gmtime(std::chrono::system_clock::to_time_t(second)));
    }
    return text_;
}

}  // namespace dibs::http
