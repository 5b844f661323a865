/* The catalogue's bytes, put into the binary as they are; storage/metadata/catalogue.cpp reads them. */
    .section .rodata
    .balign 4096
    .globl amilab_catalogue_begin
    .type amilab_catalogue_begin, @object
amilab_catalogue_begin:
    .incbin "catalogue.sqlite"
    .size amilab_catalogue_begin, . - amilab_catalogue_begin
    .globl amilab_catalogue_end
amilab_catalogue_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
