/** The shape of a sparkline. Pure. */

/** An SVG path over a box of `width` × `height`, with room for half the stroke above and below. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  if (values.length === 0) return "";
  const points = values.length === 1 ? [values[0] ?? 0, values[0] ?? 0] : values;
  // A flat line at zero lies on the ground, not in the middle: the scale begins at zero.
  const top = Math.max(...points, 1);
  const pad = 2;
  const x = (index: number): number => (index / (points.length - 1)) * width;
  const y = (value: number): number => height - pad - (value / top) * (height - 2 * pad);
  return points
    .map((value, index) => `${index === 0 ? "M" : "L"}${round(x(index))} ${round(y(value))}`)
    .join("");
}

const round = (value: number): number => Math.round(value * 10) / 10;
