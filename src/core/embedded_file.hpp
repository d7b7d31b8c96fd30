#pragma once

#include <string_view>

namespace dibs {

/// A file that is part of the program.
struct embedded_file {
    std::string_view name;  ///< without its folder
    std::string_view content;
};

}  // namespace dibs
