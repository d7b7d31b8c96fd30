#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace dibs::http {

/// Where a server's certificate is, in PEM.
struct tls_files {
    std::string certificate;  ///< followed by those that lead to a root
    std::string key;          ///< without a passphrase
};

/// TLS 1.2 and up, with forward secrecy and authenticated encryption alone. Throws dibs::error that names the
/// file which cannot be used, or both when they do not belong together.
std::shared_ptr<boost::asio::ssl::context> load_tls(const tls_files& files);

}  // namespace dibs::http
