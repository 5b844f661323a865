// Requests to the NBD server behind the handshake. The first byte says what was agreed on: 1 the
// snapshot instead of the volume, 2 structured replies, 4 block status too. Each answer is held
// against plain bytes.
#include <algorithm>
#include <optional>
#include <vector>

#include "storage/nbd/transmission.h"
#include "tests/fuzz/input_reader.h"
#include "tests/fuzz/memory_disks.h"
#include "tests/fuzz/memory_stream.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

using nbd::Chunk;
using nbd::Command;
using nbd::Error;
using nbd::Request;
using nbd::Unpacker;

using Bytes = std::vector<std::byte>;

/// A request, and the payload that came with it.
struct Asked {
    Request request;
    std::span<const std::byte> payload;
};

/// What a client says.
struct Said {
    std::vector<Asked> requests;
    /// The client goes on with what is no request: the server hangs up and may owe answers.
    bool breaks_off = false;
};

/// The requests that must be answered, in order.
Said requests_in(std::span<const std::byte> said)
{
    Said all;
    while (said.size() >= nbd::kRequestSize) {
        Unpacker header(said);
        if (header.take<std::uint32_t>() != nbd::kRequestMagic) {
            all.breaks_off = true;
            break;
        }
        Asked asked;
        auto& request = asked.request;
        request.flags = header.take<std::uint16_t>();
        request.command = static_cast<Command>(header.take<std::uint16_t>());
        request.cookie = header.take<std::uint64_t>();
        request.offset = header.take<std::uint64_t>();
        request.length = header.take<std::uint32_t>();
        said = said.subspan(nbd::kRequestSize);
        if (request.command == Command::kDisconnect) {
            break;
        }
        if (request.command == Command::kWrite) {
            if (request.length > said.size()) {
                break;
            }
            asked.payload = said.first(request.length);
            said = said.subspan(request.length);
        }
        all.requests.push_back(asked);
    }
    return all;
}

/// What an answer brought.
struct Answer {
    Error error = Error::kNone;
    std::vector<std::pair<std::uint64_t, std::span<const std::byte>>> data;
    std::uint64_t status_bytes = 0;
};

/// Takes the answers apart, which must come whole and in order.
class Answers {
public:
    Answers(std::span<const std::byte> told, bool is_structured)
        : told_(told), is_structured_(is_structured)
    {
    }

    bool is_at_end() const { return told_.empty(); }

    Answer next(const Request& request)
    {
        Answer answer;
        if (Unpacker(look(4)).take<std::uint32_t>() == nbd::kSimpleReplyMagic) {
            take_simple(request, answer);
        } else {
            require(is_structured_, "chunks are sent to those alone who asked for them");
            while (!take_chunk(request, answer)) {
            }
        }
        return answer;
    }

private:
    std::span<const std::byte> look(std::size_t size) const
    {
        require(told_.size() >= size, "every request is answered, whole");
        return told_.first(size);
    }
    std::span<const std::byte> take(std::size_t size)
    {
        const auto bytes = look(size);
        told_ = told_.subspan(size);
        return bytes;
    }

    void take_simple(const Request& request, Answer& answer)
    {
        Unpacker header(take(nbd::kSimpleReplySize));
        header.take<std::uint32_t>();
        answer.error = header.take<Error>();
        require(header.take<std::uint64_t>() == request.cookie, "answers come in order");
        if (request.command == Command::kRead && answer.error == Error::kNone) {
            require(!is_structured_, "structured reads are answered by chunks");
            answer.data.emplace_back(request.offset, take(request.length));
        }
    }

    /// Whether it was the last.
    bool take_chunk(const Request& request, Answer& answer)
    {
        Unpacker header(take(nbd::kChunkHeaderSize));
        require(header.take<std::uint32_t>() == nbd::kChunkMagic, "an answer begins as one does");
        const auto flags = header.take<std::uint16_t>();
        const auto type = header.take<Chunk>();
        require(header.take<std::uint64_t>() == request.cookie, "answers come in order");
        auto content = take(header.take<std::uint32_t>());
        Unpacker fields(content);
        if (type == Chunk::kOffsetData) {
            const auto offset = fields.take<std::uint64_t>();
            answer.data.emplace_back(offset, content.subspan(sizeof offset));
        } else if (type == Chunk::kBlockStatus) {
            fields.take<std::uint32_t>();
            while (fields.left() > 0) {
                answer.status_bytes += fields.take<std::uint32_t>();
                fields.take<std::uint32_t>();
            }
        } else if (type == Chunk::kError) {
            answer.error = fields.take<Error>();
            require(fields.take<std::uint16_t>() == fields.left(), "a message has its length");
        } else {
            require(type == Chunk::kNone && content.empty(), "a chunk is of a known kind");
        }
        return (flags & nbd::kChunkDone) != 0;
    }

    std::span<const std::byte> told_;
    bool is_structured_;
};

/// The disk as plain bytes.
class Model {
public:
    Model() : bytes_(MemoryDisks::kSize) { std::fill_n(bytes_.begin(), kBlockSize, std::byte{1}); }

    void expect(const Asked& asked, const Answer& answer)
    {
        const auto& request = asked.request;
        if (answer.error != Error::kNone) {
            return;
        }
        if (request.command != Command::kFlush) {
            require(
                request.offset <= bytes_.size() && request.length <= bytes_.size() - request.offset,
                "what goes past the end is refused");
        }
        switch (request.command) {
            case Command::kRead:
                return expect_data(request, answer);
            case Command::kWrite:
                std::copy(asked.payload.begin(), asked.payload.end(), at(request.offset));
                return;
            case Command::kTrim:
                return zero(round_up(request.offset), round_down(request.offset + request.length));
            case Command::kWriteZeroes:
                return zero(request.offset, request.offset + request.length);
            case Command::kBlockStatus:
                require(answer.status_bytes > 0 && answer.status_bytes <= request.length,
                        "a status is of what was asked for");
                return;
            case Command::kFlush:
            case Command::kDisconnect:
                return;
        }
        require(false, "a command that does not exist is refused");
    }

private:
    Bytes::iterator at(std::uint64_t offset)
    {
        return bytes_.begin() + static_cast<std::ptrdiff_t>(offset);
    }
    void zero(std::uint64_t begin, std::uint64_t end)
    {
        if (begin < end) {
            std::fill(at(begin), at(end), std::byte{0});
        }
    }
    static std::uint64_t round_up(std::uint64_t offset)
    {
        return (offset + kBlockSize - 1) / kBlockSize * kBlockSize;
    }
    /// The last block, however short, is whole.
    std::uint64_t round_down(std::uint64_t end) const
    {
        return end == bytes_.size() ? end : end / kBlockSize * kBlockSize;
    }

    void expect_data(const Request& request, const Answer& answer)
    {
        auto offset = request.offset;
        for (const auto& [begin, bytes] : answer.data) {
            require(begin == offset, "the pieces of a read come in order, without gaps");
            require(bytes.size() <= request.offset + request.length - offset,
                    "a read brings no more than was asked for");
            require(std::equal(bytes.begin(), bytes.end(), at(offset)), "what was written is read");
            offset += bytes.size();
        }
        require(offset == request.offset + request.length, "a read brings all of it");
    }

    Bytes bytes_;
};

std::vector<std::byte> converse(const nbd::Agreement& agreement, std::span<const std::uint8_t> said)
{
    MemoryStream client(said);
    nbd::Input input(client);
    nbd::HelperBudget no_helpers(0);
    MemoryBudget memory;
    nbd::Transmission(client, input, agreement, no_helpers, memory).run();
    return client.told();
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    fuzz::InputReader reader(std::span(data, size));
    const auto agreed = reader.number<std::uint8_t>();
    const auto said = reader.rest();
    fuzz::MemoryDisks disks;
    auto opened = disks.open((agreed & 1) != 0 ? "snap" : "vol", [] {});
    const nbd::Agreement agreement{
        .opened = std::get<std::shared_ptr<nbd::Export>>(std::move(opened)),
        .has_structured_replies = (agreed & 6) != 0,
        .has_block_status = (agreed & 4) != 0};
    const auto told = fuzz::converse(agreement, said);
    fuzz::Answers answers(told, agreement.has_structured_replies);
    fuzz::Model model;
    const auto all = fuzz::requests_in(std::as_bytes(said));
    for (const auto& asked : all.requests) {
        if (all.breaks_off && answers.is_at_end()) {
            break;
        }
        model.expect(asked, answers.next(asked.request));
    }
    fuzz::require(answers.is_at_end(), "nothing is told that nobody asked for");
    return 0;
}
