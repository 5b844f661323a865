#include "storage/metadata/sql/migrations.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/check.h"
#include "storage/state/data_directory.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/storage/metadata/sql/database_text.h"

namespace amilab::test {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct StepRows {
    /// The step that makes the tables.
    int step;
    const char* sql;
};

/// A row for each table, in columns that the table has had since that step and has still.
constexpr StepRows kRows[] = {
    {1, R"sql(
INSERT INTO setting (name, value) VALUES ('seed', 'some'), ('clock_ms', 1000);
INSERT INTO id_counter (kind, value) VALUES ('vol', 3);
INSERT INTO transition (due_ms, sequence, action, resource_id)
    VALUES (9000, 1, 'volume-available', 'vol-00000001');
INSERT INTO transition_delay (name, delay_ms) VALUES ('volume.creating', 70);
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id)
    VALUES ('111111111111', 'us-east-1', 'CreateVolume', 'token', 'Size=1:1', 'vol-00000001');
INSERT INTO layer (id, parent_id, sealed, synced, created_ms)
    VALUES (1, NULL, 1, 1, 0), (2, 1, 0, 0, 0);
INSERT INTO removed_layer (id) VALUES (7);
INSERT INTO snapshot (id, region, owner, layer_id, volume_id, volume_size_gib, description, state,
                      start_time_ms)
    VALUES ('snap-00000001', 'us-east-1', '111111111111', 1, 'vol-00000001', 1, 'ä''', 'completed',
            1000);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, state,
                    create_time_ms)
    VALUES ('vol-00000001', 'us-east-1', '111111111111', 'us-east-1a', 2, 1, 'snap-00000001', 'gp3',
            'in-use', 1000);
INSERT INTO image (id, region, owner, name, location, architecture, image_type, state,
                   root_device_type, virtualization_type, hypervisor, platform_details,
                   usage_operation, creation_time_ms)
    VALUES ('ami-00000001', 'us-east-1', '111111111111', 'one', 'here', 'x86_64', 'machine',
            'available', 'ebs', 'hvm', 'xen', 'Linux/UNIX', 'RunInstances', 1000);
INSERT INTO image_mapping (image_id, position, device_name, snapshot_id)
    VALUES ('ami-00000001', 0, '/dev/xvda', 'snap-00000001');
INSERT INTO launch_permission (image_id, kind, value)
    VALUES ('ami-00000001', 'userId', '222222222222');
INSERT INTO vpc (id, region, owner, cidr_block, cidr_association_id, dhcp_options_id, is_default)
    VALUES ('vpc-00000001', 'us-east-1', '111111111111', '172.31.0.0/16', 'a', 'd', 1);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone,
                    map_public_ip_on_launch)
    VALUES ('subnet-00000001', 'us-east-1', '111111111111', 'vpc-00000001', 'us-east-1a',
            '172.31.0.0/20', 1, 1);
INSERT INTO security_group (id, region, owner, vpc_id, name, description)
    VALUES ('sg-00000001', 'us-east-1', '111111111111', 'vpc-00000001', 'default', '');
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms,
                      state, state_change_time_ms, instance_type, zone, subnet_id, private_ip,
                      image_id, image_owner, architecture, virtualization_type, hypervisor,
                      root_device_name, root_device_type, current_boot_mode, ena_support,
                      platform_details, usage_operation, usage_operation_time_ms, http_tokens,
                      http_put_response_hop_limit)
    VALUES ('i-00000001', 'us-east-1', '111111111111', 'r-00000001', 0, '', 1000, 'running', 1000,
            't3.micro', 'us-east-1a', 'subnet-00000001', '172.31.0.4', 'ami-00000001',
            '111111111111', 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', 'legacy-bios', 1,
            'Linux/UNIX', 'RunInstances', 1000, 'optional', 1);
INSERT INTO instance_security_group (instance_id, position, group_id)
    VALUES ('i-00000001', 0, 'sg-00000001');
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms,
                        delete_on_termination)
    VALUES ('vol-00000001', 'i-00000001', '/dev/xvda', 'attached', 1000, 1);
INSERT INTO tag (resource_id, key, value, resource_type, owner, region)
    VALUES ('ami-00000001', 'team', 'infra', 'image', '111111111111', 'us-east-1');
)sql"},
    {2, R"sql(
INSERT INTO volume_modification (volume_id, number, region, owner, is_latest, state,
                                 original_size_gib, original_volume_type, original_multi_attach,
                                 target_size_gib, target_volume_type, target_multi_attach,
                                 start_time_ms)
    VALUES ('vol-00000001', 1, 'us-east-1', '111111111111', 1, 'completed', 1, 'gp2', 0, 1, 'gp3',
            0, 1000);
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-00000001', 'vol-00000001');
INSERT INTO replace_root_volume_task (id, region, owner, instance_id, state, original_volume_id,
                                      replacement_volume_id, made_replacement,
                                      delete_replaced_root_volume, start_time_ms)
    VALUES ('replacevol-00000001', 'us-east-1', '111111111111', 'i-00000001', 'succeeded',
            'vol-00000002', 'vol-00000001', 1, 1, 1000);
)sql"},
    {3, R"sql(
INSERT INTO recycle_rule (id, region, owner, resource_type, retention_days, status)
    VALUES ('abcdefghijk', 'us-east-1', '111111111111', 'EC2_IMAGE', 7, 'available');
INSERT INTO recycle_rule_tag (rule_id, kind, position, key)
    VALUES ('abcdefghijk', 'resource', 0, 'keep');
INSERT INTO recycled (resource_id, resource_type, region, owner, state, enter_time_ms, exit_time_ms)
    VALUES ('ami-00000002', 'image', 'us-east-1', '111111111111', 'available', 1000, 2000);
INSERT INTO recycled_launch_permission (image_id, kind, value)
    VALUES ('ami-00000002', 'group', 'all');
INSERT INTO image_watermark (image_id, watermark_key, source_image_id, source_image_region,
                             source_image_creation_time_ms, creation_time_ms)
    VALUES ('ami-00000001', 'key', 'ami-00000001', 'us-east-1', 1000, 1000);
INSERT INTO image_instance_type (image_id, supported, position, pattern)
    VALUES ('ami-00000001', 1, 0, 't3.*');
INSERT INTO fast_launch (image_id, owner, region, target_resource_count, max_parallel_launches,
                         state, state_reason, state_time_ms)
    VALUES ('ami-00000001', '111111111111', 'us-east-1', 5, 6, 'enabled', '', 1000);
)sql"},
    {4, R"sql(
INSERT INTO direct_snapshot (snapshot_id, open, timeout_ms, last_activity_ms, boot_id)
    VALUES ('snap-00000001', 0, 60000, 1000, 'boot');
INSERT INTO direct_block (snapshot_id, block_index, checksum)
    VALUES ('snap-00000001', 0, zeroblob(32));
)sql"},
    {5, R"sql(
INSERT INTO account (id) VALUES ('222222222222');
INSERT INTO access_key (id, account) VALUES ('KEY', '222222222222');
INSERT INTO account_membership (account, kind, value)
    VALUES ('222222222222', 'organizationArn', 'arn');
INSERT INTO marketplace_subscription (account, product_code) VALUES ('222222222222', 'code');
INSERT INTO marketplace_product (product_code, account) VALUES ('code', '222222222222');
INSERT INTO account_setting (owner, region, name, value)
    VALUES ('111111111111', 'us-east-1', 'allowed-images', 'enabled');
INSERT INTO image_criterion_value (owner, region, criterion, kind, position, value)
    VALUES ('111111111111', 'us-east-1', 0, 'provider', 0, 'amazon');
INSERT INTO create_volume_permission (snapshot_id, kind, value)
    VALUES ('snap-00000001', 'userId', '222222222222');
INSERT INTO product_code (resource_id, code, type) VALUES ('ami-00000001', 'code', 'marketplace');
)sql"},
    {6, R"sql(
INSERT INTO parameter (owner, region, name, version) VALUES ('111111111111', 'us-east-1', '/a', 1);
INSERT INTO parameter_version (owner, region, name, version, type, value, data_type, tier,
                               last_modified_ms, last_modified_user)
    VALUES ('111111111111', 'us-east-1', '/a', 1, 'String', 'ami-00000001', 'aws:ec2:image',
            'Standard', 1000, 'root');
INSERT INTO parameter_label (owner, region, name, label, version)
    VALUES ('111111111111', 'us-east-1', '/a', 'stable', 1);
)sql"},
    {8, R"sql(
INSERT INTO ebs_encryption (owner, region, by_default) VALUES ('111111111111', 'us-east-1', 1);
INSERT INTO snapshot_lock (snapshot_id, mode, created_ms)
    VALUES ('snap-00000001', 'governance', 1000);
INSERT INTO snapshot_tier (snapshot_id, operation, start_ms, due_ms, archived_ms)
    VALUES ('snap-00000001', 'archival', 1000, 1000, 1000);
INSERT INTO fast_restore (owner, region, snapshot_id, zone, enabling_ms, optimizing_ms, enabled_ms)
    VALUES ('111111111111', 'us-east-1', 'snap-00000001', 'us-east-1a', 1000, 1000, 1000);
INSERT INTO image_usage_report (id, owner, region, image_id, creation_time_ms, due_ms,
                                expiration_time_ms)
    VALUES ('amiur-00000001', '111111111111', 'us-east-1', 'ami-00000001', 1000, 1000, 2000);
INSERT INTO image_usage_report_type (report_id, position, resource_type)
    VALUES ('amiur-00000001', 0, 'ec2:Instance');
INSERT INTO image_usage_report_account (report_id, position, account_id)
    VALUES ('amiur-00000001', 0, '222222222222');
INSERT INTO image_usage_entry (report_id, account_id, resource_type, usage_count)
    VALUES ('amiur-00000001', '222222222222', 'ec2:Instance', 1);
)sql"},
    {12, R"sql(
INSERT INTO key_pair VALUES ('key-00000001', 'us-east-1', '111111111111', 'mine', 'rsa',
    'ssh-rsa AAAA', 'aa:bb', 0);
)sql"},
    {14, R"sql(
INSERT INTO placement_group VALUES ('pg-00000001', 'us-east-1', '111111111111', 'mine',
    'partition', 7, NULL);
)sql"},
    {16, R"sql(
INSERT INTO former_launch_permission VALUES ('ami-00000001', 'group', 'all');
)sql"},
    {19, R"sql(
INSERT INTO opted_out_region VALUES ('af-south-1');
)sql"},
    {22, R"sql(
INSERT INTO security_group_rule (id, region, owner, group_id, is_egress, protocol, from_port,
                                 to_port, peer_kind, peer)
    VALUES ('sgr-00000009', 'us-east-1', '111111111111', 'sg-00000001', 0, 'tcp', 22, 22, 'ipv4',
            '192.0.2.0/24');
)sql"},
};

using Steps = std::span<const char* const>;

Steps steps_to(int version)
{
    return migration_steps().first(static_cast<std::size_t>(version));
}

/// A database as the version `version` has left it, with rows in all of its tables.
std::unique_ptr<Database> database_of(int version, const std::string& path = ":memory:")
{
    auto db = open_connection(path, Database::Mode::kReadWrite, Durability::kPrivate);
    migrate(*db, steps_to(version));
    for (const auto& rows : kRows) {
        if (rows.step <= version) {
            db->run(rows.sql);
        }
    }
    return db;
}

std::string newest_schema()
{
    Database db(":memory:", Database::Mode::kReadWrite);
    migrate(db);
    return schema_text(db);
}

TableColumns newest_columns()
{
    Database db(":memory:", Database::Mode::kReadWrite);
    migrate(db);
    return columns_of(db);
}

/// What a run that fails must leave as it was.
std::string everything_in(Database& db)
{
    auto text = schema_text(db);
    for (const auto& [table, rows] : rows_of(db, columns_of(db))) {
        text += fmt::format("{}\n{}\n", table, fmt::join(rows, "\n"));
    }
    return text;
}

std::string bytes_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Name → bytes of all files below a folder but the lock, which names the process.
std::map<std::string, std::string> files_below(const fs::path& folder)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().filename() != "lock") {
            files[entry.path().lexically_relative(folder)] = bytes_of(entry.path());
        }
    }
    return files;
}

template <class Action>
std::string error_of(const Action& action)
{
    try {
        action();
    } catch (const StorageError& error) {
        return error.what();
    }
    return "";
}

TEST(Migrations, AreTriedWithARowInEveryTable)
{
    for (int version = 1; version <= schema_version(); ++version) {
        const auto db = database_of(version);
        for (const auto& [table, rows] : rows_of(*db, columns_of(*db))) {
            EXPECT_FALSE(rows.empty()) << "no row for " << table << " of step " << version;
        }
    }
}

TEST(Migrations, UpgradeEveryEarlierVersionToTheSchemaThatIsMadeInOneGo)
{
    const auto newest = newest_schema();
    for (int version = 0; version <= schema_version(); ++version) {
        SCOPED_TRACE(fmt::format("from version {}", version));
        const auto db = database_of(version);
        EXPECT_EQ(user_version(*db), version);
        migrate(*db);
        EXPECT_EQ(schema_text(*db), newest);
        EXPECT_THAT(check_database(*db), IsEmpty());
    }
}

TEST(Migrations, KeepTheRowsOfEveryEarlierVersion)
{
    const auto newest = newest_columns();
    for (int version = 0; version <= schema_version(); ++version) {
        SCOPED_TRACE(fmt::format("from version {}", version));
        const auto db = database_of(version);
        const auto kept = common_columns(columns_of(*db), newest);
        const auto before = rows_of(*db, kept);
        migrate(*db);
        EXPECT_EQ(rows_of(*db, kept), before);
    }
}

TEST(Migrations, StepByStepMakeWhatTheyMakeInOneGo)
{
    const auto db = database_of(0);
    for (int version = 1; version <= schema_version(); ++version) {
        migrate(*db, steps_to(version));
        EXPECT_EQ(user_version(*db), version);
    }
    EXPECT_EQ(schema_text(*db), newest_schema());
}

TEST(Migrations, ChangeNothingOfACurrentDatabase)
{
    const TemporaryDirectory folder;
    const auto db = database_of(schema_version(), folder.path() + "/metadata.sqlite");
    const auto files = files_below(folder.path());
    const auto changes = sqlite3_total_changes64(db->handle());
    const auto schema = schema_text(*db);
    migrate(*db);
    migrate(*db);
    EXPECT_EQ(files_below(folder.path()), files);
    EXPECT_EQ(sqlite3_total_changes64(db->handle()), changes);
    EXPECT_EQ(schema_text(*db), schema);
    EXPECT_EQ(user_version(*db), schema_version());
}

TEST(Migrations, AnUpgradedDatabaseIsCurrentWhenItIsOpenedAgain)
{
    const TemporaryDirectory folder;
    const auto path = folder.path() + "/metadata.sqlite";
    migrate(*database_of(1, path));
    const auto files = files_below(folder.path());
    migrate(*open_connection(path, Database::Mode::kReadWrite, Durability::kPrivate));
    EXPECT_EQ(files_below(folder.path()), files);
}

// Each ends in another way, after something that would stay.
constexpr const char* kFailingSteps[] = {
    "CREATE TABLE half (id TEXT); CREATE TABLE half (id TEXT);",
    "CREATE TABLE half (id TEXT); INSERT INTO half VALUES (1); SELECT no_such_function(1);",
    "CREATE TABLE half (id TEXT NOT NULL); INSERT INTO half VALUES (NULL);",
    "CREATE TABLE half (id TEXT); this is no SQL;",
};

/// From each earlier version, with each kind of failing step in the place of step `failing`.
void expect_rolled_back(int failing, const char* bad_step)
{
    std::vector<const char*> steps(migration_steps().begin(), migration_steps().end());
    steps.insert(steps.begin() + failing, bad_step);
    for (int version = 0; version <= failing; ++version) {
        SCOPED_TRACE(
            fmt::format("from version {}, `{}` as step {}", version, bad_step, failing + 1));
        const auto db = database_of(version);
        const auto before = everything_in(*db);
        EXPECT_THROW(migrate(*db, steps), StorageError);
        EXPECT_EQ(everything_in(*db), before);
        migrate(*db);
        EXPECT_EQ(user_version(*db), schema_version());
    }
}

TEST(Migrations, RollTheWholeRunBackWhenItsLastStepFails)
{
    for (const auto* bad_step : kFailingSteps) {
        expect_rolled_back(schema_version(), bad_step);
    }
}

TEST(Migrations, RollTheWholeRunBackWhenAStepOnTheWayFails)
{
    for (int failing = 0; failing < schema_version(); ++failing) {
        expect_rolled_back(failing, kFailingSteps[0]);
    }
}

TEST(Migrations, RollTheWholeRunBackOnAFullDiskAndUpgradeWhenThereIsRoom)
{
    const TemporaryDirectory folder;
    const auto db = database_of(1, folder.path() + "/metadata.sqlite");
    const auto before = everything_in(*db);
    db->run("PRAGMA max_page_count = 1");  // as many as there are, no more
    try {
        migrate(*db);
        ADD_FAILURE() << "the upgrade took no page";
    } catch (const StorageError& error) {
        EXPECT_TRUE(error.is_full_disk()) << error.what();
    }
    EXPECT_EQ(everything_in(*db), before);
    db->run("PRAGMA max_page_count = 1000000");
    migrate(*db);
    EXPECT_EQ(schema_text(*db), newest_schema());
}

TEST(Migrations, RefuseANewerDatabaseWithoutChangingIt)
{
    const auto db = database_of(schema_version());
    db->run("CREATE TABLE of_a_newer_version (id TEXT); PRAGMA user_version = 4711");
    const auto before = everything_in(*db);
    const auto text = fmt::format(
        "open :memory:: written by a newer amilab (schema 4711, this one knows {}); use that "
        "version or another --data directory",
        schema_version());
    EXPECT_EQ(error_of([&] { migrate(*db); }), text);
    EXPECT_EQ(error_of([&] { require_known_version(*db); }), text);
    EXPECT_EQ(everything_in(*db), before);
}

// A list of steps that ends earlier is an older program.
TEST(Migrations, RefuseADatabaseOfTheNextVersionWhicheverThatIs)
{
    for (int version = 1; version <= schema_version(); ++version) {
        const auto db = database_of(version);
        const auto before = everything_in(*db);
        EXPECT_THAT(error_of([&] { migrate(*db, steps_to(version - 1)); }),
                    HasSubstr(fmt::format("schema {}, this one knows {}", version, version - 1)));
        EXPECT_EQ(everything_in(*db), before);
    }
}

// The key of a snapshot was its upload's before it was its own.
TEST(Migrations, GiveDefaultGroupsTheirRules)
{
    const auto db = database_of(21);
    migrate(*db);
    Statement select(*db,
                     "SELECT id || ' ' || group_id || ' ' || is_egress || ' ' || peer"
                     " FROM security_group_rule ORDER BY is_egress");
    select.bind();
    EXPECT_THAT(select.texts(), ElementsAre("sgr-00000001 sg-00000001 0 sg-00000001",
                                            "sgr-10000001 sg-00000001 1 0.0.0.0/0"));
}

TEST(Migrations, BringTheKeysOfUploadedSnapshotsAlong)
{
    for (int version = 4; version < 9; ++version) {
        const auto db = database_of(version);
        db->run(
            "UPDATE snapshot SET encrypted = 1; UPDATE direct_snapshot SET kms_key_arn = 'key'");
        migrate(*db);
        EXPECT_THAT(rows_of(*db, {{"snapshot", {"kms_key_id"}}})["snapshot"],
                    ElementsAre("kms_key_id='key'"))
            << "from version " << version;
    }
}

/// A data directory that the next version has left: closed, or by a kill, with its last commits
/// still in the WAL.
class NewerDataDirectory : public ::testing::Test {
protected:
    NewerDataDirectory()
    {
        DataDirectory data(options(closed));
        auto writer = data.current()->writer();
        Transaction transaction(writer.db());
        writer.db().run(
            "CREATE TABLE of_a_newer_version (id TEXT NOT NULL PRIMARY KEY) STRICT;"
            "INSERT INTO of_a_newer_version (id) VALUES ('kept');");
        writer.db().run(fmt::format("PRAGMA user_version = {}", schema_version() + 1));
        transaction.commit();
        fs::copy(closed, killed, fs::copy_options::recursive);
    }

    static DataDirectory::Options options(const fs::path& path)
    {
        return {.path = path.string(), .seed = "1", .report = [](auto) {}};
    }

    /// Neither a server nor `amilab check` changes a byte of it, or makes or removes a file.
    static void expect_refused_untouched(const fs::path& path)
    {
        const auto before = files_below(path);
        const auto text = fmt::format(
            "open {}/generation-1/metadata.sqlite: written by a newer amilab (schema {}, this one "
            "knows {}); use that version or another --data directory",
            path.string(), schema_version() + 1, schema_version());
        EXPECT_EQ(error_of([&] { const DataDirectory data(options(path)); }), text);
        EXPECT_EQ(error_of([&] { check_data_directory(path.string()); }), text);
        const auto after = files_below(path);
        EXPECT_EQ(after.size(), before.size());
        for (const auto& [name, bytes] : after) {
            const auto was = before.find(name);
            EXPECT_TRUE(was != before.end() && was->second == bytes) << name;
        }
    }

    TemporaryDirectory folder;
    fs::path closed = fs::path(folder.path()) / "closed";
    fs::path killed = fs::path(folder.path()) / "killed";
};

TEST_F(NewerDataDirectory, IsRefusedUntouched)
{
    EXPECT_FALSE(fs::exists(closed / "generation-1/metadata.sqlite-wal"));
    expect_refused_untouched(closed);
}

TEST_F(NewerDataDirectory, IsRefusedUntouchedWithCommitsInTheWal)
{
    EXPECT_GT(fs::file_size(killed / "generation-1/metadata.sqlite-wal"), 0U);
    expect_refused_untouched(killed);
}

TEST_F(NewerDataDirectory, IsThereForTheVersionThatWroteItAfterwards)
{
    expect_refused_untouched(killed);
    Database db((killed / "generation-1/metadata.sqlite").string(), Database::Mode::kReadWrite);
    EXPECT_EQ(user_version(db), schema_version() + 1);
    const std::string table = "of_a_newer_version";
    EXPECT_THAT(rows_of(db, {{table, {"id"}}})[table], ElementsAre("id='kept'"));
}

}  // namespace
}  // namespace amilab::test
