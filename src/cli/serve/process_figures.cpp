#include "cli/serve/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dibs::cli {
namespace {

double seconds_in(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

process_figures figures_of_this_process() {
    process_figures found;
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    found.cpu_seconds = seconds_in(used.ru_utime) + seconds_in(used.ru_stime);
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;  // the second field
    found.resident_bytes = static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
    std::error_code nowhere;
    const std::filesystem::directory_iterator open("/proc/self/fd", nowhere);
    found.open_fds = static_cast<double>(std::distance(begin(open), end(open)));
    rlimit most{};
    getrlimit(RLIMIT_NOFILE, &most);
    found.max_fds = static_cast<double>(most.rlim_cur);
    return found;
}

}  // namespace dibs::cli
