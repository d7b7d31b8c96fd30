#pragma once

#include "claims_bench/load_orders.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::claims_bench {

/// The requests of a load, each a user's claim with a key of its own: their pieces are made beforehand.
class request_texts {
   public:
    /// Reads the users' tokens. Throws std::runtime_error where the file cannot be read or is empty.
    explicit request_texts(const load_orders& orders);
    request_texts(const request_texts&) = delete;
    request_texts& operator=(const request_texts&) = delete;

    std::size_t users() const { return tokens_.size(); }
    /// Writes the request over `out`. Requests beyond the users begin with the first of them again.
    void write(std::size_t number, std::string& out) const;

   private:
    std::string file_;
    std::vector<std::string_view> tokens_;
    std::string head_;    // to the token
    std::string middle_;  // from it to the key
};

}  // namespace dibs::claims_bench
