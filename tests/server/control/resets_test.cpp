// Resets beside every other route of the control API.
#include <atomic>
#include <exception>
#include <thread>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/control/accounts.h"
#include "server/control/instance_events.h"
#include "server/control/quotas.h"
#include "server/control/regions.h"
#include "server/control/settings.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

/// Asks everything that the control API shows, and changes what it changes.
void use_everything(Emulator& emulator)
{
    control::show_clock(emulator);
    control::show_delays(emulator);
    control::show_accounts(emulator);
    control::show_regions(emulator);
    control::show_quotas(emulator);
    control::show_instance_events(emulator, "");
    control::show_space(emulator, "");
    control::change_delays(emulator, boost::json::object{{"image.pending", 1}});
    control::change_accounts(
        emulator,
        boost::json::object{
            {"111122223333",
             boost::json::object{{"access_keys", boost::json::array{"AKIAIOSFODNN7EXAMPLE"}}}}});
    control::change_regions(emulator, boost::json::object{{"af-south-1", "opted-in"}});
    control::change_quotas(emulator, boost::json::object{{"standard", 5}});
}

TEST(ControlApi, EndsOnTheStateThatItBeganWithWhenThatIsReset)
{
    constexpr int kRounds = 20;
    TestEmulator aws;
    std::atomic<bool> is_done{false};
    std::exception_ptr failed;
    std::thread user([&] {
        try {
            for (int round = 0; round < kRounds; ++round) {
                use_everything(aws.emulator());
            }
        } catch (...) {
            failed = std::current_exception();
        }
        is_done = true;
    });
    while (!is_done) {
        aws.data().reset();
    }
    user.join();
    if (failed) {
        std::rethrow_exception(failed);
    }
}

}  // namespace
}  // namespace amilab::test
