#include "server/services/s3/documents.h"

#include <algorithm>

#include "server/services/s3/access.h"
#include "server/services/s3/checksums.h"

namespace amilab::s3 {

pugi::xml_node begin_document(pugi::xml_document& document, const char* root)
{
    auto element = document.append_child(root);
    element.append_attribute("xmlns").set_value("http://s3.amazonaws.com/doc/2006-03-01/");
    return element;
}

wire::Rendered to_rendered(const pugi::xml_document& document)
{
    return {.body = wire::to_text(document)};
}

void append_owner(pugi::xml_node to, const char* name, std::string_view account)
{
    wire::append(to.append_child(name), "ID", canonical_id(account));
}

void append_checksum(pugi::xml_node to, const ObjectRow& object)
{
    if (object.checksum_algorithm && object.checksum) {
        wire::append(to, element_of(*object.checksum_algorithm), *object.checksum);
        wire::append(to, "ChecksumType",
                     text_of(object.checksum_type.value_or(ChecksumType::kFullObject)));
    }
}

void append_time(pugi::xml_node to, const char* name, TimeMs time_ms)
{
    wire::append(to, name, Timestamp{time_ms});
}

}  // namespace amilab::s3
