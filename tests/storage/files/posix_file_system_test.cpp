#include "storage/files/posix_file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <cerrno>
#include <vector>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

using ::testing::UnorderedElementsAre;

int error_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const StorageError& error) {
        return error.error_number;
    }
    return 0;
}

std::vector<std::byte> bytes_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

class PosixFiles : public testing::Test {
protected:
    std::string path(const std::string& name) const { return directory_.path() + '/' + name; }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
};

TEST_F(PosixFiles, ReadBackWhatWasWritten)
{
    const auto file = files_.open(path("a"), OpenMode::kCreateNew);
    write_fully(*file, 3, bytes_of("text"));
    std::vector<std::byte> out(10, std::byte{9});
    EXPECT_EQ(read_fully(*file, 0, out), 7U);
    read_or_zero(*file, 0, out);
    EXPECT_EQ(out, bytes_of(std::string_view("\0\0\0text\0\0\0", 10)));
    EXPECT_EQ(file->status().size_bytes, 7U);
}

TEST_F(PosixFiles, ReadWhatTheKernelHasAloneWhereTheFileSystemCanTell)
{
    const auto file = files_.open(path("a"), OpenMode::kCreateNew);
    write_fully(*file, 0, bytes_of("text"));
    std::vector<std::byte> out(4);
    const auto count = file->read_cached_at(0, out);
    if (count == -EAGAIN) {
        GTEST_SKIP() << "this file system cannot";
    }
    EXPECT_EQ(count, 4);
    EXPECT_EQ(out, bytes_of("text"));
    EXPECT_EQ(file->read_cached_at(2, out), 2);
    EXPECT_EQ(file->read_cached_at(4, out), 0);
}

TEST_F(PosixFiles, MissingFilesAreNothingOrAnErrorThatNamesThem)
{
    EXPECT_EQ(files_.open_if_exists(path("none"), OpenMode::kRead), nullptr);
    EXPECT_FALSE(files_.status(path("none")));
    EXPECT_FALSE(files_.unlink(path("none")));
    try {
        files_.open(path("none"), OpenMode::kReadWrite);
        FAIL() << "a missing file was opened";
    } catch (const StorageError& error) {
        EXPECT_EQ(error.error_number, ENOENT);
        EXPECT_EQ(error.path, path("none"));
    }
}

TEST_F(PosixFiles, APipeInAFilesPlaceIsDamageThatNobodyWaitsFor)
{
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    for (const auto mode :
         {OpenMode::kRead, OpenMode::kReadWrite, OpenMode::kCreate, OpenMode::kReplace}) {
        EXPECT_EQ(error_of([&] { files_.open(path("pipe"), mode); }), EBADMSG);
        EXPECT_EQ(error_of([&] { files_.open_if_exists(path("pipe"), mode); }), EBADMSG);
    }
    EXPECT_EQ(error_of([&] { files_.open(path("pipe"), OpenMode::kCreateNew); }), EEXIST);
}

TEST_F(PosixFiles, OpenModesCreateRefuseAndEmpty)
{
    write_fully(*files_.open(path("a"), OpenMode::kCreate), 0, bytes_of("text"));
    EXPECT_EQ(error_of([&] { files_.open(path("a"), OpenMode::kCreateNew); }), EEXIST);
    EXPECT_EQ(files_.open(path("a"), OpenMode::kCreate)->status().size_bytes, 4U);
    EXPECT_EQ(files_.open(path("a"), OpenMode::kReplace)->status().size_bytes, 0U);
    const auto read_only = files_.open(path("a"), OpenMode::kRead);
    EXPECT_EQ(error_of([&] { write_fully(*read_only, 0, bytes_of("x")); }), EBADF);
}

TEST_F(PosixFiles, HolesGiveTheirSpaceBackAndAreFound)
{
    const auto file = files_.open(path("a"), OpenMode::kCreate);
    const std::vector<std::byte> data(1 << 20, std::byte{7});
    write_fully(*file, 0, data);
    const auto before = file->status();
    file->punch_hole(0, 512 << 10);
    EXPECT_LE(file->status().allocated_bytes + (500 << 10), before.allocated_bytes);
    EXPECT_EQ(file->status().size_bytes, before.size_bytes);
    EXPECT_EQ(file->seek_data(0), 512U << 10);
    EXPECT_EQ(file->seek_hole(512 << 10), 1U << 20);
    EXPECT_FALSE(file->seek_data(1 << 20));
    std::vector<std::byte> out(512 << 10);
    read_or_zero(*file, 0, out);
    EXPECT_EQ(out, std::vector<std::byte>(512 << 10));
}

TEST_F(PosixFiles, NamesAreListedRenamedAndRemoved)
{
    EXPECT_TRUE(files_.make_directory(path("d")));
    EXPECT_FALSE(files_.make_directory(path("d")));
    files_.open(path("d/a"), OpenMode::kCreate);
    files_.open(path("d/b"), OpenMode::kCreate);
    files_.rename(path("d/a"), path("d/c"));
    EXPECT_THAT(files_.list_directory(path("d")), UnorderedElementsAre("b", "c"));
    EXPECT_TRUE(files_.unlink(path("d/b")));
    files_.sync_directory(path("d"));
    EXPECT_THAT(files_.list_directory(path("d")), UnorderedElementsAre("c"));
    EXPECT_EQ(error_of([&] { files_.make_directory(path("d/c")); }), ENOTDIR);
    EXPECT_EQ(error_of([&] { files_.list_directory(path("none")); }), ENOENT);
    EXPECT_TRUE(files_.status(path("d"))->is_directory);
    EXPECT_FALSE(files_.status(path("d"))->is_regular);
    EXPECT_TRUE(files_.status(path("d/c"))->is_regular);
}

TEST_F(PosixFiles, OneLockAtATime)
{
    auto first = files_.open(path("lock"), OpenMode::kCreate);
    const auto second = files_.open(path("lock"), OpenMode::kCreate);
    EXPECT_TRUE(first->try_lock());
    EXPECT_FALSE(second->try_lock());
    first.reset();
    EXPECT_TRUE(second->try_lock());
}

TEST_F(PosixFiles, SpaceIsThatOfTheFileSystem)
{
    const auto space = files_.space(directory_.path());
    EXPECT_GT(space.total_bytes, 0U);
    EXPECT_LE(space.available_bytes, space.total_bytes);
}

TEST_F(PosixFiles, ShortAndInterruptedCallsAreGoneOnWith)
{
    int calls = 0;
    FaultyFileSystem faulty(files_, [&](auto operation, const auto&) {
        if (operation != "read" && operation != "write") {
            return Fault{};
        }
        ++calls;
        return calls % 2 == 0 ? Fault{Fault::Kind::kError, EINTR} : Fault{Fault::Kind::kShort, 0};
    });
    const auto file = faulty.open(path("a"), OpenMode::kCreate);
    const auto text = bytes_of("many more bytes than one short call moves");
    write_fully(*file, 0, text);
    std::vector<std::byte> out(text.size());
    EXPECT_EQ(read_fully(*file, 0, out), text.size());
    EXPECT_EQ(out, text);
    EXPECT_GT(calls, 8);
}

TEST_F(PosixFiles, ZerosAreWrittenWhereThereAreNoHoles)
{
    FaultyFileSystem faulty(files_, [&](auto operation, const auto&) {
        return operation == "punch hole in" ? Fault{Fault::Kind::kError, EOPNOTSUPP} : Fault{};
    });
    const auto file = faulty.open(path("a"), OpenMode::kCreate);
    const std::vector<std::byte> data(20000, std::byte{7});
    write_fully(*file, 0, data);
    write_zeros(*file, 512, 10240);
    std::vector<std::byte> out(20000);
    read_or_zero(*file, 0, out);
    auto expected = data;
    std::fill_n(expected.begin() + 512, 10240, std::byte{0});
    EXPECT_EQ(out, expected);
}

/// Copies 300,000 bytes from one place of a file to another place of another file; what the second
/// has of them.
class CopiedBytes : public PosixFiles {
protected:
    std::vector<std::byte> copied(FileSystem& files)
    {
        for (std::size_t at = 0; at < data_.size(); ++at) {
            data_[at] = static_cast<std::byte>(at % 251);
        }
        write_fully(*files_.open(path("from"), OpenMode::kCreate), 100, data_);
        const auto from = files.open(path("from"), OpenMode::kRead);
        const auto to = files.open(path("to"), OpenMode::kCreate);
        copy_fully(*to, 70000, *from, 100, data_.size());
        std::vector<std::byte> out(data_.size());
        EXPECT_EQ(read_fully(*to, 70000, out), out.size());
        EXPECT_EQ(to->status().size_bytes, 70000 + data_.size());
        return out;
    }

    std::vector<std::byte> data_ = std::vector<std::byte>(300000);
};

TEST_F(CopiedBytes, AreThoseOfTheOtherFile)
{
    const auto out = copied(files_);
    EXPECT_EQ(out, data_);
}

TEST_F(CopiedBytes, ComeByShortAndInterruptedCalls)
{
    int calls = 0;
    FaultyFileSystem faulty(files_, [&](auto operation, const auto&) {
        if (operation != "copy") {
            return Fault{};
        }
        ++calls;
        return calls % 2 == 0 ? Fault{Fault::Kind::kError, EINTR} : Fault{Fault::Kind::kShort, 0};
    });
    const auto out = copied(faulty);
    EXPECT_EQ(out, data_);
    EXPECT_GT(calls, 8);
}

TEST_F(CopiedBytes, AreReadAndWrittenWhereTheKernelRefuses)
{
    for (const int refusal : {EOPNOTSUPP, EXDEV, EINVAL, ENOSYS}) {
        int calls = 0;
        FaultyFileSystem faulty(files_, [&](auto operation, const auto&) {
            const bool is_copy = operation == "copy";
            calls += is_copy ? 1 : 0;
            // The first call copies a part.
            return is_copy && calls > 1 ? Fault{Fault::Kind::kError, refusal}
                   : is_copy            ? Fault{Fault::Kind::kShort, 0}
                                        : Fault{};
        });
        const auto out = copied(faulty);
        EXPECT_EQ(out, data_) << refusal;
        EXPECT_EQ(calls, 2) << refusal;
    }
}

TEST_F(CopiedBytes, HaveToBeThere)
{
    write_fully(*files_.open(path("from"), OpenMode::kCreate), 0, bytes_of("short"));
    const auto from = files_.open(path("from"), OpenMode::kRead);
    const auto to = files_.open(path("to"), OpenMode::kCreate);
    EXPECT_EQ(error_of([&] { copy_fully(*to, 0, *from, 0, 6); }), EBADMSG);
    const auto read_only = files_.open(path("to"), OpenMode::kRead);
    EXPECT_EQ(error_of([&] { copy_fully(*read_only, 0, *from, 0, 5); }), EBADF);
}

}  // namespace
}  // namespace amilab
