/** Above the answer: what could be said next, each with what it rests on. One tap takes it over. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import type { Desk } from "../desk";
import { fill, of } from "./beside";
import { insert } from "./composer_field";
import { t } from "./words";

interface Reply {
  readonly kind: "written" | "passage" | "canned";
  readonly text: string;
  readonly sources: readonly { title: string; url: string }[];
  readonly canned: string | null;
}

export interface Copilot {
  readonly replies: readonly Reply[];
  readonly next_step: { playbook: string; title: string } | null;
  readonly model: boolean;
  readonly language: string;
}

/** What stands ready, asked for again whenever the customer has written. */
export function useCopilot(desk: Desk, id: string, mine: boolean): Copilot | null {
  const [copilot, setCopilot] = useState<Copilot | null>(null);
  const items = desk.threads.value.get(id)?.items ?? [];
  const written = items.filter((each) => each.kind === "message" && each.author === "customer");
  const newest = written.at(-1)?.version ?? 0;
  useEffect(() => {
    if (!mine) return;
    let here = true;
    api<Copilot>(of(id, "copilot")).then(
      (found) => here && setCopilot(found),
      // Suggestions are a help: without them the agent writes as ever.
      () => here && setCopilot(null),
    );
    return () => {
      here = false;
    };
  }, [id, mine, newest]);
  return mine ? copilot : null;
}

/** Put above the field of the answer, which belongs to the page. */
export function Suggestions(props: { conversation: string; copilot: Copilot; tell(words: string): void }) {
  const { conversation, copilot, tell } = props;
  useEffect(() => {
    const place = document.getElementById("suggestions");
    if (!place) return;
    const take = (reply: Reply): void => void use(conversation, reply, tell);
    render(<Chips copilot={copilot} take={take} />, place);
    return () => render(null, place);
  }, [conversation, copilot]);
  return null;
}

async function use(conversation: string, reply: Reply, tell: (words: string) => void): Promise<void> {
  try {
    insert(reply.canned ? (await fill(conversation, reply.canned)).text : reply.text);
  } catch {
    tell(t("toolFailed"));
  }
}

function Chips({ copilot, take }: { copilot: Copilot; take(reply: Reply): void }) {
  const { replies, next_step } = copilot;
  if (replies.length === 0 && !next_step) return null;
  return (
    <section class="suggestions" aria-label={t("toolSuggestions")}>
      {next_step && <p class="quiet small">{t("toolNextStep", { title: next_step.title })}</p>}
      <ul class="plain-list">
        {replies.map((reply, index) => (
          <li key={index}>
            <Button onClick={() => take(reply)}>
              <span class="suggestion-text">{reply.text}</span>
              <span class="quiet small">{sourceOf(reply)}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function sourceOf(reply: Reply): string {
  const from = reply.sources.map((each) => each.title).join(", ");
  return from || t(reply.kind === "canned" ? "toolFromReplies" : "toolFromModel");
}
