#include "report/comparison/comparison_setting.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace dibs::report {
namespace {

namespace json = boost::json;

using setting = std::pair<const char*, std::string_view>;

constexpr std::array settings{setting{"/profile", "the profile"},
                              setting{"/scenario", "the scenario"},
                              setting{"/service/processes", "the number of service processes"},
                              setting{"/servers", "the servers"},
                              setting{"/machine/cpu", "the processor"},
                              setting{"/machine/cores", "the number of cores"},
                              setting{"/machine/memory_mib", "the memory, in MiB,"},
                              setting{"/machine/kernel", "the kernel"},
                              setting{"/machine/os", "the system"},
                              setting{"/machine/redis", "Redis"},
                              setting{"/machine/postgresql", "PostgreSQL"},
                              setting{"/machine/compiler", "the compiler"},
                              setting{"/version", "dibs"}};

const json::value* at(const json::value& summary, const char* pointer) {
    json::error_code failed;
    return summary.find_pointer(pointer, failed);
}

std::string text_of(const json::value* value) {
    if (value == nullptr) return "not said";
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

void add_doubt(const json::value& summary, std::string_view name, std::vector<std::string>& to) {
    const auto* finished = at(summary, "/finished");
    if (summary.is_null())
        to.push_back(fmt::format("{} has no summary.json: nothing says how it was made", name));
    else if (finished != nullptr && *finished == false)
        to.push_back(fmt::format("{} is not finished: rounds are missing", name));
}

}  // namespace

std::vector<std::string> differences_of_setting(const json::value& before, const json::value& after) {
    std::vector<std::string> found;
    add_doubt(before, "A", found);
    add_doubt(after, "B", found);
    if (before.is_null() || after.is_null()) return found;
    for (const auto& [pointer, name] : settings) {
        const auto* left = at(before, pointer);
        const auto* right = at(after, pointer);
        if (left == nullptr && right == nullptr) continue;
        if (left != nullptr && right != nullptr && *left == *right) continue;
        if (std::string_view(pointer) == "/scenario")
            found.emplace_back("the scenario differs: the load was not the same");
        else
            found.push_back(fmt::format("{} differs: {} in A, {} in B", name, text_of(left), text_of(right)));
    }
    return found;
}

}  // namespace dibs::report
