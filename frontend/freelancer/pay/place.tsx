/** One's own pay: the meter and statements, totals, disputes, the bank account. */

import { useState } from "preact/hooks";

import { Problem } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { language } from "../../shared/i18n";
import { day, length, money } from "../../shared/pay/amounts";
import { newId, Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import { MeterBar, usePayNow } from "../../shared/pay/meter";
import { DisputeWords, StatementView } from "../../shared/pay/statement";
import type { Dispute, StatementDetail } from "../../shared/pay/statement";
import { entry } from "../fetched";
import { AccountPage } from "./account";
import { t } from "./words";

/** The end of a sign-in leads back to the door. */
function failed(error: unknown): void {
  if (error instanceof Problem && error.status === 401) entry.throwOut();
}

interface StatementRow {
  readonly session: string;
  readonly currency: string;
  readonly booked_on: string;
  readonly ended: string;
  readonly guaranteed_microseconds: number;
  readonly top_up_minor: number;
  readonly total_minor: number;
}

const tabs = [
  ["", "payTabNow"],
  ["totals", "payTabTotals"],
  ["disputes", "payTabDisputes"],
  ["account", "payTabAccount"],
] as const;

export function PayPlace({ rest }: { rest: readonly string[] }) {
  const [at = "", session = ""] = rest;
  if (at === "statement" && session) return <OneStatement session={session} failed={failed} />;
  return (
    <div class="pay">
      <div class="pay-tabs">
        {tabs.map(([key, title]) => (
          <a key={key} href={`#/pay${key && `/${key}`}`} aria-current={at === key ? "true" : undefined}>
            {t(title)}
          </a>
        ))}
      </div>
      {at === "totals" && <Totals failed={failed} />}
      {at === "disputes" && <Disputes failed={failed} />}
      {at === "account" && <AccountPage failed={failed} />}
      {!["totals", "disputes", "account"].includes(at) && <Now failed={failed} />}
    </div>
  );
}

function Now({ failed }: { failed: Failed }) {
  const now = usePayNow(null, failed);
  return (
    <>
      <section class="card">
        {now === null && <p class="quiet">{t("payLoading")}</p>}
        {now?.meter && <MeterBar meter={now.meter} askedAt={now.askedAt} />}
        {now && !now.meter && <p>{t("payOffline")}</p>}
        {now && now.today_minor > 0 && (
          <p class="quiet">
            {t("payToday")}: {money(now.today_minor, now.currency)}, {length(now.today_guaranteed_seconds)}
          </p>
        )}
      </section>
      <Statements failed={failed} />
    </>
  );
}

const pageSize = 30;
// A session that has just ended has its statement within seconds.
const freshMilliseconds = 5000;

function Statements({ failed }: { failed: Failed }) {
  const [older, setOlder] = useState<readonly StatementRow[]>([]);
  const [ended, setEnded] = useState(false);
  const first = useAsked<{ statements: readonly StatementRow[] }>(
    `/api/agent/pay/statements?limit=${pageSize}`,
    failed,
    freshMilliseconds,
  );
  const more = useMore(failed);
  return (
    <section aria-labelledby="pay-statements">
      <h3 id="pay-statements">{t("payStatements")}</h3>
      <Shown of={first}>
        {({ statements }) => {
          const all = [...statements, ...older];
          if (all.length === 0) return <p class="empty quiet">{t("payNone")}</p>;
          return (
            <>
              <ul class="plain-list pay-lines">
                {all.map((row) => (
                  <StatementLink key={row.session} row={row} />
                ))}
              </ul>
              <p class="pay-actions">
                {!ended && all.length % pageSize === 0 && (
                  <Button
                    onClick={() =>
                      void more(all.at(-1)?.ended ?? "", (page) => {
                        setOlder([...older, ...page]);
                        setEnded(page.length < pageSize);
                      })
                    }
                  >
                    {t("payMore")}
                  </Button>
                )}
                <a class="button" href="/api/agent/pay/statements.csv" download>
                  {t("payCsv")}
                </a>
              </p>
            </>
          );
        }}
      </Shown>
      <p class="quiet small">{t("payTips")}</p>
    </section>
  );
}

function useMore(failed: Failed) {
  return async (before: string, got: (page: readonly StatementRow[]) => void): Promise<void> => {
    const query = new URLSearchParams({ limit: String(pageSize), before });
    try {
      const response = await fetch(`/api/agent/pay/statements?${query}`);
      got(((await response.json()) as { statements: readonly StatementRow[] }).statements);
    } catch (error) {
      failed(error);
    }
  };
}

function StatementLink({ row }: { row: StatementRow }) {
  return (
    <li class="pay-line">
      <a class="pay-row" href={`#/pay/statement/${row.session}`}>
        <span>
          {t("paySessionOf", { date: day(row.ended) })}
          <small class="quiet">{length(row.guaranteed_microseconds / 1e6)}</small>
        </span>
        <b class="pay-figure">{money(row.total_minor, row.currency)}</b>
      </a>
    </li>
  );
}

function OneStatement({ session, failed }: { session: string; failed: Failed }) {
  const path = `/api/agent/pay/statements/${encodeURIComponent(session)}`;
  const statement = useAsked<StatementDetail>(path, failed);
  return (
    <div class="pay">
      <p>
        <a href="#/pay">{t("payBack")}</a>
      </p>
      <Shown of={statement}>
        {(value) => (
          <>
            <h3>{t("paySessionOf", { date: day(value.ended) })}</h3>
            <StatementView
              statement={value}
              actions={(line) =>
                value.disputes.some((each) => each.line === line && !each.outcome) ? null : (
                  <DisputeForm path={path} line={line} failed={failed} done={statement.again} />
                )
              }
            />
            <p class="pay-actions">
              <a class="button" href={`${path}/pdf?language=${language.value}`} download>
                {t("payPdf")}
              </a>
              <a class="button" href={`${path}/csv`} download>
                {t("payCsv")}
              </a>
            </p>
          </>
        )}
      </Shown>
    </div>
  );
}

function DisputeForm(props: { path: string; line: number; failed: Failed; done(): void }) {
  const [open, setOpen] = useState(false);
  const [id] = useState(newId);
  const [reason, setReason] = useState("");
  const sending = useSending(props.failed);
  if (!open) {
    return (
      <Button look="plain" class="pay-ask" onClick={() => setOpen(true)}>
        {t("payDispute")}
      </Button>
    );
  }
  const field = `pay-dispute-${props.line}`;
  return (
    <form
      class="pay-form"
      onSubmit={(event) => {
        event.preventDefault();
        const body = { id, line: props.line, reason };
        void sending.send(`${props.path}/disputes`, body, props.done);
      }}
    >
      <label for={field}>{t("payDisputeWhy")}</label>
      <textarea
        id={field}
        rows={3}
        required
        maxLength={2000}
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <p class="problem" role="alert">
        {sending.problem}
      </p>
      <p class="pay-actions">
        <Button submit look="primary" disabled={sending.busy}>
          {t("paySend")}
        </Button>
        <Button onClick={() => setOpen(false)}>{t("payCancel")}</Button>
      </p>
    </form>
  );
}

interface TotalsRow {
  readonly span: string;
  readonly currency: string;
  readonly total_minor: number;
  readonly top_up_minor: number;
  readonly guaranteed_seconds: number;
  readonly sessions: number;
}

function Totals({ failed }: { failed: Failed }) {
  const [by, setBy] = useState<"day" | "week" | "month">("week");
  const totals = useAsked<{ totals: readonly TotalsRow[] }>(`/api/agent/pay/totals?by=${by}`, failed);
  return (
    <section>
      <label class="pay-by">
        <span>{t("payBy")}</span>
        <select value={by} onChange={(event) => setBy(event.currentTarget.value as typeof by)}>
          {(["day", "week", "month"] as const).map((each) => (
            <option key={each} value={each}>
              {t(`payBy_${each}`)}
            </option>
          ))}
        </select>
      </label>
      <Shown of={totals}>
        {({ totals: rows }) =>
          rows.length === 0 ? (
            <p class="empty quiet">{t("payNone")}</p>
          ) : (
            <ul class="plain-list pay-lines">
              {rows.map((row) => (
                <li class="pay-line pay-row" key={row.span + row.currency}>
                  <span>
                    {row.span}
                    <small class="quiet">
                      {t("paySessions", { n: row.sessions })}, {length(row.guaranteed_seconds)}
                    </small>
                  </span>
                  <b class="pay-figure">{money(row.total_minor, row.currency)}</b>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

function Disputes({ failed }: { failed: Failed }) {
  const disputes = useAsked<{ disputes: readonly Dispute[] }>("/api/agent/pay/disputes", failed);
  return (
    <Shown of={disputes}>
      {({ disputes: rows }) =>
        rows.length === 0 ? (
          <p class="empty quiet">{t("payDisputesNone")}</p>
        ) : (
          <ul class="plain-list cards">
            {rows.map((each) => (
              <li class="card" key={each.id}>
                <DisputeWords dispute={each} />
                <a href={`#/pay/statement/${each.session}`}>{t("payStatement")}</a>
              </li>
            ))}
          </ul>
        )
      }
    </Shown>
  );
}
