// What a client says to the NBD server, from its first byte on.
#include "storage/nbd/handshake.h"
#include "storage/nbd/transmission.h"
#include "tests/fuzz/memory_disks.h"
#include "tests/fuzz/memory_stream.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

/// As Connection does.
void converse(MemoryStream& client)
{
    MemoryDisks disks;
    nbd::HelperBudget no_helpers(0);
    MemoryBudget memory;
    try {
        nbd::Input input(client);
        const auto session = nbd::shake_hands(client, input, disks, [] {});
        if (session) {
            nbd::Transmission(client, input, *session, no_helpers, memory).run();
        }
    } catch (const nbd::Disconnected&) {
        // That is how a conversation ends.
    }
}

/// Whatever is said: the server's greeting, then whole answers to options, up to the first bytes
/// that are none.
void expect_answers(std::span<const std::byte> told)
{
    constexpr std::size_t kGreetingSize = 18;
    constexpr std::size_t kReplySize = 20;
    require(told.size() >= kGreetingSize &&
                nbd::Unpacker(told).take<std::uint64_t>() == nbd::kGreetingMagic,
            "the server speaks first");
    told = told.subspan(kGreetingSize);
    while (told.size() >= kReplySize) {
        nbd::Unpacker reply(told);
        if (reply.take<std::uint64_t>() != nbd::kOptionReplyMagic) {
            return;
        }
        reply.take<std::uint32_t>();
        reply.take<std::uint32_t>();
        const auto size = reply.take<std::uint32_t>();
        require(size <= reply.left(), "an answer is as long as it says");
        told = told.subspan(kReplySize + size);
    }
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    amilab::fuzz::MemoryStream client(std::span(data, size));
    amilab::fuzz::converse(client);
    amilab::fuzz::expect_answers(client.told());
    return 0;
}
