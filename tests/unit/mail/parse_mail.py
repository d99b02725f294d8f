"""Takes a mail apart with Python's email package: an opinion on our MIME that is not our own.

Usage: parse_mail.py FILE; prints JSON.
"""
import email
import email.policy
import json
import sys

raw = open(sys.argv[1], "rb").read()
assert all(byte < 0x80 for byte in raw), "not 7-bit clean"
assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r"), "line ends are not CRLF"
assert max(len(line) for line in raw.split(b"\r\n")) <= 998, "a line longer than RFC 5322 allows"
mail = email.message_from_bytes(raw, policy=email.policy.default)
parts = []
defects = []
for part in mail.walk():
    defects += [repr(defect) for defect in part.defects]
    for name, value in part.items():
        defects += [f"{name}: {defect!r}" for defect in getattr(value, "defects", [])]
    if part.is_multipart():
        continue
    content = part.get_content()
    if isinstance(content, bytes):
        content = content.decode()
    if part.get_filename() is None:
        content = content.replace("\r\n", "\n")
    parts.append({"type": part.get_content_type(), "name": part.get_filename(), "content": content})
print(json.dumps({
    "defects": defects,
    "headers": {name: str(value) for name, value in mail.items()},
    "longest": max(len(line) for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n")),
    "parts": parts,
    "structure": [part.get_content_type() for part in mail.walk()],
    "to": [address.addr_spec for address in mail["To"].addresses],
}))
