#pragma once

#include "sandbox/supervisor.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::tests {

/// `dibs serve` in a process of its own.
class serve_process {
   public:
    /// Starts it with a token key that all of them share. Returns when it listens, or has ended without.
    serve_process(sandbox::supervisor& box, std::vector<std::string> words);

    /// Throws std::runtime_error with its stderr when it does not listen.
    std::uint16_t port() const;
    sandbox::process& process() { return process_; }
    /// What it left on stderr; for one that has ended.
    std::string errors();

    static const std::string token_key;

   private:
    sandbox::process process_;
    std::string listening_;
};

struct api_answer {
    int status = 0;
    std::string head;
    std::string text;
    boost::json::value body;

    /// The problem's type without `/problems/`, or "".
    std::string problem() const;
    const boost::json::value& data() const { return body.at("data"); }
};

/// Talks to the service, blocking; a connection for each request.
class coupon_client {
   public:
    explicit coupon_client(std::uint16_t port) : port_(port) {}
    std::uint16_t port() const { return port_; }

    using fields = std::vector<std::string>;  ///< `Name: value`
    api_answer get(const std::string& path, const fields& more = {}) const;
    api_answer post(const std::string& path, const std::string& body, const fields& more = {}) const;
    /// `head`: method and path.
    api_answer exchange(const std::string& head, const std::string& body, const fields& more) const;

    api_answer patch(const std::string& path, const std::string& body, const fields& more = {}) const;

    /// A guest's access token.
    std::string sign_up(const std::string& name) const;
    struct wish {
        std::string token;
        std::string coupon;
        std::string strategy;
        std::string key = "key";
    };
    /// The code is CODE.
    api_answer claim(const wish& what) const;

    static std::string bearer(const std::string& token) { return "Authorization: Bearer " + token; }

   private:
    std::uint16_t port_;
};

}  // namespace dibs::tests
