#pragma once

#include "http/tls.hpp"

#include <filesystem>
#include <string>

namespace dibs::tests {

/// Writes a certificate of this name that is signed with its own key, and the key, into the folder; over
/// those that are there.
http::tls_files make_certificate(const std::filesystem::path& folder, const std::string& name);

}  // namespace dibs::tests
