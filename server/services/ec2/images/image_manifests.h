#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/byte_session.h"
#include "server/calls/object_store.h"
#include "server/wire/ec2/images/images.h"

/// Images whose root is on the instance store: bundles in S3, told of by a manifest in XML.
/// Source: what the AMI tools write (observed).
namespace amilab::ec2 {

/// SHA-1 of bytes that come in pieces. Used by one thread at a time. Throws std::runtime_error
/// where OpenSSL fails.
class Sha1 {
public:
    Sha1();
    ~Sha1();
    Sha1(Sha1&&) noexcept;
    Sha1& operator=(Sha1&&) noexcept;

    void add(std::span<const std::byte> bytes);
    /// In hex digits; once, at the end.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A piece of the bundle; its object lies beside the manifest.
struct BundlePart {
    std::string name{};
    /// SHA-1, in hex digits.
    std::string digest{};
};

struct ImageManifest {
    std::string architecture{};
    std::optional<std::string> kernel_id{};
    std::optional<std::string> ramdisk_id{};
    /// Of all parts.
    std::uint64_t bundled_bytes = 0;
    std::vector<BundlePart> parts{};
    /// All of it.
    std::string text{};
};

/// Throws InvalidManifest, naming the location.
ImageManifest parse_image_manifest(std::string_view text, std::string_view location);

/// The manifest at "bucket/path", without a look at its parts. Throws InvalidManifest, naming the
/// location.
ImageManifest read_manifest_alone(ByteSession& session, std::string_view location);

/// The manifest at "bucket/path", whose parts are there and as it says. Reads all of them. Throws
/// InvalidManifest, naming the location.
ImageManifest read_image_manifest(ByteSession& session, std::string_view location);

/// An object beside the manifest at that location. Throws InvalidManifest, naming the location.
std::unique_ptr<ObjectBytes> open_beside_manifest(ByteSession& session, std::string_view location,
                                                  const std::string& name);

/// The manifest with these parts instead of its own, and without the signature that it had.
std::string manifest_with_parts(const ImageManifest& manifest, std::span<const BundlePart> parts);

}  // namespace amilab::ec2
