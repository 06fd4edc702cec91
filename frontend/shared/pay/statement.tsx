/** One statement: the sums, then every line, which opens to its formula and its evidence. */

import type { ComponentChildren } from "preact";

import { locale } from "../i18n";
import { day, exactly, exactTime, length, moment, money } from "./amounts";
import { t } from "./words";
import type { Words } from "./words/en";

export interface Line {
  readonly kind: "earning" | "rounding" | "adjustment" | "top_up" | "extra";
  readonly exact: string;
  readonly formula: string;
  readonly evidence: readonly string[];
  readonly cards: string | null;
  readonly interval: string | null;
}

export interface Dispute {
  readonly id: string;
  readonly session: string;
  readonly line: number;
  readonly agent_name: string | null;
  readonly currency: string;
  readonly reason: string;
  readonly due_at: string;
  readonly outcome: "stands" | "corrected" | null;
  readonly answer: string | null;
}

export interface StatementDetail {
  readonly session: string;
  readonly version: number;
  readonly agent: string;
  readonly agent_name: string | null;
  readonly currency: string;
  readonly began: string;
  readonly ended: string;
  readonly booked_on: string;
  readonly guaranteed_microseconds: number;
  readonly floor_minor: number;
  readonly pay_minor: number;
  readonly top_up_minor: number;
  readonly total_minor: number;
  readonly ledger_key: string | null;
  readonly basis: string;
  readonly lines: readonly Line[];
  readonly evidence: Record<string, Record<string, unknown>>;
  readonly disputes: readonly Dispute[];
}

/** `actions` gives what may be done with a line. */
export function StatementView(props: {
  statement: StatementDetail;
  actions?: (line: number) => ComponentChildren;
}) {
  const { statement, actions } = props;
  const { currency } = statement;
  const say = (minor: number): string => money(minor, currency);
  return (
    <>
      <dl class="pay-sums">
        <Sum name={t("payTotal")} value={say(statement.total_minor)} large />
        <Sum name={t("payPay")} value={say(statement.pay_minor)} />
        <Sum name={t("payFloor")} value={say(statement.floor_minor)} />
        <Sum name={t("payTime")} value={length(statement.guaranteed_microseconds / 1e6)} />
      </dl>
      <p class="quiet small">
        {moment(statement.began)} – {moment(statement.ended)}. {t("payBasis")}: {basisWords(statement.basis)}.{" "}
        {statement.version > 1 && t("payVersions", { n: statement.version })}
      </p>
      <section aria-labelledby="pay-lines">
        <h3 id="pay-lines">{t("payLines")}</h3>
        <ol class="plain-list pay-lines">
          {statement.lines.map((line, index) => (
            <LineView key={index} line={line} index={index} statement={statement}>
              {actions?.(index)}
            </LineView>
          ))}
        </ol>
      </section>
      <p class="quiet small pay-entry">
        {t("payEntry")}: {statement.ledger_key ?? t("payNoEntry")}
      </p>
    </>
  );
}

function Sum({ name, value, large }: { name: string; value: string; large?: boolean }) {
  return (
    <div class={large ? "large" : ""}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What is paid besides says in its formula which of its kinds it is. */
function kindWords({ kind, formula }: Line): string {
  const known = kind === "extra" && ["tip", "expense", "other_period"].includes(formula);
  return t(`payKind_${known ? formula : kind}` as keyof Words);
}

/** A formula is kept as it was booked; its few words are said in the reader's language. */
function formulaWords(line: Line): string {
  const [, from, to] = /^rounded up from (.+) to (-?\d+), /.exec(line.formula) ?? [];
  if (from && to) return t("payRounded", { from, to });
  return line.kind === "extra" ? kindWords(line) : line.formula;
}

function LineView(props: {
  line: Line;
  index: number;
  statement: StatementDetail;
  children: ComponentChildren;
}) {
  const { line, index, statement, children } = props;
  const disputes = statement.disputes.filter((each) => each.line === index);
  return (
    <li class="pay-line">
      <details>
        <summary>
          <span>
            {kindWords(line)}
            {disputes.some((each) => !each.outcome) && <span class="pay-mark">?</span>}
          </span>
          <b class="pay-figure">{exactly(line.exact, statement.currency)}</b>
        </summary>
        <dl class="pay-behind">
          <dt>{t("payFormula")}</dt>
          <dd>
            <code>{formulaWords(line)}</code>
          </dd>
          {line.cards && (
            <>
              <dt>{t("payCard")}</dt>
              <dd>{line.cards}</dd>
            </>
          )}
          {line.interval && (
            <>
              <dt>{t("payInterval")}</dt>
              <dd>{intervalWords(line.interval)}</dd>
            </>
          )}
          {line.evidence.length > 0 && (
            <>
              <dt>{t("payEvidence")}</dt>
              <dd>
                <ul class="plain-list">
                  {line.evidence.map((name) => (
                    <li key={name}>
                      {evidenceWords(statement.evidence[name])} <code class="quiet">{name}</code>
                    </li>
                  ))}
                </ul>
              </dd>
            </>
          )}
        </dl>
        {disputes.map((dispute) => (
          <DisputeWords key={dispute.id} dispute={dispute} />
        ))}
        {children}
      </details>
    </li>
  );
}

export function DisputeWords({ dispute }: { dispute: Dispute }) {
  return (
    <div class="pay-dispute">
      <blockquote dir="auto">{dispute.reason}</blockquote>
      {dispute.outcome ? (
        <p>
          <b>{t(`payOutcome_${dispute.outcome}` as keyof Words)}:</b> <span dir="auto">{dispute.answer}</span>
        </p>
      ) : (
        <p>{t("payDisputed", { date: day(dispute.due_at) })}</p>
      )}
    </div>
  );
}

export const basisWords = (basis: string): string =>
  t(basis === "gross salary" ? "payBasis_salary" : "payBasis_invoice");

function intervalWords(interval: string): string {
  const [from = "", to = ""] = interval.split("/");
  return `${exactTime(from)} – ${exactTime(to)}`;
}

function evidenceWords(found: Record<string, unknown> | undefined): string {
  if (!found) return "";
  const text = (name: string): string => String(found[name] ?? "");
  switch (found["kind"]) {
    case "offer":
      return t("payOffer", {
        topic: text("topic") || t("payNoTopic"),
        language: languageName(text("language")),
        minutes: Number(found["expected_minutes"]),
        amount: money(Number(found["pay_minor"]), text("currency")),
      });
    case "event":
      return `${t("payEvent", { type: text("type").replace("session.", "") })}, ${moment(text("at"))}.`;
    case "outage":
      return `${t("payOutage")}, ${exactTime(text("from"))} – ${exactTime(text("to"))}.`;
    case "training":
      return `${t("payTraining", { skill: text("skill") })}, ${exactTime(text("from"))} – ${exactTime(text("to"))}.`;
    default:
      return `${t("payAddition", { reason: text("reason") })}, ${moment(text("at"))}.`;
  }
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(locale.value, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
