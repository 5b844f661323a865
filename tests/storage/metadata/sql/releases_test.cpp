// What released versions left behind, opened by today's code; releases/README.md says what it is.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/parameters/parameter_rows.h"
#include "storage/metadata/recycle_bin/recycle_bin_rows.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/check.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/storage/metadata/sql/database_text.h"

namespace amilab::test {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kAccount = "123456789012";
constexpr const char* kOtherAccount = "222222222222";
constexpr const char* kRegion = "us-east-1";

std::string text_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::unique_ptr<Database> database_of(const fs::path& release)
{
    auto db = std::make_unique<Database>(":memory:", Database::Mode::kReadWrite);
    db->run(text_of(release / "metadata.sql"));
    return db;
}

/// A data directory with a release's state, for today's code to open.
class Copy {
public:
    explicit Copy(const fs::path& release)
    {
        const auto generation = fs::path(path()) / "generation-1";
        fs::create_directory(generation);
        std::ofstream(fs::path(path()) / "current") << "generation-1\n";
        Database db((generation / "metadata.sqlite").string(), Database::Mode::kReadWrite);
        db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
        Transaction transaction(db);
        db.run(text_of(release / "metadata.sql"));
        transaction.commit();
        fs::copy(release / "layers", generation / "layers");
    }

    const std::string& path() const { return folder_.path(); }
    /// As a server without --seed does.
    DataDirectory::Options options() const
    {
        return {.path = path(), .seed = {}, .report = [](auto) { ADD_FAILURE(); }};
    }

private:
    TemporaryDirectory folder_;
};

std::vector<fs::path> releases()
{
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(AMILAB_RELEASES)) {
        if (entry.is_directory()) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// Runs a rule over each release that is kept.
template <class Rule>
void for_each_release(const Rule& rule)
{
    ASSERT_FALSE(releases().empty());
    for (const auto& release : releases()) {
        SCOPED_TRACE(release.filename().string());
        rule(release);
    }
}

/// Of a disk's first MiB.
template <class Disk>
std::string sum_of(const Disk& disk)
{
    std::vector<std::byte> bytes(1 << 20);
    disk.read(0, bytes);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::shared_ptr<Snapshot> open_snapshot(DataDirectory& data, const DiskRow& disk)
{
    auto lease = data.current()->reader();
    return data.current()->stores().blocks().open_snapshot(
        select_layer_chain(lease.db(), disk.layer),
        static_cast<std::uint64_t>(disk.size_gib) * kGiB);
}

std::shared_ptr<Volume> open_volume(DataDirectory& data, const DiskRow& disk)
{
    auto lease = data.current()->reader();
    return data.current()->stores().blocks().open_volume(
        select_layer_chain(lease.db(), disk.layer),
        static_cast<std::uint64_t>(disk.size_gib) * kGiB);
}

/// A line of disks.txt.
std::string line_of(DataDirectory& data, const DiskRow& disk)
{
    return fmt::format(
        "{} {} {}", disk.id, static_cast<std::uint64_t>(disk.size_gib) * kGiB,
        disk.is_volume ? sum_of(*open_volume(data, disk)) : sum_of(*open_snapshot(data, disk)));
}

std::vector<std::string> lines_of(const fs::path& path)
{
    std::istringstream text(text_of(path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
        lines.push_back(line);
    }
    return lines;
}

// Steps are append-only: what has been released is what they make to this day.
TEST(Releases, HaveTheSchemaThatTheirStepsMake)
{
    for_each_release([](const fs::path& release) {
        const auto kept = database_of(release);
        const auto version = user_version(*kept);
        ASSERT_LE(version, schema_version());
        Database made(":memory:", Database::Mode::kReadWrite);
        migrate(made, migration_steps().first(static_cast<std::size_t>(version)));
        EXPECT_EQ(schema_text(*kept), schema_text(made));
    });
}

TEST(Releases, AreUpgradedWithEveryRowKept)
{
    Database newest(":memory:", Database::Mode::kReadWrite);
    migrate(newest);
    for_each_release([&](const fs::path& release) {
        const auto kept = database_of(release);
        const auto columns = common_columns(columns_of(*kept), columns_of(newest));
        const Copy copy(release);
        const DataDirectory data(copy.options());
        auto lease = data.current()->reader();
        EXPECT_EQ(schema_text(lease.db()), schema_text(newest));
        EXPECT_EQ(rows_of(lease.db(), columns), rows_of(*kept, columns));
    });
}

TEST(Releases, AreWholeForCheckOnceTheyAreUpgraded)
{
    for_each_release([](const fs::path& release) {
        const Copy copy(release);
        {
            const DataDirectory data(copy.options());
        }
        const auto report = check_data_directory(copy.path());
        EXPECT_THAT(report.problems, IsEmpty());
        EXPECT_THAT(report.leftovers, IsEmpty());
        EXPECT_GT(report.data_blocks, 0U);
    });
}

TEST(Releases, HaveTheBytesOfTheirDisks)
{
    for_each_release([](const fs::path& release) {
        const Copy copy(release);
        DataDirectory data(copy.options());
        std::vector<std::string> found;
        for (const auto& disk : select_disks(data.current()->reader().db())) {
            found.push_back(line_of(data, disk));
        }
        const auto lines = lines_of(release / "disks.txt");
        EXPECT_FALSE(lines.empty());
        for (const auto& line : lines) {
            EXPECT_THAT(found, ::testing::Contains(line));
        }
    });
}

TEST(Releases, HaveTheSameBytesAfterASweepAndARestart)
{
    for_each_release([](const fs::path& release) {
        const Copy copy(release);
        const auto read = [&](bool sweeps) {
            DataDirectory data(copy.options());
            if (sweeps) {
                data.sweep();
                data.background().drain();
            }
            std::vector<std::string> lines;
            for (const auto& disk : select_disks(data.current()->reader().db())) {
                lines.push_back(line_of(data, disk));
            }
            return lines;
        };
        const auto before = read(false);
        EXPECT_EQ(read(true), before);
        EXPECT_EQ(read(false), before);
        EXPECT_THAT(check_data_directory(copy.path()).problems, IsEmpty());
    });
}

TEST(Releases, GoOnWithTheIdsThatTheyWouldHaveGiven)
{
    for_each_release([](const fs::path& release) {
        const Copy copy(release);
        const DataDirectory data(copy.options());
        auto writer = data.current()->writer();
        Transaction transaction(writer.db());
        EXPECT_THAT(
            lines_of(release / "next_ids.txt"),
            ElementsAre(writer.ids().next<ImageId>().text(), writer.ids().next<InstanceId>().text(),
                        writer.ids().next<SnapshotId>().text(),
                        writer.ids().next<VolumeId>().text()));
    });
}

TEST(Releases, GiveNewLayersNumbersAboveTheirs)
{
    for_each_release([](const fs::path& release) {
        const Copy copy(release);
        const DataDirectory data(copy.options());
        auto lease = data.current()->reader();
        EXPECT_GT(data.current()->stores().blocks().new_layer_id(),
                  select_highest_layer(lease.db()));
    });
}

/// What is in 0.1.0, by the functions that handlers read rows with.
class Release010 : public ::testing::Test {
protected:
    Database& db() { return lease_.db(); }
    std::string one(const std::string& sql)
    {
        Statement select(db(), sql);
        select.bind();
        return select.step() ? select.row().text() : "";
    }
    ImageId image(const std::string& name)
    {
        const auto found = select_image_named(db(), kAccount, kRegion, name);
        EXPECT_TRUE(found) << name;
        return found.value_or(ImageId::trusted("ami-00000000"));
    }
    DiskRow disk(const std::string& id)
    {
        for (const auto& row : select_disks(db())) {
            if (row.id == id) {
                return row;
            }
        }
        ADD_FAILURE() << id;
        return {};
    }
    std::vector<std::byte> bytes(const std::string& snapshot, std::uint64_t offset,
                                 std::size_t length)
    {
        std::vector<std::byte> read(length);
        open_snapshot(data_, disk(snapshot))->read(offset, read);
        return read;
    }

    Copy copy_{fs::path(AMILAB_RELEASES) / "0.1.0"};
    DataDirectory data_{copy_.options()};
    Reader lease_ = data_.current()->reader();
};

TEST_F(Release010, ItsImagesAreSeenByThoseWhoSawThem)
{
    const auto shared = image("made of web");
    const auto own = select_visible_image(db(), kAccount, kRegion, shared);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->description, "ä image");
    EXPECT_EQ(own->state, ImageState::kAvailable);
    EXPECT_TRUE(select_visible_image(db(), kOtherAccount, kRegion, shared));
    EXPECT_FALSE(select_visible_image(db(), kOtherAccount, kRegion, image("golden")));
    EXPECT_THAT(select_tags(db(), kAccount, shared.text()), ElementsAre(TagRow{"team", "infra"}));
    EXPECT_THAT(select_tags(db(), kOtherAccount, shared.text()),
                ElementsAre(TagRow{"theirs", "1"}));
    EXPECT_EQ(select_visible_image(db(), kAccount, kRegion, image("copied"))->state,
              ImageState::kDisabled);
    EXPECT_EQ(select_visible_image(db(), kAccount, kRegion, image("pending"))->state,
              ImageState::kPending);
}

TEST_F(Release010, ItsSnapshotsHoldWhatWasWrittenBeforeThem)
{
    const auto golden = select_image_mappings(db(), image("golden")).at(0).snapshot_id;
    ASSERT_TRUE(golden);
    const auto first = bytes(*golden, 0, 512);
    const std::string text = "golden disk, first sector\n";
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(first.data()), text.size()), text);

    const auto written =
        one("SELECT id FROM snapshot WHERE description = 'after the first writes'");
    EXPECT_EQ(bytes(written, 0, 512), first);
    EXPECT_EQ(bytes(written, 512, 512), std::vector(512, std::byte{0x61}));
    EXPECT_EQ(bytes(written, 65'536, 512), std::vector(512, std::byte{}));

    const auto made = select_image_mappings(db(), image("made of web")).at(0).snapshot_id;
    ASSERT_TRUE(made);
    EXPECT_EQ(bytes(*made, 0, 65'536), std::vector(65'536, std::byte{}));
    EXPECT_EQ(bytes(*made, 65'536, 512), std::vector(512, std::byte{0x62}));
}

TEST_F(Release010, ItsInstancesHaveTheirVolumes)
{
    const auto web = InstanceId::trusted(
        one("SELECT resource_id FROM tag WHERE key = 'Name' AND value = 'web'"));
    const auto row = select_instance(db(), kAccount, kRegion, web);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->state, InstanceStateName::kStopped);
    const auto attachments = select_attachments_of(db(), web);
    ASSERT_EQ(attachments.size(), 2U);
    for (const auto& attachment : attachments) {
        const auto volume = select_volume(db(), kAccount, kRegion, attachment.volume_id);
        ASSERT_TRUE(volume) << attachment.device;
        EXPECT_EQ(volume->state, VolumeState::kInUse);
    }
    EXPECT_FALSE(select_instance(db(), kOtherAccount, kRegion, web));
}

TEST_F(Release010, ItsParametersAndRulesAreThere)
{
    const ParameterKey app{kAccount, kRegion, "/golden/app"};
    const auto newest = select_parameter(db(), app);
    ASSERT_TRUE(newest);
    EXPECT_EQ(newest->version, 2);
    EXPECT_EQ(newest->value, image("made of web").text());
    EXPECT_EQ(select_labelled_version(db(), app, "stable"), 1);
    EXPECT_EQ(select_parameter(db(), {kOtherAccount, kRegion, "list"})->value, "a,b");

    const auto rule = select_recycle_rule(
        db(), kAccount, kRegion,
        one("SELECT id FROM recycle_rule WHERE resource_type = 'EC2_IMAGE'"), 0);
    ASSERT_TRUE(rule);
    EXPECT_EQ(rule->retention_days, 7);
    EXPECT_THAT(rule->resource_tags, ElementsAre(RecycleRuleTag{"keep", "yes"}));
    EXPECT_EQ(select_page<kRecycledImageList>(db(), {.owner = kAccount, .region = kRegion}).size(),
              1U);
}

TEST_F(Release010, ItsClockStandsWhereItStoodAndItsKeysAreTheOtherAccounts)
{
    EXPECT_TRUE(data_.current()->timing().clock.setting().frozen);
    EXPECT_EQ(data_.current()->timing().clock.now_ms(), 1'767'323'045'000);
    EXPECT_EQ(data_.current()->timing().delays.get(Delay{"image.pending"}), kHourMs);
    EXPECT_EQ(data_.current()->settings().access_keys().account_of("AKIAIOSFODNN7EXAMPLE"),
              kOtherAccount);
}

}  // namespace
}  // namespace amilab::test
