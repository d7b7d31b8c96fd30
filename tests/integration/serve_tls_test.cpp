// `dibs serve` under TLS, whose certificate is renewed while it runs.
#include "sandbox/redis_server.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/raw_http.hpp"
#include "tests/support/serve_trial.hpp"
#include "tests/support/tls_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace dibs::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string ask_health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

class serve_tls : public testing::Test {
   protected:
    void SetUp() override {
        redis.start();
        std::filesystem::create_directory(other);
        const auto files = make_certificate(box.folder(), "first");
        serve = start_serve(
            box,
            {"--redis", redis.url(), "--postgres", schema.url(), "--port", "0", "--tls-certificate",
             files.certificate, "--tls-key", files.key, "--log-level", "info", "--log-format", "text"},
            {{"DIBS_TOKEN_KEY", std::string(32, 'k')}});
        port = port_after(serve, "dibs serve: listening on https://localhost:");
    }
    /// What it says of the certificate when it is told to read everything again.
    std::string renew() {
        serve.signal(SIGHUP);
        std::string said;
        while (said.find("certificate") == std::string::npos)
            said = serve.read_error_line(sandbox::clock::now() + std::chrono::minutes(1)).value();
        return said;
    }
    static void answers(tls_http& client) { EXPECT_EQ(status_of(client.say(ask_health).answer()), 200); }

    sandbox::supervisor box;
    sandbox::redis_server redis{box};
    fresh_schema schema;
    sandbox::process serve;
    std::filesystem::path other = box.folder() / "other";
    std::uint16_t port = 0;
};

TEST_F(serve_tls, shows_a_renewed_certificate_to_those_who_come_and_goes_on_with_those_who_are_there) {
    tls_http early(port);
    EXPECT_EQ(early.server_name(), "first");
    answers(early);
    make_certificate(box.folder(), "second");
    EXPECT_EQ(tls_http(port).server_name(), "first") << "nobody has told it yet";
    EXPECT_THAT(renew(), HasSubstr("the certificate was read again"));
    tls_http late(port);
    EXPECT_EQ(late.server_name(), "second");
    answers(late);
    answers(early);
    serve.signal(SIGTERM);
    EXPECT_EQ(end_of(serve).code(), 0);
}

TEST_F(serve_tls, keeps_its_certificate_where_the_renewed_one_is_broken_and_says_so) {
    tls_http early(port);
    const auto broken = AllOf(HasSubstr("[error]"), HasSubstr("the certificate stays as it is"));
    file_in(box, "certificate.pem", "-----BEGIN CERTIFICATE-----\nrubbish\n");
    EXPECT_THAT(renew(), AllOf(broken, HasSubstr("certificate.pem")));
    answers(early);
    tls_http late(port);
    EXPECT_EQ(late.server_name(), "first");
    answers(late);
    const auto strangers = make_certificate(other, "second");
    std::filesystem::copy_file(strangers.certificate, box.folder() / "certificate.pem",
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THAT(renew(), AllOf(broken, HasSubstr("not the key of the certificate")));
    EXPECT_EQ(tls_http(port).server_name(), "first");
    answers(early);
    std::filesystem::copy_file(strangers.key, box.folder() / "key.pem",
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THAT(renew(), HasSubstr("the certificate was read again"));
    EXPECT_EQ(tls_http(port).server_name(), "second");
    serve.signal(SIGTERM);
    EXPECT_EQ(end_of(serve).code(), 0);
}

}  // namespace
}  // namespace dibs::tests
