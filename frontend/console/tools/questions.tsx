/** What agents ask, oldest first, and the answers. */

import { useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { languageName } from "../../shared/told/told";
import { addresses } from "../route";
import { Cards, Field, Send, Trouble, useFresh, useSending, When } from "./parts";
import type { Failed } from "./parts";
import { t } from "./words";

interface Question {
  readonly id: string;
  readonly conversation: string;
  readonly name: string | null;
  readonly question: string;
  readonly asked_at: string;
  readonly lead: string | null;
  readonly answer: string | null;
  readonly answered_at: string | null;
  readonly customer: string | null;
  readonly language: string;
}

export function Questions({ failed }: { failed: Failed }) {
  const [open, again] = useFresh<{ questions: Question[] }>("/api/console/questions", failed);
  const [answered, refresh] = useFresh<{ questions: Question[] }>(
    "/api/console/questions?open=false&limit=20",
    failed,
  );
  if (!open) return <p class="quiet">{t("workLoading")}</p>;
  return (
    <>
      {open.questions.length === 0 && <p class="empty quiet">{t("workQuestionsEmpty")}</p>}
      <Cards>
        {open.questions.map((each) => (
          <li key={each.id} class="card">
            <Asked question={each} />
            <Answer
              question={each}
              done={() => {
                again();
                refresh();
              }}
            />
          </li>
        ))}
      </Cards>
      {answered !== null && answered.questions.length > 0 && (
        <>
          <h3>{t("workAnswered")}</h3>
          <Cards>
            {answered.questions.map((each) => (
              <li key={each.id} class="card">
                <Asked question={each} />
                <p class="work-words">
                  <b>{each.lead}:</b> {each.answer}
                </p>
              </li>
            ))}
          </Cards>
        </>
      )}
    </>
  );
}

function Asked({ question }: { question: Question }) {
  const customer = question.customer ?? t("workGuest");
  return (
    <>
      <p>
        <b>{t("workAsks", { name: question.name ?? "" })}</b>{" "}
        <span class="quiet">
          {t("workWith", { customer, language: languageName(question.language) })} ·{" "}
        </span>
        <When at={question.asked_at} />
      </p>
      <p class="work-words">{question.question}</p>
      <p>
        <a href={addresses.story(question.conversation)}>{t("workRead")}</a>
      </p>
    </>
  );
}

function Answer({ question, done }: { question: Question; done(): void }) {
  const [text, setText] = useState("");
  const [working, problem, send] = useSending(done);
  return (
    <form
      class="work-form"
      onSubmit={(event) => {
        event.preventDefault();
        send(() =>
          text.trim()
            ? api(`/api/console/questions/${question.id}/answer`, { method: "POST", body: { text } })
            : t("workAnswer"),
        );
      }}
    >
      <Field id={`a-${question.id}`} label={t("workAnswer")} rows={2} most={2000} value={text} set={setText} />
      <Trouble words={problem} />
      <Send working={working} words={t("workSend")} />
    </form>
  );
}
