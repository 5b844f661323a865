/* Databases put into the binary, the catalogue as it is. catalogue.cpp and connection.cpp read them. */
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

    .balign 4096
    .globl amilab_empty_database_begin
    .type amilab_empty_database_begin, @object
amilab_empty_database_begin:
    .incbin "empty_database"
    .size amilab_empty_database_begin, . - amilab_empty_database_begin
    .globl amilab_empty_database_end
amilab_empty_database_end:
    .byte 0

    .section .note.GNU-stack, "", @progbits
