#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "server/wire/types.h"

/// The API from a client's side, by the names that its models have: what boto3 and the AWS CLI take
/// and print.
namespace amilab::labs {

/// What HTTP carries of a call.
struct HttpQuestion {
    std::string method;
    /// Path and query.
    std::string target;
    wire::Headers headers;
    std::string body;
};
struct HttpReply {
    unsigned status = 0;
    wire::Headers headers;
    std::string body;
};
/// Carries it to the server. Throws std::runtime_error when no server is there.
using Carry = std::function<HttpReply(const HttpQuestion&)>;

/// A call by its model's names.
struct ModelCall {
    std::string service;
    std::string operation;
    boost::json::object parameters;
    /// Empty: the caller's.
    std::string region;
};

/// What a call brought: members by their model's names, or a refusal.
struct ModelAnswer {
    boost::json::object members;
    /// The code of a refusal; empty when the call succeeded.
    std::string refusal;
    std::string message;
    /// As it came, for what is bytes.
    std::string body;
};

/// What fixtures/api says of the served operations. Constant once made, safe from any thread.
class ApiModel {
public:
    /// `text` is what scripts/build_labs.py makes of fixtures/api.
    explicit ApiModel(std::string_view text);

    /// How the call goes over HTTP, without its signature. Throws LabFault for a service, an
    /// operation or a parameter that there is not, and for a value of another kind.
    HttpQuestion question(const ModelCall& call) const;
    ModelAnswer answer(const ModelCall& call, const HttpReply& reply) const;

private:
    const boost::json::object& service_of(const ModelCall& call) const;

    boost::json::object services_;
};

/// The model that the program carries.
const ApiModel& built_in_model();

}  // namespace amilab::labs
