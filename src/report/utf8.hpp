#pragma once

#include <string_view>

namespace dibs::report {

bool is_utf8(std::string_view text);

}  // namespace dibs::report
