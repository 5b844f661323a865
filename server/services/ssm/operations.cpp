#include "server/services/ssm/operations.h"

#include "server/services/ssm/parameters.h"
#include "server/wire/json.h"
#include "server/wire/ssm/schema.h"

namespace amilab::ssm {

namespace {

constexpr Operation kOperations[] = {
    write_to_free<delete_parameter>("DeleteParameter"),
    write_to_free<delete_parameters>("DeleteParameters"),
    read<describe_parameters>("DescribeParameters"),
    read<get_parameter>("GetParameter"),
    read<get_parameter_history>("GetParameterHistory"),
    read<get_parameters>("GetParameters"),
    read<get_parameters_by_path>("GetParametersByPath"),
    write<label_parameter_version>("LabelParameterVersion"),
    write<put_parameter>("PutParameter"),
};

}  // namespace

const Service& service()
{
    static const Service service{kService, kOperations};
    return service;
}

}  // namespace amilab::ssm
