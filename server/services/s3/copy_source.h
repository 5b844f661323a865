#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

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
/// Reads all of them, on workers, and writes them into `copy` if there is one, which is finished
/// then. Throws StorageError, object_lost().
boost::asio::awaitable<Digests> digests_of(Workers& workers, ContentReader& bytes,
                                           ChecksumAlgorithm algorithm,
                                           ContentWriter* copy = nullptr);

}  // namespace amilab::s3
