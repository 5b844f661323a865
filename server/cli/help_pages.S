/* The pages of docs/ that `amilab help PAGE` prints, put into the binary. help_pages.cpp reads them. */
    .section .rodata

    .macro page name, file
    .globl amilab_\name\()_page_begin
amilab_\name\()_page_begin:
    .incbin "\file"
    .globl amilab_\name\()_page_end
amilab_\name\()_page_end:
    .byte 0
    .endm

    page catalogue, "docs/catalogue.md"
    page control, "docs/control.md"
    page coverage, "docs/coverage.md"
    page fidelity, "docs/fidelity.md"
    page nbd, "docs/nbd.md"

    .section .note.GNU-stack, "", @progbits
