#include "cli/progress_line.hpp"

#include "cli/say.hpp"

#include <unistd.h>

namespace dibs::cli {
namespace {

constexpr std::chrono::seconds between_lines{10};

}  // namespace

progress_line::progress_line(std::FILE* out)
    : out_(out),
      place_(isatty(fileno(out)) == 1 ? place::terminal : place::file),
      next_(clock::now() + between_lines) {}

progress_line::~progress_line() {
    if (shown_ > 0) say_on(out_, "\n");
}

void progress_line::show(const std::string& text) {
    if (place_ == place::terminal) {
        say_on(out_, "\r{:<{}}", text, shown_);
        shown_ = text.size();
        std::fflush(out_);
        return;
    }
    if (clock::now() < next_) return;
    next_ += between_lines;
    say_on(out_, "{}\n", text);
    std::fflush(out_);
}

}  // namespace dibs::cli
