#include "tests/fuzz/memory_disks.h"

#include <utility>

namespace amilab::fuzz {
namespace {

class MemoryExport final : public nbd::Export {
public:
    MemoryExport(nbd::ExportInfo info, nbd::Disk disk)
        : info_(std::move(info)), disk_(std::make_shared<nbd::Disk>(std::move(disk)))
    {
    }

    const nbd::ExportInfo& info() const override { return info_; }
    std::shared_ptr<const nbd::Disk> disk() const override { return disk_; }
    bool needs_flushes() const override { return true; }

private:
    nbd::ExportInfo info_;
    std::shared_ptr<const nbd::Disk> disk_;
};

}  // namespace

MemoryDisks::MemoryDisks() : store_(files_, "/layers", {.boot_id = "boot"})
{
    chain_ = {store_.new_layer_id()};
    const auto volume = store_.open_volume(chain_, kSize);
    volume->write(0, std::vector<std::byte>(kBlockSize, std::byte{1}));
    auto gate = volume->close_gate(store_.new_layer_id());
    gate.swap_top();
    chain_.insert(chain_.begin(), gate.next_top());
}

std::variant<nbd::ExportInfo, nbd::Exports::Refusal> MemoryDisks::find(std::string_view name)
{
    if (name != "vol" && name != "snap") {
        return Refusal("there is none");
    }
    return nbd::ExportInfo{
        .name = std::string(name), .size_bytes = kSize, .is_read_only = name == "snap"};
}

std::variant<std::shared_ptr<nbd::Export>, nbd::Exports::Refusal> MemoryDisks::open(
    const std::string& name, std::function<void()>)
{
    const auto found = find(name);
    const auto* info = std::get_if<nbd::ExportInfo>(&found);
    if (info == nullptr) {
        return std::get<Refusal>(found);
    }
    if (info->is_read_only) {
        return std::make_shared<MemoryExport>(
            *info, nbd::Disk(store_.open_snapshot({chain_.back()}, kSize)));
    }
    return std::make_shared<MemoryExport>(*info, nbd::Disk(store_.open_volume(chain_, kSize)));
}

std::vector<std::string> MemoryDisks::list(std::string_view after)
{
    return after.empty() ? std::vector<std::string>{"snap", "vol"} : std::vector<std::string>();
}

}  // namespace amilab::fuzz
