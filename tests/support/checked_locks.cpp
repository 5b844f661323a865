// Has the order of locks checked in a test binary, and in the servers that it starts, before any
// thread or lock of it.

#include <cstdlib>

#include "storage/base/lock_order.h"

namespace amilab {
namespace {

[[maybe_unused]] const bool is_checked = [] {
    lock_order::check();
    return ::setenv("AMILAB_CHECK_LOCK_ORDER", "1", 1) == 0;
}();

}  // namespace
}  // namespace amilab
