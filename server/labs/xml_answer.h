#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "server/labs/api_model.h"

/// Answers that are XML, as JSON with the model's names.
namespace amilab::labs {

/// The value of a header, whatever the case of its name; empty when there is none.
std::string_view find_header(const wire::Headers& headers, std::string_view name);

/// An answer of the ec2 or the query protocol. Elements that the model does not know are left out;
/// numbers and truth values are such.
ModelAnswer xml_answer(const boost::json::object& service, const boost::json::object& operation,
                       const HttpReply& reply);

/// An answer of S3, of whose documents fixtures/api has no shapes: element by element, lists by
/// their names, and the headers that tell of an object.
ModelAnswer s3_answer(const HttpReply& reply);

}  // namespace amilab::labs
