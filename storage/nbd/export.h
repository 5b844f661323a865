#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/nbd/disk.h"

/// What the protocol asks of whoever has the disks.
namespace amilab::nbd {

/// What a client hears of an export before it opens it.
struct ExportInfo {
    std::string name;
    std::uint64_t size_bytes = 0;
    bool is_read_only = false;

    std::string description() const;
};

/// What one client has open, from its handshake to its end. Safe from any thread.
class Export {
public:
    Export() = default;
    virtual ~Export() = default;
    Export(const Export&) = delete;
    Export& operator=(const Export&) = delete;

    virtual const ExportInfo& info() const = 0;
    /// Null once the volume or snapshot is deleted. Requests under way hold it, and its layers go
    /// with the last.
    virtual std::shared_ptr<const Disk> disk() const = 0;
    /// To be called before bytes are written that were not there before. Throws StorageError
    /// (EDQUOT) when whoever the disk belongs to may hold no more. `length` is not 0.
    virtual void take_room(std::uint64_t /*offset*/, std::uint64_t /*length*/) {}
    /// Whether what is not flushed is lost with the machine's power.
    virtual bool needs_flushes() const = 0;
};

/// Disks by name. Safe from any thread. Throws StorageError.
class Exports {
public:
    Exports() = default;
    virtual ~Exports() = default;
    Exports(const Exports&) = delete;
    Exports& operator=(const Exports&) = delete;

    /// Why there is no such export, in a sentence.
    using Refusal = std::string;

    virtual std::variant<ExportInfo, Refusal> find(std::string_view name) = 0;
    /// `disconnect` is called, from any thread, when the client must go.
    virtual std::variant<std::shared_ptr<Export>, Refusal> open(
        const std::string& name, std::function<void()> disconnect) = 0;
    /// At most `kPage` names behind `after`, in order.
    static constexpr std::int64_t kPage = 1000;
    virtual std::vector<std::string> list(std::string_view after) = 0;
};

}  // namespace amilab::nbd
