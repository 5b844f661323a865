#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

namespace amilab {

/// What a call that moves bytes works with, on a worker thread: it reads and writes rows in calls
/// of their own, so that no transaction is open while bytes move.
class ByteSession {
public:
    using Work = std::function<void(Session&)>;
    /// Runs work in one transaction of a Session; throws what the work throws.
    using Runner = std::function<void(const Work&)>;

    ByteSession(std::shared_ptr<Generation> generation, std::string_view body, Runner read,
                Runner write)
        : generation_(std::move(generation)),
          body_(body),
          read_(std::move(read)),
          write_(std::move(write))
    {
    }

    Generation& generation() { return *generation_; }
    BlockStore& blocks();
    /// The request's, as it came.
    std::string_view body() const { return body_; }

    void read(const Work& work) { read_(work); }
    void write(const Work& work) { write_(work); }

    /// The answer's body, in place of one of JSON.
    void answer_with(std::string bytes) { payload_ = std::move(bytes); }
    std::optional<std::string> take_payload() { return std::move(payload_); }

private:
    std::shared_ptr<Generation> generation_;
    std::string_view body_;
    Runner read_;
    Runner write_;
    std::optional<std::string> payload_;
};

}  // namespace amilab
