#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/services.h"
#include "server/wire/schema.h"
#include "storage/base/units.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"
#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

}  // namespace
}  // namespace amilab::test
