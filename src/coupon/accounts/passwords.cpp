#include "coupon/accounts/passwords.hpp"

#include <dibs/error.hpp>

#include <argon2.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace dibs::coupon {
namespace {

constexpr std::uint32_t passes = 2;
constexpr std::uint32_t memory_kib = 19 * 1024;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

task<std::string> call(std::function<std::string()> job) { co_return job(); }

class counted {
   public:
    explicit counted(std::shared_ptr<std::size_t> counter) : counter_(std::move(counter)) { ++*counter_; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --*counter_; }

   private:
    std::shared_ptr<std::size_t> counter_;
};

}  // namespace

std::string hash_password(const std::string& password) {
    std::array<unsigned char, salt_bytes> salt{};
    if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
        throw std::runtime_error("OpenSSL has no random bytes");
    std::string encoded(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id),
                        '\0');
    const int failed =
        argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(), salt.data(),
                              salt.size(), hash_bytes, encoded.data(), encoded.size());
    if (failed != ARGON2_OK)
        throw std::runtime_error(fmt::format("argon2: {}", argon2_error_message(failed)));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool password_matches(const std::string& encoded, const std::string& password) {
    return argon2id_verify(encoded.c_str(), password.data(), password.size()) == ARGON2_OK;
}

hashing_pool::hashing_pool(limits allowed) : allowed_(allowed), threads_(allowed.threads) {}

hashing_pool::~hashing_pool() {
    threads_.stop();
    threads_.join();
}

void hashing_pool::require_room() const {
    if (*waiting_ >= allowed_.waiting)
        throw error(fault::exhausted, "password hashing", "queue",
                    fmt::format("{} passwords wait already", *waiting_));
}

task<std::string> hashing_pool::run(std::function<std::string()> job) {
    require_room();
    const counted place(waiting_);
    // A hash cannot be cancelled; and Asio 1.81 would refer to the caller's signal when that is gone.
    auto unshared = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
    co_return co_await asio::co_spawn(threads_.get_executor(), call(std::move(job)), unshared);
}

}  // namespace dibs::coupon
