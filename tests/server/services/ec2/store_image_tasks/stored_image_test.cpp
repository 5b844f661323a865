#include "server/services/ec2/store_image_tasks/stored_image.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/store_image_tasks/stored_document.h"
#include "storage/base/crc32c.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_words.h"
#include "tests/support/seed.h"

namespace amilab::ec2 {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMib = 1 << 20;

/// An object in memory.
class Written final : public NewObject {
public:
    explicit Written(std::string& into) : into_(into) {}
    void write(std::span<const std::byte> bytes) override
    {
        into_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void write_zeros(std::uint64_t count) override { into_.append(count, '\0'); }
    void finish() override {}
    void store(Session& /*session*/, const ObjectFacts& /*facts*/) override {}

private:
    std::string& into_;
};

class Read final : public ObjectBytes {
public:
    explicit Read(std::string text) : text_(std::move(text)) {}
    std::uint64_t size_bytes() const override { return text_.size(); }
    const std::string& etag() const override { return etag_; }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        std::memcpy(out.data(), text_.data() + offset, out.size());
    }
    std::uint64_t next_data(std::uint64_t offset) override { return offset; }

private:
    const std::string text_;
    const std::string etag_ = "etag";
};

StoredImage sample()
{
    StoredImage image;
    image.row = {.id = ImageId::trusted("ami-0123456789abcdef0"),
                 .region = "us-east-1",
                 .name = "stored",
                 .architecture = std::string(text_of(Architecture::kArm64)),
                 .image_type = std::string(text_of(ImageType::kMachine)),
                 .root_device_name = "/dev/xvda",
                 .root_device_type = std::string(text_of(RootDeviceType::kEbs)),
                 .virtualization_type = std::string(text_of(VirtualizationType::kHvm)),
                 .hypervisor = std::string(text_of(Hypervisor::kXen)),
                 .boot_mode = std::string(text_of(BootMode::kUefi)),
                 .ena_support = true,
                 .platform_details = "Linux/UNIX",
                 .usage_operation = std::string(kPlainUsageOperation)};
    image.uefi_data = "QU1aTlVFRkk=";
    image.disks = {{.size_gib = 1, .description = "root", .tags = {{"of", "root"}}},
                   {.size_gib = 2}};
    image.mappings = {{.row = {.device_name = "/dev/xvda",
                               .volume_size_gib = 1,
                               .volume_type = "gp3",
                               .delete_on_termination = true},
                       .disk = 0},
                      {.row = {.device_name = "/dev/xvdb", .virtual_name = "ephemeral0"}},
                      {.row = {.device_name = "/dev/xvdc", .volume_size_gib = 2}, .disk = 1}};
    image.tags = {{"Name", "äh"}};
    return image;
}

std::string bytes_of(std::size_t length, std::uint32_t seed)
{
    std::mt19937 dice(seed);
    std::string text(length, '\0');
    for (auto& character : text) {
        character = static_cast<char>(dice());
    }
    return text;
}

class StoredImages : public ::testing::Test {
protected:
    StoredImages()
    {
        StoredImageWriter writer(std::make_unique<Written>(object_), sample());
        write(writer, 0, 0, random_);
        write(writer, 0, 512 * kMib, std::string(kMib, 'x'));
        write(writer, 0, 600 * kMib, std::string(kMib, '\0'));
        write(writer, 1, 4096, "behind" + std::string(506, '\0'));
        writer.finish();
    }

    static void write(StoredImageWriter& writer, std::size_t disk, std::uint64_t offset,
                      const std::string& text)
    {
        writer.write(disk, offset, std::as_bytes(std::span(text)));
    }

    static std::string read(const std::string& object)
    {
        StoredImageReader reader(std::make_unique<Read>(object));
        std::string all;
        while (const auto piece = reader.next()) {
            all += std::to_string(piece->disk) + "@" + std::to_string(piece->offset) + "+" +
                   std::to_string(piece->bytes.size()) + " ";
        }
        return all;
    }

    /// Why it is refused; empty when it is not.
    static std::string refusal(const std::string& object)
    {
        try {
            read(object);
        } catch (const ApiError& error) {
            EXPECT_EQ(error.code, "InvalidParameter");
            return error.what();
        }
        return {};
    }

    /// An object of this document and nothing else, its checksum right.
    static std::string of_document(const std::string& document)
    {
        std::string object = "AMILABST";
        for (const auto number : {std::uint32_t{1}, static_cast<std::uint32_t>(document.size())}) {
            object.append(reinterpret_cast<const char*>(&number), sizeof(number));
        }
        object += document;
        const auto sum = crc32c(std::as_bytes(std::span(object)));
        object.append(reinterpret_cast<const char*>(&sum), sizeof(sum));
        return object;
    }

    const std::string random_ = bytes_of(kMib, 7);
    std::string object_;
};

TEST_F(StoredImages, ComeBackAsTheyWere)
{
    StoredImageReader reader(std::make_unique<Read>(object_));
    const auto image = sample();
    const auto& found = reader.image();
    EXPECT_EQ(found.row.id, image.row.id);
    EXPECT_EQ(found.row.name, image.row.name);
    EXPECT_EQ(found.row.description, std::nullopt);
    EXPECT_EQ(found.row.boot_mode, image.row.boot_mode);
    EXPECT_TRUE(found.row.ena_support);
    EXPECT_EQ(found.uefi_data, image.uefi_data);
    EXPECT_EQ(found.disks, image.disks);
    EXPECT_EQ(found.tags, image.tags);
    ASSERT_EQ(found.mappings.size(), 3U);
    EXPECT_EQ(found.mappings[0].disk, 0U);
    EXPECT_EQ(found.mappings[1].disk, std::nullopt);
    EXPECT_EQ(found.mappings[1].row.virtual_name, "ephemeral0");
    EXPECT_EQ(found.mappings[2].disk, 1U);
    EXPECT_EQ(size_gib_of(found), 3);

    const auto piece = reader.next();
    ASSERT_TRUE(piece);
    EXPECT_TRUE(std::ranges::equal(piece->bytes, std::as_bytes(std::span(random_))));
}

TEST_F(StoredImages, HaveNeitherHolesNorZeros)
{
    EXPECT_EQ(read(object_), "0@0+1048576 0@536870912+1048576 1@4096+512 ");
    EXPECT_LT(object_.size(), random_.size() + 16 * 1024);
}

TEST_F(StoredImages, AreRefusedWhenAnyByteIsAnother)
{
    auto dice = test::seeded_random();
    for (int i = 0; i < 200; ++i) {
        auto damaged = object_;
        const auto at = dice() % damaged.size();
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << (dice() % 8)));
        EXPECT_NE(refusal(damaged), "") << "byte " << at;
    }
}

TEST_F(StoredImages, AreRefusedWhereverTheyBreakOffAndWhenTheyGoOn)
{
    auto dice = test::seeded_random();
    for (int i = 0; i < 100; ++i) {
        const auto length = dice() % object_.size();
        EXPECT_NE(refusal(object_.substr(0, length)), "") << length << " bytes";
    }
    EXPECT_THAT(refusal(object_ + "x"), HasSubstr("goes on behind its end"));
    EXPECT_THAT(refusal(""), HasSubstr("too short"));
    EXPECT_THAT(refusal("a disk, and nothing else"), HasSubstr("begins otherwise"));
}

TEST_F(StoredImages, AreRefusedWhenAPieceIsMissing)
{
    std::string without;
    StoredImageWriter writer(std::make_unique<Written>(without), sample());
    const auto start = without.size();
    write(writer, 0, 0, random_);
    const auto end = without.size();
    writer.finish();
    without.erase(start, end - start);
    EXPECT_THAT(refusal(without), HasSubstr("missing"));
}

TEST_F(StoredImages, AreRefusedWhenTheySayWhatNoImageIs)
{
    for (const auto* document : {"", "[]", "{", "{}", R"({"name": 1})"}) {
        EXPECT_NE(refusal(of_document(document)), "") << document;
    }
    std::string many = R"({"name":[0)";
    while (many.size() < 4'000'000) {
        many += ",[0]";
    }
    EXPECT_THAT(refusal(of_document(many + "]}")), HasSubstr("too much memory"));
    const auto document = to_document(sample());
    const auto with = [&](const std::string& from, const std::string& to) {
        auto changed = document;
        const auto place = changed.find(from);
        EXPECT_NE(place, std::string::npos) << from;
        return refusal(of_document(changed.replace(place, from.size(), to)));
    };
    EXPECT_THAT(with("arm64", "z80"), HasSubstr("no image is z80"));
    EXPECT_THAT(with("\"stored\"", "\"x\""), HasSubstr("name"));
    EXPECT_THAT(with("\"ebs\"", "\"instance-store\""), HasSubstr("root"));
    EXPECT_THAT(with("\"size\":1", "\"size\":0"), HasSubstr("0 GiB"));
    EXPECT_THAT(with("\"size\":1", "\"size\":65537"), HasSubstr("65537 GiB"));
    EXPECT_THAT(with("\"disk\":1", "\"disk\":2"), HasSubstr("no disk 2"));
    EXPECT_THAT(with(",\"disk\":0", ""), HasSubstr("root has no disk"));
    EXPECT_THAT(with("gp3", "gp9"), HasSubstr("gp9"));
    EXPECT_THAT(with("\"/dev/xvdc\"", "\"/dev/xvdb\""), HasSubstr("multiple times"));
    EXPECT_THAT(with("\"/dev/xvdc\"", "\"\""), HasSubstr("deviceName"));
    EXPECT_THAT(with("\"volumeSize\":2", "\"volumeSize\":1"), HasSubstr("has 1 GiB"));
    EXPECT_THAT(with("\"volumeSize\":2", "\"volumeSize\":65537"), HasSubstr("65537 GiB"));
    EXPECT_THAT(with("\"volumeSize\":2", "\"volumeSize\":2,\"iops\":-1"), HasSubstr("speed"));
    EXPECT_THAT(with("\"volumeSize\":2", "\"virtualName\":\"ephemeral1\""),
                HasSubstr("a disk and no volume"));
    EXPECT_THAT(with("\"Name\"", "\"aws:x\""), HasSubstr("aws:"));
    EXPECT_THAT(with("QU1aTlVFRkk=", "*"), HasSubstr("uefiData"));
    EXPECT_THAT(with("ami-0123456789abcdef0", "ami-x"), HasSubstr("imageId"));
}

TEST_F(StoredImages, AreRefusedWhenAPieceHasNoPlace)
{
    const auto refused = [](std::size_t disk, std::uint64_t offset) {
        std::string object;
        StoredImageWriter writer(std::make_unique<Written>(object), sample());
        write(writer, 1, 4096, std::string(512, 'x'));
        write(writer, disk, offset, std::string(512, 'y'));
        writer.finish();
        return refusal(object);
    };
    EXPECT_EQ(refused(1, 4608), "");
    EXPECT_THAT(refused(1, 4096), HasSubstr("no place"));
    EXPECT_THAT(refused(1, 4609), HasSubstr("no place"));
    EXPECT_THAT(refused(1, 2 * kGiB), HasSubstr("no place"));
    EXPECT_THAT(refused(0, 0), HasSubstr("no disk"));
    EXPECT_THAT(refused(2, 0), HasSubstr("no disk"));
}

}  // namespace
}  // namespace amilab::ec2
