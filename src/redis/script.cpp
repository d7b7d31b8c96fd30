#include "redis/script.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cassert>
#include <stdexcept>

namespace dibs::redis {
namespace {

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-1, by which Redis names scripts");
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) fmt::format_to(std::back_inserter(hex), "{:02x}", digest.at(i));
    return hex;
}

}  // namespace

script::script(std::string_view name, std::string_view source)
    : name_(name), source_(source), sha1_(sha1_hex(source)) {}

script_call& script_call::key(std::string_view name) & {
    assert(words_.count() == keys_ && "keys come before arguments");
    words_.add(name);
    ++keys_;
    return *this;
}

command script_call::start(std::string_view verb, std::string_view script_word) const {
    command what(verb);
    what.reserve(words_.bytes().size() + script_word.size());
    what.arg(script_word).arg(keys_).args(words_);
    return what;
}

command script_call::by_digest() const { return start("EVALSHA", script_->sha1()); }
command script_call::by_source() const { return start("EVAL", script_->source()); }

task<reply> evaluate(connection& on, const script_call& call, deadline until, when_cancelled then,
                     std::function<bool()> still_wanted) {
    try {
        co_return co_await on.execute(call.by_digest(), until, then);
    } catch (const refusal& answer) {
        if (answer.code() != "NOSCRIPT" || (still_wanted && !still_wanted())) throw;
    }
    co_return co_await on.execute(call.by_source(), until, then);
}

}  // namespace dibs::redis
