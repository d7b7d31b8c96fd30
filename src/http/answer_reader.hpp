#pragma once

#include "http/message.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dibs::http {

/// Turns what a server sends into the answer to one request; interim answers (1xx) are skipped. Pure.
class answer_reader {
   public:
    explicit answer_reader(method asked) : asked_(asked) { restart(); }

    /// How many of these bytes were understood; the rest is to be given again with what follows it.
    std::size_t take(std::string_view received, boost::system::error_code& failed);
    /// The server has closed. True: that is how it ended its answer.
    bool end();

    bool complete() const { return parser_->is_done(); }
    int status() const { return static_cast<int>(parser_->get().result_int()); }
    std::string take_body() { return std::move(parser_->get().body()); }
    bool keep_alive() const { return parser_->keep_alive(); }

   private:
    void restart();

    method asked_;
    std::optional<boost::beast::http::response_parser<boost::beast::http::string_body>> parser_;
};

}  // namespace dibs::http
