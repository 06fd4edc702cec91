/** A rush on a market's rate card: begin it, see what it granted, end it. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { exactTime, money } from "../../shared/pay/amounts";
import { newId, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import type { Card } from "./cards";
import { t } from "./words";

interface Running {
  readonly id: string;
  readonly basis_points: number;
  readonly ends_at: string;
}

export interface Market {
  readonly market: string;
  readonly currency: string;
  readonly card: Card;
  readonly break_even: Record<string, number>;
  readonly surges: readonly Running[];
  readonly surge_spent_minor: number;
  readonly month: string;
  readonly spent_minor: number;
  readonly forecast_minor: number;
  readonly budget_minor: number | null;
}

export function SurgePanel({ market, failed, done }: { market: Market; failed: Failed; done(): void }) {
  const { surge } = market.card;
  const [percent, setPercent] = useState(surge ? String(surge[0] / 100) : "");
  const [id, setId] = useState(newId);
  const sending = useSending(failed);
  const running = market.surges.filter((each) => Date.parse(each.ends_at) > Date.now());
  if (!surge) return null;
  const field = `pay-surge-${market.market}-${market.currency}`;
  const after = (): void => {
    setId(newId());
    done();
  };
  return (
    <div class="pay-surge">
      <p>
        <b>{t("paySurge")}:</b>{" "}
        {running[0]
          ? t("paySurgeRuns", {
              percent: running[0].basis_points / 100,
              until: exactTime(running[0].ends_at),
            })
          : t("paySurgeNone")}{" "}
        <span class="quiet">
          {t("paySurgeSpent", {
            spent: money(market.surge_spent_minor, market.currency),
            budget: money(surge[1], market.currency),
          })}
        </span>
      </p>
      {running[0] ? (
        <Button
          disabled={sending.busy}
          onClick={() => void sending.send(`/api/console/pay/surges/${running[0]?.id}/end`, {}, after)}
        >
          {t("payEndSurge")}
        </Button>
      ) : (
        <form
          class="pay-inline"
          onSubmit={(event) => {
            event.preventDefault();
            const body = {
              id,
              market: market.market,
              currency: market.currency,
              basis_points: Math.round(Number(percent) * 100),
              minutes: 60,
            };
            void sending.send("/api/console/pay/surges", body, after);
          }}
        >
          <label for={field}>%</label>
          <input
            id={field}
            inputMode="numeric"
            required
            value={percent}
            onInput={(event) => setPercent(event.currentTarget.value)}
          />
          <Button submit disabled={sending.busy}>
            {t("payBeginSurge")}
          </Button>
        </form>
      )}
      <p class="problem" role="alert">
        {sending.problem}
      </p>
    </div>
  );
}
