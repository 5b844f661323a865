#include "server/labs/snapshot_disk.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

constexpr std::size_t kKeptBlocks = 64;
constexpr std::int64_t kMostBlocks = 10'000;  // of a page

}  // namespace

SnapshotDisk::SnapshotDisk(const LabClient& client, std::string id, std::string region)
    : client_(client), id_(std::move(id)), region_(std::move(region))
{
    json::object parameters = {{"SnapshotId", id_}, {"MaxResults", kMostBlocks}};
    for (;;) {
        const auto page = call("ListSnapshotBlocks", parameters).members;
        size_bytes_ = static_cast<std::uint64_t>(page.at("VolumeSize").to_number<std::int64_t>())
                      << 30U;
        block_bytes_ = page.at("BlockSize").to_number<std::uint64_t>();
        for (const auto& one : page.at("Blocks").as_array()) {
            tokens_.emplace(one.at("BlockIndex").to_number<std::int64_t>(),
                            one.at("BlockToken").as_string());
        }
        const auto* next = page.if_contains("NextToken");
        if (next == nullptr || !next->is_string()) {
            return;
        }
        parameters["NextToken"] = *next;
    }
}

ModelAnswer SnapshotDisk::call(std::string operation, json::object parameters) const
{
    const ModelCall wanted{.service = "ebs",
                           .operation = std::move(operation),
                           .parameters = std::move(parameters),
                           .region = region_};
    auto answer = client_.call(wanted);
    if (!answer.refusal.empty()) {
        throw LookFault(refusal_of(wanted, answer));
    }
    return answer;
}

const std::string& SnapshotDisk::block(std::int64_t index, const std::string& token) const
{
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [&](const auto& one) { return one.first == index; });
    if (found != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, found);
        return kept_.front().second;
    }
    auto answer = call("GetSnapshotBlock",
                       {{"SnapshotId", id_}, {"BlockIndex", index}, {"BlockToken", token}});
    answer.body.resize(block_bytes_);
    kept_.emplace_front(index, std::move(answer.body));
    if (kept_.size() > kKeptBlocks) {
        kept_.pop_back();
    }
    return kept_.front().second;
}

void SnapshotDisk::read(std::uint64_t offset, std::span<std::byte> out) const
{
    while (!out.empty()) {
        const auto within = offset % block_bytes_;
        const auto part = out.first(std::min<std::uint64_t>(out.size(), block_bytes_ - within));
        const auto found = tokens_.find(static_cast<std::int64_t>(offset / block_bytes_));
        if (found == tokens_.end()) {
            std::fill(part.begin(), part.end(), std::byte{0});
        } else {
            std::memcpy(part.data(), block(found->first, found->second).data() + within,
                        part.size());
        }
        offset += part.size();
        out = out.subspan(part.size());
    }
}

std::uint64_t SnapshotDisk::data_from(std::uint64_t offset) const
{
    const auto found = tokens_.lower_bound(static_cast<std::int64_t>(offset / block_bytes_));
    return found == tokens_.end()
               ? size_bytes_
               : std::max(offset, static_cast<std::uint64_t>(found->first) * block_bytes_);
}

}  // namespace amilab::labs
