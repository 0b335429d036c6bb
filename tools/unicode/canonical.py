"""Writes the canonical decompositions and combining classes of Unicode as src/Fovea/Data/Text/canonical.txt.

Lines: "C0 41 300" a character and the two it decomposes into; "-" before a character that is never composed
again; "212B C5" a character that stands for another one; "@230 300 314" a combining class and a range.
"""
import sys, unicodedata

lines = []
for code in range(0x110000):
    mapping = unicodedata.decomposition(chr(code))
    if mapping and not mapping.startswith("<"):
        parts = mapping.split()
        composes = len(parts) == 2 and unicodedata.normalize("NFC", chr(int(parts[0], 16)) + chr(int(parts[1], 16))) == chr(code)
        lines.append(("" if composes or len(parts) == 1 else "-") + " ".join(f"{c:X}" for c in [code] + [int(p, 16) for p in parts]))
code = 0
while code < 0x110000:
    value, first = unicodedata.combining(chr(code)), code
    while code + 1 < 0x110000 and unicodedata.combining(chr(code + 1)) == value:
        code += 1
    if value:
        lines.append(f"@{value} {first:X} {code:X}")
    code += 1
print("\n".join(lines), file=open(sys.argv[1], "w"))
