// Layers whose resolved index is anything: it is refused by its name and the maps are asked, or it
// says what its checksums vouch for.
#include "storage/blocks/layer_index.h"
#include "tests/fuzz/layer_world.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

void read_indexes(LayerWorld& world)
{
    const auto files = world.open_files();
    for (std::uint32_t segment = 0; segment < 2; ++segment) {
        is_done([&] {
            const auto index = LayerIndex::open(*files, LayerWorld::kSealed, segment);
            for (std::uint64_t page = 0; index && page < kIndexPagesPerSegment; ++page) {
                is_done([&] { index->page(page); });
            }
        });
    }
}

std::vector<std::byte> bytes_of_blocks(BlockStore& store, const std::vector<LayerId>& chain)
{
    std::vector<std::byte> all;
    const auto snapshot = store.open_snapshot(chain, LayerWorld::kSize);
    std::vector<std::byte> bytes(kBlockSize);
    for (const auto block : LayerWorld::kBlocks) {
        snapshot->read(block * kBlockSize, bytes);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    auto extents = snapshot->extents(0, LayerWorld::kSize);
    while (extents.next()) {
    }
    return all;
}

const std::vector<std::byte>& undamaged()
{
    static const auto bytes = [] {
        LayerWorld world(InputReader({}), {FileKind::kIndex});
        return bytes_of_blocks(*world.open_store(), world.sealed_chain());
    }();
    return bytes;
}

void expect_bytes(LayerWorld& world)
{
    const auto bytes = bytes_of_blocks(*world.open_store(), world.sealed_chain());
    require(is_plausible(bytes), "nothing is read that was not written");
    require(world.is_mended() || bytes == undamaged(), "a damaged index counts as none");
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    fuzz::LayerWorld world(fuzz::InputReader(std::span(data, size)), {FileKind::kIndex});
    fuzz::read_indexes(world);
    world.check();
    fuzz::expect_bytes(world);
    world.open_store()->write_index(world.sealed_chain(), [] { return true; });
    fuzz::expect_bytes(world);
    return 0;
}
