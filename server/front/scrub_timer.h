#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace amilab {

class DataDirectory;

/// Has the background compare data with their checksums, a little each second. On the io_context's
/// thread.
class ScrubTimer {
public:
    /// `data` outlives this.
    ScrubTimer(boost::asio::io_context& io_context, DataDirectory& data);

    void start();
    void stop();

private:
    boost::asio::steady_timer timer_;
    DataDirectory& data_;
    bool is_stopped_ = false;
};

}  // namespace amilab
