/** The agents' and the assistant's work, as leads see it, a page each. */

import { addresses } from "../route";
import { Actions } from "./actions";
import { Blocks } from "./blocks";
import type { Failed } from "./parts";
import { Questions } from "./questions";
import { Replies } from "./replies";
import { Unmaskings } from "./unmaskings";
import { UnansweredQuestions } from "./unanswered";
import { t } from "./words";

const pages = {
  questions: { words: "workQuestions", Page: Questions },
  unanswered: { words: "workUnanswered", Page: UnansweredQuestions },
  actions: { words: "workActions", Page: Actions },
  blocks: { words: "workBlocks", Page: Blocks },
  unmaskings: { words: "workUnmaskings", Page: Unmaskings },
  replies: { words: "workReplies", Page: Replies },
} as const;

const names = Object.keys(pages) as (keyof typeof pages)[];

export function WorkPlace({ path, failed }: { path: readonly string[]; failed: Failed }) {
  const at = names.find((each) => each === path[0]) ?? "questions";
  const { words, Page } = pages[at];
  return (
    <div class="work">
      <h2 tabIndex={-1}>{t(words)}</h2>
      <div role="navigation" aria-label={t("workTabs")}>
        <ul class="plain-list work-tabs">
          {names.map((name) => (
            <li key={name}>
              <a href={addresses.place("work", name)} aria-current={name === at ? "page" : undefined}>
                {t(pages[name].words)}
              </a>
            </li>
          ))}
        </ul>
      </div>
      <Page failed={failed} />
    </div>
  );
}
