#include "http/request_reader.hpp"

#include "http/chunk_decoder.hpp"
#include "http/framing.hpp"
#include "http/target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace dibs::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t first_buffer = 4UL * 1024;
constexpr std::size_t least_room = 1024;

method method_of(beast_http::verb verb) {
    switch (verb) {
        case beast_http::verb::get: return method::get;
        case beast_http::verb::head: return method::head;
        case beast_http::verb::post: return method::post;
        case beast_http::verb::put: return method::put;
        case beast_http::verb::patch: return method::patch;
        case beast_http::verb::delete_: return method::erase;
        case beast_http::verb::options: return method::options;
        default: return method::other;
    }
}

bool may_begin_a_request(char first) {
    return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '\r';
}

}  // namespace

struct request_reader::parsing {
    std::optional<beast_http::request_parser<beast_http::string_body>> parser;
    std::optional<chunk_decoder> chunks;  // of a chunked body
};

request_reader::request_reader(request_limits limits)
    : limits_(limits), buffer_(first_buffer), parsing_(std::make_unique<parsing>()) {}
request_reader::~request_reader() = default;

std::span<char> request_reader::room() {
    if (buffer_.size() - end_ < least_room && begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    if (buffer_.size() - end_ < least_room) buffer_.resize(buffer_.size() * 2);
    return {buffer_.data() + end_, buffer_.size() - end_};
}

request_reader::stage request_reader::reading() const {
    if (parsing_->parser) return stage::body;
    const bool none_begun = left_over() == 0 || unread() == "\r";  // half of an empty line before one
    return none_begun ? stage::idle : stage::header;
}

bool request_reader::take_continue() { return std::exchange(continue_due_, false); }

bool request_reader::keep_alive() const { return parsing_->parser && parsing_->parser->keep_alive(); }

bool request_reader::is_http_1_0() const {
    return parsing_->parser && parsing_->parser->is_header_done() && parsing_->parser->get().version() == 10;
}

void request_reader::next() {
    parsing_->parser.reset();
    parsing_->chunks.reset();
    message_.fields.clear();
    continue_due_ = false;
    if (begin_ == end_) begin_ = end_ = 0;
}

request_reader::progress request_reader::refuse(int status, std::string detail) {
    refusal_ = {status, std::move(detail)};
    return progress::refused;
}

request_reader::progress request_reader::advance() { return parsing_->parser ? read_body() : read_header(); }

request_reader::progress request_reader::read_header() {
    while (unread().starts_with("\r\n")) begin_ += 2;  // some clients send one after a body
    if (begin_ == end_) return progress::need_more;
    if (!may_begin_a_request(unread().front())) return refuse(400, "this is no HTTP request");
    const auto found = scanner_.scan(unread().substr(0, limits_.header_bytes));
    switch (found) {
        case header_scanner::finding::bare_line_feed:
            return refuse(400, "a line of the header does not end with CR LF");
        case header_scanner::finding::folded: return refuse(400, "a field of the header is folded");
        case header_scanner::finding::complete: break;
        case header_scanner::finding::incomplete:
            if (left_over() < limits_.header_bytes) return progress::need_more;
            return refuse(431,
                          "the header is larger than " + std::to_string(limits_.header_bytes) + " bytes");
    }
    const std::size_t size = scanner_.size();
    scanner_.restart();
    return parse_header(size);
}

request_reader::progress request_reader::parse_header(std::size_t size) {
    auto& parser = parsing_->parser.emplace();
    parser.header_limit(std::numeric_limits<std::uint32_t>::max());  // the scanner has looked after it
    parser.body_limit(limits_.body_bytes);
    boost::system::error_code failed;
    parser.put({buffer_.data() + begin_, size}, failed);
    begin_ += size;
    if (failed == beast_http::error::body_limit)
        return refuse(413, "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
    if (failed) return refuse(400, "malformed header: " + failed.message());
    return accept_header();
}

request_reader::progress request_reader::accept_header() {
    auto& parser = *parsing_->parser;
    const auto& header = parser.get();
    // Taken now, so that a chunked body's trailer cannot pass for a part of the header.
    for (const auto& field : header)
        message_.fields.push_back({std::string_view(field.name_string()), std::string_view(field.value())});
    if (auto refused = check_framing(message_.fields, header.version()))
        return refuse(refused->status, std::move(refused->detail));
    if (const auto described = describe(); described == progress::refused) return described;
    if (parser.is_done()) return progress::complete;
    parser.eager(true);
    if (parser.chunked()) parsing_->chunks.emplace(limits_);
    const auto expected = message_.header("Expect");
    if (expected && header.version() >= 11) {
        if (!boost::beast::iequals(*expected, "100-continue"))
            return refuse(417, "only `Expect: 100-continue` is understood");
        continue_due_ = begin_ == end_;
    }
    return read_body();
}

request_reader::progress request_reader::describe() {
    const auto& header = parsing_->parser->get();
    const auto target = read_target(header.target());
    if (!target) return refuse(400, "the request's target is no path");
    const auto host = message_.header("Host");
    if (host && !target->authority.empty() && !boost::beast::iequals(*host, target->authority))
        return refuse(400, "the target is of another host than Host says");
    message_.verb = method_of(header.method());
    message_.target = header.target();
    message_.path = target->path;
    message_.query = target->query;
    message_.body = {};
    return progress::need_more;
}

request_reader::progress request_reader::read_body() {
    if (parsing_->chunks) return read_chunks();
    auto& parser = *parsing_->parser;
    boost::system::error_code failed;
    if (begin_ < end_) begin_ += parser.put({buffer_.data() + begin_, end_ - begin_}, failed);
    if (failed == beast_http::error::body_limit)
        return refuse(413, "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
    if (failed && failed != beast_http::error::need_more)
        return refuse(400, "malformed body: " + failed.message());
    if (parser.is_done()) {
        message_.body = parser.get().body();
        return progress::complete;
    }
    return progress::need_more;
}

request_reader::progress request_reader::read_chunks() {
    std::string_view rest = unread();
    const auto found = parsing_->chunks->take(rest);
    begin_ = end_ - rest.size();
    switch (found) {
        case chunk_decoder::finding::incomplete: return progress::need_more;
        case chunk_decoder::finding::malformed: return refuse(400, "malformed body: no proper chunks");
        case chunk_decoder::finding::body_too_large:
            return refuse(413, "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
        case chunk_decoder::finding::lines_too_large:
            return refuse(431, "a chunk's header or the trailer is too large");
        case chunk_decoder::finding::complete: break;
    }
    message_.body = parsing_->chunks->body();
    return progress::complete;
}

}  // namespace dibs::http
