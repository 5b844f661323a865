// Any bytes get an answer or a closed connection, and never a 500.
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

class Garbage : public testing::Test {
protected:
    std::size_t up_to(std::size_t most)
    {
        return std::uniform_int_distribution<std::size_t>(0, most)(random_);
    }

    std::string random_bytes(std::size_t most)
    {
        std::string bytes(up_to(most), '\0');
        for (auto& byte : bytes) {
            byte = static_cast<char>(up_to(255));
        }
        return bytes;
    }

    /// A few requests with some bytes changed, dropped, doubled or put in.
    std::string damaged_requests()
    {
        static const std::vector<std::string> kRequests = {
            get("/a?b=c"),
            post("Action=DescribeImages", "Expect: 100-continue\r\n"),
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            "5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n",
            "HEAD http://localhost/x HTTP/1.1\r\nHost: localhost\r\nOrigin: "
            "http://localhost\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        };
        static const std::vector<std::string> kPieces = {"\r\n",
                                                         "\r",
                                                         "\n",
                                                         std::string(1, '\0'),
                                                         ":",
                                                         " ",
                                                         "\t",
                                                         "HTTP/1.1",
                                                         "chunked",
                                                         "Content-Length: 3\r\n",
                                                         "Transfer-Encoding: chunked\r\n",
                                                         "0\r\n\r\n",
                                                         "ffffffffffffffff",
                                                         "Host: x\r\n",
                                                         "\r\n "};
        std::string text;
        for (auto count = up_to(3) + 1; count > 0; --count) {
            text += kRequests[up_to(kRequests.size() - 1)];
        }
        for (auto count = up_to(4); count > 0 && !text.empty(); --count) {
            const auto at = up_to(text.size() - 1);
            switch (up_to(3)) {
                case 0:
                    text[at] = static_cast<char>(up_to(255));
                    break;
                case 1:
                    text.erase(at, up_to(10));
                    break;
                case 2:
                    text.insert(at, text.substr(up_to(text.size() - 1), up_to(20)));
                    break;
                default:
                    text.insert(at, kPieces[up_to(kPieces.size() - 1)]);
                    break;
            }
        }
        return text;
    }

    void send_in_pieces(Client& client, std::string_view text)
    {
        while (!text.empty()) {
            const auto bytes = up_to(3) == 0 ? up_to(text.size()) : text.size();
            if (!client.send(text.substr(0, bytes))) {
                return;
            }
            text.remove_prefix(bytes);
        }
    }

    void expect_survival(std::string_view text)
    {
        Client client(server_.address());
        send_in_pieces(client, text);
        client.finish_sending();
        const auto answers = client.receive_to_end();
        EXPECT_TRUE(answers.empty() || answers.starts_with("HTTP/1.1 ")) << text << "\n" << answers;
        EXPECT_EQ(answers.find("HTTP/1.1 500"), std::string::npos) << text;
    }

    std::mt19937_64 random_{test_seed()};
    TestServer server_{echo_handler(), patient_limits()};
};

TEST_F(Garbage, RandomBytesAreSurvived)
{
    for (auto round = 0; round < 300; ++round) {
        expect_survival(random_bytes(round % 10 == 0 ? 100'000 : 200));
    }
    EXPECT_EQ(Client(server_.address()).ask(get()).status, 200);
}

TEST_F(Garbage, DamagedRequestsAreSurvived)
{
    for (auto round = 0; round < 1500; ++round) {
        expect_survival(damaged_requests());
    }
    EXPECT_EQ(Client(server_.address()).ask(get()).status, 200);
}

TEST_F(Garbage, ClientsThatVanishAreSurvived)
{
    for (auto round = 0; round < 300; ++round) {
        Client client(server_.address());
        send_in_pieces(client, damaged_requests());
        client.abort();
    }
    EXPECT_EQ(Client(server_.address()).ask(get()).status, 200);
}

}  // namespace
}  // namespace amilab::http
