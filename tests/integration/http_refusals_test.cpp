#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace dibs::tests {
namespace {

using testing::HasSubstr;

const std::string get = "GET /hello HTTP/1.1\r\nHost: h\r\n";
const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\n";
const std::string smuggled = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
const std::string nul(1, '\0');

struct refused_case {
    const char* name;
    std::string sent;
    int status = 400;
};
void PrintTo(const refused_case& one, std::ostream* out) { *out << one.name; }

class http_refusal : public testing::TestWithParam<refused_case> {};

/// One answer, a problem, and nothing of what followed the refused request is carried out.
TEST_P(http_refusal, is_answered_and_the_connection_closed) {
    http_server server;
    raw_http client(server.port());
    const std::string all = client.say(GetParam().sent + smuggled).until_closed();
    EXPECT_EQ(status_of(all), GetParam().status) << all;
    EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(all, HasSubstr("\r\nContent-Type: application/problem+json\r\n"));
    EXPECT_EQ(all.rfind("HTTP/1.1 "), 0U) << all;
    EXPECT_EQ(server.count().requests, 0U);
    EXPECT_EQ(server.count().refused, 1U);
}

const refused_case smuggling[] = {
    {"coding_unknown", post + "Transfer-Encoding: gzip\r\n\r\n"},
    {"coding_gzip_chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"coding_chunked_twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"coding_in_two_fields", post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"coding_chunked_last_not", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
    {"coding_identity", post + "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n"},
    {"coding_empty", post + "Transfer-Encoding:\r\n\r\n"},
    {"coding_quoted", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
    {"coding_with_parameter", post + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"},
    {"coding_and_length", post + "Transfer-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"},
    {"chunked_and_length", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"},
    {"length_and_chunked", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"length_twice_equal", post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"},
    {"length_twice_different", post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"},
    {"length_listed", post + "Content-Length: 4, 4\r\n\r\nabcd"},
    {"length_signed", post + "Content-Length: +4\r\n\r\nabcd"},
    {"length_negative", post + "Content-Length: -4\r\n\r\nabcd"},
    {"length_hexadecimal", post + "Content-Length: 0x4\r\n\r\nabcd"},
    {"length_empty", post + "Content-Length:\r\n\r\n"},
    {"length_too_long", post + "Content-Length: 99999999999999999999\r\n\r\n"},
    {"folded_field", post + "X-A: 1\r\n Content-Length: 4\r\n\r\n"},
    {"folded_length", post + "Content-Length:\r\n 4\r\n\r\nabcd"},
    {"folded_with_tab", post + "Transfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n"},
    {"space_before_first_field", "GET /hello HTTP/1.1\r\n X: 1\r\nHost: h\r\n\r\n"},
    {"no_host", "GET /hello HTTP/1.1\r\n\r\n"},
    {"two_hosts", get + "Host: h\r\n\r\n"},
    {"host_list", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n"},
    {"http_1_0_with_coding", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"two_idempotency_keys", get + "Idempotency-Key: a\r\nidempotency-key: a\r\n\r\n"},
    {"two_authorizations", get + "Authorization: a\r\nAuthorization: b\r\n\r\n"},
    {"bare_line_feed", "GET /hello HTTP/1.1\nHost: h\n\n"},
    {"bare_line_feed_in_field", get + "X: 1\nY: 2\r\n\r\n"},
    {"bare_return_in_field", get + "X: 1\rY: 2\r\n\r\n"},
    {"nul_in_field", get + "X: 1" + std::string(1, '\0') + "\r\n\r\n"},
    {"space_before_colon", post + "Content-Length : 4\r\n\r\nabcd"},
    {"no_field_name", get + ": 1\r\n\r\n"},
    {"no_colon", get + "X\r\n\r\n"},
    {"space_in_target", "GET /hello x HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"two_spaces", "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"no_path", "GET hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"http_0_9", "GET /hello\r\n\r\n"},
    {"http_2", "GET /hello HTTP/2.0\r\nHost: h\r\n\r\n"},
    {"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"tls", "\x16\x03\x01\x02"},
    {"chunk_size_is_no_number", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n0\r\n\r\n"},
    {"chunk_size_overflows",
     post + "Transfer-Encoding: chunked\r\n\r\n10000000000000004\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_negative", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n"},
    {"chunk_without_end", post + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcdXX0\r\n\r\n"},
    {"chunk_with_bare_line_feed", post + "Transfer-Encoding: chunked\r\n\r\n4\nabcd\r\n0\r\n\r\n"},
    {"length_in_trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 9\r\n\r\n"},
    {"coding_then_length_zero", post + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"},
    {"coding_with_vertical_tab", post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
    {"coding_with_form_feed", post + "Transfer-Encoding: chunked\f\r\n\r\n0\r\n\r\n"},
    {"coding_with_obs_text", post + "Transfer-Encoding: \xff"
                                    "chunked\r\n\r\n0\r\n\r\n"},
    {"coding_with_trailing_comma", post + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"},
    {"coding_with_leading_comma", post + "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"},
    {"coding_xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"coding_name_with_space", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {"coding_name_with_tab", post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"},
    {"coding_name_with_obs_text", post + "Transfer-Encoding\x80: chunked\r\n\r\n0\r\n\r\n"},
    {"coding_name_with_nul", post + "Transfer-Encoding" + nul + ": chunked\r\n\r\n0\r\n\r\n"},
    {"length_with_space_within", post + "Content-Length: 1 0\r\n\r\n0123456789"},
    {"length_with_point", post + "Content-Length: 4.0\r\n\r\nabcd"},
    {"length_with_exponent", post + "Content-Length: 4e0\r\n\r\nabcd"},
    {"length_with_trailing_comma", post + "Content-Length: 4,\r\n\r\nabcd"},
    {"length_with_obs_text", post + "Content-Length: 4\xa0\r\n\r\nabcd"},
    {"length_with_nul", post + "Content-Length: 4" + nul + "\r\n\r\nabcd"},
    {"length_of_2_to_the_64", post + "Content-Length: 18446744073709551616\r\n\r\n"},
    {"length_huge", post + "Content-Length: 18446744073709551615\r\n\r\n", 413},
    {"host_empty", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"},
    {"host_with_path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"host_with_user", "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n"},
    {"host_with_obs_text", "GET /hello HTTP/1.1\r\nHost: a\xff\r\n\r\n"},
    {"two_hosts_in_http_1_0", "GET /hello HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"absolute_target_of_another_host", "GET http://other/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"absolute_target_of_another_port", "GET http://h:81/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"absolute_target_with_user", "GET http://u@h/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"absolute_target_without_host", "GET http:///hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_of_another_scheme", "GET ftp://h/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_with_fragment", "GET /hello#x HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_with_obs_text", "GET /hello\xff HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_with_nul", "GET /hello" + nul + " HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_with_tab", "GET /hello\tx HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_with_return", "GET /hel\rlo HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"target_empty", "GET  HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"connect", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"method_with_obs_text",
     "G\xff"
     "T /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"version_lower_case", "GET /hello http/1.1\r\nHost: h\r\n\r\n"},
    {"version_1_2", "GET /hello HTTP/1.2\r\nHost: h\r\n\r\n"},
    {"version_with_space", "GET /hello HTTP/1.1 \r\nHost: h\r\n\r\n"},
    {"version_with_two_digits", "GET /hello HTTP/1.10\r\nHost: h\r\n\r\n"},
    {"space_before_method", " GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"nul_first", nul + "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"return_without_feed_first", "\rGET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"returns_before_feed", "GET /hello HTTP/1.1\r\r\nHost: h\r\n\r\n"},
    {"control_in_field", get + "X: a\x01"
                               "b\r\n\r\n"},
    {"delete_in_field", get + "X: a\x7f"
                              "b\r\n\r\n"},
    {"field_name_with_bracket", get + "X[: 1\r\n\r\n"},
    {"bare_return_ends_header", get + "X: 1\r\n\r\r\n"},
    {"two_content_types", post + "Content-Type: a\r\nContent-Type: b\r\n\r\n"},
    {"chunk_size_empty", chunked + "\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_with_prefix", chunked + "0x4\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_with_sign", chunked + "+4\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_with_underscore", chunked + "1_0\r\n0123456789abcdef\r\n0\r\n\r\n"},
    {"chunk_size_after_space", chunked + " 4\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_before_space", chunked + "4 \r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_before_tab", chunked + "4\t\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_with_nul", chunked + "4" + nul + "\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_of_2_to_the_64", chunked + "10000000000000000\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_size_ends_with_return", chunked + "4\rabcd\r\n0\r\n\r\n"},
    {"chunk_with_two_returns", chunked + "4\r\r\nabcd\r\n0\r\n\r\n"},
    {"chunk_shorter_than_said", chunked + "4\r\nabc\r\n0\r\n\r\n"},
    {"chunk_longer_than_said", chunked + "4\r\nabcde\r\n0\r\n\r\n"},
    {"chunk_data_ends_with_feed", chunked + "4\r\nabcd\n0\r\n\r\n"},
    {"last_chunk_with_bare_feeds", chunked + "0\n\n"},
    {"last_chunk_then_bare_feed", chunked + "0\r\n\n"},
    {"extension_with_bare_feed", chunked + "4;a\nb\r\nabcd\r\n0\r\n\r\n"},
    {"extension_ends_with_feed", chunked + "4;a\nabcd\r\n0\r\n\r\n"},
    {"extension_with_return", chunked + "4;a\rb\r\nabcd\r\n0\r\n\r\n"},
    {"extension_with_nul", chunked + "4;a" + nul + "\r\nabcd\r\n0\r\n\r\n"},
    {"extension_without_name", chunked + "4;\r\nabcd\r\n0\r\n\r\n"},
    {"extension_with_open_quote", chunked + "4;a=\"b\r\nabcd\r\n0\r\n\r\n"},
    {"extension_quoting_a_line_end", chunked + "4;a=\"\n\"\r\nabcd\r\n0\r\n\r\n"},
    {"trailer_with_bare_feed", chunked + "0\r\nX: 1\nY: 2\r\n\r\n"},
    {"trailer_ends_with_feeds", chunked + "0\r\nX: 1\n\n"},
    {"trailer_folded", chunked + "0\r\nX: 1\r\n 2\r\n\r\n"},
    {"trailer_with_space_before_colon", chunked + "0\r\nX : 1\r\n\r\n"},
    {"trailer_without_colon", chunked + "0\r\nX\r\n\r\n"},
    {"trailer_with_nul", chunked + "0\r\nX: " + nul + "\r\n\r\n"},
    {"coding_in_trailer", chunked + "0\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"host_in_trailer", chunked + "0\r\nHost: other\r\n\r\n"},
    {"authorization_in_trailer", chunked + "0\r\nAuthorization: other\r\n\r\n"},
    {"expects_something_else", post + "Expect: miracles\r\nContent-Length: 4\r\n\r\nabcd", 417},
};
INSTANTIATE_TEST_SUITE_P(smuggling, http_refusal, testing::ValuesIn(smuggling),
                         [](const auto& one) { return one.param.name; });

const std::string much(200'000, 'x');
const refused_case oversized[] = {
    {"field", get + "X: " + much + "\r\n\r\n", 431},
    {"target", "GET /" + much + " HTTP/1.1\r\nHost: h\r\n\r\n", 431},
    {"body", post + "Content-Length: 200000\r\n\r\n" + much, 413},
    {"chunked_body", post + "Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + much + "\r\n0\r\n\r\n", 413},
    {"chunk_extension", post + "Transfer-Encoding: chunked\r\n\r\n4;" + much + "\r\nabcd\r\n0\r\n\r\n", 431},
    {"trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + much + "\r\n\r\n", 431},
};
INSTANTIATE_TEST_SUITE_P(oversized, http_refusal, testing::ValuesIn(oversized),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace dibs::tests
