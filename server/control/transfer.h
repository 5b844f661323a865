#pragma once

#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/calls/stream.h"

/// Disk images in and out, as bytes: what `amilab import` and `amilab export` speak.
/// extents_stream.h is the form in which holes stay holes.
namespace amilab::control {

/// POST /_amilab/import?name=...: makes a snapshot and an image of the body, which may be of any
/// length up to 64 TiB and is bounded by its progress. What the header tells is refused before the
/// body is read. Tells in `caller` whose they are to be. Throws ApiError, HttpError and what the
/// body throws.
boost::asio::awaitable<StreamAnswer> import_image(Emulator& emulator, const StreamRequest& request,
                                                  Caller& caller);

/// GET /_amilab/export/ID: the bytes of a snapshot, a volume or an image's root device, as `caller`
/// sees it, of whom it tells.
boost::asio::awaitable<StreamAnswer> export_disk(Emulator& emulator, const StreamRequest& request,
                                                 std::string_view id, Caller& caller);

}  // namespace amilab::control
