// How long `dibs stats` takes for a long log, and how much memory. The log is a real one, over and over.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {

constexpr double most_seconds = 10;
constexpr double most_mib = 50;
constexpr double mib = 1 << 20;

/// A file that goes with this object.
class long_log {
   public:
    long_log(const std::string& source, std::size_t mebibytes) : long_log() {
        std::ifstream file(source, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        if (text.empty()) throw std::runtime_error(source + ": cannot be read, or is empty");
        std::ofstream log(path_, std::ios::binary);
        for (; size_ < mebibytes << 20U; size_ += text.size()) log << text;
        if (!log.flush()) throw std::runtime_error(path_ + ": cannot be written; is there room?");
    }
    long_log(const long_log&) = delete;
    long_log& operator=(const long_log&) = delete;
    ~long_log() { std::filesystem::remove(path_); }

    const std::string& path() const { return path_; }
    double size() const { return static_cast<double>(size_); }

   private:
    // The object is whole from here on, so that its file goes also where the other constructor fails.
    long_log() : path_((std::filesystem::temp_directory_path() / "dibs-stats-speed-XXXXXX").native()) {
        const int descriptor = ::mkstemp(path_.data());
        if (descriptor < 0) throw std::runtime_error(path_ + ": cannot be made");
        ::close(descriptor);
    }

    std::string path_;
    std::size_t size_ = 0;
};

struct usage {
    double seconds = 0;
    double resident_mib = 0;
};

usage run(const std::string& program, const std::string& log) {
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl(program.c_str(), program.c_str(), "stats", log.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    rusage used{};
    if (child < 0 || ::wait4(child, &status, 0, &used) < 0 || status != 0)
        throw std::runtime_error(program + " stats has failed");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return {took.count(), static_cast<double>(used.ru_maxrss) / 1024};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Times dibs stats over a log of k6 summaries, repeated up to a size"};
    std::string program;
    std::string source;
    std::size_t mebibytes = 1024;
    app.add_option("DIBS", program, "The program")->required()->check(CLI::ExistingFile);
    app.add_option("LOG", source, "A report.md of dibs bench, or a log of k6 under headings")->required();
    app.add_option("--mib", mebibytes, "Size of the log")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        const long_log log(source, mebibytes);
        const auto used = run(program, log.path());
        fmt::print("{:.0f} MiB in {:.2f} s ({:.0f} MiB/s) with {:.1f} MiB of memory\n", log.size() / mib,
                   used.seconds, log.size() / mib / used.seconds, used.resident_mib);
        return used.seconds <= most_seconds && used.resident_mib <= most_mib ? 0 : 1;
    } catch (const std::exception& failed) {
        fmt::print(stderr, "stats_speed: {}\n", failed.what());
        return 1;
    }
}
