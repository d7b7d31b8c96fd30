#include "sandbox/stolen_time.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace dibs::sandbox {

std::chrono::nanoseconds stolen_time() {
    std::string line;
    std::ifstream file("/proc/stat");
    std::getline(file, line);
    return stolen_in(line, ::sysconf(_SC_CLK_TCK));
}

std::chrono::nanoseconds stolen_in(std::string_view proc_stat, std::int64_t ticks_a_second) {
    // cpu user nice system idle iowait irq softirq steal …
    constexpr int place = 8;
    std::istringstream line(std::string(proc_stat.substr(0, proc_stat.find('\n'))));
    std::string name;
    std::int64_t ticks = 0;
    line >> name;
    for (int i = 0; i < place; ++i)
        if (!(line >> ticks)) return {};
    return std::chrono::nanoseconds(std::chrono::seconds(1)) * ticks / ticks_a_second;
}

}  // namespace dibs::sandbox
