/** One statement, for a lead: all its evidence, and what may be put to it. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { language } from "../../shared/i18n";
import { day, minorOf } from "../../shared/pay/amounts";
import { newId, Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import { StatementView } from "../../shared/pay/statement";
import type { StatementDetail } from "../../shared/pay/statement";
import { t } from "./words";

const kinds = ["tip", "expense", "adjustment", "other_period"] as const;

export function StatementPage({ session, failed }: { session: string; failed: Failed }) {
  const path = `/api/console/pay/statements/${encodeURIComponent(session)}`;
  const statement = useAsked<StatementDetail>(path, failed);
  return (
    <>
      <p>
        <a href="#/pay/statements">{t("payBack")}</a>
      </p>
      <Shown of={statement}>
        {(value) => (
          <>
            <h3>
              {value.agent_name ?? value.agent.slice(0, 8)}, {day(value.ended)}
            </h3>
            <StatementView statement={value} />
            <p>
              <a class="button" href={`${path}/pdf?language=${language.value}`} download>
                {t("payPdf")}
              </a>
            </p>
            <Put key={value.version} path={path} currency={value.currency} failed={failed} done={statement.again} />
            <Basis agent={value.agent} basis={value.basis} failed={failed} />
          </>
        )}
      </Shown>
    </>
  );
}

function Put(props: { path: string; currency: string; failed: Failed; done(): void }) {
  const [id] = useState(newId);
  const [kind, setKind] = useState<string>("tip");
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const sending = useSending(props.failed);
  const minor = minorOf(text, props.currency);
  return (
    <details class="panel pay-new">
      <summary>{t("payPut")}</summary>
      <form
        class="pay-grid"
        onSubmit={(event) => {
          event.preventDefault();
          void sending.send(`${props.path}/additions`, { id, kind, minor: minor ?? 0, reason }, props.done);
        }}
      >
        <p class="quiet pay-wide">{t("payPutMeans")}</p>
        <p>
          <label for="pay-put-kind">{t("payWhat")}</label>
          <select id="pay-put-kind" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {t(`payKind_${each}`)}
              </option>
            ))}
          </select>
        </p>
        <p>
          <label for="pay-put-amount">
            {t("payAmount")} ({props.currency})
          </label>
          <input id="pay-put-amount" inputMode="decimal" required value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </p>
        <p>
          <label for="pay-put-reason">{t("payReason")}</label>
          <input id="pay-put-reason" required maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </p>
        <p class="problem" role="alert">
          {sending.problem}
        </p>
        <Button submit look="primary" disabled={sending.busy || minor === null}>
          {t("payBook")}
        </Button>
      </form>
    </details>
  );
}

const bases = { invoice: "invoice amount excluding VAT", salary: "gross salary" } as const;

function Basis({ agent, basis, failed }: { agent: string; basis: string; failed: Failed }) {
  const [chosen, setChosen] = useState(basis);
  const sending = useSending(failed);
  return (
    <p class="pay-inline">
      <label for="pay-basis">{t("payBasisOf")}</label>
      <select
        id="pay-basis"
        value={chosen}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          void sending.send(`/api/console/pay/agents/${agent}/basis`, { basis: wanted }, () => setChosen(wanted));
        }}
      >
        <option value={bases.invoice}>{t("payBasis_invoice")}</option>
        <option value={bases.salary}>{t("payBasis_salary")}</option>
      </select>
      <span class="problem" role="alert">
        {sending.problem}
      </span>
    </p>
  );
}
