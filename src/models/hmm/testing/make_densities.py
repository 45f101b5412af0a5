"""Log-densities of every emission family, from the definitions in 40 digits (mpmath), each also compared with scipy.stats.

python make_densities.py > densities.json        with mpmath 1.4.1, numpy 2.4.6, scipy 1.17.1, Python 3.11
"""
import json
import math

import numpy as np
import scipy
import scipy.stats as st
from mpmath import besseli, cos, exp, gamma as mp_gamma, log, loggamma, matrix, mp, mpf, pi, det, lu_solve
import mpmath

mp.dps = 40
rng = np.random.default_rng(4)
cases = []


def add(name, emissions, y, density, scipy_density=None, inputs=None):
    """density(k, t) in mpmath; y rows [T][m] with None where missing."""
    K = emissions.pop("_K")
    expected = []
    for t in range(len(y)):
        row = []
        for k in range(K):
            value = density(k, y[t], t)
            if scipy_density is not None and None not in y[t]:
                other = float(scipy_density(k, y[t], t))
                assert abs(other - float(value)) <= 1e-7 * (1 + abs(other)), (name, k, t, other, value)
            value = float(value)
            row.append(None if value == -math.inf else value)
        expected.append(row)
    case = {"name": name, "numStates": K, "emissions": emissions, "observations": y, "expected": expected}
    if inputs is not None:
        case["inputs"] = inputs
    cases.append(case)


def channels(one):
    def density(k, row, t):
        return sum((one(k, i, mpf(v)) for i, v in enumerate(row) if v is not None), mpf(0))
    return density


def scipy_channels(one):
    return lambda k, row, t: sum(one(k, i, v) for i, v in enumerate(row))


def lst(a):
    return np.asarray(a).tolist()


# Counts
rates = [[0.01, 3.0], [17.5, 1e6], [12345.678, 0.5]]
counts = [[0, 0], [1, 3], [17, 1000123], [12346, 2], [1000000, 999000], [None, 4], [3, None]]
add("poisson", {"_K": 3, "family": "poisson", "rates": rates}, counts,
    channels(lambda k, i, y: y * log(mpf(rates[k][i])) - mpf(rates[k][i]) - loggamma(y + 1)),
    scipy_channels(lambda k, i, y: st.poisson.logpmf(y, rates[k][i])))
means = [[0.01, 3.0], [17.5, 1e6], [12345.678, 0.5]]
sizes = [[0.5, 1e6], [3.0, 0.7], [1e6, 40.0]]


def nb(k, i, y):
    mu, r = mpf(means[k][i]), mpf(sizes[k][i])
    return loggamma(y + r) - loggamma(r) - loggamma(y + 1) + r * log(r / (mu + r)) + y * log(mu / (mu + r))


add("negative-binomial", {"_K": 3, "family": "negative-binomial", "means": means, "sizes": sizes}, counts,
    channels(nb), scipy_channels(lambda k, i, y: st.nbinom.logpmf(y, sizes[k][i], sizes[k][i] / (means[k][i] + sizes[k][i]))))
probs = [[0.2, 0.9], [0.0, 1.0], [1e-9, 0.5]]
binary = [[0, 0], [0, 1], [1, 0], [1, 1], [None, 1]]
add("bernoulli", {"_K": 3, "family": "bernoulli", "probs": probs}, binary,
    channels(lambda k, i, y: log(mpf(probs[k][i]) if y == 1 else 1 - mpf(probs[k][i])) if (probs[k][i] if y == 1 else 1 - probs[k][i]) > 0 else mpf("-inf")))
cat = [[[0.1, 0.4, 0.5], [0.25, 0.25, 0.5]], [[0.6, 0.3, 0.1], [0.0, 1.0, 0.0]]]
cats = [[0, 1], [1, 0], [2, 1], [None, 2], [2, None], [None, None]]
add("categorical", {"_K": 2, "family": "categorical", "probs": cat}, cats,
    channels(lambda k, i, y: log(mpf(cat[k][i][int(y)])) if cat[k][i][int(y)] > 0 else mpf("-inf")))
mult = [[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]]
rows = [[3, 2, 5], [0, 0, 10], [None, 2, 5], [None, None, 1], [10, 0, 0], [None, None, None]]


def multinomial(k, row, t):
    if all(v is None for v in row):
        return mpf(0)
    total, p = mpf(10), mpf(0)
    value = loggamma(mpf(11))
    for c, v in enumerate(row):
        if v is None:
            p += mpf(mult[k][c])
        else:
            total -= v
            value += v * log(mpf(mult[k][c])) - loggamma(mpf(v) + 1)
    if None in row:
        value += total * log(p) - loggamma(total + 1)
    return value


add("multinomial", {"_K": 2, "family": "multinomial", "probs": mult, "trials": 10}, rows, multinomial,
    lambda k, row, t: st.multinomial.logpmf(row, 10, mult[k]))

# Positive numbers
a = [[0.3, 2.0], [1e6, 50.0], [9.0, 1.0]]
b = [[1.5, 0.01], [2e5, 7.0], [1e-3, 1.0]]
positive = [[0.001, 0.5], [5.003, 7.1], [4.99, 200.0], [9000.0, 1.0], [None, 3.0], [12.0, 1e-6]]
add("gamma", {"_K": 3, "family": "gamma", "concentrations": a, "rates": b}, positive,
    channels(lambda k, i, y: mpf(a[k][i]) * log(mpf(b[k][i])) + (mpf(a[k][i]) - 1) * log(y) - mpf(b[k][i]) * y - loggamma(mpf(a[k][i]))),
    scipy_channels(lambda k, i, y: st.gamma.logpdf(y, a[k][i], scale=1 / b[k][i])))
add("exponential", {"_K": 3, "family": "exponential", "rates": b}, positive,
    channels(lambda k, i, y: log(mpf(b[k][i])) - mpf(b[k][i]) * y),
    scipy_channels(lambda k, i, y: st.expon.logpdf(y, scale=1 / b[k][i])))

# Angles and heavy tails
mu = [[0.0, 3.0], [-3.1, 1.0], [2.0, -1.0]]
kappa = [[0.0, 2.0], [1e4, 35.0], [0.5, 29.0]]
angles = [[0.1, 3.1], [3.13, 1.2], [-3.09, 7.0], [None, -1.0], [2.0, None]]
add("von-mises", {"_K": 3, "family": "von-mises", "means": mu, "concentrations": kappa}, angles,
    channels(lambda k, i, y: mpf(kappa[k][i]) * cos(y - mpf(mu[k][i])) - log(2 * pi * besseli(0, mpf(kappa[k][i])))),
    scipy_channels(lambda k, i, y: (st.vonmises.logpdf(y, kappa[k][i], loc=mu[k][i]) if kappa[k][i] > 0 else -math.log(2 * math.pi))))
locs = [[0.0, 1e6], [2.0, 1e6 + 1], [-50.0, 0.0]]
scales = [[1.0, 0.5], [0.1, 3.0], [20.0, 1e6]]
dofs = [[0.5, 3.0], [1e6, 5.0], [1.0, 1e4]]
heavy = [[0.0, 1e6], [2.1, 1e6 + 2], [-1e4, 1e6 - 7], [None, 1e6], [5.0, None]]
add("student-t", {"_K": 3, "family": "student-t", "means": locs, "scales": scales, "dofs": dofs}, heavy,
    channels(lambda k, i, y: loggamma((mpf(dofs[k][i]) + 1) / 2) - loggamma(mpf(dofs[k][i]) / 2) - log(mpf(dofs[k][i]) * pi) / 2 - log(mpf(scales[k][i]))
             - (mpf(dofs[k][i]) + 1) / 2 * log(1 + ((y - mpf(locs[k][i])) / mpf(scales[k][i])) ** 2 / mpf(dofs[k][i]))),
    scipy_channels(lambda k, i, y: st.t.logpdf(y, dofs[k][i], loc=locs[k][i], scale=scales[k][i])))


# Gaussian
def normal(row, mean, cov):
    seen = [i for i, v in enumerate(row) if v is not None]
    if not seen:
        return mpf(0)
    d = matrix([mpf(row[i]) - mean[i] for i in seen])
    S = matrix([[mpf(cov[i][j]) for j in seen] for i in seen])
    return -(len(seen) * log(2 * pi) + log(det(S)) + (d.T * lu_solve(S, d))[0]) / 2


def spd(m):
    L = rng.normal(size=(m, m))
    return np.round(L @ L.T + 0.2 * np.eye(m), 6)


gm = [[0.0, 1.0, 1e6], [3.0, -1.0, 1e6 + 2]]
gc = [lst(spd(3)), lst(spd(3) * 0.01)]
for S in gc:
    for i in range(3):
        for j in range(i):
            S[i][j] = S[j][i]
gy = [[0.1, 1.2, 1e6 + 0.5], [3.1, -1.1, 1e6 + 2.1], [None, 0.0, 1e6], [1.0, None, None], [None, None, None], [50.0, 2.0, 1e6 - 30]]
mm = lambda v: [mpf(x) for x in v]
add("gaussian", {"_K": 2, "family": "gaussian", "means": gm, "covariances": gc}, gy,
    lambda k, row, t: normal(row, mm(gm[k]), gc[k]), lambda k, row, t: st.multivariate_normal.logpdf(row, gm[k], gc[k]))
add("shared-gaussian", {"_K": 2, "family": "shared-gaussian", "means": gm, "covariance": gc[0]}, gy,
    lambda k, row, t: normal(row, mm(gm[k]), gc[0]))
variances = [[0.5, 2.0, 1e-4], [1.0, 30.0, 4.0]]
add("diagonal-gaussian", {"_K": 2, "family": "diagonal-gaussian", "means": gm, "variances": variances}, gy,
    lambda k, row, t: normal(row, mm(gm[k]), np.diag(variances[k])))
add("spherical-gaussian", {"_K": 2, "family": "spherical-gaussian", "means": gm, "variances": [0.3, 9.0]}, gy,
    lambda k, row, t: normal(row, mm(gm[k]), np.diag([[0.3, 9.0][k]] * 3)))
F = lst(np.round(rng.normal(size=(2, 3, 2)), 4))
low = [[[(mpf(variances[k][i]) if i == j else 0) + sum(mpf(F[k][i][r]) * mpf(F[k][j][r]) for r in range(2)) for j in range(3)] for i in range(3)] for k in range(2)]
add("low-rank-gaussian", {"_K": 2, "family": "low-rank-gaussian", "means": gm, "diagonals": variances, "factors": F}, gy,
    lambda k, row, t: normal(row, mm(gm[k]), low[k]))
w = [[0.3, 0.7], [1.0, 0.0]]
xm = [[[0.0, 1.0, 1e6], [3.0, -1.0, 1e6 + 2]], [[1.0, 1.0, 1e6], [30.0, 0.0, 1e6]]]
xv = [[variances[0], variances[1]], [variances[1], variances[0]]]


def mixture(row, k, cov):
    if all(v is None for v in row):
        return mpf(0)
    return log(sum(mpf(w[k][j]) * exp(normal(row, mm(xm[k][j]), cov(k, j))) for j in range(2)))


xc = [[gc[0], gc[1]], [gc[1], gc[0]]]
add("gaussian-mixture", {"_K": 2, "family": "gaussian-mixture", "weights": w, "means": xm, "covariances": xc}, gy,
    lambda k, row, t: mixture(row, k, lambda k, j: xc[k][j]))
add("diagonal-gaussian-mixture", {"_K": 2, "family": "diagonal-gaussian-mixture", "weights": w, "means": xm, "variances": xv}, gy,
    lambda k, row, t: mixture(row, k, lambda k, j: np.diag(xv[k][j])))

# Regressions
u = lst(np.round(rng.normal(size=(6, 2)), 3))
B = lst(np.round(rng.normal(size=(2, 3, 2)), 3))
bias = [[0.0, 1.0, 1e6], [3.0, -1.0, 1e6 + 2]]
lin = lambda k, i, t: mpf(bias[k][i]) + sum(mpf(B[k][i][j]) * mpf(u[t][j]) for j in range(2))
add("linear-regression", {"_K": 2, "family": "linear-regression", "weights": B, "biases": bias, "covariances": gc}, gy,
    lambda k, row, t: normal(row, [lin(k, i, t) for i in range(3)], gc[k]), inputs=u)
small = [[0.0, 1.0, -30.0], [3.0, -1.0, 2.0]]
odds = lambda k, i, t: mpf(small[k][i]) + sum(mpf(B[k][i][j]) * mpf(u[t][j]) for j in range(2))
lb = [[0, 1, 0], [1, 1, 1], [None, 0, 1], [0, None, None], [None, None, None], [1, 0, 0]]
add("logistic-regression", {"_K": 2, "family": "logistic-regression", "weights": B, "biases": small}, lb,
    lambda k, row, t: sum((-log(1 + exp(-odds(k, i, t) if v == 1 else odds(k, i, t))) for i, v in enumerate(row) if v is not None), mpf(0)), inputs=u)
cr = [[0], [1], [2], [None], [2], [1]]
add("categorical-regression", {"_K": 2, "family": "categorical-regression", "weights": B, "biases": small}, cr,
    lambda k, row, t: mpf(0) if row[0] is None else odds(k, row[0], t) - log(sum(exp(odds(k, c, t)) for c in range(3))), inputs=u)
A = lst(np.round(rng.normal(size=(2, 2, 2, 2)) * 0.4, 3))
c2 = [[S[:2] for S in C[:2]] for C in gc]
b2 = [[0.5, -0.5], [1.0, 2.0]]
D = [[B[k][0], B[k][1]] for k in range(2)]
ay = [[0.1, 0.2], [1.0, -1.0], [0.5, 2.0], [0.3, None], [1.0, 1.0], [0.0, 1.0]]
before = [[0.2, 0.1], [-0.4, 0.7]]


def ar(k, row, t, start):
    mean = []
    for i in range(2):
        value = mpf(b2[k][i]) + sum(mpf(D[k][i][j]) * mpf(u[t][j]) for j in range(2))
        for l in (1, 2):
            if t - l < 0 and start is None:
                return mpf(0)
            past = start[t - l + 2] if t - l < 0 else ay[t - l]
            if None in past:
                return mpf(0)
            value += sum(mpf(A[k][l - 1][i][j]) * mpf(past[j]) for j in range(2))
        mean.append(value)
    return normal(row, mean, c2[k])


arp = {"family": "autoregressive", "weights": A, "biases": b2, "inputWeights": D, "covariances": c2}
add("autoregressive", {"_K": 2, **arp}, ay, lambda k, row, t: ar(k, row, t, None), inputs=u)
add("autoregressive with its start", {"_K": 2, **arp, "initialLags": before}, ay, lambda k, row, t: ar(k, row, t, before), inputs=u)

# Several families, formulas, given log-likelihoods
py = [[3, 0.1, 0], [0, -2.0, 1], [None, 1.0, None], [7, None, 1]]
pr, pm, pv, pb = [2.0, 9.0], [0.0, 1.0], [1.0, 0.25], [0.2, 0.7]


def product(k, row, t):
    value = mpf(0)
    if row[0] is not None:
        value += row[0] * log(mpf(pr[k])) - mpf(pr[k]) - loggamma(mpf(row[0]) + 1)
    if row[1] is not None:
        value += normal([row[1]], [mpf(pm[k])], [[pv[k]]])
    if row[2] is not None:
        value += log(mpf(pb[k]) if row[2] == 1 else 1 - mpf(pb[k]))
    return value


add("product", {"_K": 2, "family": "product", "blocks": [
    {"family": "bernoulli", "probs": pb, "channels": [2]},
    {"family": "poisson", "rates": pr, "channels": [0]},
    {"family": "diagonal-gaussian", "means": pm, "variances": pv, "channels": [1]}]}, py, product)
ey = [[0.5], [-3.0], [None], [40.0]]
add("expression", {"_K": 2, "family": "expression", "logDensity": "-log(2*b) - abs(y0 - mean)/b", "parameters": {"mean": [0, 2], "b": 1.5}}, ey,
    lambda k, row, t: mpf(0) if row[0] is None else -log(mpf(3)) - abs(mpf(row[0]) - [0, 2][k]) / mpf("1.5"))
add("precomputed", {"_K": 2, "family": "precomputed"}, [[-1.5, -2.0], [None, None], [-1e5, -1e5 - 3]],
    lambda k, row, t: mpf(0) if row[k] is None else mpf(row[k]))

versions = {"mpmath": mpmath.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
print(json.dumps({"source": "make_densities.py", "versions": versions, "cases": cases}, separators=(",", ":")))
