#include <algorithm>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/migration_steps.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {
namespace {

constexpr std::int64_t kNowMs = 1'000'000;
constexpr std::int64_t kSevenDaysMs = 7 * 86'400'000;

std::string insert_image(const char* id, const char* state)
{
    return std::string(
               "INSERT INTO image (id, region, owner, name, location, architecture, image_type,"
               " state, root_device_type, virtualization_type, hypervisor, platform_details,"
               " usage_operation, creation_time_ms) VALUES ('") +
           id + "', 'us-east-1', '123456789012', '" + id +
           "', 'somewhere', 'x86_64', 'machine', '" + state +
           "', 'ebs', 'hvm', 'xen', 'Linux/UNIX', 'RunInstances', 0);";
}

TEST(ImageMigration, GivesAnEndToWhatWasDeregisteredBeforeEndsWereNoted)
{
    Database db(":memory:", Database::Mode::kReadWrite);
    const auto& steps = migration_steps();
    const auto notes_ends = std::find_if(steps.begin(), steps.end(), [](const auto& step) {
        return std::string_view(step).find("'image-forgotten'") != std::string_view::npos;
    });
    ASSERT_NE(notes_ends, steps.end());
    for (auto step = steps.begin(); step != notes_ends; ++step) {
        db.run(std::string(*step));
    }
    db.run("PRAGMA user_version = " + std::to_string(notes_ends - steps.begin()));
    db.run("INSERT INTO setting (name, value) VALUES ('clock_ms', " + std::to_string(kNowMs) +
           "), ('clock_frozen', 1)");
    db.run(insert_image("ami-00000001", "deregistered"));
    db.run(insert_image("ami-00000002", "deregistered"));
    db.run(insert_image("ami-00000003", "available"));
    db.run(insert_image("ami-00000004", "deregistered"));
    db.run(
        "INSERT INTO transition (due_ms, sequence, action, resource_id, account)"
        " VALUES (5, 1, 'image-forgotten', 'ami-00000004', '123456789012')");
    // In the Recycle Bin it is deregistered too, and comes back.
    db.run(insert_image("ami-00000005", "deregistered"));
    db.run(
        "INSERT INTO recycled (resource_id, resource_type, region, owner, state, enter_time_ms,"
        " exit_time_ms) VALUES ('ami-00000005', 'image', 'us-east-1', '123456789012', 'available',"
        " 0, 9)");
    migrate(db);

    Statement select(db,
                     "SELECT resource_id || ' ' || due_ms || ' ' || account FROM transition"
                     " ORDER BY resource_id");
    select.bind();
    const auto due = std::to_string(kNowMs + kSevenDaysMs);
    EXPECT_THAT(select.texts(), testing::ElementsAre("ami-00000001 " + due + " 123456789012",
                                                     "ami-00000002 " + due + " 123456789012",
                                                     "ami-00000004 5 123456789012"));
}

}  // namespace
}  // namespace amilab
