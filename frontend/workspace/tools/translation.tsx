/** With a model: what the customer wrote in the agent's language, and the draft in theirs. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { language as chosen } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import type { Desk } from "../desk";
import { of, post, wordsOf } from "./beside";
import { answerField, insert } from "./composer_field";
import { t } from "./words";

const shownMost = 5;

interface Translated {
  readonly text: string;
}

export function Translation(props: { desk: Desk; conversation: string; language: string }) {
  const { desk, conversation, language } = props;
  const [said, setSaid] = useState<ReadonlyMap<number, string>>(new Map());
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const items = desk.threads.value.get(conversation)?.items ?? [];
  const messages = items
    .flatMap((each) => (each.kind === "message" && each.author === "customer" && each.text ? [each] : []))
    .slice(-shownMost);
  const ask = (body: object): Promise<Translated> => post(of(conversation, "translate"), body);

  async function doing(work: () => Promise<void>): Promise<void> {
    if (working) return;
    setWorking(true);
    setProblem("");
    await work().catch((error: unknown) => setProblem(wordsOf(error)));
    setWorking(false);
  }

  const read = (version: number) => () =>
    void doing(async () => {
      const { text } = await ask({ version, language: chosen.value });
      setSaid((known) => new Map(known).set(version, text));
    });
  const write = (): void =>
    void doing(async () => {
      const draft = answerField()?.value ?? "";
      if (!draft.trim()) return setProblem(t("toolNoDraft"));
      const { text } = await ask({ text: draft, language });
      insert(text, 0, draft.length);
    });

  return (
    <>
      <ul class="plain-list tool-list">
        {messages.map(({ version, text }) => (
          <li key={version}>
            <p class="quiet">{text}</p>
            {said.has(version) ? (
              <p>{said.get(version)}</p>
            ) : (
              <Button aria-disabled={working} onClick={read(version)}>
                {t("toolTranslateTo", { language: languageName(chosen.value) })}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p class="problem" role="alert">
        {problem}
      </p>
      <Button look="primary" aria-disabled={working} onClick={write}>
        {t("toolTranslateDraft", { language: languageName(language) })}
      </Button>
    </>
  );
}
