/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(values.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(values.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** @param {number[]} values */
export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {number} value */
export function ms(value) {
  return `${value.toFixed(0)} ms`;
}
