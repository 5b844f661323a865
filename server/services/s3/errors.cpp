#include "server/services/s3/errors.h"

#include <fmt/format.h>

namespace amilab::s3 {

ApiError access_denied(const std::string& why)
{
    return {"AccessDenied", why, kForbidden};
}

ApiError no_such_bucket(std::string_view bucket)
{
    return ApiError("NoSuchBucket", "The specified bucket does not exist", kNotFound)
        .with("BucketName", bucket)
        .of_parameter("Bucket");
}

ApiError no_such_key(std::string_view key)
{
    return ApiError("NoSuchKey", "The specified key does not exist.", kNotFound)
        .with("Key", key)
        .of_parameter("Key");
}

ApiError object_lost()
{
    // RFC 9110, 15.5.6: a 405 says what else may be asked.
    return ApiError("MethodNotAllowed",
                    "The specified method is not allowed against this resource.", kMethodNotAllowed)
        .with("ResourceType", "OBJECT")
        .with_header("Allow", "DELETE, PUT");
}

ApiError no_such_upload(std::string_view upload_id)
{
    return ApiError("NoSuchUpload",
                    "The specified upload does not exist. The upload ID may be invalid, or the "
                    "upload may have been aborted or completed.",
                    kNotFound)
        .with("UploadId", upload_id)
        .of_parameter("UploadId");
}

ApiError invalid_argument(std::string_view why, std::string_view name, std::string_view value)
{
    return ApiError("InvalidArgument", std::string(why))
        .with("ArgumentName", name)
        .with("ArgumentValue", value);
}

ApiError invalid_request(std::string_view why)
{
    return {"InvalidRequest", std::string(why)};
}

ApiError malformed_xml()
{
    return {"MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published "
            "schema"};
}

ApiError bad_digest(std::string_view of)
{
    return {"BadDigest",
            fmt::format("The {} you specified did not match the calculated checksum.", of)};
}

ApiError bad_md5(std::string_view given, std::string_view made)
{
    return ApiError("BadDigest", "The Content-MD5 you specified did not match what we received.")
        .with("ExpectedDigest", given)
        .with("CalculatedDigest", made);
}

ApiError invalid_digest(std::string_view value)
{
    return ApiError("InvalidDigest", "The Content-MD5 you specified was invalid.")
        .with("Content-MD5", value);
}

ApiError precondition_failed(std::string_view condition)
{
    return ApiError("PreconditionFailed",
                    "At least one of the pre-conditions you specified did not hold",
                    kPreconditionFailed)
        .with("Condition", condition);
}

ApiError permanent_redirect(const BucketRow& bucket, std::string_view endpoint)
{
    constexpr int kMoved = 301;
    return ApiError("PermanentRedirect",
                    "The bucket you are attempting to access must be addressed using the specified "
                    "endpoint. Please send all future requests to this endpoint.",
                    kMoved)
        .with("Endpoint", endpoint)
        .with("Bucket", bucket.name)
        .with_header(kRegionHeader, bucket.region);
}

ApiError incomplete_body()
{
    return {"IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header"};
}

ApiError malformed_trailer()
{
    return {"MalformedTrailerError",
            "The request contained trailing data that was not well-formed or did not conform to "
            "our published schema."};
}

ApiError entity_too_large(std::uint64_t most_bytes)
{
    return ApiError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
        .with("MaxSizeAllowed", fmt::format("{}", most_bytes));
}

ApiError invalid_tag(std::string_view why)
{
    return {"InvalidTag", std::string(why)};
}

ApiError access_lists_not_supported()
{
    return {"AccessControlListNotSupported", "The bucket does not allow ACLs"};
}

ApiError list_with_enforced_owner()
{
    return {"InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"};
}

ApiError over_limit(std::string_view, const std::string& message)
{
    return {"QuotaExceeded", message, kForbidden};
}

}  // namespace amilab::s3
