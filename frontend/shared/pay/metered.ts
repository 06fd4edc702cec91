/** What an open session has earned at a moment, counted on from the last answer of the desk. */

export interface Meter {
  readonly session: string;
  readonly at: string;
  readonly currency: string;
  readonly floor_minor_per_hour: number;
  readonly unit: "minute" | "conversation";
  readonly rate_minor: number;
  readonly counting: boolean;
  readonly working: boolean;
  readonly floor_millionths: number;
  readonly earned_millionths: number;
  readonly floor_millionths_per_second: number;
  readonly earned_millionths_per_second: number;
  readonly extra_minor: number;
}

export interface MeterNow {
  readonly meter: Meter | null;
  readonly currency: string;
  readonly today_minor: number;
  readonly today_guaranteed_seconds: number;
}

export interface Sums {
  readonly earned: number;
  readonly floor: number;
  readonly topUp: number;
  readonly total: number;
}

const million = 1_000_000;
// The desk rounds its figures up to a millionth; that must not become another whole unit.
const slack = 2;

/** Sums in the smallest unit, `seconds` after the answer: each is rounded up once, as pay is. */
export function sumsAfter(meter: Meter, seconds: number): Sums {
  const on = Math.max(0, seconds);
  const floor = wholeOf(
    meter.floor_millionths + (meter.counting ? on * meter.floor_millionths_per_second : 0),
  );
  const earned = wholeOf(
    meter.earned_millionths + (meter.working ? on * meter.earned_millionths_per_second : 0),
  );
  const topUp = Math.max(0, floor - earned);
  return { earned, floor, topUp, total: earned + topUp + meter.extra_minor };
}

const wholeOf = (millionths: number): number => Math.max(0, Math.ceil((millionths - slack) / million));
