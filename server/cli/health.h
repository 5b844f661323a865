#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "server/cli/endpoint.h"

namespace amilab::cli {

/// Another program answers where an amilab is looked for. what() is a sentence for the user.
struct NoAmilab : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What an amilab says of its health.
struct Health {
    std::string text;  ///< as it came
    std::string version;
};

/// The health of the amilab at `endpoint`, which is asked what it tells everybody, without a token.
/// Throws NoServer where none of the endpoint's addresses lets it in, each within
/// Patience::connect; SilentServer where the answer takes longer than Patience::answer in all;
/// NoAmilab where it is none that an amilab would give, or longer than one; ControlRefusal, what an
/// amilab says instead of its health; std::runtime_error where the connection breaks.
Health health_of(const ServerEndpoint& endpoint, const Patience& patience);

/// What an amilab says in the body of an answer that is a refusal; nothing: no amilab said it.
std::optional<std::string> refusal_in(std::string_view body);
/// That the server at `url` answered with `status`, and with no refusal of an amilab.
NoAmilab no_amilab(const std::string& url, unsigned status);
/// That the server at `url`, whose health is an amilab's, answered a call as no amilab would.
NoAmilab odd_answer(const std::string& url, std::string_view call);

}  // namespace amilab::cli
