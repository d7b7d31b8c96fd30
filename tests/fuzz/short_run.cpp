// In place of libFuzzer where the compiler gives it no feedback (g++): each input of a folder, and then so
// many mutations of them, the same ones every time. An input that breaks the target is saved as FIND.
//
// usage: fuzz_TARGET RUNS FOLDER FIND
//        fuzz_TARGET 0 FILE FIND
#include "tests/fuzz/fuzz.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest = 2048;

std::string current;  // the input that is tried
const char* find_name = nullptr;

extern "C" void save_current(int /*signal*/) {
    const int file = ::open(find_name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file >= 0 && ::write(file, current.data(), current.size()) >= 0) ::close(file);
}

void try_input(std::string input) {
    current = std::move(input);
    // In memory of its very size, so that a read beyond its end is seen.
    const std::vector<std::uint8_t> exact(current.begin(), current.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::vector<std::string> read_inputs(const fs::path& from) {
    std::vector<fs::path> files;
    if (fs::is_directory(from))
        for (const auto& entry : fs::directory_iterator(from)) files.push_back(entry.path());
    else
        files.push_back(from);
    std::ranges::sort(files);
    std::vector<std::string> inputs;
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return inputs;
}

class mutator {
   public:
    explicit mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

    std::string next() {
        std::string made = seed();
        for (auto changes = 1 + below(4); changes > 0; --changes) change(made);
        if (made.size() > longest) made.resize(longest);
        return made;
    }

   private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
    const std::string& seed() { return seeds_[below(seeds_.size())]; }

    std::string piece_of(const std::string& text) {
        return text.substr(below(text.size()), 1 + below(below(2) == 0 ? 4 : 64));
    }

    char odd_byte() {
        constexpr std::string_view telling = "\r\n \t:;=,.'\"\\{}[]()%+-019aAfF\x7f\xff";
        return below(2) == 0 ? telling[below(telling.size())] : static_cast<char>(below(256));
    }

    void change(std::string& text) {
        const auto place = below(text.size() + 1);
        switch (below(6)) {
            case 0: text.erase(place, piece_of(text).size()); break;
            case 1: text.insert(place, 1, odd_byte()); break;
            case 2: text.insert(place, piece_of(text)); break;
            case 3: text.insert(place, piece_of(seed())); break;
            case 4: text.insert(place, below(300), odd_byte()); break;
            default:
                if (place < text.size()) text[place] = odd_byte();
        }
    }

    std::vector<std::string> seeds_;
    std::mt19937 random_{1};
};

}  // namespace

int main(int count, char** words) {
    const std::string_view runs = count == 4 ? words[1] : "";
    std::size_t left = 0;
    if (std::from_chars(runs.data(), runs.data() + runs.size(), left).ec != std::errc()) return 2;
    find_name = words[3];
    std::signal(SIGABRT, save_current);
    const auto seeds = read_inputs(words[2]);
    if (seeds.empty()) return 2;
    for (const auto& seed : seeds) try_input(seed);
    mutator mutations(seeds);
    fmt::print("{} inputs and {} mutations of them\n", seeds.size(), left);
    for (; left > 0; --left) try_input(mutations.next());
    return 0;
}
