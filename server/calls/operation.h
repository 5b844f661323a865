#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "server/calls/byte_session.h"
#include "server/calls/parts.h"
#include "server/calls/session.h"
#include "server/wire/request.h"
#include "server/wire/schema.h"
#include "server/wire/xml.h"

namespace amilab {

/// A parsed request that waits for its session.
class Call {
public:
    virtual ~Call() = default;
    /// What the answer says. Throws ApiError.
    virtual wire::Rendered run(Session& session, const wire::ServiceSchema& service,
                               const wire::OperationSchema& operation) = 0;
    /// Whether the answer goes on: `run` gives its next part.
    virtual bool has_more() const { return false; }
    /// The same for operations that move bytes, which have no `run`.
    virtual wire::Rendered run_bytes(ByteSession&, const wire::OperationSchema&)
    {
        throw std::logic_error("an operation that moves no bytes was run as one that does");
    }
};

/// Reads run on any worker thread with a read-only connection; writes hold the writer and one
/// transaction; what moves bytes runs on a worker thread and opens its transactions itself.
enum class Access { kRead, kWrite, kBytes };

/// Rows that a reading operation answers from and that are made on first use, on the writer.
struct Prerequisite {
    bool (*missing)(Session&);
    void (*make)(Session&);
};

/// A row of a service's table of contents.
struct Operation {
    std::string_view name;
    Access access;
    std::unique_ptr<Call> (*parse)(const wire::Parameters&);
    const Prerequisite* prerequisite = nullptr;
    /// A write that makes room: on a full disk it has the reserve.
    bool frees_space = false;
    /// A read that does more than SQLite's work, so that it had better not be tried on the thread
    /// that serves connections.
    bool is_long = false;
};

struct Service {
    const wire::ServiceSchema& schema;
    std::span<const Operation> operations;
};

/// Answers of the json protocols: their generated `render` fills an object.
template <class Response>
concept RendersAsJson = requires(const Response& from, boost::json::object& to)
{
    render(from, to);
};

template <class Request, class Response, Response (*handler)(Session&, const Request&)>
class TypedCall final : public Call {
public:
    explicit TypedCall(const wire::Parameters& parameters)
        : request_(wire::parse_request<Request>(parameters.root()))
    {
    }

    wire::Rendered run(Session& session, const wire::ServiceSchema& service,
                       const wire::OperationSchema& operation) override
    {
        const Response response = handler(session, request_);
        if constexpr (RendersAsJson<Response>) {
            return render_json_response(operation, response);
        } else {
            return {wire::render_response(service, operation, response, session.request_id())};
        }
    }

private:
    Request request_;
};

template <class Handler>
struct HandlerTypes;
template <class Response_, class Request_>
struct HandlerTypes<Response_ (*)(Session&, const Request_&)> {
    using Request = Request_;
    using Response = Response_;
};

template <auto handler>
std::unique_ptr<Call> parse_call(const wire::Parameters& parameters)
{
    using Types = HandlerTypes<decltype(handler)>;
    return std::make_unique<TypedCall<typename Types::Request, typename Types::Response, handler>>(
        parameters);
}

/// A reading call that is answered in parts where `asks_for_all` says so of its request. For
/// operations of the ec2 protocol that know pages.
template <class Request, class Response, Response (*handler)(Session&, const Request&)>
class PartedCall final : public Call {
public:
    explicit PartedCall(const wire::Parameters& parameters)
        : request_(wire::parse_request<Request>(parameters.root())),
          is_parted_(asks_for_all(request_))
    {
        if (is_parted_) {
            request_.max_results = kOnePart;
        }
    }

    wire::Rendered run(Session& session, const wire::ServiceSchema& service,
                       const wire::OperationSchema& operation) override
    {
        Response response = handler(session, request_);
        if (!is_parted_) {
            return {wire::render_response(service, operation, response, session.request_id())};
        }
        // A call that is given up and run anew has not come so far.
        has_more_ = response.next_token.has_value();
        request_.next_token = std::move(response.next_token);
        response.next_token.reset();
        return {parts_.add(
            wire::render_response(service, operation, response, session.request_id()), !has_more_)};
    }

    bool has_more() const override { return has_more_; }

private:
    Request request_;
    bool is_parted_;
    bool has_more_ = false;
    AnswerParts parts_;
};

template <class Request, class Response, Response (*handler)(ByteSession&, const Request&)>
class TypedByteCall final : public Call {
public:
    explicit TypedByteCall(const wire::Parameters& parameters)
        : request_(wire::parse_request<Request>(parameters.root()))
    {
    }

    wire::Rendered run(Session&, const wire::ServiceSchema&, const wire::OperationSchema&) override
    {
        throw std::logic_error("an operation that moves bytes was run as another");
    }

    wire::Rendered run_bytes(ByteSession& session, const wire::OperationSchema& operation) override
    {
        auto rendered = render_json_response(operation, handler(session, request_));
        if (auto payload = session.take_payload()) {
            rendered.body = std::move(*payload);
            rendered.content_type = kBytesType;
        }
        return rendered;
    }

private:
    static constexpr std::string_view kBytesType = "application/octet-stream";

    Request request_;
};

template <class Response_, class Request_>
struct HandlerTypes<Response_ (*)(ByteSession&, const Request_&)> {
    using Request = Request_;
    using Response = Response_;
};

template <auto handler>
std::unique_ptr<Call> parse_byte_call(const wire::Parameters& parameters)
{
    using Types = HandlerTypes<decltype(handler)>;
    return std::make_unique<
        TypedByteCall<typename Types::Request, typename Types::Response, handler>>(parameters);
}

/// A row for a handler that only reads.
template <auto handler>
constexpr Operation read(std::string_view name, const Prerequisite* prerequisite = nullptr)
{
    return {name, Access::kRead, &parse_call<handler>, prerequisite};
}

template <auto handler>
std::unique_ptr<Call> parse_parted_call(const wire::Parameters& parameters)
{
    using Types = HandlerTypes<decltype(handler)>;
    return std::make_unique<PartedCall<typename Types::Request, typename Types::Response, handler>>(
        parameters);
}

/// The same for one whose answer may be long.
template <auto handler>
constexpr Operation read_in_parts(std::string_view name, const Prerequisite* prerequisite = nullptr)
{
    return {name, Access::kRead, &parse_parted_call<handler>, prerequisite};
}

/// A row for a handler that writes.
template <auto handler>
constexpr Operation write(std::string_view name)
{
    return {name, Access::kWrite, &parse_call<handler>, nullptr};
}

/// The same for one that takes long beside SQLite's work.
template <auto handler>
constexpr Operation read_at_length(std::string_view name,
                                   const Prerequisite* prerequisite = nullptr)
{
    return {name, Access::kRead, &parse_call<handler>, prerequisite, false, true};
}

/// A row for a handler that moves bytes. Its service speaks a json protocol.
template <auto handler>
constexpr Operation move_bytes(std::string_view name)
{
    return {name, Access::kBytes, &parse_byte_call<handler>, nullptr};
}

/// A row for a handler whose writing makes room.
template <auto handler>
constexpr Operation write_to_free(std::string_view name)
{
    return {name, Access::kWrite, &parse_call<handler>, nullptr, true};
}

}  // namespace amilab
