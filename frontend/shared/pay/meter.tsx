/** The live meter: earned, guaranteed and top-up so far as one bar, to the smallest unit. */

import { useEffect, useState } from "preact/hooks";

import { api } from "../account/api";
import { money } from "./amounts";
import { sumsAfter } from "./metered";
import type { Meter, MeterNow } from "./metered";
import { t } from "./words";

const tickMilliseconds = 1000;
const freshMilliseconds = 60_000;

/** Asks again when `changed` is another value, once a minute, and when the page is looked at. */
export function usePayNow(changed: unknown, failed?: (error: unknown) => void): MeterNow & { readonly askedAt: number } | null {
  const [known, setKnown] = useState<(MeterNow & { readonly askedAt: number }) | null>(null);
  useEffect(() => {
    let here = true;
    const look = (): void => {
      if (document.visibilityState === "hidden") return;
      api<MeterNow>("/api/agent/pay/now").then(
        (now) => here && setKnown({ ...now, askedAt: performance.now() }),
        (error: unknown) => here && failed?.(error),
      );
    };
    look();
    const timer = setInterval(look, freshMilliseconds);
    document.addEventListener("visibilitychange", look);
    return () => {
      here = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [changed]);
  return known;
}

/** The whole seconds since then, counted while it is shown. */
function useSeconds(since: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), tickMilliseconds);
    return () => clearInterval(timer);
  }, [since]);
  return Math.max(0, (now - since) / 1000);
}

export function MeterBar({ meter, askedAt }: { meter: Meter; askedAt: number }) {
  const { earned, topUp, floor, total } = sumsAfter(meter, useSeconds(askedAt));
  const all = Math.max(1, earned + topUp);
  const share = Math.min(100, Math.round((earned * 1000) / all) / 10);
  const say = (minor: number): string => money(minor, meter.currency);
  return (
    <div class="pay-meter" role="group" aria-label={t("payMeter")}>
      <p class="pay-total">
        <span>{t("payIfStop")}</span> <b class="pay-figure">{say(total)}</b>
      </p>
      <svg class="pay-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="pay-bar-top-up" width="100" height="4" />
        <rect class="pay-bar-earned" width={share} height="4" />
      </svg>
      <dl class="pay-parts">
        <div class="pay-part-earned">
          <dt>{t("payEarned")}</dt>
          <dd>{say(earned)}</dd>
        </div>
        <div class="pay-part-top-up">
          <dt>{t("payTopUp")}</dt>
          <dd>{say(topUp)}</dd>
        </div>
        <div>
          <dt>{t("payGuaranteed")}</dt>
          <dd>{say(floor)}</dd>
        </div>
      </dl>
      <p class="quiet small">
        {t(meter.counting ? "payCounting" : "payNotCounting")}{" "}
        {t(meter.unit === "minute" ? "payRateMinute" : "payRateConversation", {
          floor: say(meter.floor_minor_per_hour),
          rate: say(meter.rate_minor),
        })}
      </p>
    </div>
  );
}

