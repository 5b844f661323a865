#include "storage/blocks/layer_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cerrno>
#include <fstream>
#include <set>

#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_format.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kSize = kSegmentSize + 64 * kBlockSize;

/// A volume whose every layer has written some of a few blocks, in two segments.
class LongChain : public testing::Test {
protected:
    void SetUp() override { store_ = open(); }

    std::unique_ptr<BlockStore> open()
    {
        return std::make_unique<BlockStore>(files_, directory_.path(), BlockStore::Options{});
    }

    /// Layer `n` writes n + 1 to block n % 40 and, every fourth time, zeroes another.
    void make(int layers, int index_every)
    {
        chain_ = {store_->new_layer_id()};
        auto volume = store_->open_volume(chain_, kSize);
        for (int layer = 0; layer < layers; ++layer) {
            write(*volume, layer % 40, layer % 200 + 1);
            if (layer % 4 == 3) {
                volume->trim(offset_of((layer * 7) % 40), kBlockSize);
                bytes_[offset_of((layer * 7) % 40)] = 0;
            }
            auto gate = volume->close_gate(store_->new_layer_id());
            gate.swap_top();
            if (index_every > 0 && layer % index_every == index_every - 1) {
                ASSERT_TRUE(store_->write_index(chain_, [] { return true; }));
            }
            chain_.insert(chain_.begin(), gate.next_top());
        }
    }

    void write(Volume& volume, int block, int value)
    {
        volume.write(offset_of(block), filled(kBlockSize, value));
        bytes_[offset_of(block)] = value;
    }

    static std::uint64_t offset_of(int block)
    {
        const auto at = static_cast<std::uint64_t>(block / 2) * kBlockSize;
        return block % 2 == 0 ? at : kSegmentSize + at;
    }

    void expect_bytes(const Volume& volume)
    {
        for (const auto& [offset, value] : bytes_) {
            ASSERT_EQ(read_bytes(volume, offset, 512), filled(512, value)) << offset;
        }
    }

    std::string index_path(LayerId layer, std::uint32_t segment = 0)
    {
        return directory_.path() + '/' + file_name({layer, segment, FileKind::kIndex});
    }

    /// Has the index, if there is one, say that it is of version 1 of the format.
    void write_as_version_1(const FileKey& key)
    {
        const auto path = directory_.path() + '/' + file_name(key);
        const auto file = inner_.open_if_exists(path, OpenMode::kReadWrite);
        if (file) {
            auto header = read_index_header(*file, key);
            header.version = 1;
            write_fully(*file, 0, encode_index_header(key, header));
        }
    }

    TemporaryDirectory directory_;
    PosixFileSystem inner_;
    std::multiset<std::string> opened_;
    FaultyFileSystem files_{inner_, [this](auto operation, const auto& path) {
                                if (operation == "open") {
                                    opened_.insert(path);
                                }
                                return Fault{};
                            }};
    std::unique_ptr<BlockStore> store_;
    std::vector<LayerId> chain_;
    std::map<std::uint64_t, int> bytes_;
};

TEST_F(LongChain, ReadsTheSameWithIndexesAsWithout)
{
    make(100, 16);
    store_ = open();
    const auto volume = store_->open_volume(chain_, kSize);
    expect_bytes(*volume);
    for (const auto layer : chain_) {
        store_->remove_index(layer);
    }
    store_ = open();
    expect_bytes(*store_->open_volume(chain_, kSize));
}

TEST_F(LongChain, IsAskedForAtMostSixteenMapsAndOneIndex)
{
    make(16 * 12 + 14, 16);
    store_ = open();
    const auto volume = store_->open_volume(chain_, kSize);
    opened_.clear();
    read_bytes(*volume, offset_of(10), 512);  // layer 170's, below the index
    std::set<std::string> layers;
    std::set<std::string> indexes;
    for (const auto& path : opened_) {
        const auto name = path.substr(directory_.path().size() + 1);
        if (name.ends_with(".live") || name.ends_with(".map")) {
            layers.insert(name.substr(0, 16));
        }
        if (name.ends_with(".index") && inner_.status(path)) {
            indexes.insert(name);
        }
    }
    EXPECT_LE(layers.size(), 16U);
    EXPECT_EQ(indexes.size(), 1U);
}

TEST_F(LongChain, AnIndexOfTheFormerVersionIsUsedAsItIs)
{
    make(16 * 4 + 4, 16);
    // Below the last index: were that not used, it and the maps would be asked each time.
    const auto asked = [&] {
        store_ = open();
        const auto volume = store_->open_volume(chain_, kSize);
        opened_.clear();
        for (int time = 0; time < 2; ++time) {
            for (const int block : {10, 12, 13, 14, 15}) {
                read_bytes(*volume, offset_of(block), 512);
            }
        }
        std::multiset<std::string> files;
        for (const auto& path : opened_) {
            if (path.ends_with(".map") || path.ends_with(".live") || path.ends_with(".index")) {
                files.insert(path);
            }
        }
        return files;
    };
    const auto of_this_version = asked();
    for (const auto layer : chain_) {
        for (const std::uint32_t segment : {0U, 1U}) {
            write_as_version_1({layer, segment, FileKind::kIndex});
        }
    }
    EXPECT_EQ(asked(), of_this_version);
    expect_bytes(*store_->open_volume(chain_, kSize));
}

TEST_F(LongChain, HolesOfALongChainAreFoundInTheIndex)
{
    make(40, 16);
    store_ = open();
    const auto volume = store_->open_volume(chain_, kSize);
    std::uint64_t data = 0;
    for (const auto& extent : all_extents(volume->extents(0, kSize))) {
        data += extent.kind == Extent::Kind::kData ? extent.length : 0;
    }
    std::uint64_t expected = 0;
    for (const auto& [offset, value] : bytes_) {
        expected += value != 0 ? kBlockSize : 0;
    }
    EXPECT_EQ(data, expected);
}

TEST_F(LongChain, PagesThatAreNobodysCostNoFileOperationAndNoMemory)
{
    make(16, 16);
    store_.reset();
    const auto indexed = chain_[1];
    LayerFiles files(inner_, directory_.path(), {.boot_id = "boot"});
    const auto index = LayerIndex::open(files, indexed, 0);
    ASSERT_TRUE(index);
    ASSERT_TRUE(files.unlink({indexed, 0, FileKind::kIndex}));
    for (std::uint64_t page = 1; page < kIndexPagesPerSegment; ++page) {
        ASSERT_EQ(index->page(page), files.pages().zero_page()) << page;
    }
    EXPECT_EQ(files.pages().page_count(), 0U);
    EXPECT_THROW(index->page(0), StorageError);
}

TEST_F(LongChain, AnIndexOfAnotherChainIsNotUsed)
{
    make(20, 0);
    const auto indexed = chain_[5];
    ASSERT_TRUE(store_->write_index({chain_.begin() + 5, chain_.end()}, [] { return true; }));
    // As if the file were from a time when the layer lay on others.
    auto other = chain_;
    std::swap(other[8], other[9]);
    store_ = open();
    const auto volume = store_->open_volume(other, kSize);
    std::map<std::uint64_t, std::vector<std::byte>> read;
    for (const auto& [offset, value] : bytes_) {
        read[offset] = read_bytes(*volume, offset, 512);
    }
    store_->remove_index(indexed);
    store_ = open();
    const auto without = store_->open_volume(other, kSize);
    for (const auto& [offset, bytes] : read) {
        EXPECT_EQ(read_bytes(*without, offset, 512), bytes);
    }
}

TEST_F(LongChain, AnIndexThatIsStoppedIsNotThere)
{
    make(3, 0);
    const std::vector<LayerId> sealed(chain_.begin() + 1, chain_.end());
    EXPECT_FALSE(store_->write_index(sealed, [] { return false; }));
    EXPECT_FALSE(inner_.status(index_path(sealed.front())));
    const auto volume = store_->open_volume(chain_, kSize);
    EXPECT_EQ(error_of([&] { store_->write_index(chain_, [] { return true; }); }), EBUSY)
        << "the top is being written";
}

TEST_F(LongChain, AnIndexGoesWithItsLayer)
{
    make(2, 0);
    const std::vector<LayerId> sealed(chain_.begin() + 1, chain_.end());
    ASSERT_TRUE(store_->write_index(sealed, [] { return true; }));
    EXPECT_GT(store_->allocated_bytes(sealed.front()), 0U);
    store_ = open();
    store_->remove_layer(sealed.front());
    EXPECT_FALSE(inner_.status(index_path(sealed.front())));
    EXPECT_EQ(store_->allocated_bytes(sealed.front()), 0U);
}

/// Whatever is done to an index, it is refused by its name, or says what it said.
TEST_F(LongChain, ADamagedIndexIsRefusedAndTheMapsAreAsked)
{
    std::mt19937_64 random(test_seed());
    make(24, 16);
    store_.reset();
    const auto indexed = chain_[24 - 15];
    const auto path = index_path(indexed);
    ASSERT_TRUE(inner_.status(path));
    const auto whole = inner_.open(path, OpenMode::kRead)->status().size_bytes;
    for (int run = 0; run < 200; ++run) {
        const auto file = inner_.open(path, OpenMode::kReadWrite);
        // Where something is: the header, the checksums, the first owners, the table.
        constexpr auto kNever = std::uint64_t{0};
        const std::array<std::uint64_t, 4> places = {kNever, kIndexChecksumsAt, kIndexPagesAt,
                                                     kIndexTableAt};
        const auto at = std::min(places[random() % 4] + random() % 600, whole - 8);
        std::array<std::byte, 8> before{};
        ASSERT_EQ(file->read_at(at, before), 8);
        const auto after = random_bytes(random, 8);
        file->write_at(at, after);
        store_ = open();
        expect_bytes(*store_->open_volume(chain_, kSize));
        file->write_at(at, before);
        ASSERT_FALSE(HasFatalFailure()) << "byte " << at;
    }
    inner_.open(path, OpenMode::kReadWrite)->truncate(kIndexTableAt + 3);
    const auto text = message_of([&] {
        LayerFiles files(inner_, directory_.path(), {.boot_id = "boot"});
        LayerIndex::open(files, indexed, 0);
    });
    EXPECT_THAT(text, testing::HasSubstr(path));
    EXPECT_THAT(text, testing::HasSubstr("damaged"));
}

}  // namespace
}  // namespace amilab
