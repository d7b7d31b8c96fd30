#include "coupon/tokens.hpp"

#include "core/random.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <jwt.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <new>

namespace dibs::coupon {
namespace {

constexpr std::size_t shortest_key = 32;
constexpr std::size_t longest_token = 1024;
constexpr const char* issuer = "dibs";
constexpr const char* audience = "dibs-coupons";

struct jwt_deleter {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using jwt_ptr = std::unique_ptr<jwt_t, jwt_deleter>;

struct text_deleter {
    void operator()(char* text) const { std::free(text); }
};

long seconds(tokens::clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// libjwt says no more of a failed call than that it failed; with constant names only memory can be lacking.
void check(int failed) {
    if (failed != 0) throw std::bad_alloc();
}

bool says(jwt_t* jwt, const char* grant, std::string_view expected) {
    const char* found = jwt_get_grant(jwt, grant);
    return found != nullptr && found == expected;
}

std::optional<long> whole_number(jwt_t* jwt, const char* grant) {
    errno = 0;
    const long found = jwt_get_grant_int(jwt, grant);
    if (errno != 0) return std::nullopt;
    return found;
}

std::optional<user_id> subject(jwt_t* jwt) {
    const char* found = jwt_get_grant(jwt, "sub");
    if (found == nullptr) return std::nullopt;
    const std::string_view text(found);
    std::int64_t id = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (wrong != std::errc() || end != text.data() + text.size() || id <= 0) return std::nullopt;
    return user_id{id};
}

}  // namespace

token_key::token_key(std::string bytes) : bytes_(std::move(bytes)) {
    if (bytes_.size() < shortest_key)
        throw error(fault::bad_input, "dibs serve", "token key",
                    fmt::format("it has {} bytes and needs {} or more, as `openssl rand -hex 32` writes them",
                                bytes_.size(), shortest_key));
}

token_key token_key::random() { return token_key(random_hex(shortest_key)); }

std::string tokens::issue(user_id user, clock::time_point now) const {
    jwt_t* made = nullptr;
    check(jwt_new(&made));
    const jwt_ptr jwt(made);
    const auto* key = reinterpret_cast<const unsigned char*>(key_.bytes().data());
    check(jwt_set_alg(made, JWT_ALG_HS256, key, static_cast<int>(key_.bytes().size())));
    check(jwt_add_grant(made, "iss", issuer));
    check(jwt_add_grant(made, "aud", audience));
    check(jwt_add_grant(made, "sub", std::to_string(number(user)).c_str()));
    check(jwt_add_grant_int(made, "iat", seconds(now)));
    check(jwt_add_grant_int(made, "nbf", seconds(now)));
    check(jwt_add_grant_int(made, "exp", seconds(now + lifetime)));
    const std::unique_ptr<char, text_deleter> text(jwt_encode_str(made));
    if (!text) throw std::bad_alloc();
    return text.get();
}

std::optional<user_id> tokens::verify(std::string_view token, clock::time_point now) const {
    if (token.size() > longest_token || token.find('\0') != std::string_view::npos) return std::nullopt;
    jwt_t* read = nullptr;
    const auto* key = reinterpret_cast<const unsigned char*>(key_.bytes().data());
    if (jwt_decode(&read, std::string(token).c_str(), key, static_cast<int>(key_.bytes().size())) != 0)
        return std::nullopt;
    const jwt_ptr jwt(read);
    if (jwt_get_alg(read) != JWT_ALG_HS256) return std::nullopt;
    if (!says(read, "iss", issuer) || !says(read, "aud", audience)) return std::nullopt;
    const auto not_before = whole_number(read, "nbf");
    const auto expires = whole_number(read, "exp");
    if (!not_before || !expires) return std::nullopt;
    if (seconds(now + skew) < *not_before || seconds(now - skew) >= *expires) return std::nullopt;
    return subject(read);
}

}  // namespace dibs::coupon
