#include "server/services/ec2/images/image_manifests.h"

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <boost/algorithm/string/predicate.hpp>
#include <pugixml.hpp>

#include "server/calls/secrets.h"
#include "server/services/ec2/common/openssl.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/images/errors.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_words.h"

namespace amilab::ec2 {

namespace {

constexpr std::uint64_t kMostManifestBytes = std::uint64_t{1} << 20U;
// Source: the root of such an image has 10 GiB at most (documented).
constexpr std::uint64_t kMostBundledBytes = 10 * kGiB;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

void require(bool done)
{
    if (!done) {
        throw std::runtime_error("OpenSSL makes no SHA-1");
    }
}

std::optional<std::string> text_at(const pugi::xml_node& node, const char* path)
{
    std::string text = node.select_node(path).node().text().get();
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// Of a tree whose nodes are freed one within the other: a stack has no room for all that a
/// manifest may hold.
struct Shallow final : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node& /*node*/) override
    {
        constexpr int kMostDepth = 32;
        return depth() < kMostDepth;
    }
};

BundlePart parse_part(const pugi::xml_node& node, std::string_view location)
{
    BundlePart part{text_at(node, "filename").value_or(""), text_at(node, "digest").value_or("")};
    const bool is_beside = !part.name.empty() && part.name.find('/') == std::string::npos;
    const auto algorithm = std::string_view(node.child("digest").attribute("algorithm").value());
    if (!is_beside || algorithm != "SHA1") {
        throw invalid_manifest(location);
    }
    return part;
}

/// "bucket/path" as it is split.
struct Location {
    std::string_view bucket;
    std::string_view key;

    explicit Location(std::string_view text)
        : bucket(text.substr(0, text.find('/'))), key(text.substr(text.find('/') + 1))
    {
    }
    /// The key of an object beside the manifest.
    std::string beside(const std::string& name) const
    {
        const auto folder = key.rfind('/');
        return folder == std::string_view::npos ? name
                                                : std::string(key.substr(0, folder + 1)) + name;
    }
};

std::unique_ptr<ObjectBytes> open(ByteSession& session, const Location& location,
                                  std::string_view key, std::string_view whole)
{
    std::unique_ptr<ObjectBytes> bytes;
    try {
        session.read([&](Session& rows) { bytes = open_task_object(rows, location.bucket, key); });
    } catch (const ApiError&) {
        // Source: "or you may not have access to the location" (documented of the code).
        throw invalid_manifest(whole);
    }
    return bytes;
}

std::string sha1_of(ObjectBytes& object)
{
    Sha1 digest;
    std::vector<std::byte> buffer(kPieceBytes);
    for (std::uint64_t at = 0; at < object.size_bytes(); at += kPieceBytes) {
        const auto piece = std::span(buffer).first(static_cast<std::size_t>(
            std::min<std::uint64_t>(object.size_bytes() - at, kPieceBytes)));
        object.read(at, piece);
        digest.add(piece);
    }
    return digest.hex();
}

}  // namespace

struct Sha1::State {
    std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
};

Sha1::Sha1() : state_(std::make_unique<State>())
{
    require(state_->context && EVP_DigestInit_ex(state_->context.get(), EVP_sha1(), nullptr) == 1);
}

Sha1::~Sha1() = default;
Sha1::Sha1(Sha1&&) noexcept = default;
Sha1& Sha1::operator=(Sha1&&) noexcept = default;

void Sha1::add(std::span<const std::byte> bytes)
{
    require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha1::hex()
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int length = 0;
    require(EVP_DigestFinal_ex(state_->context.get(),
                               reinterpret_cast<unsigned char*>(digest.data()), &length) == 1);
    digest.resize(length);
    return to_hex(digest);
}

ImageManifest parse_image_manifest(std::string_view text, std::string_view location)
{
    pugi::xml_document document;
    Shallow shallow;
    const bool is_read =
        document.load_buffer(text.data(), text.size()) && document.traverse(shallow);
    const auto root = is_read ? document.child("manifest") : pugi::xml_node();
    const auto image = root.child("image");
    const auto machine = root.child("machine_configuration");
    ImageManifest manifest;
    manifest.text = text;
    manifest.architecture = text_at(machine, "architecture").value_or("");
    manifest.kernel_id = text_at(machine, "kernel_id");
    manifest.ramdisk_id = text_at(machine, "ramdisk_id");
    manifest.bundled_bytes = image.child("bundled_size").text().as_ullong();
    for (const auto& part : image.child("parts").children("part")) {
        manifest.parts.push_back(parse_part(part, location));
    }
    const auto count = image.child("parts").attribute("count").as_ullong();
    if (!find_word<Architecture>(manifest.architecture) || manifest.parts.empty() ||
        manifest.parts.size() != count || manifest.bundled_bytes == 0 ||
        manifest.bundled_bytes > kMostBundledBytes) {
        throw invalid_manifest(location);
    }
    return manifest;
}

ImageManifest read_manifest_alone(ByteSession& session, std::string_view whole)
{
    const Location location(whole);
    const auto object = open(session, location, location.key, whole);
    if (object->size_bytes() > kMostManifestBytes) {
        throw invalid_manifest(whole);
    }
    std::string text(static_cast<std::size_t>(object->size_bytes()), '\0');
    object->read(0, std::as_writable_bytes(std::span(text)));
    return parse_image_manifest(text, whole);
}

ImageManifest read_image_manifest(ByteSession& session, std::string_view whole)
{
    const Location location(whole);
    auto manifest = read_manifest_alone(session, whole);
    std::uint64_t bundled_bytes = 0;
    for (const auto& part : manifest.parts) {
        const auto bytes = open(session, location, location.beside(part.name), whole);
        bundled_bytes += bytes->size_bytes();
        if (bundled_bytes > manifest.bundled_bytes ||
            !boost::algorithm::iequals(sha1_of(*bytes), part.digest)) {
            throw invalid_manifest(whole);
        }
    }
    if (bundled_bytes != manifest.bundled_bytes) {
        throw invalid_manifest(whole);
    }
    return manifest;
}

std::unique_ptr<ObjectBytes> open_beside_manifest(ByteSession& session, std::string_view whole,
                                                  const std::string& name)
{
    const Location location(whole);
    return open(session, location, location.beside(name), whole);
}

std::string manifest_with_parts(const ImageManifest& manifest, std::span<const BundlePart> parts)
{
    pugi::xml_document document;
    document.load_buffer(manifest.text.data(), manifest.text.size());
    auto root = document.child("manifest");
    root.remove_child("signature");
    auto list = root.child("image").child("parts");
    list.remove_children();
    list.attribute("count").set_value(static_cast<unsigned long long>(parts.size()));
    int index = 0;
    for (const auto& part : parts) {
        auto node = list.append_child("part");
        node.append_attribute("index") = index++;
        node.append_child("filename").text().set(part.name.c_str());
        auto digest = node.append_child("digest");
        digest.append_attribute("algorithm") = "SHA1";
        digest.text().set(part.digest.c_str());
    }
    std::ostringstream text;
    document.save(text, "");
    return text.str();
}

}  // namespace amilab::ec2
