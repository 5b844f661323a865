#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/images/catalogue_builder.h"

namespace amilab::ec2 {

/// The images of one file, in the form that `aws ec2 describe-images` prints: an object with
/// `Images` and, optionally, `Region`, or an array of such objects. docs/catalogue.md describes it.
/// Throws CatalogueError: one line that begins with `source` and says where and what.
std::vector<CatalogueImage> parse_catalogue(std::string_view json, std::string_view source,
                                            std::string_view default_region);

struct CatalogueFiles {
    std::optional<std::string> instead;  ///< of the built-in images
    std::vector<std::string> beside;
    std::string default_region;   ///< of objects that name none
    std::string default_account;  ///< whose tags those of public images are
    UnknownImages unknown_images;
};

/// Reads the files and builds a catalogue of them; without files the built-in one, for nothing.
/// Throws CatalogueError.
CatalogueOptions read_catalogue(const CatalogueFiles& files);

}  // namespace amilab::ec2
