#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

/// Posts batches of pipelined requests until the server closes the connection.
class poster {
   public:
    poster(std::uint16_t port, int batch, const std::atomic<bool>& stopping, std::latch& warm)
        : client_(port), batch_(batch), thread_([this, &stopping, &warm] { run(stopping, warm); }) {}

    void join() { thread_.join(); }
    int answered() const { return answered_; }
    /// How many requests the system had taken before anybody began to stop the server.
    int owed() const { return owed_; }
    bool in_order() const { return in_order_; }

   private:
    void run(const std::atomic<bool>& stopping, std::latch& warm) try {
        for (int sent = 0;; sent += batch_) {
            std::string all;
            for (int i = 0; i < batch_; ++i) all += post(sent + i);
            client_.say(all);
            if (!stopping) owed_ = sent + batch_;
            for (int i = 0; i < batch_; ++i) read();
            if (sent == 10 * batch_) warm.count_down();
        }
    } catch (const std::exception&) {
        client_.abort();  // the server has closed
    }

    static std::string post(int number) {
        const std::string body = std::to_string(number);
        return "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

    void read() {
        const std::string answer = client_.answer();
        if (body_of(answer) != std::to_string(answered_)) in_order_ = false;
        ++answered_;
    }

    raw_http client_;
    int batch_;
    int owed_ = 0;
    int answered_ = 0;
    bool in_order_ = true;
    std::thread thread_;
};

TEST(http_drain, loses_no_request_that_had_arrived) {
    constexpr int rounds = 20;
    for (int round = 0; round < rounds; ++round) {
        http_server server;
        std::atomic<bool> stopping = false;
        std::vector<std::unique_ptr<poster>> all;
        std::latch warm(12);
        for (int i = 0; i < 12; ++i)
            all.push_back(std::make_unique<poster>(server.port(), i % 3 == 0 ? 1 : 40, stopping, warm));
        warm.wait();
        stopping = true;
        EXPECT_EQ(server.stop(20s).wait_for(15s), std::future_status::ready);
        EXPECT_THROW(raw_http(server.port()), boost::system::system_error);
        int answered = 0;
        for (auto& one : all) {
            one->join();
            answered += one->answered();
            EXPECT_GE(one->answered(), one->owed());
            EXPECT_TRUE(one->in_order());
        }
        EXPECT_EQ(server.count().requests, static_cast<std::uint64_t>(answered))
            << "what was carried out was answered";
        EXPECT_EQ(server.count().connections, 0U);
    }
}

TEST(http_drain, answers_what_was_pipelined_behind_the_request_under_way) {
    http_server server;
    raw_http client(server.port());
    const std::string hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
    client.say("GET /held HTTP/1.1\r\nHost: h\r\n\r\n" + hello + hello);
    server.await_held();
    auto stopped = server.stop(20s);
    EXPECT_EQ(server.count().connections, 1U);  // it stops by now
    client.say(hello);                          // and owes this one nothing
    server.let_go();
    EXPECT_EQ(body_of(client.answer()), "released");
    EXPECT_EQ(body_of(client.answer()), "hello");
    const std::string last = client.answer();
    EXPECT_EQ(body_of(last), "hello");
    EXPECT_THAT(last, testing::HasSubstr("\r\nConnection: close\r\n"));
    client.finish();
    EXPECT_EQ(client.until_closed(), "");
    EXPECT_EQ(stopped.wait_for(10s), std::future_status::ready);
}

}  // namespace
}  // namespace dibs::tests
