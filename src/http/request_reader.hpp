#pragma once

#include "http/header_scanner.hpp"
#include "http/message.hpp"
#include "http/request_limits.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dibs::http {

/// Why a request is not answered by its handler. Its connection closes, for where the next one begins is not
/// known.
struct refusal {
    int status = 400;
    std::string detail;
};

/// Turns the bytes of a connection into requests, one after the other. Pure: the connection reads and writes.
class request_reader {
   public:
    explicit request_reader(request_limits limits);
    ~request_reader();
    request_reader(const request_reader&) = delete;
    request_reader& operator=(const request_reader&) = delete;

    /// Where to read into; received() says how much of it was filled.
    std::span<char> room();
    void received(std::size_t bytes) { end_ += bytes; }

    enum class progress { need_more, complete, refused };
    progress advance();

    enum class stage { idle, header, body };
    /// What is being read. Idle: nothing of the next request has arrived.
    stage reading() const;
    /// True once for a request whose client waits for `100 Continue` before it sends the body.
    bool take_continue();

    /// The complete request; valid until next().
    request& message() { return message_; }
    const request& message() const { return message_; }
    /// Whether the client of the complete request means to use the connection again.
    bool keep_alive() const;
    bool is_http_1_0() const;
    const refusal& why_refused() const { return refusal_; }

    void next();
    /// Bytes that were received and belong to no request yet.
    std::size_t left_over() const { return end_ - begin_; }

   private:
    struct parsing;  // Beast's parser

    std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
    progress read_header();
    progress parse_header(std::size_t size);
    progress accept_header();
    progress read_body();
    progress read_chunks();
    progress refuse(int status, std::string detail);
    progress describe();

    request_limits limits_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    header_scanner scanner_;
    std::unique_ptr<parsing> parsing_;
    request message_;
    refusal refusal_;
    bool continue_due_ = false;
};

}  // namespace dibs::http
