#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace amilab::s3 {

/// A bucket's policy. Throws ApiError (MalformedPolicy): no JSON, or a statement that S3 does not
/// take. Source: codes observed, texts in part. Which actions there are is not looked at, nor
/// whether principals are there (amilab's own).
boost::json::value read_policy(const std::string& body, std::string_view bucket);

/// Whether a bucket's policy lets everybody do something. Source: "The meaning of public" of S3's
/// public access block (documented): a statement that allows is public unless its principals, or
/// one of certain keys of its condition, are fixed, without wildcards and variables.
bool is_public_policy(const boost::json::value& policy);

}  // namespace amilab::s3
