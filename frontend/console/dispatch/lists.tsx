/** The two settings of the policy that are lists. */

import type { Value } from "./told";
import { t } from "./words";

interface ListProps {
  value: Value | undefined;
  problem: string | undefined;
  set(value: Value): void;
}

/** From so many seconds on, so many levels lower are enough. */
export function Steps({ value, problem, set }: ListProps) {
  const steps = pairs(value);
  const change = (index: number, side: 0 | 1, text: string): void => {
    const figure = Math.round(Number(text));
    if (text.trim() === "" || !Number.isFinite(figure)) return;
    set(steps.map((step, at) => (at === index ? (side === 0 ? [figure, step[1]] : [step[0], figure]) : step)));
  };
  return (
    <div class="setting list" role="group" aria-labelledby="steps-name" aria-describedby="steps-hint">
      <span id="steps-name">{t("set_skill_steps")}</span>
      {steps.map((step, index) => (
        <span class="setting-field" key={index}>
          <input
            inputMode="numeric"
            aria-label={t("stepAfter", { n: index + 1 })}
            defaultValue={String(step[0])}
            onInput={(event) => change(index, 0, event.currentTarget.value)}
          />
          <span class="quiet">{t("unitSeconds")} →</span>
          <input
            inputMode="numeric"
            aria-label={t("stepLower", { n: index + 1 })}
            defaultValue={String(step[1])}
            onInput={(event) => change(index, 1, event.currentTarget.value)}
          />
          <span class="quiet">{t("unitLevels")}</span>
        </span>
      ))}
      <p class="quiet small" id="steps-hint">
        {t("why_skill_steps")}
      </p>
      {problem && <p class="problem" lang="en">{problem}</p>}
    </div>
  );
}

/** How likely an offer is taken with no, one or two chats in hand. */
export function Odds({ value, problem, set }: ListProps) {
  const odds = Array.isArray(value) ? (value as readonly number[]) : [];
  const change = (index: number, text: string): void => {
    const figure = Number(text.replace(",", "."));
    if (text.trim() === "" || !Number.isFinite(figure)) return;
    set(odds.map((each, at) => (at === index ? figure / 100 : each)));
  };
  return (
    <div class="setting list" role="group" aria-labelledby="odds-name" aria-describedby="odds-hint">
      <span id="odds-name">{t("set_acceptance_by_load")}</span>
      <span class="setting-field">
        {odds.map((each, index) => (
          <input
            key={index}
            inputMode="decimal"
            aria-label={t("oddsAt", { n: index })}
            defaultValue={String(Math.round(each * 1000) / 10)}
            onInput={(event) => change(index, event.currentTarget.value)}
          />
        ))}
        <span class="quiet">{t("unitPercent")}</span>
      </span>
      <p class="quiet small" id="odds-hint">
        {t("why_acceptance_by_load")}
      </p>
      {problem && <p class="problem" lang="en">{problem}</p>}
    </div>
  );
}

function pairs(value: Value | undefined): readonly (readonly [number, number])[] {
  return Array.isArray(value) ? (value as readonly (readonly [number, number])[]) : [];
}
