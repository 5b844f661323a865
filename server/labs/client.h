#pragma once

#include <string>
#include <string_view>

#include "server/labs/api_model.h"

namespace amilab::labs {

/// Calls the API as one account. Signatures are not verified, so that there are none: a request
/// says whose it is, and for where. One thread.
class LabClient {
public:
    struct Identity {
        std::string access_key;
        std::string region;
    };
    LabClient(const ApiModel& model, Identity identity, Carry carry)
        : model_(model), identity_(std::move(identity)), carry_(std::move(carry))
    {
    }

    const Identity& identity() const { return identity_; }
    /// The region where a call goes.
    std::string_view region_of(const ModelCall& call) const;

    /// Throws as ApiModel::question and Carry do; a refusal is an answer.
    ModelAnswer call(const ModelCall& call) const;
    /// The members of the answer. Throws std::runtime_error for a refusal, which it says.
    boost::json::object require(const ModelCall& call) const;

private:
    const ApiModel& model_;
    Identity identity_;
    Carry carry_;
};

/// "DescribeImages was refused: InvalidAMIID.NotFound: The image id ..."
std::string refusal_of(const ModelCall& call, const ModelAnswer& answer);

}  // namespace amilab::labs
