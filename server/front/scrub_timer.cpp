#include "server/front/scrub_timer.h"

#include <chrono>

#include "storage/state/data_directory.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

ScrubTimer::ScrubTimer(boost::asio::io_context& io_context, DataDirectory& data)
    : timer_(io_context), data_(data)
{
}

void ScrubTimer::start()
{
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error && !is_stopped_) {
            data_.current()->stores().upkeep().scrub_later();
            start();
        }
    });
}

void ScrubTimer::stop()
{
    is_stopped_ = true;  // one that has fired by now is not taken back
    timer_.cancel();
}

}  // namespace amilab
