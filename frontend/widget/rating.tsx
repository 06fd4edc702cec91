/** After the end: solved or not, then 1 to 5 and a free word. Each step can be skipped. */

import { signal } from "@preact/signals";

import { Button } from "../shared/components";
import { store } from "../shared/storage";
import * as desk from "./desk";
import { t } from "./strings";

const solved = signal<boolean | null>(null);
const score = signal<number | null>(null);
const comment = signal("");
/** The ending (by version) that was skipped or answered; asked once, also after a reload. */
const done = signal(0);

export function Rating() {
  const ending = openEnding();
  if (!ending) return null;
  /** What was answered goes out, be it only that it is solved or not. */
  const finish = (points: number | null, words: string): void => {
    if (solved.value !== null) desk.rate(solved.value, points, words);
    done.value = ending;
    store.set(`alltid:rated:${desk.conversation.value}`, String(ending));
    solved.value = score.value = null;
    comment.value = "";
  };
  const skipButton = (
    <Button look="plain" onClick={() => finish(null, "")}>
      {t("skip")}
    </Button>
  );
  return (
    <section class="card rating" aria-label={t("isSolved")}>
      {solved.value === null ? (
        <>
          <h2>{t("isSolved")}</h2>
          <div class="choices">
            <Button look="soft" onClick={() => (solved.value = true)}>
              {t("yes")}
            </Button>
            <Button onClick={() => (solved.value = false)}>{t("no")}</Button>
            {skipButton}
          </div>
        </>
      ) : (
        <>
          <Score />
          <div class="choices">
            <Button
              look="primary"
              disabled={score.value === null && !comment.value.trim()}
              onClick={() => finish(score.value, comment.value.trim())}
            >
              {t("rate")}
            </Button>
            {skipButton}
          </div>
        </>
      )}
    </section>
  );
}

function Score() {
  return (
    <>
      <fieldset>
        <legend>{t("howWas")}</legend>
        <div class="scores">
          {[1, 2, 3, 4, 5].map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="score"
                checked={score.value === each}
                aria-label={t("scoreOf", { score: each })}
                onChange={() => (score.value = each)}
              />
              <span aria-hidden="true">{each}</span>
            </label>
          ))}
        </div>
        <p class="ends" aria-hidden="true">
          <span>{t("score1")}</span>
          <span>{t("score5")}</span>
        </p>
      </fieldset>
      <label class="comment">
        {t("comment")}
        <textarea
          rows={2}
          maxLength={1000}
          value={comment.value}
          onInput={(event) => (comment.value = event.currentTarget.value)}
        />
      </label>
    </>
  );
}

/** The version of an ending that nobody has answered yet, or 0. */
function openEnding(): number {
  if (desk.status.value !== "resolved") return 0;
  const items = desk.log.items.value;
  const ending = [...items].reverse().find((item) => item.kind === "resolved")?.version ?? 0;
  const rated = items.some((item) => item.kind === "rated" && item.version > ending);
  const kept = Number(store.get(`alltid:rated:${desk.conversation.value}`) ?? 0);
  return rated || Math.max(done.value, kept) >= ending ? 0 : ending;
}
