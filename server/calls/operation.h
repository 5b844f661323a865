#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "server/calls/byte_session.h"
#include "server/calls/session.h"
#include "server/wire/render.h"
#include "server/wire/request.h"
#include "server/wire/schema.h"

/// The kinds of operation. Each is a parsed request that waits for its session, and each has an
/// interface of its own; calls that read or write may be run twice, of which the first leaves
/// nothing behind.
namespace amilab {

/// Runs on any worker thread with a read-only connection.
class ReadCall {
public:
    virtual ~ReadCall() = default;
    /// What the answer says. Throws ApiError.
    virtual wire::Rendered run(Session& session, const wire::AnswerForm& form) = 0;
    /// Whether the answer goes on: `run` gives its next part.
    virtual bool has_more() const { return false; }
    /// Whether rows that it answers from, and that are made on first use, are not there yet.
    virtual bool lacks_rows(Session&) { return false; }
    /// Makes them, in a transaction of the writer.
    virtual void make_rows(Session&) {}
};

/// Holds the writer and one transaction.
class WriteCall {
public:
    virtual ~WriteCall() = default;
    virtual wire::Rendered run(Session& session, const wire::AnswerForm& form) = 0;
};

/// Moves bytes on a worker thread and opens its transactions itself.
class BytesCall {
public:
    virtual ~BytesCall() = default;
    virtual wire::Rendered run(ByteSession& session, const wire::AnswerForm& form) = 0;
};

/// Sees the header before the body is read, and moves bytes as they come; stream_operation.h has
/// it.
class StreamCall;

using Call = std::variant<std::unique_ptr<ReadCall>, std::unique_ptr<WriteCall>,
                          std::unique_ptr<BytesCall>, std::shared_ptr<StreamCall>>;

enum class OperationKind : std::uint8_t { kRead, kWrite, kBytes, kStream };

/// A row of a family's table of operations. Made by read, write, move_bytes and their like, so that
/// a handler stands beside the schema of its own request.
struct Operation {
    const wire::OperationSchema* schema;
    OperationKind kind;
    /// Throws ApiError.
    Call (*parse)(const wire::Parameters&);
    /// A write that makes room: on a full disk it has the reserve.
    bool frees_space = false;
    /// A read that does more than SQLite's work, so that it had better not be tried on the thread
    /// that serves connections.
    bool is_long = false;
};

/// Rows that a reading operation answers from and that are made on first use, on the writer. A
/// Prerequisite is asked whatever the request says, a PrerequisiteOf of that request.
struct Prerequisite {
    bool (*missing)(Session&);
    void (*make)(Session&);
};
template <class Request>
struct PrerequisiteOf {
    bool (*missing)(Session&, const Request&);
    void (*make)(Session&, const Request&);
};
struct NoPrerequisite {};
inline constexpr NoPrerequisite kNoPrerequisite;

/// How many rows the first part has of an answer that is made in parts: as many as a page may. An
/// answer of no more is one document.
inline constexpr std::int64_t kRowsInPart = 1000;
/// How many rows the next part has, after one of so many, which took so many bytes.
std::int64_t rows_in_next_part(std::int64_t rows, std::size_t bytes);

struct ReadOptions {
    bool is_long = false;
};
struct WriteOptions {
    bool frees_space = false;
};

template <class Handler>
struct HandlerTypes;
template <class Response_, class Session_, class Request_>
struct HandlerTypes<Response_ (*)(Session_&, const Request_&)> {
    using Request = Request_;
    using Response = Response_;
};
template <auto handler>
using RequestOf = typename HandlerTypes<decltype(handler)>::Request;

template <auto handler, const auto& prerequisite>
class TypedRead final : public ReadCall {
public:
    using Request = RequestOf<handler>;
    using Response = typename HandlerTypes<decltype(handler)>::Response;

    explicit TypedRead(const wire::Parameters& parameters)
        : request_(wire::parse_request<Request>(parameters.root()))
    {
    }

    wire::Rendered run(Session& session, const wire::AnswerForm& form) override
    {
        if constexpr (kMayBeParted) {
            return run_part(session, form);
        } else {
            return wire::render_answer(form, handler(session, request_));
        }
    }

    bool has_more() const override { return part_.has_more; }

    bool lacks_rows(Session& session) override
    {
        if constexpr (requires { prerequisite.missing(session, request_); }) {
            return prerequisite.missing(session, request_);
        } else if constexpr (requires { prerequisite.missing(session); }) {
            return prerequisite.missing(session);
        } else {
            return false;
        }
    }

    void make_rows(Session& session) override
    {
        if constexpr (requires { prerequisite.make(session, request_); }) {
            prerequisite.make(session, request_);
        } else if constexpr (requires { prerequisite.make(session); }) {
            prerequisite.make(session);
        }
    }

private:
    /// Answers of the ec2 protocol with one list, where the handler cuts it.
    static constexpr bool kMayBeParted = requires { Response::kPagedList; };

    wire::Rendered run_part(Session& session, const wire::AnswerForm& form)
    {
        // A call that is given up and run anew begins where this one did.
        auto part = part_;
        part.has_more = false;
        session.answer_part(part);
        const auto response = handler(session, request_);
        auto rendered = wire::render_part(form, parts_, response, !part.has_more);
        part.most_rows = rows_in_next_part(part.most_rows, rendered.body.size());
        part_ = std::move(part);
        return rendered;
    }

    Request request_;
    ListPart part_{.most_rows = kRowsInPart};
    wire::AnswerParts parts_;
};

template <auto handler>
class TypedWrite final : public WriteCall {
public:
    explicit TypedWrite(const wire::Parameters& parameters)
        : request_(wire::parse_request<RequestOf<handler>>(parameters.root()))
    {
    }

    wire::Rendered run(Session& session, const wire::AnswerForm& form) override
    {
        return wire::render_answer(form, handler(session, request_));
    }

private:
    RequestOf<handler> request_;
};

template <auto handler>
class TypedBytes final : public BytesCall {
public:
    explicit TypedBytes(const wire::Parameters& parameters)
        : request_(wire::parse_request<RequestOf<handler>>(parameters.root()))
    {
    }

    wire::Rendered run(ByteSession& session, const wire::AnswerForm& form) override
    {
        auto rendered = wire::render_answer(form, handler(session, request_));
        if (auto payload = session.take_payload()) {
            rendered.body = std::move(*payload);
            rendered.content_type = "application/octet-stream";
        }
        return rendered;
    }

private:
    RequestOf<handler> request_;
};

// Once for all operations.
Call to_call(std::unique_ptr<ReadCall> call);
Call to_call(std::unique_ptr<WriteCall> call);
Call to_call(std::unique_ptr<BytesCall> call);

template <class Kind, class Typed>
Call parse_as(const wire::Parameters& parameters)
{
    return to_call(std::unique_ptr<Kind>(new Typed(parameters)));
}

/// A row for a handler that only reads.
template <auto handler, const auto& prerequisite = kNoPrerequisite>
constexpr Operation read(const wire::OperationOf<RequestOf<handler>>& schema,
                         const ReadOptions& options = {})
{
    return {.schema = &schema,
            .kind = OperationKind::kRead,
            .parse = &parse_as<ReadCall, TypedRead<handler, prerequisite>>,
            .is_long = options.is_long};
}

/// A row for a handler that writes.
template <auto handler>
constexpr Operation write(const wire::OperationOf<RequestOf<handler>>& schema,
                          const WriteOptions& options = {})
{
    return {.schema = &schema,
            .kind = OperationKind::kWrite,
            .parse = &parse_as<WriteCall, TypedWrite<handler>>,
            .frees_space = options.frees_space};
}

/// A row for a handler that moves bytes. Only one of a json protocol may answer with some.
template <auto handler>
constexpr Operation move_bytes(const wire::OperationOf<RequestOf<handler>>& schema)
{
    return {.schema = &schema,
            .kind = OperationKind::kBytes,
            .parse = &parse_as<BytesCall, TypedBytes<handler>>};
}

template <auto handler, auto mover, auto moves>
Call parse_write_or_bytes(const wire::Parameters& parameters)
{
    return moves(parameters) ? parse_as<BytesCall, TypedBytes<mover>>(parameters)
                             : parse_as<WriteCall, TypedWrite<handler>>(parameters);
}

/// A row for a handler that writes, and for `mover`, which has to move bytes first, where `moves`
/// says of the parameters that they want it.
template <auto handler, auto mover, bool (*moves)(const wire::Parameters&)>
constexpr Operation write_or_move(const wire::OperationOf<RequestOf<handler>>& schema)
{
    return {.schema = &schema,
            .kind = OperationKind::kWrite,
            .parse = &parse_write_or_bytes<handler, mover, moves>};
}

}  // namespace amilab
