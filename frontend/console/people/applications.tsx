/** Who would like to answer customers: read, then approve or refuse with a reason. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { date, languageName, useAsked } from "./asked";
import type { Ask } from "./asked";
import { ReasonForm } from "./reason_form";
import { t } from "./words";

interface Application {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly languages: readonly string[];
  readonly skills: readonly string[];
  readonly motivation: string;
  readonly country: string;
  readonly applied_at: string;
  readonly decision: "approved" | "refused" | null;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
  readonly reason: string | null;
  readonly address_known: boolean;
}

export function Applications({ ask, changed }: { ask: Ask; changed(): void }) {
  const [state, setState] = useState<"open" | "decided">("open");
  const list = useAsked<{ applications: readonly Application[] }>(ask, `/applications?state=${state}`);
  const done = (): void => {
    list.again();
    changed();
  };
  const found = list.value?.applications.filter((each) => (each.decision === null) === (state === "open"));
  return (
    <>
      <label class="filter">
        <span>{t("show")}</span>
        <select value={state} onChange={(event) => setState(event.currentTarget.value as "open")}>
          <option value="open">{t("openOnes")}</option>
          <option value="decided">{t("decidedOnes")}</option>
        </select>
      </label>
      {!found && <p class="quiet">{list.problem || t("loading")}</p>}
      {found?.length === 0 && (
        <p class="empty quiet">{t(state === "open" ? "applicationsEmpty" : "decidedEmpty")}</p>
      )}
      <ul class="plain-list person-cards">
        {found?.map((each) => (
          <Card key={each.id} application={each} ask={ask} done={done} />
        ))}
      </ul>
    </>
  );
}

function Card(props: { application: Application; ask: Ask; done(): void }) {
  const { application, ask, done } = props;
  const [deciding, setDeciding] = useState(false);
  const { id, name, decision } = application;
  async function decide(way: string, reason: string): Promise<void> {
    await ask(`/applications/${id}/decision`, { decision: way, reason });
    done();
  }
  const region = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
  return (
    <li class="panel">
      <h3>{name}</h3>
      <dl class="facts">
        <dt>{t("email")}</dt>
        <dd>{application.email}</dd>
        <dt>{t("languages")}</dt>
        <dd>{application.languages.map(languageName).join(", ")}</dd>
        {application.skills.length > 0 && (
          <>
            <dt>{t("skillsWanted")}</dt>
            <dd>{application.skills.join(", ")}</dd>
          </>
        )}
        <dt>{t("country")}</dt>
        <dd>{region.of(application.country)}</dd>
        <dt>{t("sent")}</dt>
        <dd>{date(application.applied_at)}</dd>
      </dl>
      {application.motivation && <blockquote>{application.motivation}</blockquote>}
      {application.address_known && decision !== "approved" && (
        <p class="note">{t("addressKnown")}</p>
      )}
      {decision && (
        <p>
          <b>{t(decision)}</b>, {application.decided_by}: <q>{application.reason}</q>
        </p>
      )}
      {decision === null && (
        <ReasonForm
          id={`reason-${id}`}
          label={t("reasonFor", { name })}
          ways={[
            { name: "approved", label: t("approve"), look: "primary" },
            { name: "refused", label: t("refuse") },
          ]}
          send={decide}
        />
      )}
      {decision === "refused" && !deciding && (
        <Button onClick={() => setDeciding(true)}>{t("approveAfterAll")}</Button>
      )}
      {decision === "refused" && deciding && (
        <ReasonForm
          id={`reason-${id}`}
          label={t("reasonFor", { name })}
          ways={[{ name: "approved", label: t("approve"), look: "primary" }]}
          send={decide}
        />
      )}
    </li>
  );
}
