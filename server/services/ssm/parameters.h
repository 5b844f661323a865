#pragma once

#include "server/calls/session.h"
#include "server/wire/ssm/parameters.h"

namespace amilab::ssm {

/// Parameter Store: the public parameters that name images of the catalogue, read-only, and an
/// account's own, of which all versions are kept. Throws ApiError.
GetParameterResponse get_parameter(Session& session, const GetParameterRequest& request);
GetParametersResponse get_parameters(Session& session, const GetParametersRequest& request);
GetParametersByPathResponse get_parameters_by_path(Session& session,
                                                   const GetParametersByPathRequest& request);
DescribeParametersResponse describe_parameters(Session& session,
                                               const DescribeParametersRequest& request);
GetParameterHistoryResponse get_parameter_history(Session& session,
                                                  const GetParameterHistoryRequest& request);
PutParameterResponse put_parameter(Session& session, const PutParameterRequest& request);
DeleteParameterResponse delete_parameter(Session& session, const DeleteParameterRequest& request);
DeleteParametersResponse delete_parameters(Session& session,
                                           const DeleteParametersRequest& request);
LabelParameterVersionResponse label_parameter_version(Session& session,
                                                      const LabelParameterVersionRequest& request);

}  // namespace amilab::ssm
