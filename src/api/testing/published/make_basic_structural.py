"""Basic structural models with diffuse start, by dense generalised least squares with 40 digits. Writes basic_structural.json.

The data are X b + u with b the flat initial state and u the noise that has come in since; no recursion is used.
python make_basic_structural.py   (mpmath 1.4.1; series.json beside it)
"""

import json

import mpmath
from mpmath import mp, mpf

mp.dps = 40
series = json.load(open("series.json"))
cases = []


def model(period, trig, v):
    """F, the diagonal of Q, and the rows of H of both components."""
    n = 1 + period
    F = mpmath.zeros(n)
    F[0, 0] = F[0, 1] = F[1, 1] = 1
    seasonal = [mpf(0)] * n
    q = [mpf(v["level"]), mpf(v["slope"])] + [mpf(0)] * (period - 1)
    if trig:
        at = 2
        for j in range(1, period // 2 + 1):
            angle = 2 * mpmath.pi * j / period
            seasonal[at] = mpf(1)
            q[at] = mpf(v["seasonal"])
            F[at, at] = mpmath.cos(angle) if 2 * j < period else -1
            if 2 * j < period:
                F[at, at + 1], F[at + 1, at], F[at + 1, at + 1] = mpmath.sin(angle), -mpmath.sin(angle), mpmath.cos(angle)
                q[at + 1] = mpf(v["seasonal"])
            at += 2
    else:
        seasonal[2], q[2] = mpf(1), mpf(v["seasonal"])
        for j in range(2, n):
            F[2, j] = -1
            if j > 2:
                F[j, j - 1] = 1
    trend = [mpf(1)] + [mpf(0)] * (n - 1)
    return F, q, trend, seasonal


def responses(F, h, T):
    """h F^t for t = 0 ... T - 1."""
    n, rows = len(h), []
    row = mpmath.matrix([h])
    for _ in range(T):
        rows.append([row[j] for j in range(n)])
        row = row * F
    return rows


def covariances(a, b, q, T):
    """Cov(a part at i, b part at j) of the noise that came in at steps 1 ... min(i, j)."""
    out = [[mpf(0)] * T for _ in range(T)]
    for i in range(1, T):
        for j in range(1, T):
            now = mpmath.fsum(x * w * y for x, w, y in zip(a[i - 1], q, b[j - 1]) if w != 0)
            out[i][j] = out[i - 1][j - 1] + now
    return out


def solve(L, b):
    z = []
    for i in range(len(b)):
        z.append((b[i] - mpmath.fsum(L[i, k] * z[k] for k in range(i))) / L[i, i])
    return z


def dot(a, b):
    return mpmath.fsum(x * y for x, y in zip(a, b))


def run(name, of, period, trig, v, steps):
    y = [mpmath.log(mpf(x)) for x in series[of]]
    T, n = len(y), 1 + period
    F, q, trend, seasonal = model(period, trig, v)
    parts = {"level": responses(F, trend, T), "seasonal": responses(F, seasonal, T)}
    X = [[a + b for a, b in zip(x, s)] for x, s in zip(parts["level"], parts["seasonal"])]
    V = mpmath.matrix(covariances(X, X, q, T))
    for i in range(T):
        V[i, i] += mpf(v["irregular"])
    L = mpmath.cholesky(V)
    z = solve(L, y)
    W = [solve(L, [X[t][j] for t in range(T)]) for j in range(n)]
    G = mpmath.matrix([[dot(W[i], W[j]) for j in range(n)] for i in range(n)])
    b = mpmath.lu_solve(G, mpmath.matrix([dot(w, z) for w in W]))
    e = [z[t] - mpmath.fsum(W[j][t] * b[j] for j in range(n)) for t in range(T)]
    log = -T * mpmath.log(2 * mpmath.pi) / 2 - mpmath.fsum(mpmath.log(L[i, i]) for i in range(T))
    log += -mpmath.log(mpmath.det(G)) / 2 - dot(e, e) / 2
    case = {"name": name, "of": of, "period": period, "trigonometric": trig, "variances": v}
    case["logLikelihood"], case["steps"] = float(log), steps
    for part, rows in parts.items():
        own, cross = covariances(rows, rows, q, T), covariances(rows, X, q, T)
        mean, variance = [], []
        for t in steps:
            c = solve(L, cross[t])
            gap = mpmath.matrix([rows[t][j] - dot(W[j], c) for j in range(n)])
            mean.append(float(dot(rows[t], [b[j] for j in range(n)]) + dot(c, e)))
            variance.append(float(own[t][t] - dot(c, c) + (gap.T * mpmath.lu_solve(G, gap))[0]))
        case[part], case[part + "Variance"] = mean, variance
    cases.append(case)


names = ("irregular", "level", "slope", "seasonal")
gas, air = [0, 1, 3, 40, 107], [0, 1, 5, 13, 70, 143]
run("UKgas dummy", "UKgas", 4, False, dict(zip(names, (0.00182249401, 0, 7.90126633e-06, 0.00330858993))), gas)
run("UKgas trigonometric", "UKgas", 4, True, dict(zip(names, (0.00161687138, 0, 7.48047233e-06, 0.000840906608))), gas)
run("AirPassengers dummy", "AirPassengers", 12, False, dict(zip(names, (1.29510541e-4, 6.99449288e-4, 0, 6.41291605e-5))), air)
run("AirPassengers trigonometric", "AirPassengers", 12, True, dict(zip(names, (2.34355359e-4, 2.98277474e-4, 0, 3.55769386e-6))), air)
with open("basic_structural.json", "w") as file:
    source = f"mpmath {mpmath.__version__}, {mp.dps} digits, dense generalised least squares"
    body = ",\n".join("  " + json.dumps(case) for case in cases)
    file.write('{"source": ' + json.dumps(source) + ', "cases": [\n' + body + "\n]}\n")
