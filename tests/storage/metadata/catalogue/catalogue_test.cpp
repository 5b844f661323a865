#include "storage/metadata/catalogue/catalogue.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"

namespace amilab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Row = std::vector<std::string>;

struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using Connection = std::unique_ptr<sqlite3, Close>;

Connection open(const std::string& path, int flags)
{
    // SQLite is configured with the first of these, before anything else uses it.
    static const Database first(":memory:", Database::Mode::kReadWrite);
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, flags, nullptr), SQLITE_OK);
    return Connection(db);
}

Connection open_in_memory()
{
    return open(":memory:", SQLITE_OPEN_READWRITE);
}

Connection open_with_catalogue()
{
    auto db = open_in_memory();
    attach_catalogue(db.get());
    return db;
}

/// The rows of one query; NULL reads as "NULL".
std::vector<Row> rows(sqlite3* db, const std::string& sql)
{
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
        ADD_FAILURE() << sql << ": " << sqlite3_errmsg(db);
        return {};
    }
    const std::unique_ptr<sqlite3_stmt, Close> statement(raw);
    std::vector<Row> result;
    while (sqlite3_step(raw) == SQLITE_ROW) {
        auto& row = result.emplace_back();
        for (int column = 0; column < sqlite3_column_count(raw); ++column) {
            const void* text = sqlite3_column_text(raw, column);
            row.emplace_back(text == nullptr ? "NULL" : static_cast<const char*>(text));
        }
    }
    return result;
}

std::vector<std::string> first_column(sqlite3* db, const std::string& sql)
{
    std::vector<std::string> result;
    for (auto& row : rows(db, sql)) {
        result.push_back(std::move(row.front()));
    }
    return result;
}

int execute(sqlite3* db, const std::string& sql)
{
    return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
}

class Catalogue : public testing::Test {
protected:
    /// A rule that every row must keep: the query finds the rows that break it.
    void expect_none(const std::string& sql) { EXPECT_THAT(rows(db(), sql), IsEmpty()) << sql; }

    sqlite3* db() const { return connection_.get(); }

private:
    Connection connection_ = open_with_catalogue();
};

TEST_F(Catalogue, IsASoundDatabaseOfLessThanFourMebibytes)
{
    EXPECT_LT(catalogue_bytes().size(), std::size_t{4} << 20);
    EXPECT_EQ(catalogue_bytes().size() % 4096, 0U);
    EXPECT_THAT(rows(db(), "PRAGMA catalogue.integrity_check"), ElementsAre(Row{"ok"}));
    expect_none("PRAGMA catalogue.foreign_key_check");
}

TEST_F(Catalogue, HasInstanceTypesInNoMoreThan600KiB)
{
    // The tables alone, as they lie in the binary: a database of nothing else.
    const auto tables = rows(db(),
                             "SELECT name, sql FROM catalogue.sqlite_schema WHERE type = 'table'"
                             " AND name <> 'instance_price' AND (name GLOB 'instance_*'"
                             "  OR name GLOB 'offering_*' OR name GLOB '*_card_facts'"
                             "  OR name = 'disk_facts')");
    EXPECT_THAT(tables, SizeIs(12)) << "a new one counts too: see that it is among these";
    for (const auto& table : tables) {
        ASSERT_EQ(execute(db(), table[1] + "; INSERT INTO main." + table[0] +
                                    " SELECT * FROM catalogue." + table[0]),
                  SQLITE_OK)
            << table[0];
    }
    const auto bytes = std::stoul(rows(db(), "PRAGMA main.page_count").front().front()) *
                       std::stoul(rows(db(), "PRAGMA main.page_size").front().front());
    EXPECT_LE(bytes, std::size_t{600} << 10);
    EXPECT_GT(bytes, std::size_t{100} << 10) << "they are there";
}

TEST_F(Catalogue, RefusesWrites)
{
    for (const auto* sql :
         {"DELETE FROM catalogue.image_facts", "UPDATE catalogue.region SET endpoint = 'elsewhere'",
          "CREATE TABLE catalogue.more (id TEXT)", "DROP TABLE catalogue.image_place"}) {
        EXPECT_EQ(execute(db(), sql), SQLITE_READONLY) << sql;
    }
    EXPECT_THAT(rows(db(), "PRAGMA catalogue.integrity_check"), ElementsAre(Row{"ok"}));
}

TEST_F(Catalogue, LeavesTheMainDatabaseWritable)
{
    EXPECT_EQ(
        execute(db(), "CREATE TABLE main.image (id TEXT); INSERT INTO main.image VALUES ('x')"),
        SQLITE_OK);
    EXPECT_THAT(rows(db(), "SELECT id FROM main.image"), ElementsAre(Row{"x"}));
}

TEST_F(Catalogue, IsReadWhereItLiesAndNotCopiedIntoTheConnection)
{
    ASSERT_THAT(rows(db(), "SELECT sum(length(name) + length(location)) FROM catalogue.image"),
                SizeIs(1));
    int cached_bytes = 0;
    int highest = 0;
    ASSERT_EQ(sqlite3_db_status(db(), SQLITE_DBSTATUS_CACHE_USED, &cached_bytes, &highest, 0),
              SQLITE_OK);
    EXPECT_LT(static_cast<std::size_t>(cached_bytes), catalogue_bytes().size() / 10);
}

TEST(AttachCatalogue, RefusesASecondTime)
{
    const auto db = open_with_catalogue();
    EXPECT_THROW(attach_catalogue(db.get()), StorageError);
    EXPECT_THAT(rows(db.get(), "SELECT count(*) FROM catalogue.region"), ElementsAre(Row{"38"}));
}

TEST(AttachCatalogue, WorksOnReadOnlyConnectionsOfAWalDatabaseSideBySide)
{
    auto folder = (std::filesystem::temp_directory_path() / "amilab-catalogue-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const auto path = folder + "/main.sqlite";
    {
        const auto writer = open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        ASSERT_EQ(execute(writer.get(), "PRAGMA journal_mode = WAL; CREATE TABLE image (id TEXT)"),
                  SQLITE_OK);
        attach_catalogue(writer.get());
        const auto first = open(path, SQLITE_OPEN_READONLY);
        const auto second = open(path, SQLITE_OPEN_READONLY);
        attach_catalogue(first.get());
        attach_catalogue(second.get());
        ASSERT_EQ(execute(writer.get(), "INSERT INTO main.image VALUES ('ami-own')"), SQLITE_OK);

        constexpr auto* kCount =
            "SELECT count(*) FROM (SELECT id FROM main.image"
            " UNION ALL SELECT id FROM catalogue.image)";
        EXPECT_EQ(rows(first.get(), kCount), rows(writer.get(), kCount));
        EXPECT_EQ(rows(second.get(), kCount), rows(writer.get(), kCount));
    }
    std::filesystem::remove_all(folder);
}

TEST_F(Catalogue, HasEveryRegionOfThreePartitionsAndItsZones)
{
    EXPECT_EQ(first_column(db(), "SELECT count(*) FROM catalogue.region"), Row{"38"});
    EXPECT_EQ(first_column(db(),
                           "SELECT count(*) FROM catalogue.region"
                           " WHERE opt_in_status = 'opt-in-not-required'"),
              Row{"21"});
    EXPECT_THAT(rows(db(),
                     "SELECT endpoint, opt_in_status FROM catalogue.region"
                     " WHERE name = 'eu-central-1'"),
                ElementsAre(Row{"ec2.eu-central-1.amazonaws.com", "opt-in-not-required"}));
    EXPECT_THAT(first_column(db(),
                             "SELECT name FROM catalogue.availability_zone"
                             " WHERE region = 'us-east-1' AND parent_zone_name IS NULL"
                             " ORDER BY name"),
                ElementsAre("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e",
                            "us-east-1f"));
    expect_none(
        "SELECT name FROM catalogue.region r WHERE (SELECT count(*)"
        " FROM catalogue.availability_zone WHERE region = r.name AND parent_zone_name IS NULL)"
        " NOT BETWEEN 2 AND 6");
    expect_none(
        "SELECT name FROM catalogue.availability_zone"
        " WHERE parent_zone_name IS NULL AND (substr(name, 1, length(name) - 1) <> region"
        " OR zone_id NOT GLOB '[a-z][a-z]*[0-9]-az[0-9]' OR network_border_group <> region)");
}

TEST_F(Catalogue, LocalAndWavelengthZonesHaveParentsAndWantOptingIn)
{
    expect_none(
        "SELECT z.name FROM catalogue.availability_zone z"
        " LEFT JOIN catalogue.availability_zone p ON p.name = z.parent_zone_name"
        " AND p.zone_id = z.parent_zone_id AND p.region = z.region"
        " WHERE (z.zone_type = 'availability-zone') <> (z.parent_zone_name IS NULL)"
        " OR (z.parent_zone_name IS NOT NULL AND (p.name IS NULL"
        " OR p.zone_type <> 'availability-zone' OR z.opt_in_status <> 'not-opted-in'))");
    EXPECT_THAT(first_column(db(),
                             "SELECT DISTINCT group_name FROM catalogue.availability_zone"
                             " WHERE region = 'us-west-2' AND parent_zone_name IS NOT NULL"
                             " ORDER BY group_name"),
                ElementsAre("us-west-2-las-1", "us-west-2-lax-1", "us-west-2-wl1"));
}

TEST_F(Catalogue, HasTheSamePrefixListsOfAwsInEachRegionOfAPartition)
{
    expect_none(
        "SELECT name FROM catalogue.region r WHERE (SELECT count(*) FROM catalogue.prefix_list"
        " WHERE region = r.name) <> iif(r.name GLOB 'cn-*' OR r.name GLOB 'us-gov-*', 2, 3)");
    expect_none(
        "SELECT id FROM catalogue.prefix_list l WHERE NOT EXISTS (SELECT 1"
        " FROM catalogue.prefix_list_entry e"
        " WHERE e.region = l.region AND e.prefix_list_id = l.id)");
}

TEST_F(Catalogue, HostsAreOfTheirPartitionsDomain)
{
    for (const auto& row : rows(db(), "SELECT name, endpoint FROM catalogue.region")) {
        const auto* domain =
            partition_of(row[0]) == "aws-cn" ? ".amazonaws.com.cn" : ".amazonaws.com";
        EXPECT_EQ(row[1], "ec2." + row[0] + domain);
    }
    EXPECT_EQ(partition_of("us-gov-east-1"), "aws-us-gov");
    EXPECT_EQ(partition_of("us-east-1"), "aws");
}

TEST_F(Catalogue, ZoneIdsOfARegionShareItsPrefix)
{
    expect_none(
        "SELECT region FROM catalogue.availability_zone WHERE parent_zone_name IS NULL"
        " GROUP BY region HAVING count(DISTINCT substr(zone_id, 1, instr(zone_id, '-'))) <> 1");
    const std::vector<std::pair<std::string, std::string>> known = {
        {"us-east-1", "use1"},       {"us-west-2", "usw2"},       {"eu-central-1", "euc1"},
        {"ap-northeast-1", "apne1"}, {"ap-southeast-2", "apse2"}, {"sa-east-1", "sae1"}};
    for (const auto& [region, prefix] : known) {
        EXPECT_THAT(first_column(db(),
                                 "SELECT zone_id FROM catalogue.availability_zone"
                                 " WHERE region = '" +
                                     region + "'"),
                    Contains(prefix + "-az1"));
    }
}

TEST_F(Catalogue, DescribesInstanceTypesOfEachArchitecture)
{
    for (const auto* architecture : {"i386", "x86_64", "arm64"}) {
        EXPECT_THAT(rows(db(),
                         "SELECT name FROM catalogue.instance_type WHERE ',' ||"
                         " supported_architectures || ',' LIKE '%," +
                             std::string(architecture) + ",%'"),
                    testing::Not(IsEmpty()))
            << architecture;
    }
    EXPECT_THAT(rows(db(),
                     "SELECT default_vcpus, memory_mib, hypervisor, supported_architectures,"
                     " supported_boot_modes, ena_support FROM catalogue.instance_type"
                     " WHERE name IN ('t2.micro', 't3.micro', 't4g.micro') ORDER BY name"),
                ElementsAre(Row{"1", "1024", "xen", "i386,x86_64", "legacy-bios", "unsupported"},
                            Row{"2", "1024", "nitro", "x86_64", "legacy-bios,uefi", "required"},
                            Row{"2", "1024", "nitro", "arm64", "uefi", "required"}));
}

TEST_F(Catalogue, InstanceTypesAddUp)
{
    expect_none(
        "SELECT name FROM catalogue.instance_type"
        " WHERE default_vcpus <> default_cores * default_threads_per_core");
    expect_none(
        "SELECT name FROM catalogue.instance_type t WHERE instance_storage_total_gb IS NOT"
        " (SELECT sum(size_gb * count) FROM catalogue.disk_facts d WHERE d.storage = t.storage)");
    expect_none(
        "SELECT name FROM catalogue.instance_type t WHERE maximum_network_cards <>"
        " (SELECT count(*) FROM catalogue.network_card_facts c WHERE c.network = t.network)");
    expect_none(
        "SELECT name FROM catalogue.instance_type t WHERE ifnull(ebs_maximum_cards, 0) <>"
        " (SELECT count(*) FROM catalogue.ebs_card_facts c WHERE c.ebs = t.ebs)");
    expect_none(
        "SELECT name FROM catalogue.instance_type WHERE (ebs_optimized_support ="
        " 'unsupported') <> (ebs_baseline_iops IS NULL)");
    expect_none(
        "SELECT name FROM catalogue.instance_type WHERE (ebs_baseline_iops IS NULL)"
        " + (ebs_baseline_bandwidth_mbps IS NULL) + (ebs_baseline_throughput_mbytes IS NULL)"
        " + (ebs_maximum_iops IS NULL) + (ebs_maximum_bandwidth_mbps IS NULL)"
        " + (ebs_maximum_throughput_mbytes IS NULL) NOT IN (0, 6)");
}

TEST_F(Catalogue, OffersASmallTypeOfBothArchitecturesInEveryRegion)
{
    for (const auto* type : {"t3.micro", "t4g.micro", "m6g.large"}) {
        expect_none(
            "SELECT name FROM catalogue.region r WHERE NOT EXISTS (SELECT 1 FROM"
            " catalogue.instance_type_offering o WHERE o.region = r.name AND o.location_type ="
            " 'region' AND o.instance_type = '" +
            std::string(type) + "')");
    }
    // The old zone without Nitro, and a region that never had Xen.
    expect_none(
        "SELECT instance_type FROM catalogue.instance_type_offering"
        " WHERE (location = 'use1-az3' AND instance_type = 't3.micro')"
        " OR (region = 'eu-north-1' AND instance_type = 't2.micro')");
}

TEST_F(Catalogue, ARegionOffersWhatOneOfItsZonesDoesUnderBothItsNames)
{
    expect_none(
        "SELECT instance_type, region FROM catalogue.instance_type_offering"
        " GROUP BY instance_type, region HAVING sum(location_type = 'region') <> 1"
        " OR sum(location_type = 'availability-zone') = 0"
        " OR sum(location_type = 'availability-zone')"
        " <> sum(location_type = 'availability-zone-id')");
    expect_none(
        "SELECT o.location FROM catalogue.instance_type_offering o"
        " JOIN catalogue.availability_zone z ON z.name = o.location"
        " WHERE NOT EXISTS (SELECT 1 FROM catalogue.instance_type_offering i"
        " WHERE i.instance_type = o.instance_type AND i.region = o.region"
        " AND i.location = z.zone_id)");
    expect_none(
        "SELECT name FROM catalogue.instance_type_place WHERE name NOT IN"
        " (SELECT instance_type FROM catalogue.instance_type_offering)");
}

/// Names of images that each commercial region has.
constexpr const char* kEverywhere[] = {
    "amzn2-ami-hvm-2.0.2026*-x86_64-gp2",
    "amzn2-ami-hvm-2.0.2026*-arm64-gp2",
    "amzn2-ami-kernel-5.10-hvm-2.0.2026*-x86_64-gp2",
    "al2023-ami-2023.*-kernel-6.1-x86_64",
    "al2023-ami-2023.*-kernel-6.1-arm64",
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*",
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-*",
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*",
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*",
    "debian-12-amd64-*",
    "debian-12-arm64-*",
    "amzn2-ami-minimal-hvm-*-x86_64-ebs",
    "al2023-ami-minimal-2023*-arm64",
    "al2023-ami-ecs-hvm-2023.0.*-x86_64",
    "amzn2-ami-ecs-hvm-2.0.*-x86_64-ebs",
    "amazon-eks-node-al2023-x86_64-standard-1.34-v*",
    "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-*",
    "ubuntu/images/hvm-ssd-gp3/ubuntu-resolute-26.04-arm64-server-*",
    "debian-11-amd64-*",
    "debian-13-arm64-*",
    "RHEL-8*_HVM-*-x86_64-*",
    "RHEL-9*_HVM-*-arm64-*",
    "RHEL-10*_HVM*-x86_64-*",
    "suse-sles-15-sp7-v*-hvm-ssd-arm64",
    "Windows_Server-2019-English-Full-Base-*",
    "Windows_Server-2022-English-Core-Base-*",
    "Windows_Server-2025-English-Full-Base-*",
    "bitnami-wordpress-*",
    "bitnami-jenkins-*",
    "bitnami-mongodb-*",
    "GitLab EE *",
    "Cisco-C8K-17*",
    "Rocky-9-EC2-Base-*.x86_64",
    "Rocky-10-EC2-Base-*.aarch64",
    "AlmaLinux OS 9.* aarch64",
    "CentOS Stream 9 x86_64 *",
    "Flatcar-stable-*-hvm",
    "talos-v1.*-amd64",
    "FreeBSD *-RELEASE-amd64 *",
    "RHEL-9*Hourly2-GP2",
    "suse-sles-15-sp7-byos-v*",
    "bottlerocket-aws-k8s-1.36-aarch64-*",
    "bottlerocket-aws-ecs-2-x86_64-*",
    "amzn-ami-vpc-nat-*",
    "Windows_Server-2016-English-Full-Base-*",
    "Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 24.04) *",
    "amazon-eks-node-al2023-x86_64-nvidia-1.36-v*",
    "ubuntu-minimal/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-*",
    "ubuntu-pro-server/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-*",
    "amzn-ami-hvm-*-x86_64-gp2",
    "amzn-ami-hvm-*-x86_64-s3"};

TEST_F(Catalogue, HasEveryFamilyInEveryCommercialRegion)
{
    for (const auto* pattern : kEverywhere) {
        expect_none(
            "SELECT name FROM catalogue.region r WHERE name NOT GLOB 'cn-*'"
            " AND name NOT GLOB 'us-gov-*' AND NOT EXISTS (SELECT 1 FROM"
            " catalogue.image WHERE region = r.name AND name GLOB '" +
            std::string(pattern) + "')");
    }
    // What is not everywhere: macOS, where there are Macs; Fedora CoreOS, as its streams say; and
    // Talos, whose names tell the region.
    expect_none(
        "SELECT owner, name FROM catalogue.image WHERE architecture NOT IN ('i386', 'arm64_mac',"
        " 'x86_64_mac') AND name NOT GLOB 'fedora-coreos-*' AND name NOT GLOB 'talos-*'"
        " AND region NOT GLOB 'cn-*' AND region NOT GLOB 'us-gov-*'"
        " GROUP BY owner, name HAVING count(*) <> 34");
    // What is older than most regions is where it was.
    EXPECT_THAT(first_column(db(),
                             "SELECT DISTINCT region FROM catalogue.image"
                             " WHERE architecture = 'i386'"),
                testing::UnorderedElementsAre("ap-northeast-1", "ap-southeast-1", "ap-southeast-2",
                                              "eu-west-1", "sa-east-1", "us-east-1", "us-west-1",
                                              "us-west-2"));
}

TEST_F(Catalogue, PublishersHaveAnotherAccountInEachPartition)
{
    const std::vector<std::array<const char*, 4>> known = {
        {"al2023-ami-2023.*-kernel-6.1-x86_64", "137112412989", "045324592363", "141808717104"},
        {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*", "099720109477",
         "513442679011", "837727238323"},
        {"RHEL-9*_HVM-*-x86_64-*-Hourly2-GP3", "309956199498", "219670896067", "841258680906"},
        {"Windows_Server-2022-English-Full-Base-*", "801119661308", "077303321853",
         "016951021795"}};
    for (const auto& [name, aws, gov, china] : known) {
        EXPECT_EQ(first_column(db(),
                               "SELECT DISTINCT owner FROM catalogue.image WHERE region IN"
                               " ('us-east-1', 'us-gov-west-1', 'cn-north-1')"
                               " AND name GLOB '" +
                                   std::string(name) + "' ORDER BY region DESC"),
                  (Row{gov, aws, china}));
    }
    // No account publishes in two partitions.
    expect_none(
        "SELECT owner FROM catalogue.image GROUP BY owner HAVING count(DISTINCT CASE WHEN region"
        " GLOB 'cn-*' THEN 1 WHEN region GLOB 'us-gov-*' THEN 2 ELSE 3 END) <> 1");
}

TEST_F(Catalogue, SomeImagesAreDeprecatedAndNoneIsTheNewestOfALiveFamily)
{
    // In late 2026.
    EXPECT_THAT(first_column(db(),
                             "SELECT name FROM catalogue.image WHERE region = 'us-east-1'"
                             " AND deprecation_time_ms < 1790000000000 ORDER BY name"),
                testing::IsSupersetOf({"amzn-ami-vpc-nat-2018.03.0.20210721.0-x86_64-ebs",
                                       "bottlerocket-aws-k8s-1.27-x86_64-v1.16.1-763f6d4c",
                                       "ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-"
                                       "20230607",
                                       "RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3"}));
    expect_none(
        "SELECT name FROM catalogue.image WHERE deprecation_time_ms < 1790000000000"
        " AND public_ssm_parameter_name IS NOT NULL");
}

TEST_F(Catalogue, SnapshotsArePublicWherePublishersToolsMakeThemSo)
{
    EXPECT_THAT(first_column(db(),
                             "SELECT DISTINCT f.owner FROM catalogue.snapshot AS f"
                             " WHERE region = 'us-east-1' AND public = 1 ORDER BY 1"),
                ElementsAre("075585003325", "092701018921", "099720109477", "125523088429",
                            "782442783595"));
    expect_none("SELECT id FROM catalogue.snapshot WHERE owner = '137112412989' AND public <> 0");
}

TEST_F(Catalogue, LeavesMostRecentAChoice)
{
    // Families, by what their names have in common but versions: at least 20 have several.
    EXPECT_THAT(rows(db(),
                     "SELECT count(*) FROM (SELECT 1 FROM catalogue.image_facts GROUP BY owner,"
                     " architecture, substr(name, 1, 22), substr(name, -12)"
                     " HAVING count(DISTINCT creation_time_ms) > 1) HAVING count(*) >= 20"),
                SizeIs(1));
}

TEST_F(Catalogue, MarketplaceImagesAloneHaveProductCodes)
{
    expect_none(
        "SELECT id FROM catalogue.image WHERE (owner_alias IS 'aws-marketplace') <> EXISTS"
        " (SELECT 1 FROM catalogue.image_product_code WHERE image_id = id"
        " AND type = 'marketplace' AND length(code) = 25)");
    expect_none(
        "SELECT id FROM catalogue.image WHERE (owner_alias IS 'aws-marketplace')"
        " <> (owner = '679593333241')");
    // One code for each product, whatever its version.
    EXPECT_EQ(first_column(db(), "SELECT count(DISTINCT code) FROM catalogue.product_code_facts"),
              Row{"5"});
}

TEST_F(Catalogue, BillsEachSystemUnderItsOwnCode)
{
    EXPECT_THAT(
        rows(db(),
             "SELECT DISTINCT platform_details, usage_operation, platform"
             " FROM catalogue.image_facts ORDER BY platform_details"),
        ElementsAre(Row{"Linux/UNIX", "RunInstances", "NULL"},
                    Row{"Red Hat BYOL Linux", "RunInstances:00g0", "NULL"},
                    Row{"Red Hat Enterprise Linux", "RunInstances:0010", "NULL"},
                    Row{"SUSE Linux", "RunInstances:000g", "NULL"},
                    Row{"Ubuntu Pro Linux", "RunInstances:0g00", "NULL"},
                    Row{"Windows", "RunInstances:0002", "windows"},
                    Row{"Windows with SQL Server Standard", "RunInstances:0006", "windows"}));
}

TEST_F(Catalogue, PublicParametersPointToTheNewestImageOfTheirFamily)
{
    expect_none(
        "SELECT name FROM catalogue.parameter_facts WHERE name NOT GLOB '/aws/service/*'"
        " OR name LIKE '%{%' OR version < 1 OR data_type NOT IN ('text', 'aws:ec2:image')"
        " OR (data_type <> 'text' AND value <> '{image_id}')"
        " OR replace(value, '{image_id}', '') LIKE '%{%{%'");
    expect_none(
        "SELECT p.name FROM catalogue.parameter_facts AS p JOIN catalogue.image_place AS l"
        " ON l.facts = p.facts GROUP BY p.name, l.region HAVING count(*) > 1");
    // What DescribeImages tells of an image is such a parameter.
    expect_none(
        "SELECT id FROM catalogue.image AS i WHERE public_ssm_parameter_name IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM catalogue.parameter_facts AS p JOIN"
        " catalogue.image_place AS l ON l.facts = p.facts WHERE l.id = i.id"
        " AND p.name = '/' || i.public_ssm_parameter_name AND p.value = '{image_id}')");
    // Nothing newer has all of the name but the version.
    expect_none(
        "SELECT p.name FROM catalogue.parameter_facts AS p JOIN catalogue.image_facts AS f"
        " ON f.number = p.facts JOIN catalogue.image_facts AS newer ON newer.owner = f.owner"
        " AND newer.architecture = f.architecture AND newer.creation_time_ms > f.creation_time_ms"
        " WHERE p.name GLOB '/aws/service/ami-windows-latest/*' AND newer.name GLOB"
        " replace(p.name, '/aws/service/ami-windows-latest/', '') || '-*'");
}

TEST_F(Catalogue, KnowsARealImageAsItsPublisherDescribesIt)
{
    EXPECT_THAT(
        rows(db(),
             "SELECT owner, owner_alias, description, location, architecture, image_type,"
             " public, root_device_name, root_device_type, virtualization_type, hypervisor,"
             " boot_mode, imds_support, ena_support, sriov_net_support, platform,"
             " platform_details, usage_operation, creation_time_ms, deprecation_time_ms"
             " FROM catalogue.image WHERE region = 'eu-west-1' AND name ="
             " 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260923'"),
        ElementsAre(Row{"099720109477",
                        "amazon",
                        "Canonical, Ubuntu, 24.04, amd64 noble image",
                        "amazon/ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260923",
                        "x86_64",
                        "machine",
                        "1",
                        "/dev/sda1",
                        "ebs",
                        "hvm",
                        "xen",
                        "uefi-preferred",
                        "v2.0",
                        "1",
                        "simple",
                        "NULL",
                        "Linux/UNIX",
                        "RunInstances",
                        "1790164621000",     // 2026-09-23T11:57:01Z
                        "1853323021000"}));  // two years on
    EXPECT_THAT(rows(db(),
                     "SELECT device_name, virtual_name, volume_size_gib, volume_type,"
                     " encrypted, delete_on_termination FROM catalogue.image_mapping"
                     " JOIN catalogue.image ON id = image_id WHERE region = 'eu-west-1'"
                     " AND name GLOB 'ubuntu/*noble-24.04-amd64-server-20260923'"
                     " ORDER BY position"),
                ElementsAre(Row{"/dev/sda1", "NULL", "8", "gp3", "0", "1"},
                            Row{"/dev/sdb", "ephemeral0", "NULL", "NULL", "NULL", "NULL"},
                            Row{"/dev/sdc", "ephemeral1", "NULL", "NULL", "NULL", "NULL"}));
}

TEST_F(Catalogue, IdsAreWellFormedUniqueAndStable)
{
    const auto images = first_column(db(), "SELECT id FROM catalogue.image");
    const auto snapshots = first_column(db(), "SELECT id FROM catalogue.snapshot");
    EXPECT_GT(images.size(), 11000U);
    for (const auto& id : images) {
        EXPECT_TRUE(ImageId::from_text(id) && id.size() == 21) << id;
    }
    for (const auto& id : snapshots) {
        EXPECT_TRUE(SnapshotId::from_text(id) && id.size() == 22) << id;
    }
    EXPECT_EQ(std::set(images.begin(), images.end()).size(), images.size());
    EXPECT_EQ(std::set(snapshots.begin(), snapshots.end()).size(), snapshots.size());
    // People write these into their tests: another id here breaks them.
    EXPECT_EQ(first_column(db(),
                           "SELECT id FROM catalogue.image WHERE region = 'us-east-1' AND name"
                           " GLOB 'ubuntu/*noble-24.04-amd64-server-20260923'"),
              Row{"ami-0fc653c64b73d240d"});
}

TEST_F(Catalogue, NamesAreUniquePerOwnerAndRegionAndKeepTheNameRule)
{
    expect_none(
        "SELECT region, owner, name FROM catalogue.image GROUP BY region, owner, name"
        " HAVING count(*) > 1");
    expect_none(
        "SELECT name FROM catalogue.image WHERE length(name) NOT BETWEEN 3 AND 128"
        " OR name GLOB '*[^-A-Za-z0-9 ()./''@_[]*'");
}

TEST_F(Catalogue, EveryImageIsPublicAndLaunchable)
{
    expect_none(
        "SELECT id FROM catalogue.image WHERE public <> 1 OR image_type <> 'machine'"
        " OR length(owner) <> 12 OR owner_alias NOT IN ('amazon', 'aws-marketplace')"
        " OR (root_device_type = 'ebs' AND location <> ifnull(owner_alias, owner) || '/' || name)"
        " OR (root_device_type <> 'ebs' AND location NOT LIKE '%/' || name || '.manifest.xml')"
        " OR deprecation_time_ms <= creation_time_ms");
    // Macs are dedicated hosts.
    expect_none(
        "SELECT i.id FROM catalogue.image i WHERE architecture NOT GLOB '*_mac' AND NOT EXISTS"
        " (SELECT 1"
        " FROM catalogue.instance_type WHERE ',' || supported_architectures || ',' LIKE"
        " '%,' || i.architecture || ',%' AND ',' || supported_root_device_types || ',' LIKE"
        " '%,' || i.root_device_type || ',%' AND ',' || supported_virtualization_types || ',' LIKE"
        " '%,' || i.virtualization_type || ',%' AND (i.boot_mode IS NULL"
        " OR i.boot_mode = 'uefi-preferred' OR ',' || supported_boot_modes || ',' LIKE"
        " '%,' || i.boot_mode || ',%'))");
    expect_none(
        "SELECT id FROM catalogue.image WHERE description IS NULL OR description LIKE '%{%'"
        " OR name LIKE '%{%' OR public_ssm_parameter_name LIKE '%{%'");
}

TEST_F(Catalogue, EveryMappingNamesADeviceOnceAndIsOfOneKind)
{
    expect_none(
        "SELECT image_id, device_name FROM catalogue.image_mapping"
        " GROUP BY image_id, device_name HAVING count(*) > 1");
    expect_none(
        "SELECT image_id FROM catalogue.image_mapping WHERE (virtual_name IS NOT NULL)"
        " + no_device + (volume_size_gib IS NOT NULL) <> 1");
    expect_none(
        "SELECT image_id FROM catalogue.image_mapping WHERE (volume_size_gib IS NULL) <>"
        " (volume_type IS NULL) OR (volume_size_gib IS NULL) <> (encrypted IS NULL)"
        " OR (volume_size_gib IS NULL) <> (delete_on_termination IS NULL)");
    expect_none(
        "SELECT image_id FROM catalogue.image_mapping GROUP BY image_id"
        " HAVING min(position) <> 0 OR max(position) <> count(*) - 1");
}

TEST_F(Catalogue, EveryEbsImageHasItsRootDeviceOnASnapshot)
{
    expect_none(
        "SELECT i.id FROM catalogue.image i WHERE root_device_type = 'ebs' AND NOT EXISTS"
        " (SELECT 1 FROM catalogue.image_mapping WHERE image_id = i.id AND device_name ="
        " i.root_device_name AND snapshot_id IS NOT NULL)");
}

TEST_F(Catalogue, EverySnapshotBelongsToOneImageAndFitsItsMapping)
{
    expect_none(
        "SELECT s.id FROM catalogue.snapshot s WHERE (SELECT count(*) FROM"
        " catalogue.image_mapping WHERE snapshot_id = s.id) <> 1");
    expect_none(
        "SELECT s.id FROM catalogue.snapshot s JOIN catalogue.image_mapping m"
        " ON m.snapshot_id = s.id JOIN catalogue.image i ON i.id = m.image_id"
        " WHERE m.volume_size_gib < s.volume_size_gib OR s.volume_size_gib < 1"
        " OR s.region <> i.region OR s.owner <> i.owner"
        " OR s.owner_alias IS NOT i.owner_alias OR s.encrypted <> m.encrypted"
        " OR s.start_time_ms > i.creation_time_ms");
}

TEST_F(Catalogue, AFamilysNewestImageAloneHasItsSsmParameter)
{
    expect_none(
        "SELECT region, public_ssm_parameter_name FROM catalogue.image"
        " WHERE public_ssm_parameter_name IS NOT NULL"
        " GROUP BY region, public_ssm_parameter_name HAVING count(*) > 1");
    EXPECT_THAT(rows(db(),
                     "SELECT name FROM catalogue.image WHERE region = 'us-east-1' AND"
                     " public_ssm_parameter_name = 'aws/service/ami-amazon-linux-latest/"
                     "al2023-ami-kernel-default-x86_64'"),
                ElementsAre(Row{"al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64"}));
}

TEST_F(Catalogue, AnswersTheUsualQuestionsFromAnIndex)
{
    // A step of each; the others find the region, the facts or the place by its key.
    const std::array<std::pair<const char*, const char*>, 7> questions = {{
        {"image WHERE id = 'ami-0fc653c64b73d240d'", "p USING PRIMARY KEY (id=?)"},
        {"image WHERE region = 'us-east-1'", "image_place_by_region (region=?"},
        {"image WHERE region = 'us-east-1' AND name GLOB 'debian-12-*'",
         "image_facts_by_name (name>?"},
        {"image WHERE region = 'us-east-1' AND owner = '099720109477'",
         "image_facts_by_owner (owner=?"},
        {"image_mapping WHERE image_id = 'ami-0fc653c64b73d240d'", "p USING PRIMARY KEY (id=?)"},
        {"snapshot WHERE id = 'snap-0'", "snapshot_place_by_id (id=?)"},
        {"snapshot WHERE region = 'us-east-1' AND public = 1 AND id > 'snap-0' ORDER BY id",
         "snapshot_place_of_all (region=? AND id>?)"},
    }};
    for (const auto& [question, plan] : questions) {
        const auto sql = std::string("EXPLAIN QUERY PLAN SELECT * FROM catalogue.") + question;
        const auto steps = rows(db(), sql);
        ASSERT_GE(steps.size(), 2U) << question;
        EXPECT_THAT(steps, Contains(Contains(testing::HasSubstr(plan)))) << question;
        for (const auto& step : steps) {
            EXPECT_THAT(step.back(), testing::StartsWith("SEARCH")) << question;
        }
    }
}

}  // namespace
}  // namespace amilab
