// A Redis server's bytes, as one piece and cut up: the same replies. What is written is read back as it was.
#include "redis/command.hpp"
#include "redis/decoder.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace dibs::fuzz {
namespace {

using redis::reply;

constexpr std::size_t largest = 16UL * 1024;

struct witness {
    redis::decoder decoder{largest};
    std::vector<reply> replies;
    bool failed = false;

    void give(std::string_view bytes) {
        if (failed) return;
        try {
            decoder.feed(bytes);
            for (reply next; decoder.next(next);) replies.push_back(next);
        } catch (const redis::protocol_error&) {
            failed = true;
        }
    }
};

void write(const reply& what, std::string& out) {
    switch (what.kind()) {
        case reply::type::nil: out += "$-1\r\n"; break;
        case reply::type::status: out += fmt::format("+{}\r\n", what.text()); break;
        case reply::type::error: out += fmt::format("-{}\r\n", what.text()); break;
        case reply::type::integer: out += fmt::format(":{}\r\n", what.integer()); break;
        case reply::type::string: out += fmt::format("${}\r\n{}\r\n", what.text().size(), what.text()); break;
        case reply::type::array:
            out += fmt::format("*{}\r\n", what.elements().size());
            for (const auto& element : what.elements()) write(element, out);
    }
}

void read_back(const std::vector<reply>& replies) {
    std::string written;
    for (const auto& one : replies) write(one, written);
    if (written.size() > largest) return;
    witness again;
    again.give(written);
    require(again.replies == replies && !again.failed, "a reply is not what it was when written again");
}

/// The input's words, parted by its line feeds, as a command.
void send_command(std::string_view all) {
    std::vector<reply> words;
    redis::command built(all.substr(0, all.find('\n')));
    words.push_back(reply::of_text(reply::type::string, all.substr(0, all.find('\n'))));
    while (all.find('\n') != std::string_view::npos) {
        all.remove_prefix(all.find('\n') + 1);
        const auto word = all.substr(0, all.find('\n'));
        built.arg(word);
        words.push_back(reply::of_text(reply::type::string, word));
    }
    std::string written;
    built.append_to(written);
    built.describe();
    if (written.size() > largest) return;
    witness server;
    server.give(written);
    require(server.replies == std::vector{reply::of_array(words)}, "a command is not what was asked for");
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const auto all = text_of(data, size);
    if (all.size() > largest) return 0;
    witness whole;
    whole.give(all);
    witness sliced;
    in_pieces(all, [&](std::string_view piece) { sliced.give(piece); });
    require(whole.failed == sliced.failed && whole.replies == sliced.replies,
            "what is read depends on how it arrives");
    read_back(whole.replies);
    send_command(all);
    return 0;
}
