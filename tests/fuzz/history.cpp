// Recorded histories: a line is an event, which written again is the same, or it is refused in words.
#include "history/event.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <stdexcept>
#include <string>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs;
    history::event read;
    try {
        read = history::event_from(fuzz::text_of(data, size));
    } catch (const std::invalid_argument&) {
        return 0;
    }
    const auto line = history::to_line(read);
    fuzz::require(line.find('\n') == line.size() - 1, "an event of several lines");
    const auto again = history::event_from(line.substr(0, line.size() - 1));
    fuzz::require(again == read, "an event is another when written again");
    return 0;
}
