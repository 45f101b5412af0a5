"""Matern noise covariances with 60 digits: Q = P - F P F' with F = exp(A gap). Writes matern.json.

python make_matern.py   (mpmath 1.4.1)
"""

import json

import mpmath
from mpmath import mp

mp.dps = 80
VARIANCE, LENGTH_SCALE = mp.mpf("1.7"), mp.mpf("0.4")
cases = []
for nu in ("0.5", "1.5", "2.5"):
    k = int(float(nu) + 0.5)
    rate = mpmath.sqrt(2 * mp.mpf(nu)) / LENGTH_SCALE
    # (d/dt + rate)^k f = white noise
    A = mp.zeros(k)
    for i in range(k - 1):
        A[i, i + 1] = 1
    for j in range(k):
        A[k - 1, j] = -mpmath.binomial(k, j) * rate ** (k - j)
    P = {
        1: mp.matrix([[1]]),
        2: mp.matrix([[1, 0], [0, rate**2]]),
        3: mp.matrix([[1, 0, -(rate**2) / 3], [0, rate**2 / 3, 0], [-(rate**2) / 3, 0, rate**4]]),
    }[k] * VARIANCE
    for ratio in ("1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.1", "0.5", "1", "1.3", "2", "3", "5", "10", "100", "1000"):
        gap = mp.mpf(float(mp.mpf(ratio) * LENGTH_SCALE))
        F = mpmath.expm(A * gap, method="taylor")
        Q = P - F * P * F.T
        cases.append(
            {
                "nu": float(nu),
                "gap": float(gap),
                "transition": [float(x) for x in F],
                "covariance": [float(x) for x in Q],
            }
        )
with open("matern.json", "w") as file:
    head = {"source": f"mpmath {mpmath.__version__}, {mp.dps} digits", "variance": 1.7, "lengthScale": 0.4}
    body = ",\n".join("  " + json.dumps(case) for case in cases)
    file.write(json.dumps(head)[:-1] + ', "cases": [\n' + body + "\n]}\n")
