/** The test of the floor, week by week and for each agent; and what the month costs. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { length, minorOf, money } from "../../shared/pay/amounts";
import { Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import type { Market } from "./surge";
import { t } from "./words";

interface Week {
  readonly week: string;
  readonly currency: string;
  readonly pay_minor: number;
  readonly floor_minor: number;
  readonly guaranteed_seconds: number;
  readonly floor_held: boolean;
  readonly agents: number;
  readonly agents_below: number;
}

interface OfAgent {
  readonly agent: string;
  readonly agent_name: string | null;
  readonly currency: string;
  readonly pay_minor: number;
  readonly floor_minor: number;
  readonly guaranteed_seconds: number;
  readonly floor_held: boolean;
}

export interface PayOverview {
  readonly weeks: readonly Week[];
  readonly markets: readonly Market[];
}

export function FloorPage({ week, failed }: { week: string | null; failed: Failed }) {
  const overview = useAsked<PayOverview>("/api/console/pay/overview", failed);
  return (
    <>
      <p class="quiet">{t("payTestMeans")}</p>
      {week && <WeekOfAgents week={week} failed={failed} />}
      <Shown of={overview}>
        {({ weeks, markets }) => (
          <>
            {weeks.length === 0 && <p class="empty quiet">{t("payNoWeeks")}</p>}
            {weeks.length > 0 && <Weeks weeks={weeks} />}
            {markets.map((market) => (
              <Cost key={market.market + market.currency} market={market} failed={failed} done={overview.again} />
            ))}
          </>
        )}
      </Shown>
    </>
  );
}

function Weeks({ weeks }: { weeks: readonly Week[] }) {
  return (
    <div class="panel">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("payWeek")}</th>
            <th scope="col" class="roomy">{t("payTime")}</th>
            <th scope="col" class="roomy pay-amount">{t("payFloor")}</th>
            <th scope="col" class="pay-amount">{t("payPay")}</th>
            <th scope="col">{t("payTest")}</th>
          </tr>
        </thead>
        <tbody>
          {weeks.map((each) => (
            <tr key={each.week + each.currency}>
              <th scope="row">
                <a class="row-link" href={`#/pay/floor/${each.week}`}>
                  {each.week}
                </a>
              </th>
              <td class="roomy">{length(each.guaranteed_seconds)}</td>
              <td class="roomy pay-amount">{money(each.floor_minor, each.currency)}</td>
              <td class="pay-amount">{money(each.pay_minor, each.currency)}</td>
              <td>
                <Held held={each.floor_held && each.agents_below === 0} />{" "}
                <small class="quiet">
                  {each.agents_below > 0
                    ? t("payAgentsBelow", { n: each.agents_below })
                    : t("payAgents", { n: each.agents })}
                </small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function WeekOfAgents({ week, failed }: { week: string; failed: Failed }) {
  const found = useAsked<{ agents: readonly OfAgent[] }>(
    `/api/console/pay/weeks/${encodeURIComponent(week)}`,
    failed,
  );
  return (
    <Shown of={found}>
      {({ agents }) => (
        <div class="panel">
          <h3>{week}</h3>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("payAgent")}</th>
                <th scope="col" class="roomy">{t("payTime")}</th>
                <th scope="col" class="pay-amount">{t("payPay")}</th>
                <th scope="col" class="roomy pay-amount">{t("payOverFloor")}</th>
                <th scope="col">{t("payTest")}</th>
              </tr>
            </thead>
            <tbody>
              {agents.map((each) => (
                <tr key={each.agent + each.currency}>
                  <th scope="row">{each.agent_name ?? each.agent.slice(0, 8)}</th>
                  <td class="roomy">{length(each.guaranteed_seconds)}</td>
                  <td class="pay-amount">{money(each.pay_minor, each.currency)}</td>
                  <td class="roomy pay-amount">{money(each.pay_minor - each.floor_minor, each.currency)}</td>
                  <td>
                    <Held held={each.floor_held} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Shown>
  );
}

function Held({ held }: { held: boolean }) {
  return <b class={held ? "pay-held" : "pay-below"}>{t(held ? "payHeldFloor" : "payBelow")}</b>;
}

function Cost(props: { market: Market; failed: Failed; done(): void }) {
  const { market, failed, done } = props;
  const { currency } = market;
  const [text, setText] = useState("");
  const sending = useSending(failed);
  const minor = minorOf(text, currency);
  const id = `pay-budget-${market.market}-${currency}`;
  const over = market.budget_minor !== null && market.forecast_minor > market.budget_minor;
  return (
    <div class="panel">
      <h3>
        {t("payCost")}: {market.market} {currency}
      </h3>
      <dl class="pay-sums">
        <Figure name={t("paySpent")} value={money(market.spent_minor, currency)} />
        <Figure name={t("payForecast")} value={money(market.forecast_minor, currency)} />
        <Figure
          name={t("payBudget")}
          value={market.budget_minor === null ? t("payNoBudget") : money(market.budget_minor, currency)}
        />
      </dl>
      {over && <p class="pay-warn">{t("payOverBudget")}</p>}
      <form
        class="pay-inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (minor === null) return;
          const body = { market: market.market, currency, month: market.month, minor };
          void sending.send("/api/console/pay/budget", body, () => {
            setText("");
            done();
          });
        }}
      >
        <label for={id}>{t("payBudget")}</label>
        <input id={id} inputMode="decimal" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <Button submit disabled={sending.busy || minor === null || minor < 0}>
          {t("paySetBudget")}
        </Button>
      </form>
      <p class="problem" role="alert">
        {sending.problem}
      </p>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
