#include "storage/nbd/commands.h"

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "storage/base/storage_error.h"

namespace amilab::nbd {
namespace {

/// A request that is answered with an error; `message` is for clients that can be told.
struct Refused {
    Error error;
    std::string message;
};

/// What the disk below refuses. That the client may not do something is never among it: a file
/// system that has become read-only is a broken disk, and clients take EPERM for a read-only
/// export.
Error error_of(int error_number)
{
    const bool is_full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
    return is_full ? Error::kNoSpace : Error::kInputOutput;
}

std::uint16_t allowed_flags(const Agreement& agreement, Command command)
{
    const auto allow = [](unsigned flags) { return static_cast<std::uint16_t>(flags); };
    switch (command) {
        case Command::kRead:
            return allow(kCommandFua |
                         (agreement.has_structured_replies ? kCommandDoNotFragment : 0U));
        case Command::kWriteZeroes:
            return allow(kCommandFua | kCommandNoHole | kCommandFastZero);
        case Command::kBlockStatus:
            return allow(kCommandFua | kCommandOneExtent);
        case Command::kWrite:
        case Command::kTrim:
        case Command::kFlush:
        case Command::kDisconnect:
            break;
    }
    return kCommandFua;
}

bool changes_disk(Command command)
{
    return command == Command::kWrite || command == Command::kTrim ||
           command == Command::kWriteZeroes;
}

/// Whether it may have blocks that were not there before.
bool takes_room(const Request& request)
{
    return request.length > 0 &&
           (request.command == Command::kWrite ||
            (request.command == Command::kWriteZeroes && request.has(kCommandNoHole)));
}

void check_range(const Agreement& agreement, const Request& request)
{
    const auto size = agreement.opened->info().size_bytes;
    if (request.offset > size || request.length > size - request.offset) {
        const bool wants_space = changes_disk(request.command);
        throw Refused{wants_space ? Error::kNoSpace : Error::kInvalid,
                      "the request goes past the end"};
    }
}

void check(const Agreement& agreement, const Request& request)
{
    if (request.flags & ~allowed_flags(agreement, request.command)) {
        throw Refused{Error::kInvalid, "a flag that this command does not have"};
    }
    if (changes_disk(request.command) && agreement.opened->info().is_read_only) {
        throw Refused{Error::kNotPermitted, "a snapshot is read-only"};
    }
    switch (request.command) {
        case Command::kRead:
        case Command::kWrite:
            if (request.length > kMaxBlock) {
                throw Refused{Error::kInvalid, "32 MiB are the most that one request moves"};
            }
            return check_range(agreement, request);
        case Command::kBlockStatus:
            if (!agreement.has_block_status || request.length == 0) {
                throw Refused{Error::kInvalid, "no context was agreed on, or the length is 0"};
            }
            return check_range(agreement, request);
        case Command::kTrim:
        case Command::kWriteZeroes:
            return check_range(agreement, request);
        case Command::kFlush:
            if (request.offset != 0 || request.length != 0) {
                throw Refused{Error::kInvalid, "a flush has no offset and no length"};
            }
            return;
        case Command::kDisconnect:
            return;
    }
    throw Refused{Error::kInvalid, "no such command"};
}

void refuse(const Agreement& agreement, const Request& request, ReplyBatch& replies,
            const Refused& refused)
{
    if (agreement.has_structured_replies) {
        replies.error_chunk(request, refused.error, refused.message);
    } else {
        replies.simple(request, refused.error);
    }
}

/// Sends data as it is read, piece by piece. What fails behind the first piece of a reply without
/// chunks cannot be told any more.
void read_unstructured(const Disk& disk, const Request& request, ReplyBatch& replies)
{
    bool has_header = false;
    for (std::uint32_t done = 0; done < request.length;) {
        const auto part = std::min<std::uint32_t>(request.length - done, ReplyBatch::kDataBytes);
        const auto out = replies.room(part);
        try {
            disk.read(request.offset + done, out);
        } catch (const StorageError&) {
            if (has_header) {
                throw Disconnected();
            }
            throw;
        }
        if (!has_header) {
            replies.simple_header(request);
            has_header = true;
        }
        replies.data(out);
        done += part;
    }
    if (!has_header) {
        replies.simple_header(request);
    }
}

void read_in_chunks(const Disk& disk, const Request& request, ReplyBatch& replies)
{
    if (request.length == 0) {
        return replies.chunk(request, Chunk::kNone, kChunkDone, {}, 0);
    }
    const bool is_one = request.has(kCommandDoNotFragment);
    for (std::uint32_t done = 0; done < request.length;) {
        const auto part = std::min<std::uint32_t>(request.length - done, ReplyBatch::kDataBytes);
        const auto out = replies.room(part);
        try {
            disk.read(request.offset + done, out);
        } catch (const StorageError&) {
            if (is_one && done > 0) {
                throw Disconnected();
            }
            throw;
        }
        if (!is_one || done == 0) {
            const bool is_last = is_one || done + part == request.length;
            Packer<8> offset;
            offset.put(request.offset + done);
            replies.chunk(request, Chunk::kOffsetData, is_last ? kChunkDone : 0, offset.bytes(),
                          is_one ? request.length : part);
        }
        replies.data(out);
        done += part;
    }
}

std::uint32_t state_of(Extent::Kind kind)
{
    return kind == Extent::Kind::kData ? 0 : kStateHole | kStateZero;
}

void tell_status(const Disk& disk, const Request& request, ReplyBatch& replies)
{
    // A reply need not cover the whole range; clients ask for the rest.
    constexpr std::size_t kMaxExtents = 4096;
    struct Run {
        std::uint32_t length;
        std::uint32_t state;
    };
    std::vector<Run> runs;
    auto extents = disk.extents(request.offset, request.length);
    const std::size_t limit = request.has(kCommandOneExtent) ? 1 : kMaxExtents;
    while (const auto extent = extents.next()) {
        const auto length = static_cast<std::uint32_t>(extent->length);
        const auto state = state_of(extent->kind);
        if (!runs.empty() && runs.back().state == state) {
            runs.back().length += length;
        } else if (runs.size() == limit) {
            break;
        } else {
            runs.push_back({length, state});
        }
    }
    const auto out = replies.room(runs.size() * sizeof(Run));
    for (std::size_t index = 0; index < runs.size(); ++index) {
        Packer<sizeof(Run)> packed;
        packed.put(runs[index].length).put(runs[index].state);
        std::copy_n(packed.bytes().begin(), sizeof(Run),
                    out.begin() + static_cast<std::ptrdiff_t>(index * sizeof(Run)));
    }
    Packer<4> context;
    context.put(kAllocationContextId);
    replies.chunk(request, Chunk::kBlockStatus, kChunkDone, context.bytes(), out.size());
    replies.data(out);
}

void write_zeroes(Volume& volume, const Request& request)
{
    if (!request.has(kCommandNoHole)) {
        return volume.write_zeroes(request.offset, request.length);
    }
    if (request.has(kCommandFastZero)) {
        throw Refused{Error::kNotSupported, "zeros that keep their space are written one by one"};
    }
    volume.write_zeroes_as_data(request.offset, request.length);
}

void change(Volume& volume, const Request& request, Payload& payload)
{
    if (request.command == Command::kWrite) {
        auto offset = request.offset;
        for (auto piece = payload.next(); !piece.empty(); piece = payload.next()) {
            volume.write(offset, piece);
            offset += piece.size();
        }
    } else if (request.command == Command::kTrim) {
        volume.trim(request.offset, request.length);
    } else if (request.command == Command::kWriteZeroes) {
        write_zeroes(volume, request);
    }
    if (request.command == Command::kFlush || request.has(kCommandFua)) {
        volume.flush();
    }
}

void run_checked(const Agreement& agreement, const Request& request, Payload& payload,
                 ReplyBatch& replies)
{
    check(agreement, request);
    const auto disk = agreement.opened->disk();
    if (!disk) {
        throw Refused{Error::kShutdown, "it has been deleted"};
    }
    if (request.command == Command::kRead) {
        return agreement.has_structured_replies ? read_in_chunks(*disk, request, replies)
                                                : read_unstructured(*disk, request, replies);
    }
    if (request.command == Command::kBlockStatus) {
        return tell_status(*disk, request, replies);
    }
    if (auto* volume = disk->volume()) {
        if (takes_room(request)) {
            agreement.opened->take_room(request.offset, request.length);
        }
        change(*volume, request, payload);
    }
    replies.simple(request, Error::kNone);
}

}  // namespace

void run_command(const Agreement& agreement, const Request& request, Payload& payload,
                 ReplyBatch& replies)
{
    try {
        run_checked(agreement, request, payload, replies);
    } catch (const Refused& refused) {
        refuse(agreement, request, replies, refused);
    } catch (const StorageError& error) {
        refuse(agreement, request, replies, {error_of(error.error_number), error.what()});
    } catch (const std::bad_alloc&) {
        refuse(agreement, request, replies, {Error::kInputOutput, "out of memory"});
    }
}

}  // namespace amilab::nbd
