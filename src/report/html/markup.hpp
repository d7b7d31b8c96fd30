#pragma once

#include "report/html/page.hpp"

#include <string>

/// The parts of a document as HTML. Pure.
namespace dibs::report::html {

std::string body_of(const document& of);

/// Unique on the page, and what links and scripts find it by.
std::string chart_id(const section& in, std::size_t place);

}  // namespace dibs::report::html
