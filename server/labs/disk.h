#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

/// Disks that checks look into.
namespace amilab::labs {

/// Bytes that can be read anywhere. One thread.
class LabDisk {
public:
    LabDisk() = default;
    virtual ~LabDisk() = default;
    LabDisk(const LabDisk&) = delete;
    LabDisk& operator=(const LabDisk&) = delete;

    virtual std::uint64_t size_bytes() const = 0;
    /// Fills `out`; what lies behind the end reads as zeros. Throws LookFault.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;
    /// The first offset from `offset` on that may hold something else than zeros; the disk's size
    /// when none does.
    virtual std::uint64_t data_from(std::uint64_t offset) const = 0;
};

/// A file with a disk's raw bytes, which may have holes.
class FileDisk : public LabDisk {
public:
    /// Throws LookFault when the file cannot be opened.
    explicit FileDisk(const std::string& name);
    ~FileDisk() override;

    std::uint64_t size_bytes() const override { return size_bytes_; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    std::uint64_t data_from(std::uint64_t offset) const override;

private:
    std::string name_;
    int file_;
    std::uint64_t size_bytes_ = 0;
};

}  // namespace amilab::labs
