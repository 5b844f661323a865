#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/calls/stream.h"

namespace amilab::control {

/// GET /_amilab/save: the state and the bytes of the server as they are when it is called; docs/
/// formats.md has the form. One at a time. Throws HttpError 409 while another goes on, and what
/// storage/ throws.
boost::asio::awaitable<StreamAnswer> save_server(Emulator& emulator, Workers& workers);

}  // namespace amilab::control
