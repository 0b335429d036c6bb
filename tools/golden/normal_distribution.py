"""The coefficients in src/Fovea/Kernels/NormalDistribution.cs.

With t = 1 / (1 + 0.35 x), the normal distribution's tail beyond x >= 0 is exp(-x^2/2) times a polynomial in t - 1/2, fitted
here by iteratively reweighted least squares so that the largest error becomes small (5e-9). Around t = 1/2 its
coefficients are small, and so is what rounding costs. Run: python3 tools/golden/normal_distribution.py
"""
import math

import numpy as np

P, DEGREE, POINTS = 0.35, 6, 4000

t = np.maximum((1 - np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)) / 2, 1 / (1 + P * 9))
x = (1 / t - 1) / P
tail = np.array([0.5 * math.erfc(v / math.sqrt(2)) for v in x])
basis = np.vander(t - 0.5, DEGREE + 1, increasing=True) * np.exp(-x * x / 2)[:, None]
weight = np.ones(POINTS)
for _ in range(60):
    root = np.sqrt(weight)
    coefficients = np.linalg.lstsq(basis * root[:, None], tail * root, rcond=None)[0]
    error = np.abs(basis @ coefficients - tail)
    weight *= error + 1e-16
    weight /= weight.sum()

print("largest error", error.max())
for k, coefficient in enumerate(coefficients):
    print(f"C{k} = {coefficient:.9g}")

# 2^f for |f| <= 1/2, from the Chebyshev points.
f = np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS) / 2
powers = np.polynomial.Chebyshev.fit(f, 2.0 ** f, 6, domain=[-0.5, 0.5]).convert(kind=np.polynomial.Polynomial).coef
print("largest relative error of 2^f", np.abs(np.polynomial.polynomial.polyval(f, powers) / 2.0 ** f - 1).max())
for k, coefficient in enumerate(powers):
    print(f"E{k} = {coefficient:.9g}")
