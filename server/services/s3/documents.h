#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "server/wire/types.h"
#include "server/wire/xml.h"
#include "storage/base/clock.h"
#include "storage/metadata/s3/object_rows.h"

/// Documents in bodies, of requests and answers.
namespace amilab::s3 {

/// A document with that root, in S3's namespace.
pugi::xml_node begin_document(pugi::xml_document& document, const char* root);
wire::Rendered to_rendered(const pugi::xml_document& document);
/// The element Owner, or of another name, of an account.
void append_owner(pugi::xml_node to, const char* name, std::string_view account);
/// The elements of an object's checksum, where it has one.
void append_checksum(pugi::xml_node to, const ObjectRow& object);
/// "2026-01-02T03:04:05.000Z"
void append_time(pugi::xml_node to, const char* name, TimeMs time_ms);

}  // namespace amilab::s3
