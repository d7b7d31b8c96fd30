#include "http/tls.hpp"

#include <dibs/error.hpp>

#include <openssl/ssl.h>

#include <array>
#include <string_view>

namespace dibs::http {
namespace {

namespace ssl = boost::asio::ssl;

/// Of TLS 1.2; those of 1.3 are all good.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    static constexpr std::array<unsigned char, 9> known{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* found = nullptr;
    const int how = SSL_select_next_proto(&found, size, known.data(), known.size(), offered, offered_size);
    *chosen = found;
    return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

[[noreturn]] void refuse(const std::string& file, const std::string& cause) {
    throw error(fault::bad_input, "http", file, cause);
}

void set_up(SSL_CTX* made) {
    SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(made, ciphers);
    SSL_CTX_set_options(made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS);  // an idle connection should cost little
    SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
}

}  // namespace

std::shared_ptr<ssl::context> load_tls(const tls_files& files) {
    auto made = std::make_shared<ssl::context>(ssl::context::tls_server);
    set_up(made->native_handle());
    // Else OpenSSL would ask for it at the terminal.
    made->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    boost::system::error_code failed;
    made->use_certificate_chain_file(files.certificate, failed);
    if (failed) refuse(files.certificate, "no certificate in PEM can be read there: " + failed.message());
    made->use_private_key_file(files.key, ssl::context::pem, failed);
    if (!failed && SSL_CTX_check_private_key(made->native_handle()) == 1) return made;
    const bool mismatch = failed && std::string_view(failed.message()).find("mismatch") != std::string::npos;
    if (!failed || mismatch)
        refuse(files.key, "this is not the key of the certificate in " + files.certificate);
    refuse(files.key, "no key in PEM without a passphrase can be read there: " + failed.message());
}

}  // namespace dibs::http
