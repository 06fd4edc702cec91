/** What the desk tells of dispatching over HTTP, and what follows from it. Pure. */

export type Value = number | readonly number[] | readonly (readonly number[])[];
export type Content = Readonly<Record<string, Value>>;

export interface Choice {
  readonly id: number;
  readonly policy: string;
  readonly at: string;
  readonly name: string | null;
  readonly reason: string;
  readonly changes: readonly { setting: string; before: Value; after: Value }[];
}

export interface PolicyNow {
  readonly id: string;
  readonly content: Content;
  readonly usual: Content;
  readonly chosen: Choice | null;
}

export interface Preview {
  readonly source: "recorded" | "sample";
  readonly scenes: number;
  readonly customers: number;
  readonly offers_before: number;
  readonly offers_after: number;
  readonly doubled_before: number;
  readonly doubled_after: number;
  readonly same: number;
  readonly other_agent: number;
  readonly only_before: number;
  readonly only_after: number;
  readonly examples: readonly {
    conversation: string;
    language: string;
    waited_seconds: number;
    before: string | null;
    after: string | null;
  }[];
}

export interface Checked {
  readonly id: string | null;
  readonly problems: readonly { setting: string; sentence: string }[];
  readonly preview: Preview | null;
}

export interface QuarterTold {
  readonly start: string;
  readonly expected: number;
  readonly high: number;
  readonly needed: number;
  readonly guaranteed?: number;
  readonly standby?: number;
  readonly asked?: number;
}

export interface Capacity {
  readonly at: string;
  readonly known: boolean;
  readonly since: string | null;
  readonly requests: number;
  readonly least: number;
  readonly handle_seconds: number;
  readonly patience_seconds: number;
  readonly chats_an_agent: number;
  readonly service_level_seconds: number;
  readonly service_level_share: number;
  readonly places: number;
  readonly filled: number;
  readonly languages: readonly {
    language: string;
    needed: number;
    guaranteed: number;
    standby: number;
  }[];
  readonly quarters: readonly QuarterTold[];
}

export interface Honesty {
  readonly told: number;
  readonly judged: number;
  readonly within: number;
  readonly sooner: number;
  readonly later: number;
  readonly coverage: number | null;
  readonly bias_seconds: number | null;
  readonly compared: number;
  readonly rmse_seconds: Readonly<Record<string, number>> | null;
}

export interface Waits {
  readonly all: Honesty;
  readonly busy: Honesty;
  readonly by_day: readonly { day: string; judged: number; within: number; coverage: number | null }[];
  readonly calibration: readonly { told_seconds: number; waited_seconds: number; count: number }[];
  readonly points: readonly { told_seconds: number; waited_seconds: number }[];
  readonly languages: readonly string[];
  readonly pace: {
    readonly handle_seconds: number;
    readonly patience_seconds: number;
    readonly pickup_seconds: number;
    readonly stretch: number;
    readonly seen: number;
    readonly skills: readonly { skill: string; language: string; handle_seconds: number }[];
  };
}

export interface Reason {
  readonly because: string;
  readonly sentence: string;
}

export interface OfferTold {
  readonly id: string;
  readonly conversation: string;
  readonly customer: string | null;
  readonly agent_name: string | null;
  readonly stage: "open" | "accepted" | "declined" | "expired" | "withdrawn";
  readonly made_at: string;
  readonly doubled: boolean;
  readonly policy: string;
  readonly round: string;
  readonly language: string;
  readonly topic: string | null;
  readonly skill: string | null;
  readonly expected_minutes: number;
  readonly pay_minor: number;
  readonly currency: string;
  readonly why: readonly Reason[];
  readonly waited_seconds: number;
}

export interface RoundTold {
  readonly looked_at: number;
  readonly candidates: readonly {
    agent: string;
    name: string | null;
    verdict: string;
    score_points: number | null;
    offered: boolean;
    reasons: readonly Reason[];
  }[];
}

export type Unit = "seconds" | "points" | "percent" | "number";

export interface Setting {
  readonly name: string;
  readonly unit: Unit;
  readonly least: number;
  readonly most: number;
}

const seconds = (name: string, least: number, most: number): Setting => ({
  name,
  unit: "seconds",
  least,
  most,
});
const points = (name: string): Setting => ({ name, unit: "points", least: 0, most: 100 });

/** The settings in the order in which a lead thinks of them; bounds as the desk holds them. */
export const groups: readonly { title: string; settings: readonly Setting[] }[] = [
  {
    title: "polPromise",
    settings: [
      seconds("service_level_seconds", 10, 3600),
      { name: "service_level_share", unit: "percent", least: 1, most: 100 },
      seconds("maximum_age_seconds", 1, 3600),
    ],
  },
  {
    title: "polOffers",
    settings: [
      seconds("offer_seconds", 10, 120),
      seconds("double_offer_after_seconds", 0, 3600),
      seconds("ask_again_seconds", 10, 3600),
      seconds("continuity_seconds", 0, 3600),
    ],
  },
  {
    title: "polPoints",
    settings: [
      points("wait_points"),
      { name: "wait_exponent", unit: "number", least: 1, most: 4 },
      points("skill_points"),
      points("continuity_points"),
      points("load_points"),
      points("passed_points"),
      points("margin_points"),
    ],
  },
];

/** What the field shows: shares as percent, everything else as it is. */
export function toField(value: Value | undefined, unit: Unit): string {
  if (typeof value !== "number") return "";
  return String(unit === "percent" ? rounded(value * 100) : value);
}

/** What the desk gets for a field; null while it is no number. */
export function fromField(text: string, unit: Unit): number | null {
  const value = Number(text.replace(",", ".").trim());
  if (text.trim() === "" || !Number.isFinite(value)) return null;
  return unit === "percent" ? rounded(value / 100) : value;
}

/** A value in a diff: "30", "30 → 1, 60 → 2", "0.9, 0.8, 0.7". */
export function valueWords(value: Value): string {
  if (typeof value === "number") return String(rounded(value));
  return value
    .map((each) => (typeof each === "number" ? String(rounded(each)) : each.join(" → ")))
    .join(", ");
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
