#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

namespace amilab {

namespace ebs {
class UploadTraffic;
}

/// What a call that moves bytes works with, on a worker thread: it reads and writes rows in calls
/// of their own, so that no transaction is open while bytes move.
class ByteSession {
public:
    using Work = std::function<void(Session&)>;
    /// Runs work in one transaction of a Session; throws what the work throws.
    using Runner = std::function<void(const Work&)>;

    ByteSession(std::shared_ptr<Generation> generation, std::string_view body,
                ebs::UploadTraffic& uploads, Runner read, Runner write)
        : generation_(std::move(generation)),
          body_(body),
          uploads_(uploads),
          read_(std::move(read)),
          write_(std::move(write))
    {
    }

    Generation& generation() { return *generation_; }
    BlockStore& blocks() { return generation_->blocks(); }
    ebs::UploadTraffic& uploads() { return uploads_; }
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
    ebs::UploadTraffic& uploads_;
    Runner read_;
    Runner write_;
    std::optional<std::string> payload_;
};

}  // namespace amilab
