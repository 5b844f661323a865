#include "server/calls/operation.h"

#include "server/calls/stream_operation.h"

namespace amilab {

Call to_call(std::unique_ptr<ReadCall> call)
{
    return call;
}

Call to_call(std::unique_ptr<WriteCall> call)
{
    return call;
}

Call to_call(std::unique_ptr<BytesCall> call)
{
    return call;
}

}  // namespace amilab
