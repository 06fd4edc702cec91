/** Small charts in SVG: drawn at the width that there is, so that their words stay readable. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Where the figures are drawn; the rest is for words. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const margins = { left: 40, top: 12, right: 20, bottom: 26 };

export function Chart(props: {
  label: string;
  height: number;
  children(frame: Frame): ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(320);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setWidth(Math.max(240, Math.round(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { height, label } = props;
  const frame: Frame = {
    width,
    height,
    left: margins.left,
    top: margins.top,
    right: width - margins.right,
    bottom: height - margins.bottom,
  };
  return (
    <div class="chart" ref={box}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {props.children(frame)}
      </svg>
    </div>
  );
}

/** A scale from values to pixels; the end is at least a little more than the beginning. */
export function scale(from: number, to: number, start: number, end: number) {
  const span = Math.max(to - from, 1e-9);
  return (value: number): number => Math.round((start + ((value - from) / span) * (end - start)) * 10) / 10;
}

/** Round figures for an axis: at most `count` steps from 0 to at least `most`. */
export function ticks(most: number, count = 4): readonly number[] {
  const rough = Math.max(most, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const whole = Math.max(step, most <= count ? 1 : step);
  const found = [0];
  while ((found.at(-1) ?? 0) < most) found.push(Math.round(found.length * whole * 1e6) / 1e6);
  return found.length > 1 ? found : [0, whole];
}

export function Axis(props: {
  frame: Frame;
  values: readonly number[];
  y(value: number): number;
  say(value: number): string;
}) {
  const { frame, values, y, say } = props;
  return (
    <g class="axis">
      {values.map((value) => (
        <g key={value}>
          <line x1={frame.left} x2={frame.right} y1={y(value)} y2={y(value)} />
          <text x={frame.left - 6} y={y(value) + 4} text-anchor="end">
            {say(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** A path that stays level over each step of `width` pixels. */
export function stepPath(points: readonly (readonly [x: number, y: number])[], width: number): string {
  return points.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}h${width}`).join("");
}
