/** Flows and maps once more, by hand and with numbers for parameters: Gilpin 2021, arXiv:2110.05266. */
const { sin, cos, abs } = Math;
type Field = (x: number, y: number, z: number) => number[];

const glycolytic: Field = (a, b, c) => {
  const phi = (a * (1 + a) * (1 + b) ** 2) / (5e8 + (1 + a) ** 2 * (1 + b) ** 2);
  const eta = (b * (1 + c) ** 2) / (100 + (1 + c) ** 2);
  return [1 - 22.2222 * phi, 50 * 22.2222 * phi - 22.2222 * eta, 0.02 * 22.2222 * eta - 4.422 * c];
};

export const FIELDS = {
  lorenz: (x, y, z) => [10 * (y - x), x * (28 - z) - y, x * y - (8 * z) / 3],
  rossler: (x, y, z) => [-y - z, x + y / 5, 0.2 + z * (x - 5.7)],
  thomas: (x, y, z) => [10 * sin(y) - 1.85 * x, 10 * sin(z) - 1.85 * y, 10 * sin(x) - 1.85 * z],
  abc: (x, y, z) => [
    1.73205 * sin(z) + cos(y),
    (141421 * sin(x)) / 1e5 + 1.73205 * cos(z),
    sin(y) + (141421 * cos(x)) / 1e5,
  ],
  sprottB: (x, y, z) => [y * z, x - y, 1 - x * y],
  kawczynskiStrizhak: (x, y, z) => [0.49 * (y - x ** 3 + 6.3 * x), -4.2 * x - y - z - 0.4, (x - z) / 5],
  vallisElNino: (x, y, z) => [102 * y - 3 * x, x * z - y, 1 - z - x * y],
  chua: (x, y, z) => {
    const ramp = -0.71429 * x + 0.5 * (-1.142857 + 0.71429) * (abs(x + 1) - abs(x - 1));
    return [15.6 * (y - x - ramp), x - y + z, -28 * y];
  },
  noseHoover: (x, y, z) => [y, y * z - x, 1.5 - y * y],
  glycolytic,
  guckenheimerHolmes: (x, y, z) => {
    const square = x * x + y * y;
    return [
      0.4 * x - 20.25 * y + 3 * z * x + 1.6 * z * square,
      0.4 * y + 20.25 * x + 3 * z * y,
      1.7 - z * z - 0.44 * square - 0.4 * z ** 3,
    ];
  },
  halvorsen: (x, y, z) => [
    -1.4 * x - 4 * y - 4 * z - y * y,
    -1.4 * y - 4 * z - 4 * x - z * z,
    -1.4 * z - 4 * x - 4 * y - x * x,
  ],
  duffing: (x, y, z) => [y, x - x ** 3 - 0.1 * y + 0.35 * cos(z), 1.4],
  isothermalChemical: (a, b, c) => [0.29786 * (2.5 + c) - a * b * b - a, (a * b * b + a - b) / 0.013, b - c],
  rabinovichFabrikant: (x, y, z) => [
    y * (z - 1 + x * x) + 0.87 * x,
    x * (3 * z + 1 - x * x) + 0.87 * y,
    -2 * z * (1.1 + x * y),
  ],
  dadras: (x, y, z) => [y - 3 * x + 2.7 * y * z, 1.7 * y - x * z + z, 2 * x * y - 9 * z],
  rikitake: (x, y, z) => [y * z - x, (z - 1) * x - y, 1 - x * y],
  aizawa: (x, y, z) => [
    (z - 0.7) * x - 3.5 * y,
    3.5 * x + (z - 0.7) * y,
    0.6 + 0.95 * z - z ** 3 / 3 - (x * x + y * y) * (1 + 0.25 * z) + 0.1 * z * x ** 3,
  ],
  chenLee: (x, y, z) => [5 * x - y * z, x * z - 10 * y, (x * y) / 3 - 0.38 * z],
} as const satisfies Readonly<Record<string, Field>>;

export const STEPS: Readonly<Record<string, (x: number, y: number) => number[]>> = {
  logistic: x => [3.9 * x * (1 - x)],
  henon: (x, y) => [y + 1 - 1.4 * x * x, 0.3 * x],
  ikeda: (x, y) => {
    const angle = 0.4 - 6 / (1 + x * x + y * y);
    return [1 + 0.9 * (x * cos(angle) - y * sin(angle)), 0.9 * (x * sin(angle) + y * cos(angle))];
  },
  chirikov: (p, x) => [p + 0.971635 * sin(x), x + p + 0.971635 * sin(x)],
  tinkerbell: (x, y) => [x * x - y * y + 0.9 * x - 0.6013 * y, 2 * x * y + 2 * x + 0.5 * y],
};
