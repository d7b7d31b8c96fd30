#include "experiment/machine.hpp"

#include "core/file_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>

#include <charconv>
#include <ctime>

namespace dibs::experiment {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\"");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\"\r") - begin + 1);
}

std::int64_t leading_number(std::string_view text) {
    std::int64_t read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    return read;
}

std::int64_t usable_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    return ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 0;
}

std::string kernel_name() {
    utsname names{};
    return ::uname(&names) == 0 ? fmt::format("{} {} {}", names.sysname, names.release, names.machine) : "";
}

}  // namespace

std::string value_in(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto mark = line.find_first_of(":=");
        if (mark != std::string_view::npos && trimmed(line.substr(0, mark)) == key)
            return std::string(trimmed(line.substr(mark + 1)));
    }
    return {};
}

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

machine this_machine() {
    machine found;
    found.cpu = value_in(file_text("/proc/cpuinfo").value_or(""), "model name");
    found.cores = usable_cores();
    found.memory_mib = leading_number(value_in(file_text("/proc/meminfo").value_or(""), "MemTotal")) / 1024;
    found.kernel = kernel_name();
    found.os = value_in(file_text("/etc/os-release").value_or(""), "PRETTY_NAME");
    found.compiler = "g++ " __VERSION__;
    return found;
}

boost::json::object json_of(const machine& described) {
    return {{"cpu", described.cpu},
            {"cores", described.cores},
            {"memory_mib", described.memory_mib},
            {"kernel", described.kernel},
            {"os", described.os},
            {"redis", described.redis},
            {"postgresql", described.postgresql},
            {"compiler", described.compiler}};
}

machine machine_from(const boost::json::value& json) {
    const auto text = [&](const char* key) { return std::string(json.at(key).as_string()); };
    const auto number = [&](const char* key) { return json.at(key).to_number<std::int64_t>(); };
    return {text("cpu"), number("cores"), number("memory_mib"), text("kernel"),
            text("os"),  text("redis"),   text("postgresql"),   text("compiler")};
}

machine_differences differences(const machine& before, const machine& now) {
    machine_differences found;
    const auto compare = [](std::vector<std::string>& into, const char* what, const auto& then,
                            const auto& here) {
        if (then != here) into.push_back(fmt::format("{} was {}, now {}", what, then, here));
    };
    compare(found.that_matter, "the processor", before.cpu, now.cpu);
    compare(found.that_matter, "the number of cores", before.cores, now.cores);
    compare(found.that_matter, "Redis", before.redis, now.redis);
    compare(found.that_matter, "PostgreSQL", before.postgresql, now.postgresql);
    compare(found.that_matter, "the compiler", before.compiler, now.compiler);
    compare(found.to_be_told, "memory in MiB", before.memory_mib, now.memory_mib);
    compare(found.to_be_told, "the kernel", before.kernel, now.kernel);
    compare(found.to_be_told, "the system", before.os, now.os);
    return found;
}

}  // namespace dibs::experiment
