#include "server/cli/help_pages.h"

#include <array>

// help_pages.S has them.
extern "C" {
extern const char amilab_catalogue_page_begin[];
extern const char amilab_catalogue_page_end[];
extern const char amilab_control_page_begin[];
extern const char amilab_control_page_end[];
extern const char amilab_coverage_page_begin[];
extern const char amilab_coverage_page_end[];
extern const char amilab_fidelity_page_begin[];
extern const char amilab_fidelity_page_end[];
extern const char amilab_nbd_page_begin[];
extern const char amilab_nbd_page_end[];
}

namespace amilab::cli {

std::span<const HelpPage> help_pages()
{
    static const std::array<HelpPage, 5> pages = {{
        {"catalogue",
         "the public images, a catalogue of your own, unknown images",
         {amilab_catalogue_page_begin, amilab_catalogue_page_end}},
        {"control",
         "the control API: clock, delays, accounts, the log, ...",
         {amilab_control_page_begin, amilab_control_page_end}},
        {"coverage",
         "which operations and parameters there are",
         {amilab_coverage_page_begin, amilab_coverage_page_end}},
        {"fidelity",
         "which behaviour is documented, observed or assumed",
         {amilab_fidelity_page_begin, amilab_fidelity_page_end}},
        {"nbd",
         "volumes and snapshots as network block devices",
         {amilab_nbd_page_begin, amilab_nbd_page_end}},
    }};
    return pages;
}

}  // namespace amilab::cli
