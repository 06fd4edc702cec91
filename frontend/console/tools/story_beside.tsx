/** Below a conversation's story: what colleagues wrote, who unmasked what, how answers came. */

import { useEffect, useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Cards, When } from "./parts";
import type { Failed } from "./parts";
import { Traces } from "./traces";
import type { Trace } from "./traces";
import { Looked } from "./unmaskings";
import type { Unmasking } from "./unmaskings";
import { t } from "./words";

interface Records {
  readonly notes: readonly { id: string; name: string | null; text: string; at: string }[];
  readonly questions: readonly {
    id: string;
    name: string | null;
    question: string;
    asked_at: string;
    lead: string | null;
    answer: string | null;
  }[];
  readonly handovers: readonly { name: string | null; note: string; at: string; to_agent: string | null; to_skill: string | null }[];
  readonly unmaskings: readonly Unmasking[];
  readonly traces: readonly Trace[];
}

export function StoryBeside({ id, failed }: { id: string; failed: Failed }) {
  const [records, setRecords] = useState<Records | null>(null);
  useEffect(() => {
    api<Records>(`/api/console/conversations/${encodeURIComponent(id)}/beside`).then(
      setRecords,
      (error: unknown) => void failed(error),
    );
  }, [id]);
  return (
    <>
      {records && <Written records={records} />}
      {records && <Traces traces={records.traces} />}
    </>
  );
}

function Written({ records }: { records: Records }) {
  const { notes, questions, handovers, unmaskings } = records;
  if (notes.length + questions.length + handovers.length + unmaskings.length === 0) return null;
  return (
    <section class="work" aria-label={t("workBeside")}>
      <h3>{t("workBeside")}</h3>
      <Cards>
        {handovers.map((each) => (
          <li key={each.at} class="card">
            <p>
              <b>{t("workHandedOver", { name: each.name ?? "", to: each.to_agent ?? each.to_skill ?? "" })}</b>{" "}
              <When at={each.at} />
            </p>
            {each.note && <p class="work-words">{each.note}</p>}
          </li>
        ))}
        {notes.map((each) => (
          <li key={each.id} class="card">
            <p>
              <b>{t("workNote", { name: each.name ?? "" })}</b> <When at={each.at} />
            </p>
            <p class="work-words">{each.text}</p>
          </li>
        ))}
        {questions.map((each) => (
          <li key={each.id} class="card">
            <p>
              <b>{t("workAsks", { name: each.name ?? "" })}</b> <When at={each.asked_at} />
            </p>
            <p class="work-words">{each.question}</p>
            {each.answer && (
              <p class="work-words">
                <b>{each.lead}:</b> {each.answer}
              </p>
            )}
          </li>
        ))}
        {unmaskings.map((each) => (
          <li key={each.id} class="card">
            <Looked unmasking={each} />
          </li>
        ))}
      </Cards>
    </section>
  );
}
