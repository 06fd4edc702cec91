/** Handing a conversation over: to whom, with a note for them and a line for the customer. */

import { useEffect, useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { language as chosen } from "../../shared/i18n";
import { newClientId } from "../../shared/outbox";
import { of, post, wordsOf } from "./beside";
import { Field, Form } from "./form";
import type { ToolProps } from "./sheets";
import { t } from "./words";

interface Targets {
  readonly skills: readonly { key: string; name: Record<string, string> }[];
  readonly agents: readonly { id: string; name: string; languages: readonly string[] }[];
}

/** In the customer's language, whatever the agent reads; the agent may change it. */
const lines: Record<string, string> = {
  en: "I am passing you on to a colleague who knows this best. You keep your place, and you need not say it all again.",
  sv: "Jag lämnar över till en kollega som kan det här bäst. Du behåller din plats och behöver inte berätta allt igen.",
  de: "Ich übergebe an eine Kollegin oder einen Kollegen, die das am besten wissen. Sie behalten Ihren Platz und müssen nicht alles noch einmal erzählen.",
  it: "La passo a un collega che conosce meglio la questione. Mantiene il Suo posto e non deve ripetere tutto.",
  es: "Le paso con un compañero que conoce mejor el tema. Conserva su lugar y no tiene que repetirlo todo.",
};

export function HandOver({ conversation, language, close }: ToolProps) {
  const [targets, setTargets] = useState<Targets | null>(null);
  const [problem, setProblem] = useState("");
  const [to, setTo] = useState<{ to_skill?: string; to_agent?: string } | null>(null);
  const [note, setNote] = useState("");
  const [message, setMessage] = useState(lines[language] ?? "");
  const [id] = useState(newClientId);
  useEffect(() => {
    api<Targets>(of(conversation, "handover-targets")).then(setTargets, (error: unknown) =>
      setProblem(wordsOf(error)),
    );
  }, [conversation]);
  if (!targets) return <p role="status">{problem || t("toolLoading")}</p>;
  return (
    <Form
      send={() =>
        to ? post(of(conversation, "handover"), { id, note, message, ...to }) : t("toolToChoose")
      }
      done={close}
      cancel={close}
      words={t("toolHandOverDo")}
    >
      <p class="quiet">{t("toolHandOverMeans")}</p>
      <fieldset>
        <legend>{t("toolToSkill")}</legend>
        {targets.skills.map(({ key, name }) => (
          <label key={key} class="choice">
            <input
              type="radio"
              name="to"
              checked={to?.to_skill === key}
              onChange={() => setTo({ to_skill: key })}
            />
            <span>{name[chosen.value] ?? name.en ?? key}</span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{t("toolToAgent")}</legend>
        {targets.agents.length === 0 && <p class="quiet">{t("toolNobody")}</p>}
        {targets.agents.map((each) => (
          <label key={each.id} class="choice">
            <input
              type="radio"
              name="to"
              checked={to?.to_agent === each.id}
              onChange={() => setTo({ to_agent: each.id })}
            />
            <span>
              {each.name} <span class="quiet">{each.languages.join(", ")}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field id="tool-next" label={t("toolNoteNext")} value={note} rows={2} most={2000} set={setNote} />
      <Field
        id="tool-line"
        label={t("toolLine")}
        hint={t("toolLineHint")}
        value={message}
        rows={3}
        most={4000}
        set={setMessage}
      />
    </Form>
  );
}
