#include "http/answer_text.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

namespace dibs::http {
namespace {

void append_clean(std::string& out, std::string_view text) {
    const auto has = [text](char one) { return text.find(one) != std::string_view::npos; };
    if (!has('\r') && !has('\n')) {
        out += text;
        return;
    }
    for (const char one : text)
        if (one != '\r' && one != '\n') out += one;
}

void append_status(std::string& out, int status) {
    const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
    const std::string_view phrase = boost::beast::http::obsolete_reason(known);
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status, phrase);
}

void append_length(std::string& out, const response& what, body_sent how) {
    if (how == body_sent::in_chunks)
        out += "Transfer-Encoding: chunked\r\n";
    else if (how != body_sent::until_close && !what.stream)
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", what.body.size());
}

bool has_body(int status) { return status != 204 && status != 304; }

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
}

void append_answer(std::string& out, const response& what, const answer_marks& marks, persistence after,
                   body_sent how) {
    out.reserve(out.size() + 256 + what.body.size());
    append_status(out, what.status);
    append_field(out, "Date", marks.date);
    append_field(out, "X-Request-Id", marks.request_id);
    if (!marks.traceparent.empty()) append_field(out, "traceparent", marks.traceparent);
    for (const auto& [name, value] : what.headers) append_field(out, name, value);
    if (after == persistence::close) out += "Connection: close\r\n";
    if (after == persistence::announce_keep) out += "Connection: keep-alive\r\n";
    if (has_body(what.status)) {
        if (!what.content_type.empty()) append_field(out, "Content-Type", what.content_type);
        append_length(out, what, how);
    }
    out += "\r\n";
    if (has_body(what.status) && how == body_sent::whole) out += what.body;
}

void append_chunk(std::string& out, std::string_view text) {
    fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", text.size(), text);
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
