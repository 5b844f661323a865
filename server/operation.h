#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "server/session.h"
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
};

/// Reads run on any worker thread with a read-only connection; writes hold the writer and one
/// transaction.
enum class Access { kRead, kWrite };

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

/// A row for a handler that only reads.
template <auto handler>
constexpr Operation read(std::string_view name, const Prerequisite* prerequisite = nullptr)
{
    return {name, Access::kRead, &parse_call<handler>, prerequisite};
}

/// A row for a handler that writes.
template <auto handler>
constexpr Operation write(std::string_view name)
{
    return {name, Access::kWrite, &parse_call<handler>, nullptr};
}

/// A row for a handler whose writing makes room.
template <auto handler>
constexpr Operation write_to_free(std::string_view name)
{
    return {name, Access::kWrite, &parse_call<handler>, nullptr, true};
}

}  // namespace amilab
