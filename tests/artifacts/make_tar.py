"""tar archives in the ustar format (POSIX.1-1988), header by header."""


def octal(value, width):
    return b"%0*o\0" % (width - 1, value)


def header(name, size, kind=b"0", target=b"", checksum=None):
    name = name.encode() if isinstance(name, str) else name
    fields = [name.ljust(100, b"\0"), octal(0o644, 8), octal(0, 8), octal(0, 8), octal(size, 12), octal(0, 12),
              b" " * 8, kind, target.ljust(100, b"\0"), b"ustar\0" + b"00", bytes(32), bytes(32), octal(0, 8),
              octal(0, 8), bytes(155), bytes(12)]
    block = b"".join(fields)
    total = sum(block) if checksum is None else checksum
    return block[:148] + b"%06o\0 " % total + block[156:]


def write(members, checksum=None):
    """`members`: (name, content) or (name, content, fields of the header)."""
    out = b""
    for name, content, *fields in members:
        out += header(name, len(content), checksum=checksum, **(fields[0] if fields else {}))
        out += content + bytes(-len(content) % 512)
    return out + bytes(1024)
