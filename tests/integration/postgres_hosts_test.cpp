// Which of several servers a session is opened on, and how long that may take.
#include "tests/support/held_lookup.hpp"
#include "tests/support/postgres_test.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using testing::HasSubstr;

class postgres_hosts : public tests::postgres_test {
   protected:
    /// Takes connections, and says nothing.
    tcp::acceptor silent{io, {asio::ip::address_v4::loopback(), 0}};
    std::string port = std::to_string(silent.local_endpoint().port());

    tests::ending end_of_opening(const std::string& conninfo, std::chrono::milliseconds within) {
        return end_of(opened({.conninfo = conninfo}, within));
    }

   private:
    task<void> opened(target at, std::chrono::milliseconds within) {
        co_await connection::open(io.get_executor(), std::move(at), after(within));
    }
};

TEST_F(postgres_hosts, are_tried_in_turn_though_one_says_nothing) {
    const std::string good = sql("SHOW unix_socket_directories");
    const std::string good_port = sql("SHOW port");
    const auto conninfo =
        "user=postgres dbname=postgres host=127.0.0.1," + good + " port=" + port + "," + good_port;
    EXPECT_EQ(end_of_opening(conninfo, 3s).failed, std::nullopt);
    const auto none = end_of_opening("host=127.0.0.1,/nowhere port=" + port, 200ms);
    EXPECT_EQ(none.failed, fault::unavailable);
    EXPECT_THAT(none.text, HasSubstr("127.0.0.1: no connection before the deadline"));
    EXPECT_THAT(none.text, HasSubstr("/nowhere"));
}

TEST_F(postgres_hosts, hold_up_nobody_while_their_names_are_looked_up) {
    const auto begun = steady::now();
    const auto late = end_of_opening("host=held.test port=" + port, 100ms);
    EXPECT_EQ(late.failed, fault::unavailable);
    EXPECT_LT(steady::now() - begun, 30s) << "it waited for the name server";
    tests::held_answers.release(2);
    EXPECT_EQ(end_of_opening("host=held.test port=" + port, 1s).failed, fault::unavailable);
    silent.non_blocking(true);
    boost::system::error_code nobody;
    silent.accept(nobody);
    EXPECT_FALSE(nobody) << "its address was not asked";
}

TEST_F(postgres_hosts, that_are_not_known_are_told) {
    const auto unknown = end_of_opening("host=absent.test,held.test hostaddr=,127.0.0.1 port=" + port, 200ms);
    EXPECT_THAT(unknown.text, HasSubstr("absent.test: Host not found"));
    EXPECT_THAT(unknown.text, HasSubstr("held.test: no connection before the deadline"));
}

TEST_F(postgres_hosts, whose_lists_do_not_fit_are_refused_in_the_words_of_libpq) {
    EXPECT_THAT(end_of_opening("host=a,b port=1,2,3", 1s).text, HasSubstr("could not match 3 port"));
}

}  // namespace
}  // namespace dibs::postgres
