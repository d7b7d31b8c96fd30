// Which of several servers a session is opened on, and how long that may take.
#include "tests/support/held_lookup.hpp"
#include "tests/support/postgres_test.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdlib>

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using testing::HasSubstr;

constexpr statement one_row{"", "SELECT 1"};
constexpr statement show_path{"", "SHOW search_path"};

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
    const std::string rest = "," + good + " user=postgres dbname=postgres port=" + port + "," + good_port;
    EXPECT_EQ(end_of_opening("host=127.0.0.1" + rest, 3s).failed, std::nullopt);
    EXPECT_EQ(end_of_opening("host=/nowhere" + rest, 3s).failed, std::nullopt);
    EXPECT_EQ(end_of_opening("host=absent.test" + rest, 3s).failed, std::nullopt);
    const auto none = end_of_opening("host=127.0.0.1,absent.test port=" + port, 200ms);
    EXPECT_EQ(none.failed, fault::unavailable);
    EXPECT_THAT(none.text, HasSubstr("no connection before the deadline; absent.test: Host not found"));
}

TEST_F(postgres_hosts, that_refuse_us_are_not_passed_over) {
    const std::string good = sql("SHOW unix_socket_directories");
    const std::string good_port = sql("SHOW port");
    const auto twice = "host=" + good + "," + good + " port=" + good_port + "," + good_port;
    const auto refused = end_of_opening(twice + " user=postgres dbname=absent", 3s);
    EXPECT_EQ(refused.failed, fault::unavailable);
    EXPECT_EQ(refused.text.find("does not exist"), refused.text.rfind("does not exist")) << refused.text;
}

TEST_F(postgres_hosts, hold_up_nobody_while_their_names_are_looked_up) {
    pool sessions(io.get_executor(), target{.conninfo = "host=held.test port=" + port},
                  {.size = 1, .connect_timeout = 50ms, .reconnect_pause = 1ms});
    const int before = tests::asked_for_held;
    const auto begun = steady::now();
    const auto attempt = [&] { return end_of(sessions.execute(one_row, params(), after(100ms))); };
    for (int i = 0; i < 5; ++i) EXPECT_THAT(attempt().text, HasSubstr("held.test"));
    EXPECT_LT(steady::now() - begun, 30s) << "it waited for the name server";
    tests::held_answers.release();
    silent.non_blocking(true);
    boost::system::error_code nobody = asio::error::would_block;
    for (const auto until = after(20s); nobody && steady::now() < until;) {
        EXPECT_EQ(attempt().failed, fault::unavailable);
        silent.accept(nobody);
    }
    EXPECT_FALSE(nobody) << "its address was not asked";
    EXPECT_EQ(tests::asked_for_held, before + 1) << "it was asked for again behind its own question";
}

TEST_F(postgres_hosts, that_are_not_known_are_told) {
    EXPECT_THAT(end_of_opening("host=absent.test", 1s).text, HasSubstr("absent.test: Host not found"));
}

TEST_F(postgres_hosts, whose_lists_do_not_fit_are_refused_in_the_words_of_libpq) {
    EXPECT_THAT(end_of_opening("host=a,b port=1,2,3", 1s).text, HasSubstr("could not match 3 port"));
}

TEST_F(postgres_hosts, options_of_the_environment_are_heeded) {
    ::setenv("PGOPTIONS", "-c search_path=elsewhere", 1);
    const target bare{.conninfo = "user=postgres dbname=postgres host=" +
                                  sql("SHOW unix_socket_directories") + " port=" + sql("SHOW port")};
    const auto session = run(connection::open(io.get_executor(), bare, after(10s)));
    ::unsetenv("PGOPTIONS");
    const auto shown = run(session->execute(show_path, params(), after(10s)));
    EXPECT_EQ(shown.text(0, 0), "elsewhere");
}

}  // namespace
}  // namespace dibs::postgres
