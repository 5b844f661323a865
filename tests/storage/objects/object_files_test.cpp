#include "storage/objects/object_files.h"

#include <gtest/gtest.h>
#include <cerrno>
#include <filesystem>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

class Blobs : public ::testing::Test {
protected:
    BlobNumber put(std::string_view text)
    {
        const auto blob = files.begin();
        blob->write(std::as_bytes(std::span(text)));
        blob->finish();
        blob->keep();
        return blob->number();
    }
    bool is_there(BlobNumber number) { return files.status(number).has_value(); }

    TemporaryDirectory directory;
    PosixFileSystem file_system;
    ObjectFiles files{file_system, directory.path() + "/objects", {}};
};

std::string text_of(File& file)
{
    std::string text(file.status().size_bytes, '\0');
    text.resize(read_fully(file, 0, std::as_writable_bytes(std::span(text))));
    return text;
}

TEST_F(Blobs, HoldWhatWasWritten)
{
    const auto number = put("content");
    const BlobHold hold(files, number);
    EXPECT_EQ(text_of(*hold.open()), "content");
}

TEST_F(Blobs, AreGoneUnlessTheyAreKept)
{
    BlobNumber number{};
    {
        const auto blob = files.begin();
        blob->write(std::as_bytes(std::span(std::string_view("half"))));
        number = blob->number();
        EXPECT_TRUE(is_there(number));
        EXPECT_TRUE(files.written().empty()) << "it is being written";
    }
    EXPECT_FALSE(is_there(number));
}

TEST_F(Blobs, HaveHolesForZeros)
{
    constexpr std::size_t kSize = 8 << 20;
    std::string text(kSize, '\0');
    text[kSize / 2] = 'x';
    for (const std::size_t piece : {std::size_t{100'000}, std::size_t{65'536}, kSize}) {
        const auto blob = files.begin();
        for (std::size_t at = 0; at < kSize; at += piece) {
            const auto some = std::string_view(text).substr(at, piece);
            blob->write(std::as_bytes(std::span(some)));
        }
        EXPECT_LE(blob->finish(), 256U * 1024U) << piece;
        blob->keep();
        EXPECT_EQ(blob->size_bytes(), kSize);
        EXPECT_EQ(text_of(*BlobHold(files, blob->number()).open()), text) << piece;
    }
}

TEST_F(Blobs, StayWhileSomebodyHoldsThem)
{
    const auto number = put("content");
    {
        const BlobHold one(files, number);
        {
            const BlobHold other(files, number);
            files.remove(number);
        }
        EXPECT_TRUE(is_there(number));
        EXPECT_EQ(text_of(*one.open()), "content");
    }
    EXPECT_FALSE(is_there(number));
    files.remove(number);  // what has gone is no failure
}

TEST_F(Blobs, AreMissingWhereSomethingElseIsInTheirPlace)
{
    const auto number = put("content");
    std::filesystem::remove(files.path_of(number));
    std::filesystem::create_directory(files.path_of(number));
    EXPECT_FALSE(is_there(number));
    try {
        BlobHold(files, number).open();
        FAIL() << "a folder is no blob";
    } catch (const StorageError& error) {
        EXPECT_EQ(error.error_number, ENOENT);
    }
    files.remove(number);
    EXPECT_TRUE(std::filesystem::is_directory(files.path_of(number)));
}

TEST_F(Blobs, AreWrittenInPartsBeforeTheyAreSyncedWhereTheyAreLarge)
{
    constexpr std::uint64_t kPart = std::uint64_t{64} << 20U;
    EXPECT_EQ(files.sync(put("content")), std::nullopt);
    const auto blob = files.begin();
    blob->write_zeros(2 * kPart + 1);
    blob->finish();
    blob->keep();
    EXPECT_EQ(files.sync(blob->number()), kPart);
    EXPECT_EQ(files.sync(blob->number(), kPart), 2 * kPart);
    EXPECT_EQ(files.sync(blob->number(), 2 * kPart), std::nullopt);
}

TEST_F(Blobs, TakeNoNumberThatAFileHas)
{
    const auto first = put("a");
    ObjectFiles again(file_system, directory.path() + "/objects",
                      {.highest_known = BlobNumber{static_cast<std::int64_t>(first) - 1}});
    const auto second = again.begin();
    EXPECT_NE(second->number(), first);
    EXPECT_EQ(text_of(*BlobHold(again, first).open()), "a");
    EXPECT_EQ(again.written(), std::vector{first});
}

TEST(BlobNames, AreSixteenDigits)
{
    EXPECT_EQ(ObjectFiles::number_of("00000000000000ff"), BlobNumber{255});
    EXPECT_EQ(ObjectFiles::number_of("ff"), std::nullopt);
    EXPECT_EQ(ObjectFiles::number_of("00000000000000fg"), std::nullopt);
}

}  // namespace
}  // namespace amilab
