#include "server/services/ec2/conversion_tasks/parted_image.h"

#include <algorithm>
#include <functional>

#include "server/services/ec2/conversion_tasks/errors.h"

namespace amilab::ec2 {

PartedImage::PartedImage(const ImportManifest& manifest, Open open)
    : manifest_(manifest), open_(std::move(open))
{
}

std::size_t PartedImage::index_at(std::uint64_t offset) const
{
    const auto found =
        std::ranges::upper_bound(manifest_.parts, offset, std::less<>(), &ImportPart::end);
    return static_cast<std::size_t>(found - manifest_.parts.begin());
}

std::uint64_t PartedImage::begin_of(std::size_t index) const
{
    return index == 0 ? 0 : manifest_.parts[index - 1].end;
}

ObjectBytes& PartedImage::part(std::size_t index)
{
    const auto found = std::ranges::find(opened_, index, [](const auto& one) { return one.first; });
    if (found != opened_.end()) {
        std::rotate(opened_.begin(), found, found + 1);
        return *opened_.front().second;
    }
    auto object = open_(index);
    if (etags_.try_emplace(index, object->etag()).first->second != object->etag()) {
        throw part_has_changed(index);
    }
    if (opened_.size() == kMostOpen) {
        opened_.pop_back();
    }
    opened_.emplace_front(index, std::move(object));
    return *opened_.front().second;
}

void PartedImage::read(std::uint64_t offset, std::span<std::byte> out)
{
    while (!out.empty()) {
        const auto index = index_at(offset);
        const auto length = static_cast<std::size_t>(
            std::min<std::uint64_t>(manifest_.parts[index].end - offset, out.size()));
        part(index).read(offset - begin_of(index), out.first(length));
        offset += length;
        out = out.subspan(length);
    }
}

std::uint64_t PartedImage::next_data(std::uint64_t offset)
{
    if (offset >= size_bytes()) {
        return size_bytes();
    }
    const auto index = index_at(offset);
    return begin_of(index) + part(index).next_data(offset - begin_of(index));
}

std::optional<FileBytes> PartedImage::in_file(std::uint64_t offset)
{
    const auto index = index_at(offset);
    return part(index).in_file(offset - begin_of(index));
}

}  // namespace amilab::ec2
