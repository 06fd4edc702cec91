/** Payouts: what is owed, held for a payout, approved and paid with its files, or let go. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { day, moment, money } from "../../shared/pay/amounts";
import { newId, Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import type { PayOverview } from "./floor";
import { t } from "./words";
import type { Words } from "./words/en";

interface Payout {
  readonly id: string;
  readonly currency: string;
  readonly state: string;
  readonly total_minor: number;
  readonly agents: number;
  readonly pay_on: string;
  readonly prepared_by: string;
  readonly expires_at: string;
  readonly because: string | null;
}

interface Owed {
  readonly total_minor: number;
  readonly without_account: number;
  readonly agents: number;
}

const files = ["pain001", "sie", "csv"] as const;

export function PayoutsPage({ failed }: { failed: Failed }) {
  const [round, setRound] = useState(0);
  const overview = useAsked<PayOverview>("/api/console/pay/overview", failed);
  const payouts = useAsked<{ payouts: readonly Payout[] }>("/api/console/payouts", failed);
  const again = (): void => {
    payouts.again();
    setRound((known) => known + 1);
  };
  return (
    <>
      <Shown of={overview}>
        {({ markets }) => (
          <>
            {markets.map(({ market, currency }) => (
              <Prepare
                key={market + currency + String(round)}
                market={market}
                currency={currency}
                failed={failed}
                done={again}
              />
            ))}
          </>
        )}
      </Shown>
      <Shown of={payouts}>
        {({ payouts: rows }) => (
          <>
            {rows.map((row) => (
              <OnePayout key={row.id} payout={row} failed={failed} done={again} />
            ))}
          </>
        )}
      </Shown>
    </>
  );
}

function Prepare(props: { market: string; currency: string; failed: Failed; done(): void }) {
  const { market, currency, failed, done } = props;
  const owed = useAsked<Owed>(`/api/console/payouts/owed?currency=${currency}`, failed);
  const [id] = useState(newId);
  const [on, setOn] = useState(() => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
  const sending = useSending(failed);
  const field = `pay-on-${currency}`;
  return (
    <div class="panel">
      <Shown of={owed}>
        {(value) => (
          <>
            <h3>
              {t("payOwedNow", {
                agents: t("payAgents", { n: value.agents }),
                amount: money(value.total_minor, currency),
              })}
            </h3>
            {value.without_account > 0 && <p class="quiet">{t("payWithout", { n: value.without_account })}</p>}
          </>
        )}
      </Shown>
      <form
        class="pay-inline"
        onSubmit={(event) => {
          event.preventDefault();
          void sending.send("/api/console/payouts", { id, market, currency, pay_on: on }, done);
        }}
      >
        <label for={field}>{t("payOn")}</label>
        <input id={field} type="date" required value={on} onInput={(event) => setOn(event.currentTarget.value)} />
        <Button submit disabled={sending.busy}>
          {t("payPrepare")}
        </Button>
      </form>
      <p class="problem" role="alert">
        {sending.problem}
      </p>
    </div>
  );
}

function OnePayout({ payout, failed, done }: { payout: Payout; failed: Failed; done(): void }) {
  const sending = useSending(failed);
  const path = `/api/console/payouts/${payout.id}`;
  return (
    <section class="panel" aria-label={`${t("payTab_payouts")} ${day(payout.pay_on)}`}>
      <h3>
        {day(payout.pay_on)}: {money(payout.total_minor, payout.currency)},{" "}
        {t("payAgents", { n: payout.agents })}
      </h3>
      <p>
        <b class={`pay-state ${payout.state}`}>{t(`payState_${payout.state}` as keyof Words)}</b>{" "}
        <span class="quiet">
          {payout.because === "expired" ? t("payBecause_expired") : payout.because !== "voided" && payout.because}{" "}
          {payout.prepared_by}
        </span>
      </p>
      {payout.state === "held" && (
        <>
          <p class="quiet">{t("payPreparedMeans", { until: moment(payout.expires_at) })}</p>
          <p class="pay-actions">
            <Button look="primary" disabled={sending.busy} onClick={() => void sending.send(`${path}/run`, {}, done)}>
              {t("payRun")}
            </Button>
            <Button disabled={sending.busy} onClick={() => void sending.send(`${path}/void`, {}, done)}>
              {t("payVoid")}
            </Button>
          </p>
        </>
      )}
      {(payout.state === "paid" || payout.state === "running") && (
        <p class="pay-actions">
          {files.map((kind) => (
            <a key={kind} class="button" href={`${path}/files/${kind}`} download>
              {t(`payFile_${kind}`)}
            </a>
          ))}
        </p>
      )}
      <p class="problem" role="alert">
        {sending.problem}
      </p>
    </section>
  );
}
