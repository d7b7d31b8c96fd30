#pragma once

#include "core/asio.hpp"
#include "redis/command.hpp"
#include "redis/connection.hpp"
#include "redis/reply.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace dibs::redis {

/// A Lua script that the server keeps under its digest.
class script {
   public:
    /// `name` stands in error messages; both must outlive the script (they are literals).
    script(std::string_view name, std::string_view source);

    std::string_view name() const { return name_; }
    std::string_view source() const { return source_; }
    /// 40 lower-case hexadecimal digits.
    const std::string& sha1() const { return sha1_; }

   private:
    std::string_view name_;
    std::string_view source_;
    std::string sha1_;
};

/// A script with its KEYS and ARGV: `script_call(scripts::release).key(lock_key).arg(owner)`. Keys come
/// first.
class script_call {
   public:
    /// The script must outlive the call.
    explicit script_call(const script& what) : script_(&what) {}
    script_call(const script& what, const arguments& keys) : script_call(what) {
        words_.reserve(usual_size);
        words_.add(keys);
        keys_ = keys.count();
    }

    script_call& key(std::string_view name) &;
    script_call&& key(std::string_view name) && { return std::move(key(name)); }
    script_call& arg(std::string_view value) & { return words_.add(value), *this; }
    script_call&& arg(std::string_view value) && { return std::move(arg(value)); }
    template <std::integral Integer>
    script_call& arg(Integer value) & {
        return words_.add(static_cast<std::int64_t>(value)), *this;
    }
    template <std::integral Integer>
    script_call&& arg(Integer value) && {
        return std::move(arg(value));
    }

    const script& what() const { return *script_; }
    command by_digest() const;  ///< EVALSHA
    command by_source() const;  ///< EVAL, which also loads the script

   private:
    static constexpr std::size_t usual_size = 256;  // bytes; saves growing step by step
    command start(std::string_view verb, std::string_view script_word) const;

    const script* script_;
    arguments words_;
    std::size_t keys_ = 0;
};

/// Runs the script: EVALSHA, and where the server does not know it (NOSCRIPT), EVAL. Throws as
/// connection::execute; what the script answers with redis.error_reply comes as refusal. `still_wanted`, if
/// given, says whether to go on to EVAL, which the server would run after what was sent meanwhile; where not,
/// NOSCRIPT is thrown. It may draw up `call` anew. `call` must outlive the coroutine.
task<reply> evaluate(connection& on, const script_call& call, deadline until,
                     when_cancelled then = when_cancelled::give_up, std::function<bool()> still_wanted = {});

}  // namespace dibs::redis
