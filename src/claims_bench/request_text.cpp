#include "claims_bench/request_text.hpp"

#include "core/file_text.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace dibs::claims_bench {
namespace {

// Ten digits make all bodies of one length.
constexpr std::size_t key_digits = 10;
constexpr std::string_view body_end = "\"}";

std::string content_of(const std::string& path) {
    auto bytes = file_text(path).value_or("");
    if (bytes.empty()) throw std::runtime_error(path + ": there are no users in it");
    return bytes;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string_view::npos;
         begin = end + 1)
        lines.push_back(text.substr(begin, end - begin));
    return lines;
}

}  // namespace

request_texts::request_texts(const load_orders& orders)
    : file_(content_of(orders.users_file)), tokens_(lines_of(file_)) {
    head_ = fmt::format(
        "POST /api/coupons/{}/claims HTTP/1.1\r\n"
        "Host: localhost:{}\r\n"
        "Content-Type: application/json\r\n"
        "X-Lock-Strategy: {}\r\n"
        "Authorization: Bearer ",
        orders.coupon, orders.port, orders.strategy);
    const auto body_begin =
        fmt::format(R"({{"couponCode":"{}","idempotencyKey":"{}-)", orders.code, orders.keys);
    middle_ = fmt::format("\r\nContent-Length: {}\r\n\r\n{}",
                          body_begin.size() + key_digits + body_end.size(), body_begin);
}

void request_texts::write(std::size_t number, std::string& out) const {
    out.clear();
    out += head_;
    out += tokens_[number % tokens_.size()];
    out += middle_;
    fmt::format_to(std::back_inserter(out), "{:0{}}", number, key_digits);
    out += body_end;
}

}  // namespace dibs::claims_bench
