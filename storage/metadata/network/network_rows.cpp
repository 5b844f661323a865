#include "storage/metadata/network/network_rows.h"

#include <array>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kVpcColumns =
    "SELECT id, region, owner, cidr_block, cidr_association_id, dhcp_options_id, is_default"
    " FROM vpc WHERE region = ";

// AWS keeps the first four addresses of a subnet and its last.
// Source: VPC User Guide, "Subnet CIDR blocks" (documented).
constexpr std::string_view kAvailableAddresses =
    "((1 << (32 - CAST(substr(s.cidr_block, instr(s.cidr_block, '/') + 1) AS INTEGER))) - 5"
    " - (SELECT COUNT(*) FROM instance i WHERE i.subnet_id = s.id AND i.private_ip IS NOT NULL))";

Query subnet_columns()
{
    Query query(
        "SELECT s.id, s.region, s.owner, s.vpc_id, s.zone, s.cidr_block,"
        " s.default_for_zone, s.map_public_ip_on_launch, z.zone_id, ");
    query.sql(kAvailableAddresses);
    query.sql(
        " FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " WHERE s.region = ");
    return query;
}

constexpr std::string_view kSecurityGroupColumns =
    "SELECT id, region, owner, vpc_id, name, description FROM security_group WHERE ";

VpcRow read_vpc(Statement& select)
{
    auto row = select.row();
    return {.id = row.id<VpcId>(),
            .region = row.text(),
            .owner = row.text(),
            .cidr_block = row.text(),
            .cidr_association_id = row.text(),
            .dhcp_options_id = row.text(),
            .is_default = row.boolean()};
}

SubnetRow read_subnet(Statement& select)
{
    auto row = select.row();
    return {.id = row.id<SubnetId>(),
            .region = row.text(),
            .owner = row.text(),
            .vpc_id = row.id<VpcId>(),
            .zone = row.text(),
            .cidr_block = row.text(),
            .default_for_zone = row.boolean(),
            .map_public_ip_on_launch = row.boolean(),
            .zone_id = row.text(),
            .available_addresses = row.integer()};
}

SecurityGroupRow read_security_group(Statement& select)
{
    auto row = select.row();
    return {.id = row.id<SecurityGroupId>(),
            .region = row.text(),
            .owner = row.text(),
            .vpc_id = row.id<VpcId>(),
            .name = row.text(),
            .description = row.text()};
}

const std::array<FilterColumn, 9>& vpc_filters()
{
    static const std::string is_default = sql_true_false("is_default");
    static const std::array<FilterColumn, 9> columns = {{
        {"cidr", "cidr_block"},
        {"cidr-block-association.association-id", "cidr_association_id"},
        {"cidr-block-association.cidr-block", "cidr_block"},
        {"cidr-block-association.state", "'associated'"},
        {"dhcp-options-id", "dhcp_options_id"},
        {"is-default", is_default},
        {"owner-id", "owner"},
        {"state", "'available'"},
        {"vpc-id", "id"},
    }};
    return columns;
}

const std::array<FilterColumn, 17>& subnet_filters()
{
    static const std::string default_for_zone = sql_true_false("s.default_for_zone");
    static const std::string map_public_ip = sql_true_false("s.map_public_ip_on_launch");
    static const std::string available = "CAST(" + std::string(kAvailableAddresses) + " AS TEXT)";
    static const std::array<FilterColumn, 17> columns = {{
        {"availability-zone", "s.zone"},
        {"availability-zone-id", "z.zone_id"},
        {"available-ip-address-count", available},
        {"cidr-block", "s.cidr_block"},
        {"default-for-az", default_for_zone},
        {"enable-dns64", "'false'"},
        {"ipv6-native", "'false'"},
        {"map-customer-owned-ip-on-launch", "'false'"},
        {"map-public-ip-on-launch", map_public_ip},
        {"owner-id", "s.owner"},
        {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record", "'false'"},
        {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", "'false'"},
        {"private-dns-name-options-on-launch.hostname-type", "'ip-name'"},
        {"state", "'available'"},
        {"subnet-arn", "('arn:aws:ec2:' || s.region || ':' || s.owner || ':subnet/' || s.id)"},
        {"subnet-id", "s.id"},
        {"vpc-id", "s.vpc_id"},
    }};
    return columns;
}

// Every group has the rules of a default group: in, all from itself; out, all to anywhere.
constexpr std::array<FilterColumn, 11> kSecurityGroupFilters = {{
    {"description", "description"},
    {"egress.ip-permission.cidr", "'0.0.0.0/0'"},
    {"egress.ip-permission.protocol", "'-1'"},
    {"group-id", "id"},
    {"group-name", "name"},
    {"ip-permission.group-id", "id"},
    {"ip-permission.group-name", "name"},
    {"ip-permission.protocol", "'-1'"},
    {"ip-permission.user-id", "owner"},
    {"owner-id", "owner"},
    {"vpc-id", "vpc_id"},
}};

/// Owner, ids, filters and page, behind "... WHERE region = ".
void append_query(Query& sql, const NetworkQuery& query, std::span<const FilterColumn> columns,
                  const std::string& alias)
{
    const auto id = alias + "id";
    sql.value(query.region).sql(" AND ").sql(alias).sql("owner = ").value(query.owner);
    if (!query.ids.empty()) {
        sql.sql(" AND ").sql(id).sql(" IN ").list(query.ids);
    }
    append_filters(sql, query.filters, columns, id, query.owner);
    sql.sql(" AND ").sql(id).sql(" > ").value(query.after);
    sql.sql(" ORDER BY ").sql(id).sql(" LIMIT ").value(query.limit);
}

template <class Row>
std::vector<Row> read_all(Database& db, const Query& sql, Row (*read)(Statement&))
{
    auto select = sql.on(db);
    std::vector<Row> rows;
    while (select.step()) {
        rows.push_back(read(select));
    }
    return rows;
}

template <class Row>
std::optional<Row> read_first(Database& db, const Query& sql, Row (*read)(Statement&))
{
    auto select = sql.on(db);
    return select.step() ? std::optional(read(select)) : std::nullopt;
}

}  // namespace

void insert_vpc(Database& db, const VpcRow& row)
{
    Statement(db,
              "INSERT INTO vpc (id, region, owner, cidr_block, cidr_association_id,"
              " dhcp_options_id, is_default) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .execute(row.id, row.region, row.owner, row.cidr_block, row.cidr_association_id,
                 row.dhcp_options_id, row.is_default);
}

void insert_subnet(Database& db, const SubnetRow& row)
{
    Statement(db,
              "INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone,"
              " map_public_ip_on_launch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .execute(row.id, row.region, row.owner, row.vpc_id, row.zone, row.cidr_block,
                 row.default_for_zone, row.map_public_ip_on_launch);
}

void insert_security_group(Database& db, const SecurityGroupRow& row)
{
    Statement(db,
              "INSERT INTO security_group (id, region, owner, vpc_id, name, description)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .execute(row.id, row.region, row.owner, row.vpc_id, row.name, row.description);
}

bool has_default_vpc(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM vpc WHERE region = ?1 AND owner = ?2 AND is_default = 1");
    select.bind(region, owner);
    return select.step();
}

std::optional<VpcRow> select_vpc(Database& db, std::string_view owner, std::string_view region,
                                 const VpcId& id)
{
    Query sql(kVpcColumns);
    sql.value(region).sql(" AND owner = ").value(owner).sql(" AND id = ").value(id.text());
    return read_first(db, sql, read_vpc);
}

std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region)
{
    Query sql(kVpcColumns);
    sql.value(region).sql(" AND owner = ").value(owner).sql(" AND is_default = 1");
    return read_first(db, sql, read_vpc);
}

std::optional<SubnetRow> select_subnet(Database& db, std::string_view owner,
                                       std::string_view region, const SubnetId& id)
{
    auto sql = subnet_columns();
    sql.value(region).sql(" AND s.owner = ").value(owner).sql(" AND s.id = ").value(id.text());
    return read_first(db, sql, read_subnet);
}

std::optional<SecurityGroupRow> select_security_group(Database& db, std::string_view owner,
                                                      std::string_view region,
                                                      const SecurityGroupId& id)
{
    Query sql(kSecurityGroupColumns);
    sql.sql("id = ").value(id.text());
    sql.sql(" AND region = ").value(region).sql(" AND owner = ").value(owner);
    return read_first(db, sql, read_security_group);
}

std::optional<SecurityGroupRow> select_security_group_named(Database& db, const VpcId& vpc,
                                                            std::string_view name)
{
    Query sql(kSecurityGroupColumns);
    sql.sql("vpc_id = ").value(vpc.text()).sql(" AND name = ").value(name);
    return read_first(db, sql, read_security_group);
}

std::optional<SecurityGroupRow> select_default_security_group(Database& db, const VpcId& vpc)
{
    return select_security_group_named(db, vpc, "default");
}

std::vector<VpcRow> select_vpcs(Database& db, const NetworkQuery& query)
{
    Query sql(kVpcColumns);
    append_query(sql, query, vpc_filters(), "");
    return read_all(db, sql, read_vpc);
}

std::vector<SubnetRow> select_subnets(Database& db, const NetworkQuery& query)
{
    auto sql = subnet_columns();
    append_query(sql, query, subnet_filters(), "s.");
    return read_all(db, sql, read_subnet);
}

std::vector<SecurityGroupRow> select_security_groups(Database& db, const NetworkQuery& query)
{
    Query sql(kSecurityGroupColumns);
    sql.sql("region = ");
    append_query(sql, query, kSecurityGroupFilters, "");
    return read_all(db, sql, read_security_group);
}

}  // namespace amilab
