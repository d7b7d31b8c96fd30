#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dibs::redis {

/// Words of a command in RESP's form, ready to be sent.
class arguments {
   public:
    void add(std::string_view word);
    void add(std::int64_t number);
    void add(const arguments& others);

    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

    std::size_t count() const { return count_; }
    const std::string& bytes() const { return bytes_; }
    /// The n-th word; empty where there are fewer.
    std::string_view word(std::size_t index) const;

   private:
    std::string bytes_;
    std::size_t count_ = 0;
};

/// A Redis command: `command("SET").arg(key).arg(value).arg("PX").arg(5000)`.
class command {
   public:
    explicit command(std::string_view verb) {
        words_.reserve(usual_size);
        words_.add(verb);
    }
    /// So many bytes of arguments are to come.
    void reserve(std::size_t bytes) { words_.reserve(words_.bytes().size() + bytes + usual_size); }

    command& arg(std::string_view word) & { return words_.add(word), *this; }
    command&& arg(std::string_view word) && { return words_.add(word), std::move(*this); }
    template <std::integral Integer>
    command& arg(Integer number) & {
        return words_.add(static_cast<std::int64_t>(number)), *this;
    }
    template <std::integral Integer>
    command&& arg(Integer number) && {
        return words_.add(static_cast<std::int64_t>(number)), std::move(*this);
    }
    command& args(const arguments& words) & { return words_.add(words), *this; }

    /// Appends the command as it goes over the wire.
    void append_to(std::string& output) const;

    /// For error messages: the verb and the first key, never a value or a password.
    std::string describe() const;

   private:
    static constexpr std::size_t usual_size = 192;  // bytes; saves growing step by step
    arguments words_;
};

}  // namespace dibs::redis
