#pragma once

#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

/// What the routes of the control API say of bodies that are not what they take.
namespace amilab::control {

/// Throws HttpError 400.
[[noreturn]] void refuse(const std::string& text);

/// Throws HttpError 400 when the body is none.
const boost::json::object& require_object(const boost::json::value& body);

/// The names of an object's members as a refusal lists them: "one, two".
std::string names_of(const boost::json::object& object);

}  // namespace amilab::control
