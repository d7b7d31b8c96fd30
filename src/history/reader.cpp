#include "history/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

namespace dibs::history {
namespace {

std::string contents_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error(
            fmt::format("{}: {}", path.native(), std::generic_category().message(errno)));
    std::string text(std::filesystem::file_size(path), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

void read_file(const std::filesystem::path& path, recording& into) {
    const auto text = contents_of(path);
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) {
            ++into.torn;
            return;
        }
        try {
            into.events.push_back(event_from(rest.substr(0, end)));
        } catch (const std::invalid_argument& wrong) {
            throw std::runtime_error(fmt::format("{}:{}: {}", path.native(), number, wrong.what()));
        }
        rest.remove_prefix(end + 1);
    }
}

}  // namespace

recording read(const std::filesystem::path& from) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(from)) {
        for (const auto& entry : std::filesystem::directory_iterator(from))
            if (entry.path().extension() == ".history") files.push_back(entry.path());
        std::ranges::sort(files);
    } else {
        files.push_back(from);
    }
    recording all;
    for (const auto& file : files) read_file(file, all);
    std::ranges::stable_sort(all.events, {}, &event::at_ns);
    return all;
}

}  // namespace dibs::history
