#include "server/services/sts/operations.h"

#include "server/services/sts/identity.h"
#include "server/wire/sts/schema.h"

namespace amilab::sts {

namespace {

constexpr Operation kOperations[] = {
    read<get_caller_identity>("GetCallerIdentity"),
};

}  // namespace

const Service& service()
{
    static const Service service{kService, kOperations};
    return service;
}

}  // namespace amilab::sts
