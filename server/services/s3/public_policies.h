#pragma once

#include <boost/json/value.hpp>

namespace amilab::s3 {

/// Whether a bucket's policy lets everybody do something. Source: "The meaning of public" of S3's
/// public access block (documented): a statement that allows is public unless its principals, or
/// one of certain keys of its condition, are fixed, without wildcards and variables.
bool is_public_policy(const boost::json::value& policy);

}  // namespace amilab::s3
