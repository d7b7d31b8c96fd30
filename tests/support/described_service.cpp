#include "tests/support/described_service.hpp"

#include "tests/support/postgres_server.hpp"

namespace dibs::tests {

void described_service::SetUp() {
    redis.launch();
    postgres.start();
    redis.await_ready();
    service.emplace(box, words({"--max-claims", "2", "--wait", "1m"}));
    hasty.emplace(box, words({"--wait", "100ms", "--rate-limit-user", "0.001/s"}));
    client.emplace(service->port());
    described.emplace(client->get("/openapi.json").text);
}

std::vector<std::string> described_service::words(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"--redis", redis.url(), "--postgres", postgres.url(),
                                 "--port",  "0",         "--coupon",   "t:CODE:1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

boost::json::value described_service::ask_of(const coupon_client& whom, const std::string& operation,
                                             int expected, asked_with what) {
    std::string head = operation;
    for (const std::string open : {"{id}", "{version}/{file}"})
        if (const auto at = head.find(open); at != std::string::npos) head.replace(at, open.size(), what.id);
    if (!what.token.empty()) what.more.push_back(coupon_client::bearer(what.token));
    const auto given = whom.exchange(head, what.body, what.more);
    if (expected < 300 && !what.body.empty()) {
        EXPECT_EQ(described->objection_to_body(operation, what.body), "") << operation;
    }
    note(operation, expected, given);
    return given.body;
}

void described_service::note(const std::string& operation, int expected, const api_answer& given) {
    EXPECT_EQ(given.status, expected) << operation << given.text;
    EXPECT_EQ(described->objection(operation, given), "") << operation;
    seen.emplace(operation, given.status);
    if (given.status >= 400) problems_seen.emplace(given.status, given.body.at("type").as_string());
}

std::unique_ptr<raw_http> described_service::follow(const std::string& operation, const std::string& token) {
    auto stream = std::make_unique<raw_http>(service->port());
    const auto field = token.empty() ? "" : coupon_client::bearer(token) + "\r\n";
    stream->say(operation + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n");
    api_answer begun;
    begun.head = stream->header_only();
    begun.status = status_of(begun.head);
    note(operation, 200, begun);
    return stream;
}

std::future<api_answer> described_service::start_claim(const std::string& id, const std::string& token,
                                                       const std::string& how) {
    return std::async(std::launch::async, [this, id, token, how] { return client->claim({token, id, how}); });
}

void described_service::await_sql(const std::string& text) const {
    while (run_sql(postgres.url(), text) != "t") {
    }
}

}  // namespace dibs::tests
