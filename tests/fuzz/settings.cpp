// A configuration in TOML: refused with its line, or settings that are the same when written again.
#include "cli/serve/settings_file.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace dibs::fuzz {
namespace {

const std::string file = "file.toml";

/// The line that stands in `FILE:LINE`; 0: that is not what it is.
std::size_t line_in(std::string_view place) {
    if (!place.starts_with(file + ":")) return 0;
    place.remove_prefix(file.size() + 1);
    std::size_t line = 0;
    const auto read = std::from_chars(place.data(), place.data() + place.size(), line);
    return read.ptr == place.data() + place.size() ? line : 0;
}

std::vector<std::string> written_and_read(const std::vector<std::string>& values) {
    std::string text = "key = [";
    for (const auto& value : values) text += cli::toml_quoted(value) + ",";
    const auto again = cli::settings_in(text + "]\n", file);
    require(again.size() == 1 && again[0].trouble.empty(), "what was written cannot be read");
    return again[0].values;
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const auto text = text_of(data, size);
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    std::size_t last = 0;
    try {
        for (const auto& found : dibs::cli::settings_in(text, file)) {
            const auto line = line_in(found.place);
            require(line >= std::max<std::size_t>(last, 1) && line <= lines,
                    "no line of the file, or out of order");
            last = line;
            if (!found.trouble.empty()) continue;
            require(written_and_read(found.values) == found.values,
                    "a setting is another when written again");
        }
    } catch (const dibs::error& refused) {
        require(refused.kind() == dibs::fault::bad_input, "refused for another reason than bad input");
        const std::string_view said = refused.what();
        require(said.find(file + ":") != std::string_view::npos, "refused without a line");
    }
    return 0;
}
