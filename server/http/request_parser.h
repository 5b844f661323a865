#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "server/http/limits.h"
#include "server/http/message.h"

namespace amilab::http {

/// Bytes to one request after another, by Beast's parser, straight into a Request whose strings are
/// used again. Header and chunks only: a body of known length needs no parser.
class RequestParser {
public:
    explicit RequestParser(const Limits& limits);
    ~RequestParser();

    /// Begins the next request, to be filled in as its header is parsed.
    void start(Request& request);

    /// Takes what it can from `input` and returns how many bytes that was; call again with the rest
    /// and more unless header_done(). Throws HttpError: 400, 414, 431, 501, 505.
    std::size_t parse_header(std::string_view input);
    bool header_done() const;

    /// What the header says of the message; known once it is done.
    bool keep_alive() const;
    bool chunked() const;

    struct Step {
        std::size_t consumed = 0;  ///< Bytes of input.
        std::size_t produced = 0;  ///< Bytes of body.
    };
    /// Decodes chunks. A step that consumes nothing wants more input. Throws HttpError 400.
    Step parse_chunks(std::string_view input, std::span<std::byte> out);
    /// Whether the last chunk and the trailer behind it were consumed.
    bool body_done() const;

private:
    class Beast;
    const Limits& limits_;
    std::unique_ptr<Beast> beast_;
};

}  // namespace amilab::http
