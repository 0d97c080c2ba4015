"""Which partition a key of a raw topic lies in: Kafka's own choice for keyed records."""

import struct

MASK = 0xFFFFFFFF
SEED, MULTIPLIER = 0x9747B28C, 0x5BD1E995


def murmur2(data: bytes) -> int:
    """Kafka's hash, without its sign (https://kafka.apache.org: `Utils.murmur2`, then `toPositive`)."""
    value = (SEED ^ len(data)) & MASK
    whole = len(data) - len(data) % 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        mixed = (word * MULTIPLIER) & MASK
        mixed = ((mixed ^ mixed >> 24) * MULTIPLIER) & MASK
        value = ((value * MULTIPLIER) & MASK) ^ mixed
    if rest := data[whole:]:
        value = ((value ^ int.from_bytes(rest, "little")) * MULTIPLIER) & MASK
    value = ((value ^ value >> 13) * MULTIPLIER) & MASK
    return (value ^ value >> 15) & 0x7FFFFFFF


def key(schema: int, identity: str) -> bytes:
    """The record {id} in Confluent's wire format: a zero byte, the schema's id, a length as zig-zag varint, the text."""
    text = identity.encode()
    length, number = bytearray(), len(text) << 1
    while number > 0x7F:
        length.append(number & 0x7F | 0x80)
        number >>= 7
    length.append(number)
    return b"\0" + struct.pack(">I", schema) + bytes(length) + text
