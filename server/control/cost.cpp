#include "server/control/cost.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/control/query.h"
#include "server/http/message.h"
#include "storage/base/units.h"
#include "storage/metadata/costs/billed_rows.h"
#include "storage/metadata/costs/price_rows.h"
#include "storage/metadata/images/image_lineage_rows.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/state/generation.h"
#include "storage/state/snapshot_storage.h"

namespace amilab::control {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// As AWS's own calculator has a month. Source: AWS Pricing Calculator (documented).
constexpr std::int64_t kMonthHours = 730;
constexpr std::size_t kPartBytes = std::size_t{256} << 10U;
constexpr std::int64_t kPageRows = 500;
constexpr std::int64_t kAllRows = -1;

/// What comes with a volume of gp3 and costs nothing. Source: EBS pricing (documented).
constexpr std::int64_t kFreeIops = 3'000;
constexpr std::int64_t kFreeThroughput = 125;
/// Of io2 beyond these each costs less, by prices that the catalogue does not have.
constexpr std::int64_t kMostIopsOfOnePrice = 32'000;

/// Dollars, or why there is no price.
struct Cost {
    double usd = 0;
    std::string why{};

    bool is_known() const { return why.empty(); }
};

Cost unknown(std::string why)
{
    return {.why = std::move(why)};
}

Cost times(std::optional<NanoUsd> price, double quantity, std::string_view what)
{
    constexpr double kNano = 1e-9;
    return price ? Cost{.usd = static_cast<double>(*price) * kNano * quantity}
                 : unknown(fmt::format("no price of {} is known", what));
}

Cost operator+(Cost one, const Cost& other)
{
    one.usd += other.usd;
    one.why = one.is_known() ? other.why : one.why;
    return one;
}

/// AWS's GB of storage is a GiB (documented).
double gigabytes(std::uint64_t bytes)
{
    return static_cast<double>(bytes) / static_cast<double>(kGiB);
}

json::value shown(const Cost& cost)
{
    constexpr double kMicro = 1e6;
    return cost.is_known() ? json::value(std::round(cost.usd * kMicro) / kMicro) : json::value();
}

/// All of an account's prices and sums are asked here.
class Prices {
public:
    Prices(Database& db, std::string_view region) : db_(db), region_(region) {}

    Cost of(const std::string& item, double quantity) const
    {
        return times(select_price(db_, region_, item), quantity,
                     fmt::format("{} in {}", item, region_));
    }

    Cost of(const BilledVolumeRow& volume) const
    {
        const auto& type = volume.volume_type;
        auto cost = of("volume-" + type, static_cast<double>(volume.size_gib));
        const auto free = type == VolumeType::kGp3 ? kFreeIops : 0;
        if (has_provisioned_iops(type) && volume.iops.value_or(0) > free) {
            cost = cost + iops_of(type, *volume.iops - free);
        }
        if (type == VolumeType::kGp3 && volume.throughput.value_or(0) > kFreeThroughput) {
            cost = cost +
                   of("throughput-gp3", static_cast<double>(*volume.throughput - kFreeThroughput));
        }
        return cost;
    }

    /// A month of it, if it went on as it is. Source: an instance is charged for while it runs, and
    /// not while it is stopped (documented).
    Cost of(const BilledInstanceRow& instance) const
    {
        const auto state = instance.state;
        if (state == InstanceStateName::kStopped || state == InstanceStateName::kStopping ||
            state == InstanceStateName::kShuttingDown) {
            return {};
        }
        if (instance.is_spot) {
            return unknown("what a Spot Instance costs changes with the market");
        }
        if (instance.tenancy != InstanceTenancy::kDefault) {
            return unknown(fmt::format("no price of the tenancy {} is known", instance.tenancy));
        }
        if (instance.platform_details != "Linux/UNIX") {
            return unknown(fmt::format("no price of {} is known", instance.platform_details));
        }
        return times(select_instance_price(db_, region_, instance.instance_type), kMonthHours,
                     fmt::format("{} in {}", instance.instance_type, region_));
    }

    Cost of(const CopiedImageRow& copy) const
    {
        return of_transfer(copy.source_image_region, copy.full_size_bytes);
    }
    Cost of(const CopiedSnapshotRow& copy) const
    {
        return of_transfer(copy.source_region, copy.full_size_bytes);
    }

private:
    /// Source: copies of snapshots, and of images by their snapshots, are charged as data that goes
    /// from one region to the other (documented: "How AWS Pricing Works", Amazon EBS).
    Cost of_transfer(const std::string& from, std::optional<std::int64_t> bytes) const
    {
        if (!bytes) {
            return unknown("its data have not been counted yet");
        }
        return times(select_transfer_price(db_, from, region_),
                     gigabytes(static_cast<std::uint64_t>(*bytes)),
                     fmt::format("transfers from {}", from));
    }

    Cost iops_of(const std::string& type, std::int64_t iops) const
    {
        if (type == VolumeType::kIo2 && iops > kMostIopsOfOnePrice) {
            return unknown(
                fmt::format("no price of more than {} IOPS of io2 is known", kMostIopsOfOnePrice));
        }
        return of("iops-" + type, static_cast<double>(iops));
    }

    Database& db_;
    const std::string_view region_;
};

/// What the snapshots of images come to that come from one image.
struct Lineage {
    std::size_t snapshots = 0;
    std::uint64_t stored_bytes = 0;
    Cost monthly{};
    Cost gives_back{};
};

/// The first image of each, by the image that a copy or a launch was made of.
class Lineages {
public:
    /// Nothing for a snapshot of no image.
    std::optional<ImagePlace> root_of(Database& db, std::string_view owner,
                                      const SnapshotId& snapshot)
    {
        const auto image = select_first_image_of(db, owner, snapshot);
        return image ? std::optional(root_of(db, *image)) : std::nullopt;
    }

private:
    ImagePlace root_of(Database& db, ImagePlace image)
    {
        std::vector<ImagePlace> passed;
        for (;;) {
            if (const auto known = roots_.find(image); known != roots_.end()) {
                image = known->second;
                break;
            }
            passed.push_back(image);
            const auto row = select_ancestor(db, ImageId::trusted(image.id), image.region);
            if (!row || !row->source_image_id || passed.size() > kMostAncestors) {
                break;
            }
            image = {.region = row->source_image_region.value_or(image.region),
                     .id = *row->source_image_id};
        }
        for (auto& one : passed) {
            roots_.emplace(std::move(one), image);
        }
        return image;
    }

    static constexpr std::size_t kMostAncestors = 10'000;
    std::map<ImagePlace, ImagePlace> roots_;
};

/// What AWS charges for and no resource or sum above has, lest it be taken for nothing.
json::array not_told()
{
    constexpr const char* kNoPrice = "no price of it is known";
    json::array all;
    for (const auto& [what, why] : {
             std::pair("data that leave AWS or go between zones",
                       "no packets are moved here, so that there is no quantity"),
             std::pair("S3: what objects take, requests, data that go to other regions", kNoPrice),
             std::pair("public addresses, gateways, endpoints, hosts, reservations", kNoPrice),
             std::pair("fast restores of snapshots, restores from the archive, EBS direct APIs",
                       kNoPrice),
         }) {
        all.push_back(json::object{{"what", what}, {"why", why}});
    }
    return all;
}

/// What is asked of an account's rows in a region; valid as long as the texts are.
ListQuery page_of(Generation& generation, std::string_view account, std::string_view region,
                  std::string_view last_id, std::int64_t rows)
{
    ListQuery page;
    page.owner = account;
    page.region = region;
    page.now_ms = generation.timing().clock.now_ms();
    page.after = last_id;
    page.limit = rows;
    return page;
}

}  // namespace

class Bill::Parts {
public:
    Parts(std::shared_ptr<Generation> generation, CostQuery wanted)
        : generation_(std::move(generation)), wanted_(std::move(wanted))
    {
        if (!wanted_.region.empty()) {
            regions_.push_back(wanted_.region);
        } else {
            auto reader = generation_->reader();
            const auto all = select_region_names(reader.db());
            regions_.assign(all.begin(), all.end());
        }
    }

    bool is_done() const { return is_done_; }

    std::string next()
    {
        if (is_done_) {
            return {};
        }
        std::string text;
        if (!is_begun_) {
            text = begin();
        }
        while (region_ < regions_.size() && text.size() < kPartBytes) {
            add_page(text);
        }
        if (region_ == regions_.size()) {
            text += end();
            is_done_ = true;
        }
        return text;
    }

private:
    enum class Kind { kSnapshots, kVolumes, kInstances, kImageCopies, kSnapshotCopies };

    std::string begin()
    {
        is_begun_ = true;
        const auto region = wanted_.region.empty() ? json::value() : json::value(wanted_.region);
        auto text = json::serialize(json::object{{"account", wanted_.account},
                                                 {"region", region},
                                                 {"currency", "USD"},
                                                 {"month_hours", kMonthHours}});
        text.pop_back();
        return text + ",\"resources\":[";
    }

    const std::string& region() const { return regions_[region_]; }

    void add_page(std::string& text)
    {
        switch (kind_) {
            case Kind::kSnapshots:
                add_snapshots(text);
                break;
            case Kind::kVolumes:
                add_rows<kBilledVolumeList>(text);
                break;
            case Kind::kInstances:
                add_rows<kBilledInstanceList>(text);
                break;
            case Kind::kImageCopies:
                add_rows<kCopiedImageList>(text);
                break;
            case Kind::kSnapshotCopies:
                add_rows<kCopiedSnapshotList>(text);
                break;
        }
    }

    /// The next kind, or the first one of the next region.
    void go_on()
    {
        last_id_.clear();
        if (kind_ == Kind::kSnapshotCopies) {
            kind_ = Kind::kSnapshots;
            ++region_;
        } else {
            kind_ = static_cast<Kind>(static_cast<int>(kind_) + 1);
        }
    }

    template <const auto& kList>
    void add_rows(std::string& text)
    {
        auto reader = generation_->reader();
        const Prices prices(reader.db(), region());
        const auto rows = select_page<kList>(
            reader.db(), page_of(*generation_, wanted_.account, region(), last_id_, kPageRows));
        for (const auto& row : rows) {
            add(text, row, prices.of(row));
            last_id_ = row.id.text();
        }
        if (rows.size() < static_cast<std::size_t>(kPageRows)) {
            go_on();
        }
    }

    void add(std::string& text, const BilledVolumeRow& row, const Cost& cost)
    {
        add_monthly(text,
                    {{"kind", "volume"},
                     {"id", row.id.text()},
                     {"region", region()},
                     {"type", row.volume_type},
                     {"size_gib", row.size_gib}},
                    cost, cost);
    }

    void add(std::string& text, const BilledInstanceRow& row, const Cost& cost)
    {
        add_monthly(text,
                    {{"kind", "instance"},
                     {"id", row.id.text()},
                     {"region", region()},
                     {"type", row.instance_type},
                     {"state", text_of(row.state)}},
                    cost, cost);
    }

    void add(std::string& text, const CopiedImageRow& row, const Cost& cost)
    {
        add_copy(text,
                 {{"kind", "copy"},
                  {"id", row.id.text()},
                  {"region", region()},
                  {"source", row.source_image_id},
                  {"source_region", row.source_image_region}},
                 row.full_size_bytes, cost);
    }

    void add(std::string& text, const CopiedSnapshotRow& row, const Cost& cost)
    {
        add_copy(text,
                 {{"kind", "copy"},
                  {"id", row.id.text()},
                  {"region", region()},
                  {"source_region", row.source_region}},
                 row.full_size_bytes, cost);
    }

    void add_copy(std::string& text, json::object shown_row, std::optional<std::int64_t> bytes,
                  const Cost& cost)
    {
        if (bytes) {
            shown_row["bytes"] = *bytes;
        }
        shown_row["once_usd"] = shown(cost);
        note(shown_row, cost);
        once_ += priced(cost);
        append(text, shown_row);
    }

    void add_monthly(std::string& text, json::object row, const Cost& cost, const Cost& gives_back)
    {
        row["monthly_usd"] = shown(cost);
        row["gives_back_usd"] = shown(gives_back);
        note(row, cost);
        monthly_ += priced(cost);
        append(text, row);
    }

    /// What a sum has of it: nothing where a part of it has no price.
    static double priced(const Cost& cost) { return cost.is_known() ? cost.usd : 0; }

    void note(json::object& row, const Cost& cost)
    {
        if (!cost.is_known()) {
            row["why"] = cost.why;
            ++unpriced_;
        }
    }

    void append(std::string& text, const json::object& row)
    {
        text += has_resources_ ? ",\n" : "\n";
        text += json::serialize(row);
        has_resources_ = true;
    }

    /// Those of one region at once: what one of them costs hangs on the others.
    void add_snapshots(std::string& text)
    {
        std::vector<BilledSnapshotRow> rows;
        std::vector<std::optional<ImagePlace>> roots;
        {
            auto reader = generation_->reader();
            rows = select_page<kBilledSnapshotList>(
                reader.db(), page_of(*generation_, wanted_.account, region(), "", kAllRows));
            for (const auto& row : rows) {
                roots.push_back(lineages_.root_of(reader.db(), wanted_.account, row.id));
            }
        }
        const auto storage = measure(rows, roots);
        auto reader = generation_->reader();
        const Prices prices(reader.db(), region());
        for (std::size_t at = 0; at < rows.size(); ++at) {
            add_snapshot(text, prices, rows[at], roots[at], storage.by_row[at]);
        }
        for (const auto& [root, bytes] : storage.by_lineage) {
            auto& lineage = sums_[root];
            lineage.gives_back =
                lineage.gives_back + prices.of("snapshot-standard", gigabytes(bytes));
        }
        go_on();
    }

    struct Stored {
        std::vector<std::optional<StoredBytes>> by_row;
        std::map<ImagePlace, std::uint64_t> by_lineage;
    };

    Stored measure(const std::vector<BilledSnapshotRow>& rows,
                   const std::vector<std::optional<ImagePlace>>& roots)
    {
        std::vector<StoredSnapshot> snapshots;
        std::vector<std::size_t> places;
        std::map<ImagePlace, std::size_t> lots;
        Stored stored;
        stored.by_row.resize(rows.size());
        for (std::size_t at = 0; at < rows.size(); ++at) {
            const auto& row = rows[at];
            if (!row.layer_id) {
                stored.by_row[at].emplace();
            } else if (row.tier == StorageTier::kStandard && row.state != SnapshotState::kError) {
                // Lot 0 is of those that are in no image.
                const auto lot =
                    roots[at] ? lots.emplace(*roots[at], lots.size() + 1).first->second : 0;
                snapshots.push_back({*row.layer_id, row.volume_size_gib, row.start_time_ms, lot});
                places.push_back(at);
            }
        }
        const auto measured = measure_snapshot_storage(*generation_, snapshots);
        for (std::size_t number = 0; number < places.size(); ++number) {
            stored.by_row[places[number]] = measured.snapshots[number];
        }
        for (const auto& [root, lot] : lots) {
            stored.by_lineage[root] = measured.lots[lot];
        }
        return stored;
    }

    void add_snapshot(std::string& text, const Prices& prices, const BilledSnapshotRow& row,
                      const std::optional<ImagePlace>& root,
                      const std::optional<StoredBytes>& stored)
    {
        json::object shown_row{{"kind", "snapshot"},
                               {"id", row.id.text()},
                               {"region", region()},
                               {"image", root ? json::value(root->id) : json::value()},
                               {"tier", text_of(row.tier)}};
        Cost cost;
        Cost gives_back;
        std::uint64_t bytes = 0;
        if (row.tier == StorageTier::kArchive) {
            // A whole one, of which nothing is shared (documented).
            bytes = static_cast<std::uint64_t>(row.full_size_bytes.value_or(0));
            cost = row.full_size_bytes ? prices.of("snapshot-archive", gigabytes(bytes))
                                       : unknown("it has not been counted yet");
            gives_back = cost;
        } else if (stored) {
            bytes = stored->stored;
            cost = prices.of("snapshot-standard", gigabytes(bytes));
            gives_back = prices.of("snapshot-standard", gigabytes(stored->gives_back));
        } else {
            cost = unknown(row.state == SnapshotState::kError
                               ? "it is in error"
                               : "its blocks cannot be counted: it is being written, or damaged");
            gives_back = cost;
        }
        if (cost.is_known() || bytes > 0) {
            shown_row["stored_bytes"] = bytes;
        }
        if (root) {
            auto& lineage = sums_[*root];
            ++lineage.snapshots;
            lineage.stored_bytes += bytes;
            lineage.monthly = lineage.monthly + cost;
            if (row.tier == StorageTier::kArchive) {
                lineage.gives_back = lineage.gives_back + cost;
            }
        }
        add_monthly(text, std::move(shown_row), cost, gives_back);
    }

    std::string end()
    {
        std::string text = has_resources_ ? "\n],\"lineages\":[" : "],\"lineages\":[";
        bool is_first = true;
        for (const auto& [root, lineage] : sums_) {
            text += is_first ? "\n" : ",\n";
            is_first = false;
            text += json::serialize(json::object{{"image", root.id},
                                                 {"region", root.region},
                                                 {"snapshots", lineage.snapshots},
                                                 {"stored_bytes", lineage.stored_bytes},
                                                 {"monthly_usd", shown(lineage.monthly)},
                                                 {"gives_back_usd", shown(lineage.gives_back)}});
        }
        json::array sources;
        auto reader = generation_->reader();
        for (const auto& source : select_price_sources(reader.db())) {
            sources.push_back(json::object{{"page", source.page}, {"date", source.date}});
        }
        auto sums = json::serialize(json::object{{"monthly_usd", shown({.usd = monthly_})},
                                                 {"once_usd", shown({.usd = once_})},
                                                 {"unpriced", unpriced_},
                                                 {"not_told", not_told()},
                                                 {"sources", std::move(sources)}});
        return text + (is_first ? "]," : "\n],") + sums.substr(1) + "\n";
    }

    const std::shared_ptr<Generation> generation_;
    const CostQuery wanted_;
    std::vector<std::string> regions_;
    std::size_t region_ = 0;
    Kind kind_ = Kind::kSnapshots;
    std::string last_id_;
    bool is_begun_ = false;
    bool is_done_ = false;
    bool has_resources_ = false;
    Lineages lineages_;
    std::map<ImagePlace, Lineage> sums_;
    double monthly_ = 0;
    double once_ = 0;
    std::size_t unpriced_ = 0;
};

Bill::Bill(std::shared_ptr<Generation> generation, CostQuery wanted)
    : parts_(std::make_unique<Parts>(std::move(generation), std::move(wanted)))
{
}

Bill::~Bill() = default;

std::string Bill::next()
{
    return parts_->next();
}

bool Bill::is_done() const
{
    return parts_->is_done();
}

CostQuery parse_cost_query(const Emulator& emulator, std::string_view query)
{
    const RouteQuery asked(query, {"account", "access-key", "region"});
    const auto caller = asked.caller(emulator);
    return {.account = caller.account, .region = asked.find("region") ? caller.region : ""};
}

namespace {

asio::awaitable<void> write_bill(std::shared_ptr<Bill> bill, std::string first, Workers& workers,
                                 BodySink& to)
{
    auto text = std::move(first);
    while (!text.empty()) {
        co_await to.write(std::as_bytes(std::span(text)));
        text = co_await workers.run([&] { return bill->next(); });
    }
}

}  // namespace

asio::awaitable<StreamAnswer> list_costs(Emulator& emulator, CostQuery wanted, Workers& workers)
{
    const auto bill = co_await workers.run(
        [&] { return std::make_shared<Bill>(emulator.data().current(), std::move(wanted)); });
    auto first = co_await workers.run([&] { return bill->next(); });
    StreamAnswer answer{.content_type = "application/json"};
    if (bill->is_done()) {
        answer.body = std::move(first);
        co_return answer;
    }
    answer.write = [bill, first = std::move(first), &workers](BodySink& to) {
        return write_bill(bill, first, workers, to);
    };
    co_return answer;
}

}  // namespace amilab::control
