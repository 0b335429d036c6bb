"""Numbers that Python and C# (HashNoise.cs) both compute, for weights and pictures."""
import numpy as np


def noise(stream, length):
    """Multiples of 2**-23 in [-1, 1): a hash of each element's number."""
    x = np.arange(length, dtype=np.uint32) + np.uint32(stream * 2654435761 % 2**32)
    for shift, factor in (16, 0x7FEB352D), (15, 0x846CA68B):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)
