#include "http/answer_reader.hpp"

#include <cstdint>

namespace dibs::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::uint32_t header_bytes = 64U * 1024;
constexpr std::uint64_t body_bytes = 64ULL * 1024 * 1024;

}  // namespace

void answer_reader::restart() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(header_bytes);
    parser_->body_limit(body_bytes);
    if (asked_ == method::head) parser_->skip(true);
}

std::size_t answer_reader::take(std::string_view received, boost::system::error_code& failed) {
    std::size_t taken = 0;
    failed = {};
    while (taken < received.size() && !parser_->is_done()) {
        const std::string_view rest = received.substr(taken);
        taken += parser_->put({rest.data(), rest.size()}, failed);
        if (failed == beast_http::error::need_more) {
            failed = {};
            break;
        }
        if (failed) break;
        if (parser_->is_done() && status() / 100 == 1) restart();
    }
    return taken;
}

bool answer_reader::end() {
    if (!parser_->got_some() || !parser_->is_header_done() || !parser_->need_eof()) return false;
    boost::system::error_code failed;
    parser_->put_eof(failed);
    return !failed;
}

}  // namespace dibs::http
