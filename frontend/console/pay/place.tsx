/** Pay, for leads: the floor, rate cards, payouts, statements, disputes. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { day, length, money } from "../../shared/pay/amounts";
import { Shown, useAsked } from "../../shared/pay/asked";
import type { Asked, Failed } from "../../shared/pay/asked";
import { CardsPage } from "./cards";
import { DisputesPage } from "./disputes";
import { FloorPage } from "./floor";
import { PayoutsPage } from "./payouts";
import { StatementPage } from "./statement";
import { t } from "./words";

const tabs = ["floor", "cards", "payouts", "statements", "disputes"] as const;
type Tab = (typeof tabs)[number];

export function PayPlace({ path, failed }: { path: readonly string[]; failed: Failed }) {
  const at: Tab = tabs.find((each) => each === path[0]) ?? "floor";
  const of = path[1];
  return (
    <div class="pay">
      <h2 tabIndex={-1}>{t(`payTab_${at}`)}</h2>
      <div class="pay-tabs">
        {tabs.map((each) => (
          <a key={each} href={`#/pay/${each}`} aria-current={each === at ? "true" : undefined}>
            {t(`payTab_${each}`)}
          </a>
        ))}
      </div>
      {at === "floor" && <FloorPage week={of ?? null} failed={failed} />}
      {at === "cards" && <CardsPage failed={failed} />}
      {at === "payouts" && <PayoutsPage failed={failed} />}
      {at === "statements" && of && <StatementPage session={of} failed={failed} />}
      {at === "statements" && !of && <Statements failed={failed} />}
      {at === "disputes" && <DisputesPage failed={failed} />}
    </div>
  );
}

interface Row {
  readonly session: string;
  readonly agent: string;
  readonly agent_name: string | null;
  readonly currency: string;
  readonly ended: string;
  readonly guaranteed_microseconds: number;
  readonly floor_minor: number;
  readonly total_minor: number;
}

const pageSize = 100;

function Statements({ failed }: { failed: Failed }) {
  // How far back: the end of the last statement of the page before.
  const [pages, setPages] = useState<readonly string[]>([]);
  const query = new URLSearchParams({ limit: String(pageSize) });
  const before = pages.at(-1);
  if (before) query.set("before", before);
  const list = useAsked<{ statements: readonly Row[] }>(`/api/console/pay/statements?${query}`, failed, 10_000);
  const last = list.value?.statements.length === pageSize ? list.value.statements.at(-1)?.ended : undefined;
  return (
    <>
      <StatementTable list={list} />
      <p class="pay-actions">
        {before && <Button onClick={() => setPages(pages.slice(0, -1))}>{t("payNewer")}</Button>}
        {last && <Button onClick={() => setPages([...pages, last])}>{t("payOlder")}</Button>}
      </p>
    </>
  );
}

function StatementTable({ list }: { list: Asked<{ statements: readonly Row[] }> }) {
  return (
    <Shown of={list}>
      {({ statements }) =>
        statements.length === 0 ? (
          <p class="empty quiet">{t("payNoStatements")}</p>
        ) : (
          <div class="panel">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("payAgent")}</th>
                  <th scope="col">{t("payEnded")}</th>
                  <th scope="col" class="roomy">{t("payTime")}</th>
                  <th scope="col" class="roomy pay-amount">{t("payFloor")}</th>
                  <th scope="col" class="pay-amount">{t("payTotal")}</th>
                </tr>
              </thead>
              <tbody>
                {statements.map((row) => (
                  <tr key={row.session}>
                    <th scope="row">
                      <a class="row-link" href={`#/pay/statements/${row.session}`}>
                        {row.agent_name ?? row.agent.slice(0, 8)}
                      </a>
                    </th>
                    <td>{day(row.ended)}</td>
                    <td class="roomy">{length(row.guaranteed_microseconds / 1e6)}</td>
                    <td class="roomy pay-amount">{money(row.floor_minor, row.currency)}</td>
                    <td class="pay-amount">{money(row.total_minor, row.currency)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Shown>
  );
}
