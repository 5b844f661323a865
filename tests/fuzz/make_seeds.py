#!/usr/bin/env python3
"""Writes what the fuzzers begin with: a folder for each, a file for each input.

usage: tests/fuzz/make_seeds.py GOLDEN_ANSWERS OUTPUT

Requests are those of the golden scenarios, one for each operation and set of parameters. What a
client says to the NBD server, and how layers' files are damaged, is put together here.
"""

import hashlib
import io
import pathlib
import re
import shutil
import struct
import sys
import tarfile
import urllib.parse
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golden"))

import short_form  # noqa: E402

# Requests that look the same after this are one.
VALUES = re.compile(r"=[^ &]*|\b[0-9a-f]{8,}\b|\d+")
MOST_OF_AN_OPERATION = 12
TARGETS = {"ssm": "AmazonSSM"}
VERSIONS = {"ec2": "2016-11-15", "iam": "2010-05-08", "sts": "2011-06-15"}
CREDENTIAL = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/{}/aws4_request, " \
             "SignedHeaders=host, Signature=00"


def calls(answers):
    """Service, operation and the line that sums the request up, of each recorded call."""
    for path in sorted(answers.glob("*.txt")):
        lines = short_form.expand(path.read_text(encoding="utf-8")).split("\n")
        for title, summary in zip(lines, lines[1:]):
            found = re.match(r"== \d+ (\w+) (\w+)( as .*)?$", title)
            if found:
                yield found[1], found[2], summary


def chosen(answers):
    """Of requests that differ in values alone the first."""
    seen = {}
    for service, operation, summary in calls(answers):
        kinds = seen.setdefault((service, operation), set())
        kind = VALUES.sub("", summary)
        if kind not in kinds and len(kinds) < MOST_OF_AN_OPERATION:
            kinds.add(kind)
            yield service, operation, summary


def form(service, operation, words):
    pairs = [("Action", operation), ("Version", VERSIONS[service])]
    pairs += [tuple(word.partition("=")[::2]) for word in words]
    body = urllib.parse.urlencode(pairs)
    return f"POST /\nAuthorization: {CREDENTIAL.format(service)}\n\n{body}"


def json_request(service, operation, method, path, words):
    """A JSON body stands last, from the first brace on; what comes before it are headers."""
    rest = " ".join(words)
    brace = rest.find("{") if not rest.startswith("{") else 0
    fields = (rest if brace < 0 else rest[:brace]).split()
    body = "" if brace < 0 else rest[brace:]
    headers = [f"{name}: {value}" for name, value in
               (field.split("=", 1) for field in fields if re.match(r"[\w-]+=", field))]
    if service in TARGETS:
        headers.append(f"X-Amz-Target: {TARGETS[service]}.{operation}")
    return "\n".join([f"{method} {path}", *headers, "", body])


def s3_request(summary):
    """Each header begins with a name and "="; values may have spaces."""
    method, path, *rest = summary.split(" ", 2)
    fields = re.split(r" (?=[A-Za-z][\w-]*=)", rest[0]) if rest else []
    headers = [field.replace("=", ": ", 1) for field in fields if "=" in field]
    return "\n".join([f"{method} {path}", *headers, "", ""])


def requests(answers):
    folders = {"ec2": "forms", "iam": "forms", "sts": "forms", "ssm": "json", "rbin": "json",
               "ebs": "ebs_direct", "s3": "s3_requests"}
    for service, operation, summary in chosen(answers):
        method, path, *words = summary.split(" ")
        if service == "s3":
            document = re.search(r" (<.*>)$", summary)
            if document:
                yield "s3_documents", document[1].encode()
                summary = summary[:document.start()]
            yield folders[service], s3_request(summary).encode()
            continue
        if service in VERSIONS:
            text = form(service, operation, words)
        else:
            text = json_request(service, operation, method, path, words)
        yield folders[service], text.encode()


def odd_requests():
    """What no scenario sends."""
    credential = "AKIAIOSFODNN7EXAMPLE%2F20260102%2Fus-east-1%2Fsts%2Faws4_request"
    action = "Action=GetCallerIdentity&Version=2011-06-15"
    yield "forms", f"GET /?{action}&X-Amz-Credential={credential}&X-Amz-Signature=0\n\n"
    yield "forms", f"POST /?{action}\n\nX-Amz-Credential={credential}&%E2%82%AC=%41+%2B"
    yield "forms", "POST /\nAuthorization: Basic eA==\n\nAction=RunInstances&Filter.1.Value.2=%00&=&a.b..1=x"
    yield "json", "POST /\nX-Amz-Target: AmazonSSM.PutParameter\n\n" \
        '{"Name":"a\\u0000\\ud83d\\ude00","Tags":[{"Key":null},[1e400,-0.5,true]],"Value":18446744073709551615}'
    yield "json", "GET /rules/%2F%00?maxResults=1&maxResults=2&%zz=1\n\n"
    yield "ebs_direct", "GET /snapshots/snap-0123456789abcdef0/blocks/0?blockToken=AAABAQ%3D%3D\n\n"


def odd_s3():
    """Requests by the name of the host and presigned, bodies in chunks, other documents."""
    scope = "AKIAIOSFODNN7EXAMPLE%2F20260102%2Fus-east-1%2Fs3%2Faws4_request"
    yield "s3_requests", b"GET /a%2Fb?x-id=GetObject\nHost: disks.s3.eu-west-1.localhost:4566\n" \
        b"Range: bytes=-5\nIf-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT\n\n"
    yield "s3_requests", f"PUT /disks/a?X-Amz-Credential={scope}&X-Amz-Date=20260102T030405Z" \
        "&X-Amz-Expires=60&X-Amz-Signature=0&x-amz-acl=private\nx-amz-tagging: a%20b=c&d\n\n".encode()
    yield "s3_requests", b"GET /disks/a?AWSAccessKeyId=x&Expires=1767323045&Signature=%2B\n\n"
    long = "2000;chunk-signature=00\r\n" + "x" * 8192
    for chunks in ("0\r\n\r\n", "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
                   f"{long}\r\n1\r\na\r\n0;chunk-signature=0\r\n", "1\r\na\r\n1\r\nb\r\n0\r\n\r\n",
                   "0\r\nx-amz-trailer-signature:0\r\n\r\n", "ffffffffffffffff\r\n", "3\nabc\n0\n\n"):
        yield "s3_chunks", chunks.encode()
    for document in ("<s:Delete xmlns:s='x'><s:Object><s:Key>a</s:Key></s:Object></s:Delete>",
                     "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'e'>]><Tagging><TagSet><Tag><Key>"
                     "&e;</Key><Value><![CDATA[ ]]></Value></Tag></TagSet></Tagging>",
                     "<Delete><Object><Key> </Key></Object><Quiet>1</Quiet></Delete>"):
        yield "s3_documents", document.encode()


def option(number, data=b""):
    return struct.pack(">8sII", b"IHAVEOPT", number, len(data)) + data


def name(text):
    return struct.pack(">I", len(text)) + text


def export(disk, infos=()):
    return name(disk) + struct.pack(f">H{len(infos)}H", len(infos), *infos)


def contexts(disk, *queries):
    return name(disk) + struct.pack(">I", len(queries)) + b"".join(map(name, queries))


def command(number, offset=0, length=0, payload=b"", flags=0, cookie=7):
    return struct.pack(">IHHQQI", 0x25609513, flags, number, cookie, offset, length) + payload


READ, WRITE, END, FLUSH, TRIM, ZERO, STATUS = 0, 1, 2, 3, 4, 6, 7
BLOCK = 65536
SIZE = 3 * BLOCK + 512


def command_lists():
    page = bytes(range(256)) * 2
    yield command(READ, 0, 1024) + command(READ, SIZE - 512, 512)
    yield command(WRITE, 512, 512, page) + command(READ, 0, 2048) + command(FLUSH)
    yield command(WRITE, BLOCK - 512, 1024, page * 2, flags=1) + command(READ, 0, SIZE, flags=4)
    yield command(TRIM, 0, SIZE) + command(STATUS, 0, SIZE) + command(STATUS, 0, 512, flags=8)
    yield command(ZERO, 512, BLOCK) + command(ZERO, 0, BLOCK, flags=2) + command(READ, 0, BLOCK)
    yield command(ZERO, 0, 512, flags=16) + command(ZERO, 0, 512, flags=18) + command(END)
    yield command(READ, SIZE, 512) + command(READ, 1, 512) + command(WRITE, SIZE, 512, page)
    yield command(WRITE, 511, 3, b"abc") + command(ZERO, BLOCK - 1, 3) + command(READ, 500, BLOCK)
    yield command(5) + command(READ, 0, 1 << 26) + command(FLUSH, 512) + command(READ)


def handshakes():
    flags = struct.pack(">I", 3)
    agree = option(8)
    for disk in (b"vol", b"snap", b"none"):
        commands = command(READ, 0, 512) + command(WRITE, 0, 512, b"x" * 512) + command(END)
        yield flags + option(7, export(disk)) + commands
        yield struct.pack(">I", 1) + option(1, disk) + commands
        yield flags + agree + option(10, contexts(disk, b"base:allocation")) \
            + option(7, export(disk, (1, 2, 3))) + command(STATUS, 0, SIZE) + commands
        yield flags + agree + option(9, contexts(disk)) + option(9, contexts(disk, b"base:", b"x")) \
            + option(6, export(disk, (3,))) + option(2)
    yield flags + option(3) + option(3, b"x") + option(99) + option(8, b"x") + option(2)
    yield flags + option(7, name(b"x" * 4097)) + option(6, b"") + option(10, contexts(b"vol"))
    yield struct.pack(">I", 7)


def damage(file, action, behind, data=b""):
    return struct.pack("<BBH", file, action, behind) + data


def written(file, place, behind, data):
    return damage(file, place, behind, bytes([len(data)]) + data)


def damages():
    """For both kinds of file: see LayerWorld."""
    yield b""
    for flags in (0, 1, 2, 3):
        for file in range(4):
            changes = [written(file, 0, at, b"\2") for at in (0, 8, 12, 16, 24, 28, 32, 40, 104, 112, 200)]
            changes += [written(file, 1, at, data) for at in (0, 1, 250) for data in (b"\x0c", b"\1", b"\2")]
            changes += [written(file, place, at, b"\7\0\0\0") for place in (2, 3) for at in (0, 4, 8)]
            changes += [damage(file, 5, 100, bytes([place])) for place in range(5)]
            changes += [damage(file, 6, 0), damage(file, 7, 1)]
            yield from (bytes([flags]) + change for change in changes)


def vhd_part(layout, *fields, size, checksum):
    part = bytearray(struct.pack(layout, *fields).ljust(size, b"\0"))
    part[checksum:checksum + 4] = struct.pack(">I", ~sum(part) & 0xFFFFFFFF)
    return bytes(part)


def vhd_footer(size, kind, header):
    return vhd_part(">8sIIQIIIIQQII", b"conectix", 2, 0x10000, header, 0, 0, 0, 0, size, size, 0,
                    kind, size=512, checksum=64)


def vhds():
    """A fixed one, and a dynamic one of two blocks of 4 KiB, of which one is there."""
    yield b"boot".ljust(1024, b"\0") + vhd_footer(1024, 2, (1 << 64) - 1)
    footer = vhd_footer(8192, 3, 512)
    header = vhd_part(">8sQQIII", b"cxsparse", (1 << 64) - 1, 1536, 0x10000, 2, 4096, size=1024,
                      checksum=36)
    table = struct.pack(">II", 4, 0xFFFFFFFF).ljust(512, b"\xff")
    yield footer + header + table + b"\xff".ljust(512, b"\0") + b"boot".ljust(4096, b"\0") + footer


def vmdk_header(directory, version=3, flags=0x30001, packed=1):
    header = struct.pack("<4sIIQQQQIQQQB4sH", b"KDMV", version, flags, 32, 16, 1, 1, 512, 0,
                         directory, 0, 0, b"\n \r\n", packed)
    return header.ljust(512, b"\0")


def vmdks():
    """Two grains of 8 KiB, of which one is there; the directory before them, or at the end, or
    grains that are not packed."""
    text = b'# Disk DescriptorFile\nparentCID=ffffffff\ncreateType="streamOptimized"\n' \
           b'RW 32 SPARSE "d"\n'
    packed = zlib.compress(b"boot".ljust(8192, b"\0"))
    grain = (struct.pack("<QI", 0, len(packed)) + packed).ljust(512, b"\0")
    rest = text.ljust(512, b"\0") + grain + struct.pack("<I", 2).ljust(2048, b"\0") \
        + struct.pack("<I", 3).ljust(512, b"\0")
    yield vmdk_header(7) + rest
    yield vmdk_header((1 << 64) - 1) + rest + vmdk_header(7) + bytes(512)
    text = text.replace(b"streamOptimized", b"monolithicSparse")
    yield vmdk_header(2, 1, 1, 0) + text.ljust(512, b"\0") \
        + struct.pack("<I", 3).ljust(512, b"\0") + struct.pack("<I", 7).ljust(2048, b"\0") \
        + b"boot".ljust(8192, b"\0")


def save_change(action, frame, *data):
    return bytes((action, frame, *data))


def save_damages():
    """See saves.cpp: the first four frames are rows, behind them are a layer's four, the next one's
    two, an empty one's end, an object's two, and an empty one's end."""
    frames = 14
    yield b"\0"
    for frame in range(frames):
        yield b"\0" + save_change(0, frame)
        yield b"\0" + save_change(1, frame, frame + 1)
        yield b"\0" + save_change(2, frame, (frame + 1) % frames)
        for kind in (*range(1, 9), 99):
            yield b"\0" + save_change(3, frame, kind)
        yield b"\0" + save_change(4, frame, 2)
        yield b"\0" + save_change(5, frame, 1, 0, 2)
        yield b"\0" + save_change(6, frame, 1, 2)
    for place in range(0, 600, 24):
        yield b"\0" + save_change(7, 0, *place.to_bytes(2, "little"), 0xFF)
    yield b"\2" + struct.pack("<HHB", 7, 0, 0)
    yield b"\2" + struct.pack("<HHB", 0, 300, 1)
    yield b"\1" + struct.pack("<8sIIq32sI", b"AMILABSV", 1, 1, 0, b"0.1.0", 0)
    yield b"\1no save"


def stored_image_damages():
    """See stored_images.cpp."""
    yield b"\4"
    for flags in (b"\0", b"\4"):
        for place in (0, 8, 12, 16, 40, 400, 900, 1000):
            for gone, come in ((0, b"x"), (1, b""), (4, b"\xff\xff\xff\xff"), (255, b"")):
                yield flags + struct.pack("<HBB", place, gone, len(come)) + come
    image = '"name":"abc","architecture":"x86_64","imageType":"machine","rootDeviceType":"ebs",' \
        '"rootDeviceName":"/dev/sda1","virtualizationType":"hvm","hypervisor":"xen","enaSupport":true,' \
        '"platformDetails":"Linux/UNIX","usageOperation":"RunInstances","region":"us-east-1",' \
        '"imageId":"ami-12345678","tags":[{"key":"a","value":"b"}],"disks":[%s],"mappings":[%s]'
    disk = '{"size":1,"description":"","tags":[]}'
    mapping = '{"deviceName":"/dev/sda1","noDevice":false,"disk":%s,"volumeSize":8,"volumeType":"gp3"}'
    for content in (image % (f"{disk},{disk}", f"{mapping % 0},{mapping.replace('a1', 'b') % 1}"),
                    image % (disk, f"{mapping % 0},{mapping % 0}"), image % (disk, mapping % 7),
                    image % ("", ""), image % (disk.replace("1", "-1"), mapping % 0),
                    image % (disk.replace('""', "null"), mapping % "null"), '"name":{}'):
        yield b"\6" + ("{" + content + "}").encode()
    yield b"\6" + b"[" * 40


def ovas():
    """A descriptor and two disks in VMDK, in each form of tar, with a manifest and without."""
    first, second, *_ = vmdks()
    descriptor = (
        b'<Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>'
        b'<File ovf:href="1.vmdk" ovf:id="1"/><File ovf:href="2.vmdk" ovf:id="2"/></References>'
        b'<DiskSection><Disk ovf:fileRef="1" ovf:format="vmdk"/>'
        b'<Disk ovf:fileRef="2" ovf:format="vmdk"/></DiskSection><VirtualSystem/></Envelope>')
    files = {"vm.ovf": descriptor, "1.vmdk": first, "2.vmdk": second}
    manifest = "".join(f"SHA{bits}({name})= {hashlib.new(f'sha{bits}', content).hexdigest()}\n"
                       for bits, (name, content) in zip((1, 256, 512), files.items()))
    for form, name in ((tarfile.USTAR_FORMAT, "n"), (tarfile.GNU_FORMAT, 120 * "n"),
                       (tarfile.PAX_FORMAT, 120 * "n")):
        for more in ({name: b""}, {name: b"", "vm.mf": manifest.encode()}):
            file = io.BytesIO()
            with tarfile.open(fileobj=file, mode="w", format=form) as archive:
                for path, content in (files | more).items():
                    member = tarfile.TarInfo(path)
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
            yield file.getvalue()


def everything(answers):
    yield from requests(answers)
    for target, text in odd_requests():
        yield target, text.encode()
    yield from odd_s3()
    for said in handshakes():
        yield "nbd_handshake", said
    for said in command_lists():
        for agreed in range(8):
            yield "nbd_commands", bytes([agreed]) + said
    for how in damages():
        yield "block_maps", how
        yield "layer_indexes", how
    for image in (*vhds(), *vmdks(), *ovas()):
        yield "disk_images", image
    for how in save_damages():
        yield "saves", how
    for how in stored_image_damages():
        yield "stored_images", how


def main():
    answers, output = map(pathlib.Path, sys.argv[1:])
    for target, content in everything(answers):
        folder = output / target
        if folder not in main.cleared:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            main.cleared.add(folder)
        (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


main.cleared = set()

if __name__ == "__main__":
    main()
