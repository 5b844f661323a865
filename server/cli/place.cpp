#include "server/cli/place.h"

namespace amilab::cli {

ControlClient::Parameters parameters_of(const Place& place)
{
    return {{"account", place.account},
            {"access-key", place.account ? std::nullopt : place.access_key},
            {"region", place.region}};
}

}  // namespace amilab::cli
