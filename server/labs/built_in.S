/* What the program carries of labs: the API's model, docs/labs, a small disk. labs.cpp reads it. */
    .section .rodata

    .macro carried name, file
    .globl amilab_\name\()_begin
amilab_\name\()_begin:
    .incbin "\file"
    .globl amilab_\name\()_end
amilab_\name\()_end:
    .byte 0
    .endm

    carried api_model, "api_model"
    carried labs, "labs"
    carried lab_disk, "fixtures/labs/disk.extents"

    .section .note.GNU-stack, "", @progbits
