/** After the end: solved or not, then 1 to 5 and a free word. Each step can be skipped. */

import { Button } from "../../shared/components";
import { host } from "./host";
import { t } from "./words";

const made = () => ({
  solved: host.signal<boolean | null>(null),
  score: host.signal<number | null>(null),
  comment: host.signal(""),
  /** The ending (by version) that was skipped or answered; asked once, also after a reload. */
  done: host.signal(0),
});
let kept: ReturnType<typeof made> | null = null;
const verdict = () => (kept ??= made());

export function Rating() {
  const { solved, score, comment, done } = verdict();
  const ending = openEnding();
  if (!ending) return null;
  /** What was answered goes out, be it only that it is solved or not. */
  const finish = (points: number | null, words: string): void => {
    if (solved.value !== null) {
      const answer = { solved: solved.value, score: points, comment: words || null };
      host.press({ type: "rate", ...answer });
    }
    done.value = ending;
    host.store.set(`alltid:rated:${host.conversation.value}`, String(ending));
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
  const { score, comment } = verdict();
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
  const items = host.items.value;
  const ending = [...items].reverse().find((item) => item.kind === "resolved")?.version ?? 0;
  const rated = items.some((item) => item.kind === "rated" && item.version > ending);
  const before = Number(host.store.get(`alltid:rated:${host.conversation.value}`) ?? 0);
  return rated || Math.max(verdict().done.value, before) >= ending ? 0 : ending;
}
