#pragma once

#include "redis/reply.hpp"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string_view>

struct redisReader;

namespace dibs::redis {

/// The server's bytes make no sense, or more of it than we take. The connection cannot be used any further.
class protocol_error : public std::runtime_error {
   public:
    using std::runtime_error::runtime_error;
};

/// Turns the bytes of a server into replies; hiredis's reader does the parsing.
///
/// Limits: seven levels of nested arrays (the reader's), 4,194,304 elements an array, and a reply's size in
/// bytes. Memory is taken for what has arrived, not for what a header promises.
class decoder {
   public:
    explicit decoder(std::size_t max_reply_size);

    /// Throws protocol_error, as next().
    void feed(std::string_view bytes);
    /// False: the next reply is not complete yet.
    [[nodiscard]] bool next(reply& answer);

   private:
    struct deleter {
        void operator()(redisReader* reader) const;
    };
    std::unique_ptr<reply> root_;  // under construction; the reader knows its address
    std::unique_ptr<redisReader, deleter> reader_;
    std::size_t max_reply_size_;
    std::size_t arrived_ = 0;  // bytes of the reply under construction, and what follows it
};

}  // namespace dibs::redis
