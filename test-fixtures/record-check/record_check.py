#!/usr/bin/env python3
"""A second implementation of docs/record.md, in Python's standard library alone.

It shares no code with the first: SM3, HMAC, SM2, the canonical form, the chain, the Merkle tree and the signed documents
are written out here from the page. Usage:

    record_check.py vectors.json            recomputes every expected value of the file; exit code 1 when one differs
    record_check.py --fill vectors.json     prints the file with every expected value computed from its inputs
    record_check.py --batch batch.json      checks an uploaded batch and its acknowledgement: {previous, terminalKey, hostKey,
                                            batch: {seal, signature, records}, acknowledgement?}
"""

import json
import re
import sys
from datetime import date

# --- SM3 (GB/T 32905) ---------------------------------------------------------------------------------------------------

WORD = 0xFFFFFFFF
SM3_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def rotate(word, bits):
    bits %= 32
    return ((word << bits) | (word >> (32 - bits))) & WORD


def sm3_block(state, block):
    w = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)
        w.append(x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        t = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = rotate((rotate(a, 12) + e + rotate(t, j)) & WORD, 7)
        ss2 = ss1 ^ rotate(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & WORD & g)
        tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & WORD
        tt2 = (gg + h + ss1 + w[j]) & WORD
        a, b, c, d = tt1, a, rotate(b, 9), c
        e, f, g, h = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17), e, rotate(f, 19), g
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h)))


def sm3(message):
    padded = message + b"\x80" + b"\x00" * ((55 - len(message)) % 64) + (8 * len(message)).to_bytes(8, "big")
    state = SM3_START
    for at in range(0, len(padded), 64):
        state = sm3_block(state, padded[at : at + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def hmac_sm3(key, message):
    key = (sm3(key) if len(key) > 64 else key).ljust(64, b"\x00")
    inner = sm3(bytes(byte ^ 0x36 for byte in key) + message)
    return sm3(bytes(byte ^ 0x5C for byte in key) + inner)


# --- SM2 signatures (GB/T 32918.2, curve of GB/T 32918.5) -----------------------------------------------------------------

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SIGNER = b"1234567812345678"


def double(point):
    """Points are (X, Y, Z) for the affine X/Z², Y/Z³: one inversion for a whole multiple. Nothing at all is a point with Z = 0."""
    x, y, z = point
    four = 4 * x * y * y % P
    slope = (3 * x * x + A * pow(z, 4, P)) % P
    new = (slope * slope - 2 * four) % P
    return new, (slope * (four - new) - 8 * pow(y, 4, P)) % P, 2 * y * z % P


def add(p, q):
    if p[2] == 0 or q[2] == 0:
        return q if p[2] == 0 else p
    (px, py, pz), (qx, qy, qz) = p, q
    pzz, qzz = pz * pz % P, qz * qz % P
    u, s = px * qzz % P, py * qzz * qz % P
    h, r = (qx * pzz - u) % P, (qy * pzz * pz - s) % P
    if h == 0:
        return double(p) if r == 0 else (1, 1, 0)
    hh = h * h % P
    hhh, v = h * hh % P, u * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s * hhh) % P, pz * qz * h % P


def times(factor, point):
    total = (1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point = double(point)
        factor >>= 1
    return total


def affine(point):
    x, y, z = point
    inverse = pow(z, -1, P)
    return x * inverse * inverse % P, y * pow(inverse, 3, P) % P


def big(number):
    return number.to_bytes(32, "big")


def public_key(private):
    x, y = affine(times(int.from_bytes(private, "big"), (*G, 1)))
    return big(x) + big(y)


def digest(public, message):
    entl = (8 * len(SIGNER)).to_bytes(2, "big")
    za = sm3(entl + SIGNER + b"".join(map(big, (A, B, *G))) + public)
    return int.from_bytes(sm3(za + message), "big")


def sign(private, message):
    """Deterministic, so that the vectors can be printed twice; a real signer takes a random k."""
    d, e = int.from_bytes(private, "big"), digest(public_key(private), message)
    k = int.from_bytes(sm3(b"k" + private + message), "big") % N
    r = (e + affine(times(k, (*G, 1)))[0]) % N
    s = pow(1 + d, -1, N) * (k - r * d) % N
    assert 0 < r and 0 < s and r + k != N
    return big(r) + big(s)


def verify(public, message, signature):
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    on_curve = (y * y - x * x * x - A * x - B) % P == 0
    if len(public) != 64 or len(signature) != 64 or not on_curve or not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    point = add(times(s, (*G, 1)), times((r + s) % N, (x, y, 1)))
    return point[2] != 0 and (digest(public, message) + affine(point)[0] - r) % N == 0


# --- values in lines ------------------------------------------------------------------------------------------------------


class Malformed(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Malformed(what)


PLAIN = frozenset(range(0x20, 0x7F)) - {ord("%")}
PLAIN_IN_LISTS = PLAIN - {ord(","), ord(":")}


def escape(text, plain=PLAIN):
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode("utf-8"))


def unescape(line, plain=PLAIN):
    raw = re.sub(rb"%([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), line.encode("ascii"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error
    need(escape(text, plain) == line, "not escaped as it must be")
    return text


def a_text(line):
    need(1 <= len(line) <= 512, "length of a text")
    return unescape(line)


def path(line):
    need(line.startswith("/"), "a path")
    return a_text(line)


def pattern(expression):
    def read(line):
        need(re.fullmatch(expression, line), expression)
        return line

    return read


def hex_of(least, most=None):
    return pattern(f"(?:[0-9A-F]{{2}}){{{least},{most or least}}}")


def word(*words):
    return pattern("|".join(words))


def number(least, most=2**53 - 1):
    def read(line):
        need(re.fullmatch("0|[1-9][0-9]*", line) and least <= int(line) <= most, "a number")
        return int(line)

    return read


def flag(line):
    need(line in ("true", "false"), "true or false")
    return line == "true"


def time(line):
    found = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", line, re.ASCII
    )
    need(found and int(found[1]) >= 1970, "a time")
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise Malformed("no such day") from error
    return line


def verdict(item):
    parts = item.split(":")
    need(len(parts) in (2, 3) and parts[1] == ("accepted", "disputed")[len(parts) - 2], "a verdict")
    read = {"sequence": number(1)(parts[0]), "verdict": parts[1]}
    if len(parts) == 3:
        need(parts[2] != "", "a reason")
        read["reason"] = unescape(parts[2], PLAIN_IN_LISTS)
    return read


def write_verdict(value):
    reason = [escape(value["reason"], PLAIN_IN_LISTS)] if "reason" in value else []
    return ":".join([str(value["sequence"]), value["verdict"], *reason])


def debt(item):
    parts = item.split(":")
    need(len(parts) == 3, "a debt")
    token, name, amount = parts
    id_of = pattern("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
    return {"token": hex_of(32)(token), "id": id_of(name), "amountMinor": AMOUNT(amount)}


def write_item(value):
    if "amountMinor" in value:
        return f"{value['token']}:{value['id']}:{value['amountMinor']}"
    return write_verdict(value)


def a_list(read_item):
    return lambda line: [read_item(item) for item in line.split(",")] if line else []


def written(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(write_item(item) if isinstance(item, dict) else str(item) for item in value)
    return escape(value) if isinstance(value, str) else str(value)


# --- the forms ------------------------------------------------------------------------------------------------------------

AMOUNT = number(0, 999_999_999_999)
MASKED = pattern(r"[0-9]{6}\*{2,9}[0-9]{4}|\*{4,7}[0-9]{4}")
MASKED_SERIAL_TOO = pattern(r"[0-9]{6}\*{2,9}[0-9]{4}|\*{4,7}[0-9]{4}|[0-9A-F]{6}\*{10}[0-9A-F]{4}")

# name, how it is read, whether it may be absent; a dot puts the field into a group that is there or not as a whole
RECORD = [
    ("terminal", a_text, False),
    ("epoch", number(1), False),
    ("sequence", number(1), False),
    ("paymentId", a_text, False),
    ("kind", word("purchase"), False),
    ("outcome", word("approved", "declined", "declined-after-debit", "undecided"), False),
    ("reason", a_text, True),
    ("fundedBy", word("chip", "account", "none"), False),
    ("debited", word("none", "chip", "account", "unknown"), False),
    ("offline", flag, False),
    ("amountMinor", AMOUNT, False),
    ("currency", word("CNY"), False),
    ("at", time, False),
    ("merchant", a_text, False),
    ("operator", a_text, True),
    ("shift", a_text, True),
    ("reference", a_text, False),
    ("cardholderVerification", word("none", "signature", "online-pin", "consumer-device"), False),
    ("offlineAuthentication", word("fdda-00", "fdda-01", "none"), False),
    ("authorisationId", a_text, True),
    ("resolvesSequence", number(1), True),
    ("card.token", hex_of(32), False),
    ("card.maskedPan", MASKED, False),
    ("card.panSequence", number(0, 99), False),
    ("card.aid", hex_of(5, 16), False),
    ("card.balanceBeforeMinor", AMOUNT, True),
    ("card.balanceAfterMinor", AMOUNT, True),
    ("chip.cryptogramType", word("tc", "arqc", "aac"), False),
    ("chip.cryptogram", hex_of(8), False),
    ("chip.amountAuthorised", hex_of(6), False),
    ("chip.amountOther", hex_of(6), False),
    ("chip.terminalCountryCode", hex_of(2), False),
    ("chip.tvr", hex_of(5), False),
    ("chip.currencyCode", hex_of(2), False),
    ("chip.transactionDate", hex_of(3), False),
    ("chip.transactionType", hex_of(1), False),
    ("chip.unpredictableNumber", hex_of(4), False),
    ("chip.aip", hex_of(2), False),
    ("chip.atc", hex_of(2), False),
    ("chip.issuerApplicationData", hex_of(0, 32), False),
    ("hotlistVersion", number(0), False),
    ("hotlistAgeS", number(0), True),
    ("clock", word("trusted", "untrusted"), False),
    ("reader", a_text, True),
    ("software", a_text, False),
]
GROUP_STARTS = {
    "card": "card.token",
    "chip": "chip.cryptogramType",
    "confirmation": "confirmation.cryptogramType",
    "purse": "purse.transactionType",
}

# What the second version of the record reads otherwise, and what it adds behind which field.
RECORD_2_READS = {
    "kind": word("purchase", "load"),
    "cardholderVerification": word(
        "none",
        "signature",
        "online-pin",
        "consumer-device",
        "offline-pin",
        "offline-pin-and-signature",
        "id-document",
    ),
    "offlineAuthentication": word("fdda-00", "fdda-01", "sda", "dda", "cda", "none"),
    "card.maskedPan": MASKED_SERIAL_TOO,
}
RECORD_2_ADDS = {
    "card.balanceAfterMinor": [("card.atc", number(0, 65535), True)],
    "chip.issuerApplicationData": [
        ("chip.cvmResults", hex_of(3), True),
        ("chip.tsi", hex_of(2), True),
        ("interface", word("contact", "contactless"), True),
        ("confirmation.cryptogramType", word("tc", "aac"), False),
        ("confirmation.cryptogram", hex_of(8), False),
        ("confirmation.authorisationResponseCode", hex_of(2), False),
        ("confirmation.tvr", hex_of(5), False),
        ("confirmation.unpredictableNumber", hex_of(4), False),
        ("confirmation.atc", hex_of(2), False),
        ("confirmation.issuerApplicationData", hex_of(0, 32), False),
        ("scriptResults", pattern("(?:[0-9A-F]{10}){1,8}"), True),
        ("purse.transactionType", hex_of(1), False),
        ("purse.sequence", number(0, 65535), False),
        ("purse.terminalId", hex_of(6), False),
        ("purse.terminalSequence", number(0, 2**32 - 1), True),
        ("purse.samSerial", hex_of(10), True),
        ("purse.date", hex_of(4), True),
        ("purse.time", hex_of(3), True),
        ("purse.keyIndex", number(0, 255), False),
        ("purse.keyVersion", number(0, 255), False),
        ("purse.random", hex_of(4), False),
        ("purse.mac1", hex_of(4), False),
        ("purse.mac2", hex_of(4), True),
        ("purse.mac2Verdict", word("genuine", "wrong", "not-asked"), True),
        ("purse.transactionCode", hex_of(4), True),
        ("purse.overdraftLimitMinor", AMOUNT, True),
    ],
}


def second(record):
    return [
        field
        for name, how, absent in record
        for field in [(name, RECORD_2_READS.get(name, how), absent), *RECORD_2_ADDS.get(name, [])]
    ]


RANGE = [("firstSequence", number(1), False), ("lastSequence", number(1), False)]
FORMS = {
    "record": ("jdpos-record/1", RECORD),
    "record-2": ("jdpos-record/2", second(RECORD)),
    "seal": (
        "jdpos-seal/1",
        [("terminal", a_text, False), ("epoch", number(1), False), ("batchId", a_text, False), *RANGE]
        + [("count", number(1), False), ("totalMinor", number(0), False)]
        + [("chainHead", hex_of(32), False), ("merkleRoot", hex_of(32), False)],
    ),
    "acknowledgement": (
        "jdpos-acknowledgement/1",
        [("terminal", a_text, False), ("epoch", number(1), False), *RANGE]
        + [("chainHash", hex_of(32), False), ("verdicts", a_list(verdict), False)],
    ),
    "settlement": (
        "jdpos-settlement/1",
        [("batchId", a_text, False), ("terminal", a_text, False), ("epoch", number(1), False), *RANGE]
        + [("reference", a_text, False), ("settledAt", time, False), ("recordCount", number(0), False)]
        + [("totalMinor", number(0), False), ("disputed", a_list(number(1)), False), ("chainHead", hex_of(32), False)],
    ),
    "collection": (
        "jdpos-collection/1",
        [("number", number(1), False), ("id", a_text, False), ("terminal", a_text, False), ("epoch", number(1), False)]
        + [("sequence", number(1), False), ("merchant", a_text, False), ("cardToken", hex_of(32), False)]
        + [("amountMinor", number(1), False), ("collectedAt", time, False)],
    ),
    "hotlist": (
        "jdpos-hotlist/1",
        [("from", number(0), False), ("to", number(0), False), ("full", flag, False)]
        + [("add", a_list(hex_of(32)), False), ("remove", a_list(hex_of(32)), False)],
    ),
    "hotlist-page": (
        "jdpos-hotlist-page/1",
        [("from", number(0), False), ("fromHash", hex_of(32), False), ("to", number(0), False)]
        + [("hash", hex_of(32), False), ("entries", number(0), False), ("full", flag, False)]
        + [("after", hex_of(32), True), ("through", hex_of(32), True)]
        + [("add", a_list(hex_of(32)), False), ("remove", a_list(hex_of(32)), False), ("debts", a_list(debt), False)],
    ),
    "parameters": ("jdpos-parameters/1", [("version", number(0), False), ("content", unescape, False)]),
    "bundle": (
        "jdpos-bundle/1",
        [("terminal", a_text, False), ("epoch", number(1), False), ("bundleId", a_text, False), ("madeAt", time, False)]
        + [("reversals", number(0), False), ("batches", number(0), False), ("records", number(0), False)]
        + [("content", hex_of(32), False)],
    ),
    "receipt": (
        "jdpos-receipt/1",
        [("terminal", a_text, False), ("epoch", number(1), False), ("bundleId", a_text, False)]
        + [("reversals", a_list(pattern("[0-9a-f-]{36}")), False)],
    ),
    "comparison": (
        "jdpos-comparison/1",
        [("terminal", a_text, False), ("epoch", number(1), False), *RANGE, ("content", unescape, False)],
    ),
    "answer": (
        "jdpos-answer/1",
        [("terminal", a_text, False), ("epoch", number(1), False), ("nonce", hex_of(16), False)]
        + [("path", path, False), ("body", hex_of(32), False)],
    ),
    "request": (
        "jdpos-request/1",
        [("method", word("GET", "POST"), False), ("path", path, False), ("body", hex_of(32), False)],
    ),
}


def encode(kind, values):
    domain, fields = FORMS[kind]
    lines = [domain]
    for name, _, _ in fields:
        holder, _, inner = name.rpartition(".")
        value = values.get(holder, {}).get(inner) if holder else values.get(name)
        lines.append(f"{name}={written(value)}")
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def parse(kind, data):
    domain, fields = FORMS[kind]
    need(all(byte == 10 or 0x20 <= byte <= 0x7E for byte in data), "not ASCII")
    lines = data.decode("ascii").split("\n")
    need(lines[0] == domain and lines[-1] == "" and len(lines) == len(fields) + 2, "domain, end or number of lines")
    texts = {}
    for line, (name, _, _) in zip(lines[1:], fields):
        need(line.startswith(f"{name}="), f"{name} is not in its place")
        texts[name] = line[len(name) + 1 :]
    values = {}
    for name, read, may_be_absent in fields:
        holder, _, inner = name.rpartition(".")
        if holder and texts[GROUP_STARTS[holder]] == "":
            need(texts[name] == "", f"{name} without its group")
        elif texts[name] != "" or not may_be_absent:
            (values.setdefault(holder, {}) if holder else values)[inner] = read(texts[name])
    return values


def says(fields, values):
    """Has the form a field for everything in the values?"""
    names = {name for name, _, _ in fields}
    inner = [
        f"{name}.{member}" if isinstance(value, dict) else name
        for name, value in values.items()
        for member in (value if isinstance(value, dict) else [None])
    ]
    return all(name in names for name in inner)


def fits_first(record):
    try:
        return says(RECORD, record) and parse("record", encode("record", record)) == record
    except Malformed:
        return False


def encode_record(record):
    """In the first version that can say all of it."""
    return encode("record" if fits_first(record) else "record-2", record)


def parse_record(data):
    if not data.startswith(b"jdpos-record/2\n"):
        return parse("record", data)
    record = parse("record-2", data)
    need(not fits_first(record), "fits the first version")
    return record


def is_malformed(data):
    try:
        parse_record(data)
    except Malformed:
        return True
    return False


def document_bytes(kind, content):
    if kind in ("parameters", "comparison"):
        canonical = json.dumps(content["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        content = {**content, "content": canonical}
    if kind == "bundle":
        content = {**content, "content": upper(line_digest(content["lines"]))}
    if kind in ("request", "answer"):
        content = {**content, "body": sm3(content["body"].encode("utf-8")).hex().upper()}
    data = encode(kind, content)
    parse(kind, data)
    return data


# --- chain and tree -------------------------------------------------------------------------------------------------------


def chain_hash(previous, canonical):
    return sm3(b"jdpos-chain/1" + previous + canonical)


def line_digest(lines):
    """Of the last of the lines of a bundle."""
    digest = bytes(32)
    for line in lines:
        digest = sm3(b"jdpos-line/1" + digest + line.encode("utf-8"))
    return digest


def merkle_root(hashes):
    """Level by level; an odd one out goes up as it is, which gives the tree of RFC 6962."""
    level = [sm3(b"\x00" + leaf) for leaf in hashes]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [sm3(b"\x01" + pair[0] + pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0] if level else sm3(b"")


# --- the vectors ----------------------------------------------------------------------------------------------------------


def upper(data):
    return data.hex().upper()


def filled(vectors, signed=True):
    """The vectors with every expected value computed anew from the inputs; the signatures only when asked for."""
    hashes, previous = [], bytes.fromhex(vectors["genesis"])
    records = []
    for vector in vectors["records"]:
        canonical = encode_record(vector["record"])
        assert parse_record(canonical) == vector["record"], vector["title"]
        previous = chain_hash(previous, canonical)
        hashes.append(previous)
        records.append({**vector, "canonical": canonical.decode(), "hash": upper(previous)})
    paid = [v["record"] for v in records if v["record"]["kind"] == "purchase" and v["record"]["outcome"] == "approved"]
    keys = [{**key, "public": upper(public_key(bytes.fromhex(key["private"])))} for key in vectors["keys"]]
    private = {key["name"]: bytes.fromhex(key["private"]) for key in keys}
    documents = []
    for vector in vectors["documents"]:
        data = document_bytes(vector["kind"], vector["content"])
        signature = {"signature": upper(sign(private[vector["signer"]], data))} if signed else {}
        documents.append({**vector, "bytes": data.decode(), **signature})
    token_key = bytes.fromhex(vectors["cardTokenKey"])
    return {
        **vectors,
        "keys": keys,
        "cardTokens": [
            {**vector, "token": upper(hmac_sm3(token_key, vector["pan"].encode()))} for vector in vectors["cardTokens"]
        ],
        "records": records,
        "totals": {"count": len(records), "totalMinor": sum(record["amountMinor"] for record in paid)},
        "merkle": [{"count": tree["count"], "root": upper(merkle_root(hashes[: tree["count"]]))} for tree in vectors["merkle"]],
        "documents": documents,
    }


def differences(vectors):
    """Where the file says something else than this implementation. Signatures are verified, not compared."""
    expected = filled(vectors, signed=False)
    found = [name for name in expected if expected[name] != vectors.get(name)]
    public = {key["name"]: bytes.fromhex(key["public"]) for key in expected["keys"]}
    for vector in vectors["documents"]:
        signed = vector["bytes"].encode()
        if not verify(public[vector["signer"]], signed, bytes.fromhex(vector["signature"])):
            found.append(f"signature of {vector['kind']}")
    for vector in vectors["malformed"]:
        if not is_malformed(vector["canonical"].encode("utf-8")):
            found.append(f"not refused: {vector['title']}")
    return found


def seal_of(records, previous):
    """What a seal must say of records that follow a chain hash."""
    hashes = []
    for canonical in records:
        previous = chain_hash(previous, canonical)
        hashes.append(previous)
    read = [parse_record(canonical) for canonical in records]
    paid = [record["amountMinor"] for record in read if record["kind"] == "purchase" and record["outcome"] == "approved"]
    return {
        "terminal": read[0]["terminal"],
        "epoch": read[0]["epoch"],
        "firstSequence": read[0]["sequence"],
        "lastSequence": read[-1]["sequence"],
        "count": len(read),
        "totalMinor": sum(paid),
        "chainHead": upper(previous),
        "merkleRoot": upper(merkle_root(hashes)),
    }


def faults_of_batch(sent):
    """What is wrong with a batch as it was uploaded, and with the acknowledgement of it."""
    seal, signature = sent["batch"]["seal"], sent["batch"]["signature"]
    records = [record["canonical"].encode() for record in sent["batch"]["records"]]
    expected = seal_of(records, bytes.fromhex(sent["previous"]))
    found = [f"{name} of the seal" for name, value in expected.items() if seal[name] != value]
    if not verify(bytes.fromhex(sent["terminalKey"]), document_bytes("seal", seal), bytes.fromhex(signature)):
        found.append("signature of the seal")
    return found + (faults_of_acknowledgement(sent["acknowledgement"], seal, sent) if "acknowledgement" in sent else [])


def faults_of_acknowledgement(document, seal, sent):
    content = {name: value for name, value in document.items() if name not in ("keyId", "signature")}
    found = [
        f"{name} of the acknowledgement"
        for name in ("terminal", "epoch", "firstSequence", "lastSequence")
        if content[name] != seal[name]
    ]
    if content["chainHash"] != seal["chainHead"]:
        found.append("chainHash of the acknowledgement")
    if [item["sequence"] for item in content["verdicts"]] != list(range(seal["firstSequence"], seal["lastSequence"] + 1)):
        found.append("verdicts of the acknowledgement")
    signed = document_bytes("acknowledgement", content)
    if not verify(bytes.fromhex(sent["hostKey"]), signed, bytes.fromhex(document["signature"])):
        found.append("signature of the acknowledgement")
    return found


def check_primitives():
    """The published examples of GB/T 32905 and GB/T 32918.5; a wrong primitive would agree with nobody."""
    assert upper(sm3(b"abc")) == "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"
    private = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    public = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert public_key(private) == public
    assert verify(public, b"message digest", signature)
    assert not verify(public, b"message digesu", signature)


def main(arguments):
    fill, batch = arguments[:1] == ["--fill"], arguments[:1] == ["--batch"]
    if len(arguments) != 1 + (fill or batch):
        print(__doc__, file=sys.stderr)
        return 2
    check_primitives()
    with open(arguments[-1], encoding="utf-8") as file:
        vectors = json.load(file)
    if batch:
        found = faults_of_batch(vectors)
        for name in found:
            print(f"differs: {name}")
        print(f"{len(vectors['batch']['records'])} records: {'DIFFERENT' if found else 'the same'}")
        return 1 if found else 0
    if fill:
        print(json.dumps(filled(vectors), indent=2, ensure_ascii=False))
        return 0
    found = differences(vectors)
    for name in found:
        print(f"differs: {name}")
    print(f"{len(vectors['records'])} records, {len(vectors['documents'])} documents: {'DIFFERENT' if found else 'the same'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
