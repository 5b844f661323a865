#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/http/message.h"

/// Disk images in and out, as bytes: what `amilab import` and `amilab export` speak.
/// extents_stream.h is the form in which holes stay holes.
namespace amilab::control {

/// POST /_amilab/import?name=...: makes a snapshot and an image of the body, which may be of any
/// length up to 64 TiB and is bounded by its progress. Throws ApiError and HttpError.
boost::asio::awaitable<http::Response> import_image(Emulator& emulator,
                                                    const http::Request& request,
                                                    http::BodyReader& body,
                                                    boost::asio::any_io_executor workers);

/// GET /_amilab/export/ID: the bytes of a snapshot, a volume or an image's root device.
http::Response export_disk(Emulator& emulator, const http::Request& request, std::string_view id,
                           boost::asio::any_io_executor workers);

}  // namespace amilab::control
