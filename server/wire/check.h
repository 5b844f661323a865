#pragma once

#include <string_view>

#include "server/wire/parameters.h"
#include "server/wire/schema.h"

namespace amilab::wire {

/// Throws ApiError unless the parameters are a request of the operation: UnknownParameter,
/// MissingParameter, InvalidParameterValue (ValidationError for a value beyond its bounds of a
/// query service), and UnsupportedOperation for what is not offered. Parameters are looked at in
/// their sorted order and the first fault is the answer; a structure's missing members come last
/// (assumed). Generated `parse` functions call it.
void check(const ParameterNode& root, const OperationSchema& operation);

/// The Action of a request. Throws MissingAction; NoSuchVersion unless Version is absent or one
/// that the service has had. Source: older versions work (observed).
std::string_view action_of(const Parameters& parameters, const ServiceSchema& service);

}  // namespace amilab::wire
