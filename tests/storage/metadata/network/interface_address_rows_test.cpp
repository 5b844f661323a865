#include "storage/metadata/network/interface_address_rows.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/network_interface_rows.h"
#include "storage/metadata/network/subnet_cidr_reservation_rows.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"
#include "tests/support/seed.h"

namespace amilab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Texts = std::vector<std::string>;

constexpr const char* kRegion = "us-east-1";
constexpr const char* kOwner = "123456789012";
constexpr std::uint32_t kPrefixAddresses = 16;

class InterfaceAddressRows : public ::testing::Test {
protected:
    InterfaceAddressRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate)),
          db(*db_)
    {
        migrate(db);
        insert_vpc(db, {.id = vpc, .region = kRegion, .owner = kOwner, .cidr_block = "10.0.0.0/8"});
    }

    SubnetId new_subnet(const std::string& cidr_block)
    {
        auto id = SubnetId::trusted(fmt::format("subnet-{:08x}", ++ids_));
        insert_subnet(db, {.id = id,
                           .region = kRegion,
                           .owner = kOwner,
                           .vpc_id = vpc,
                           .zone = "us-east-1a",
                           .cidr_block = cidr_block});
        return id;
    }
    NetworkInterfaceId new_interface(const SubnetId& subnet)
    {
        auto id = NetworkInterfaceId::trusted(fmt::format("eni-{:08x}", ++ids_));
        insert_network_interface(db,
                                 {.id = id,
                                  .region = kRegion,
                                  .owner = kOwner,
                                  .subnet_id = subnet,
                                  .vpc_id = vpc,
                                  .zone = "us-east-1a"},
                                 {});
        return id;
    }
    void give(const NetworkInterfaceId& id, const SubnetId& subnet, const Texts& addresses)
    {
        for (const auto& address : addresses) {
            insert_interface_address(db, id, ++ids_, subnet, address, std::nullopt);
        }
    }
    void reserve(const SubnetId& subnet, const std::string& cidr, ReservationType type)
    {
        insert_row<kSubnetCidrReservationColumns>(
            db, {.id = SubnetCidrReservationId::trusted(fmt::format("scr-{:08x}", ++ids_)),
                 .region = kRegion,
                 .owner = kOwner,
                 .subnet_id = subnet,
                 .cidr = cidr,
                 .type = type});
    }

    std::int64_t number_of(std::string_view sql, const SubnetId& subnet)
    {
        Statement select(db, sql);
        select.bind(subnet);
        return select.values<std::int64_t>().at(0);
    }
    std::int64_t used(const SubnetId& subnet)
    {
        return number_of("SELECT used_addresses FROM subnet WHERE id = ?", subnet);
    }
    std::int64_t counted(const SubnetId& subnet)
    {
        return number_of("SELECT count(*) FROM interface_address WHERE subnet_id = ?", subnet) +
               16 * number_of(
                        "SELECT count(*) FROM interface_prefix WHERE subnet_id = ?"
                        " AND instr(prefix, ':') = 0",
                        subnet);
    }
    std::int64_t next(const SubnetId& subnet)
    {
        return number_of("SELECT next_address FROM subnet WHERE id = ?", subnet);
    }

    const VpcId vpc = VpcId::trusted("vpc-00000001");
    std::unique_ptr<Database> db_;
    Database& db;
    std::int64_t ids_ = 0;
};

/// One of the numbers below `limit`.
std::uint32_t below(std::mt19937_64& random, std::size_t limit)
{
    return static_cast<std::uint32_t>(random() % limit);
}

TEST_F(InterfaceAddressRows, AreCountedByTheirSubnet)
{
    const auto subnet = new_subnet("10.0.0.0/24");
    EXPECT_EQ(count_available_addresses(db, subnet), 251);
    const auto first = new_interface(subnet);
    const auto second = new_interface(subnet);
    give(first, subnet, {"10.0.0.4", "10.0.0.5"});
    give(second, subnet, {"10.0.0.6"});
    insert_interface_prefix(db, {first, subnet, "10.0.0.224/28"});
    insert_interface_prefix(db, {first, subnet, "2001:db8:0:0:1::/80"});
    EXPECT_EQ(count_available_addresses(db, subnet), 251 - 3 - 16);
    move_interface_address(db, first, second, "10.0.0.5");
    EXPECT_EQ(used(subnet), 19);
    delete_interface_address(db, second, "10.0.0.5");
    delete_interface_prefix(db, first, "2001:db8:0:0:1::/80");
    EXPECT_EQ(used(subnet), 18);
    delete_network_interface(db, first);
    EXPECT_EQ(used(subnet), 1);
    EXPECT_EQ(count_available_addresses(db, SubnetId::trusted("subnet-00000000")), 0);
}

TEST_F(InterfaceAddressRows, GoWithTheirSubnetInAnyOrder)
{
    const auto subnet = new_subnet("10.0.0.0/24");
    give(new_interface(subnet), subnet, {"10.0.0.4"});
    db.run(
        "BEGIN; PRAGMA defer_foreign_keys = ON; DELETE FROM subnet;"
        "DELETE FROM network_interface; COMMIT");
    EXPECT_EQ(number_of("SELECT count(*) FROM interface_address WHERE subnet_id = ?", subnet), 0);
}

/// Does one thing or another to the interfaces of two subnets. What it makes is new each time.
class AnythingGoes {
public:
    AnythingGoes(Database& db, std::mt19937_64& random, std::vector<SubnetId> subnets)
        : db_(db), random_(random), subnets_(std::move(subnets))
    {
    }

    void add(const NetworkInterfaceId& id, const SubnetId& subnet)
    {
        ++made_;
        switch (below(random_, 4)) {
            case 0:
                insert_interface_prefix(
                    db_, {id, subnet, Ipv4Block{(11U << 24) + made_ * 16, kIpv4PrefixBits}.text()});
                break;
            case 1:
                insert_interface_prefix(db_,
                                        {id, subnet, fmt::format("2001:db8:0:0:{:x}::/80", made_)});
                break;
            default:
                insert_interface_address(db_, id, made_, subnet, ipv4_text((10U << 24) + made_),
                                         std::nullopt);
        }
    }
    /// Some rows that are there, whoever has them.
    void change()
    {
        constexpr const char* kChanges[] = {
            "UPDATE OR IGNORE interface_address SET subnet_id = ?2 WHERE position % 7 = ?1",
            "UPDATE OR IGNORE interface_prefix SET subnet_id = ?2 WHERE length(prefix) % 7 = ?1",
            "UPDATE OR IGNORE interface_prefix SET prefix ="
            "  iif(instr(prefix, ':'), '12.0.0.' || ?1 || '/28', '2001:db8:1::' || ?1 || '/80')"
            " WHERE prefix = (SELECT min(prefix) FROM interface_prefix WHERE subnet_id = ?2)",
            "UPDATE OR IGNORE interface_address SET public_ip = NULL WHERE position % 7 = ?1"
            " AND subnet_id = ?2",
            "DELETE FROM interface_address WHERE position % 7 = ?1 AND subnet_id = ?2",
            "DELETE FROM interface_prefix WHERE prefix ="
            " (SELECT max(prefix) FROM interface_prefix WHERE subnet_id = ?2) AND ?1 < 9",
            "DELETE FROM network_interface WHERE subnet_id = ?2 AND id LIKE '%' || ?1",
        };
        Statement(db_, kChanges[below(random_, std::size(kChanges))])
            .execute(below(random_, 7), subnets_[below(random_, subnets_.size())]);
    }

private:
    Database& db_;
    std::mt19937_64& random_;
    std::vector<SubnetId> subnets_;
    std::uint32_t made_ = 0;
};

TEST_F(InterfaceAddressRows, AreCountedWhateverIsDoneToThem)
{
    auto random = test::seeded_random();
    const std::vector<SubnetId> subnets = {new_subnet("10.0.0.0/16"), new_subnet("10.1.0.0/16")};
    AnythingGoes anything(db, random, subnets);
    std::int64_t most = 0;
    for (int step = 0; step < 300; ++step) {
        const auto& subnet = subnets[below(random, subnets.size())];
        const auto id = new_interface(subnet);
        for (auto left = below(random, 6); left > 0; --left) {
            anything.add(id, subnet);
        }
        if (below(random, 2) == 0) {
            anything.change();
        }
        for (const auto& one : subnets) {
            ASSERT_EQ(used(one), counted(one)) << "after step " << step;
            most = std::max(most, used(one));
        }
    }
    EXPECT_GT(most, 16);
    db.run("DELETE FROM network_interface");
    for (const auto& one : subnets) {
        EXPECT_EQ(used(one), 0);
    }
}

TEST_F(InterfaceAddressRows, OfAFullSubnetAreNotLookedFor)
{
    const auto subnet = new_subnet("10.0.0.0/28");
    const auto id = new_interface(subnet);
    give(id, subnet, take_private_addresses(db, subnet, "10.0.0.0/28", 11));
    EXPECT_EQ(count_available_addresses(db, subnet), 0);
    EXPECT_EQ(next(subnet), 4);
    const auto changes = sqlite3_total_changes64(db.handle());
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/28", 1), IsEmpty());
    EXPECT_THAT(find_prefixes(db, subnet, "10.0.0.0/28", 1), IsEmpty());
    EXPECT_EQ(sqlite3_total_changes64(db.handle()), changes);
    delete_interface_address(db, id, "10.0.0.9");
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/28", 1), ElementsAre("10.0.0.9"));
    EXPECT_EQ(next(subnet), 10);
}

// The count is taken at its word: addresses beyond it would be found if they were looked for.
TEST_F(InterfaceAddressRows, AreLookedForUntilAsManyAsAreFreeAreFound)
{
    const auto subnet = new_subnet("10.0.0.0/24");
    const auto say_used = [&](int number) {
        Statement(db, "UPDATE subnet SET used_addresses = ? WHERE id = ?").execute(number, subnet);
    };
    say_used(249);
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/24", 5),
                ElementsAre("10.0.0.4", "10.0.0.5"));
    EXPECT_EQ(next(subnet), 4);  // fewer than wanted: as after a search of the whole subnet
    say_used(251);
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/24", 5), IsEmpty());
    say_used(251 - 33);
    EXPECT_THAT(find_prefixes(db, subnet, "10.0.0.0/24", 5),
                ElementsAre("10.0.0.224/28", "10.0.0.208/28"));
    say_used(251 - 15);
    EXPECT_THAT(find_prefixes(db, subnet, "10.0.0.0/24", 5), IsEmpty());
}

TEST_F(InterfaceAddressRows, ThatAreReservedArePassedOver)
{
    const auto subnet = new_subnet("10.0.0.0/26");
    reserve(subnet, "10.0.0.6/31", ReservationType::kExplicit);
    reserve(subnet, "10.0.0.16/28", ReservationType::kPrefix);
    reserve(subnet, "10.0.0.32/27", ReservationType::kExplicit);
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/26", 3),
                ElementsAre("10.0.0.4", "10.0.0.5", "10.0.0.8"));
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/26", 7), SizeIs(7));
    EXPECT_EQ(next(subnet), 16);
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/26", 1), ElementsAre("10.0.0.4"));
    EXPECT_THAT(take_private_addresses(db, subnet, "10.0.0.0/26", 60), SizeIs(10));
    EXPECT_EQ(next(subnet), 5);
    EXPECT_THAT(find_prefixes(db, subnet, "10.0.0.0/26", 3), ElementsAre("10.0.0.16/28"));
}

/// Tries every address in turn, and counts nothing.
struct PlainSearch {
    Database& db;
    const SubnetId& subnet;
    Ipv4Block block;
    TakenAddresses taken;
    ReservedBlocks<Ipv4Block> reserved = select_reserved_ipv4(db, subnet);

    /// The addresses, and where the next search begins.
    std::pair<Texts, std::int64_t> addresses(std::int64_t next, std::int64_t wanted) const
    {
        Texts found;
        const auto usable = static_cast<std::int64_t>(block.last() - block.base) - 4;
        for (std::int64_t tried = 0;
             tried < usable && static_cast<std::int64_t>(found.size()) < wanted; ++tried) {
            const auto number = block.base + static_cast<std::uint32_t>(next);
            next = next == usable + 3 ? 4 : next + 1;
            if (reserved.overlapping({number, 32}) == nullptr &&
                !taken.has_address(ipv4_text(number)) &&
                use_of_address(db, subnet, block.text(), ipv4_text(number)) == AddressUse::kFree) {
                found.push_back(ipv4_text(number));
            }
        }
        return {found, next};
    }
    Texts prefixes(std::int64_t wanted) const
    {
        Texts found;
        const auto look_at = [&](std::uint32_t base) {
            const auto prefix = Ipv4Block{base, kIpv4PrefixBits}.text();
            if (static_cast<std::int64_t>(found.size()) < wanted && !taken.overlaps(prefix) &&
                use_of_prefix(db, subnet, block.text(), prefix) == AddressUse::kFree) {
                found.push_back(prefix);
            }
        };
        for (const auto& part : reserved.for_prefixes) {
            for (auto base = part.base; base + (kPrefixAddresses - 1) <= part.last();
                 base += kPrefixAddresses) {
                look_at(base);
            }
        }
        for (auto base = block.last() - (kPrefixAddresses - 1); base > block.base;
             base -= kPrefixAddresses) {
            if (reserved.overlapping({base, kIpv4PrefixBits}) == nullptr) {
                look_at(base);
            }
        }
        return found;
    }
};

/// A subnet that is filled and emptied at random, with reservations and without.
class RandomSubnet : public InterfaceAddressRows {
protected:
    void make_one()
    {
        block = {10U << 24, static_cast<int>(24 + below(random, 5))};
        cidr = block.text();
        subnet = new_subnet(cidr);
        interface = new_interface(subnet);
        for (auto left = below(random, 5); left > 0; --left) {
            const auto length = static_cast<int>(24 + below(random, 9));
            const auto part = *Ipv4Block::from_text(
                Ipv4Block{any_address(), std::max(length, block.length)}.text());
            if (select_reserved_ipv4(db, subnet).overlapping(part) == nullptr) {
                reserve(
                    subnet, part.text(),
                    below(random, 2) == 0 ? ReservationType::kPrefix : ReservationType::kExplicit);
            }
        }
    }
    std::uint32_t any_address()
    {
        return block.base + below(random, std::size_t{block.last() - block.base} + 1);
    }
    TakenAddresses any_taken()
    {
        TakenAddresses taken;
        for (auto left = below(random, 4); left > 0; --left) {
            taken.add_address(ipv4_text(any_address()));
        }
        if (below(random, 3) == 0) {
            taken.add_prefix(prefix_of_address(ipv4_text(any_address())));
        }
        return taken;
    }
    std::int64_t any_number() { return below(random, below(random, 4) == 0 ? 300 : 12); }
    void compare()
    {
        const PlainSearch plain{db, subnet, block, any_taken()};
        const auto prefixes = any_number() / 4;
        EXPECT_EQ(find_prefixes(db, subnet, cidr, prefixes, plain.taken), plain.prefixes(prefixes));
        const auto wanted = any_number();
        const auto expected = plain.addresses(next(subnet), wanted);
        const auto found = take_private_addresses(db, subnet, cidr, wanted, plain.taken);
        EXPECT_EQ(found, expected.first);
        EXPECT_EQ(next(subnet), expected.second);
        if (below(random, 3) != 0) {
            give(interface, subnet, found);
        }
    }
    void change()
    {
        if (below(random, 3) == 0) {
            for (const auto& prefix : find_prefixes(db, subnet, cidr, 1)) {
                insert_interface_prefix(db, {interface, subnet, prefix});
            }
        }
        const auto gone = ipv4_text(any_address());
        delete_interface_address(db, interface, gone);
        delete_interface_prefix(db, interface, prefix_of_address(gone));
    }

    std::mt19937_64 random = test::seeded_random();
    Ipv4Block block;
    std::string cidr;
    SubnetId subnet;
    NetworkInterfaceId interface;
};

TEST_F(RandomSubnet, GivesWhatATrialOfEveryAddressFinds)
{
    for (int number = 0; number < 60 && !HasFailure(); ++number) {
        make_one();
        for (int step = 0; step < 12; ++step) {
            SCOPED_TRACE(fmt::format("subnet {}, step {}", cidr, step));
            compare();
            change();
            ASSERT_EQ(used(subnet), counted(subnet));
        }
    }
}

}  // namespace
}  // namespace amilab
