#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "server/wire/json_request.h"
#include "server/wire/parameters.h"
#include "server/wire/schema.h"

/// Requests of the rest-xml protocol as S3 speaks it: operations share paths, and are told apart by
/// what stands in the query and in headers; the bucket is in the path or in the name of the host.
namespace amilab::wire {

/// What a request is about; empty where it names none.
struct BucketAndKey {
    std::string bucket;
    std::string key;
};

/// The bucket that a Host header names: "disks" of disks.localhost:4566, of disks.s3.localhost, of
/// disks.s3.us-east-1.localhost. Empty for one that is addressed by path, s3.localhost among them.
/// Source: virtual-hosted style (documented), with localhost in place of amazonaws.com (assumed).
std::string_view bucket_of_host(std::string_view host);

/// Decodes path and host. Throws ApiError (InvalidURI).
BucketAndKey bucket_and_key(const JsonRequest& request);

/// The served operation that a request means. Throws ApiError: NotImplemented for one that exists
/// and is not served, MethodNotAllowed.
const OperationSchema& operation_of_resource(const ServiceSchema& service,
                                             const JsonRequest& request);

/// The members of a request, its body aside: handlers read that. Throws ApiError: InvalidURI,
/// NotImplemented (a parameter of the query that the operation does not have).
std::vector<NamedValue> read_rest_xml_members(const OperationSchema& operation,
                                              const JsonRequest& request);

/// Throws ApiError unless `root` is a request of the operation as its schema has it:
/// NotImplemented by name for what is not offered, InvalidArgument, InvalidRequest.
void rest_xml_check(const ParameterNode& root, const OperationSchema& operation);

/// Throws ApiError (AccessDenied, AuthorizationQueryParametersError) for a request that is
/// presigned and whose time is over by the wall clock.
void require_current(const JsonRequest& request, std::int64_t wall_ms);

/// Known to AWS, not offered here. Source: the code is S3's (documented), the text is amilab's own
/// behind S3's first sentence.
ApiError not_implemented(std::string_view what);

}  // namespace amilab::wire
