#include "server/cli/volume_disk.h"

#include <fcntl.h>
#include <unistd.h>
#include <stdexcept>

#include "server/cli/descriptor.h"
#include "server/cli/extents_reader.h"
#include "server/cli/scratch.h"
#include "server/control/paths.h"
#include "server/labs/lab_error.h"

namespace amilab::cli {

namespace {

/// A disk in a file that goes with it.
class ScratchDisk : public labs::LabDisk {
public:
    ScratchDisk(std::unique_ptr<Scratch> scratch, const std::string& file)
        : scratch_(std::move(scratch)), file_(file)
    {
    }
    std::uint64_t size_bytes() const override { return file_.size_bytes(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        file_.read(offset, out);
    }
    std::uint64_t data_from(std::uint64_t offset) const override { return file_.data_from(offset); }

private:
    std::unique_ptr<Scratch> scratch_;
    labs::FileDisk file_;
};

}  // namespace

void write_extents(const std::string& name,
                   const std::function<void(const ControlClient::Sink&)>& send)
{
    const Descriptor file(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.number() < 0) {
        throw_errno("create", name);
    }
    ExtentsReader reader([&](std::uint64_t offset, std::span<const std::byte> bytes) {
        write_all(file.number(), offset, bytes, name);
    });
    send([&](std::span<const std::byte> bytes) { reader.take(bytes); });
    if (ftruncate(file.number(), static_cast<off_t>(reader.size_bytes())) != 0) {
        throw_errno("write", name);
    }
}

std::unique_ptr<labs::LabDisk> open_volume(const ServerEndpoint& endpoint,
                                           const std::optional<std::string>& token,
                                           const Place& place, const std::string& id)
{
    try {
        auto scratch = std::make_unique<Scratch>();
        const auto file = scratch->file("disk.raw");
        ControlClient control({.endpoint = endpoint.url(), .token = token});
        write_extents(file, [&](const ControlClient::Sink& sink) {
            control.download(std::string(kExportPath) + id, parameters_of(place),
                             control::kExtentsType, sink);
        });
        return std::make_unique<ScratchDisk>(std::move(scratch), file);
    } catch (const std::runtime_error& error) {
        throw labs::LookFault(error.what());
    }
}

}  // namespace amilab::cli
