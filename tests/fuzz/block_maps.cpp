// Layers whose maps, and files' lengths and names, are anything: what is wrong is refused by its
// name, and what is read are bytes that somebody wrote, or zeros.
#include "storage/blocks/volume.h"
#include "tests/fuzz/layer_world.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

std::vector<std::byte> read_block(const Volume& volume, std::uint64_t block)
{
    std::vector<std::byte> bytes(kBlockSize);
    volume.read(block * kBlockSize, bytes);
    return bytes;
}

void expect_plausible(const Volume& volume)
{
    for (const auto block : LayerWorld::kBlocks) {
        is_done([&] {
            require(is_plausible(read_block(volume, block)),
                    "nothing is read that was not written");
        });
    }
}

void expect_whole(Extents extents)
{
    is_done([&] {
        std::uint64_t end = 0;
        while (const auto extent = extents.next()) {
            require(extent->offset == end && extent->length > 0, "extents follow each other");
            end += extent->length;
        }
        require(end == LayerWorld::kSize, "extents are of the whole volume");
    });
}

void expect_written(Volume& volume, std::uint64_t block)
{
    const std::vector<std::byte> bytes(kSectorSize, std::byte{5});
    const auto offset = block * kBlockSize + 2 * kSectorSize;
    if (is_done([&] { volume.write(offset, bytes); })) {
        std::vector<std::byte> found(kSectorSize);
        volume.read(offset, found);
        require(found == bytes, "what was written is read");
    }
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    using fuzz::is_done;
    fuzz::LayerWorld world(fuzz::InputReader(std::span(data, size)),
                           {FileKind::kLiveMap, FileKind::kMap});
    const auto store = world.open_store();
    {
        const auto volume = store->open_volume(world.chain(), fuzz::LayerWorld::kSize);
        fuzz::expect_plausible(*volume);
        fuzz::expect_whole(volume->extents(0, fuzz::LayerWorld::kSize));
        for (const auto block : fuzz::LayerWorld::kBlocks) {
            fuzz::expect_written(*volume, block);
        }
        is_done([&] { volume->trim(0, 2 * kBlockSize); });
        is_done([&] { volume->flush(); });
        fuzz::expect_plausible(*volume);
    }
    is_done([&] { store->write_index(world.sealed_chain(), [] { return true; }); });
    is_done([&] { store->close(); });
    world.check();
    return 0;
}
