#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "server/calls/account_limits.h"
#include "server/calls/stream_operation.h"
#include "server/services/s3/conditions.h"
#include "server/services/s3/object_bytes.h"

/// Objects that others are made of.
namespace amilab::s3 {

struct CopySource {
    std::string bucket;
    std::string key;
    std::optional<std::string> expected_owner;
    ReadConditions conditions;
};

/// Reads the header x-amz-copy-source, "bucket/key" percent-encoded. Throws ApiError
/// (InvalidArgument, NotImplemented).
CopySource parse_copy_source(std::string_view header);

template <class Request>
CopySource read_copy_source(const Request& request)
{
    auto source = parse_copy_source(request.copy_source);
    source.expected_owner = request.expected_source_bucket_owner;
    source.conditions = {request.copy_source_if_match, request.copy_source_if_none_match,
                         request.copy_source_if_modified_since,
                         request.copy_source_if_unmodified_since};
    return source;
}

/// In whatever region. Throws ApiError: NoSuchBucket, NoSuchKey, AccessDenied, PreconditionFailed.
ObjectRow require_source(Session& session, const CopySource& source);

/// Whether the object still has the bytes that it had, where rows of both are at hand.
bool is_as_it_was(const ObjectRow& now, const ObjectRow& before);

/// What bytes amount to that are there already.
struct Digests {
    /// 16 bytes.
    std::string md5;
    std::string checksum;
};

/// Bytes of an object on their way into a copy, which has them as they are, or others like them
/// where they count as another account's, which stay whose they are when the others go, or where
/// they lie in a row, as those of a part do not.
class CopiedBytes {
public:
    /// Begins a copy of `range` of the source for the account; within a transaction that reads.
    /// Throws what the service says of limits when the account may not hold them.
    CopiedBytes(Session& session, const LimitedCall& call, const ObjectRow& source,
                const ByteRange& range, const std::string& account, ContentUse use);

    /// Whether they have to be read: the copy has others like them.
    bool are_others() const { return written_.has_value(); }
    /// Throws object_lost(), as ContentReader does.
    void require_files() const { bytes_.require_files(); }
    /// Reads all of them, on workers; once. Throws StorageError, object_lost().
    boost::asio::awaitable<Digests> read(Workers& workers, ChecksumAlgorithm algorithm);
    /// Whether they may be the account's as they are here: not when some are another's by now.
    bool are_for(Session& session, const std::string& account) const;
    /// Makes the copy's content, as that of a part if a number is given.
    ContentNumber store(Session& session, const std::string& account,
                        std::optional<std::int64_t> part = {});

private:
    const ContentNumber source_;
    const ByteRange range_;
    std::optional<ContentWriter> written_;
    ContentReader bytes_;
};

}  // namespace amilab::s3
