#pragma once

#include <span>

#include "server/wire/parameters.h"
#include "server/wire/schema.h"

namespace amilab::fuzz {

/// Fills an operation's typed request. Throws ApiError.
struct TypedRequest {
    const wire::OperationSchema& operation;
    void (*parse)(const wire::ParameterNode& root);
};

// Of all operations that are served. Made by list_requests.py.
extern const std::span<const TypedRequest> kEbsRequests;
extern const std::span<const TypedRequest> kEc2Requests;
extern const std::span<const TypedRequest> kIamRequests;
extern const std::span<const TypedRequest> kRbinRequests;
extern const std::span<const TypedRequest> kS3Requests;
extern const std::span<const TypedRequest> kSsmRequests;
extern const std::span<const TypedRequest> kStsRequests;

/// Null for an operation that is not among them.
const TypedRequest* find(std::span<const TypedRequest> requests,
                         const wire::OperationSchema& operation);

}  // namespace amilab::fuzz
