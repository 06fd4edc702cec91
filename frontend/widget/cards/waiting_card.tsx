/** While waiting: the place in line, an honest range, and every way there is. */

import { Button } from "../../shared/components";
import type { CustomerQueue, Wait } from "../../shared/frames";
import { waitMinutes } from "../../shared/time";
import { BookTime } from "./book_time";
import { host, locale } from "./host";
import { whenLabel } from "./times";
import { t } from "./words";

let choosing: { value: boolean } | null = null;
/** Whether the list of times is open. */
const booking = () => (choosing ??= host.signal(false));

export function WaitingCard() {
  const known = host.queue.value;
  if (known?.callback_at) {
    booking().value = false;
    return known.place ? <DueNow /> : <Booked at={known.callback_at} />;
  }
  if (known?.written) return <Written />;
  const queue = known?.type === "queue" ? known : null;
  return (
    <Frame title={title(queue)} words={queue ? waitWords(queue) : ""}>
      {!host.folded.value && <Choices queue={queue} />}
    </Frame>
  );
}

interface FrameProps {
  title: string;
  words: string;
  children?: preact.ComponentChildren;
}

function Frame({ title, words, children }: FrameProps) {
  return (
    <section class="card waiting queue" id="queue-card" tabIndex={-1} aria-label={t("inLine")}>
      <div role="status">
        <h2>{title}</h2>
        <p>{words}</p>
      </div>
      {children}
    </section>
  );
}

function Booked({ at }: { at: string }) {
  const words = t("bookedWhen", { when: whenLabel(at, locale()) });
  return (
    <Frame title={t("booked")} words={words}>
      <p class="quiet">{t("mayClose")}</p>
      <div class="choices">
        <Button onClick={() => host.press({ type: "cancel_callback" })}>{t("waitInLine")}</Button>
      </div>
    </Frame>
  );
}

function DueNow() {
  return <Frame title={t("dueNow")} words={t("dueSoon")} />;
}

function Written() {
  return (
    <Frame title={t("written")} words={t("writtenHow")}>
      <div class="choices">
        <Button onClick={() => host.press({ type: "ask_human" })}>{t("waitForPerson")}</Button>
      </div>
    </Frame>
  );
}

function waitOn(): void {
  host.folded.value = true;
  document.querySelector("textarea")?.focus();
}

function Choices({ queue }: { queue: CustomerQueue | null }) {
  const options = queue?.options;
  const times = options?.callback ?? [];
  if (booking().value && times.length > 0) {
    return <BookTime times={times} leave={() => (booking().value = false)} />;
  }
  return (
    <>
      <p class="quiet">
        {options && `${t("ways")} `}
        {t("waitBeside")}
      </p>
      <div class="choices">
        <Button look="primary" onClick={waitOn}>
          {t("keepWaiting")}
        </Button>
        {times.length > 0 && <Button onClick={() => (booking().value = true)}>{t("bookTime")}</Button>}
        {options?.written && (
          <Button onClick={() => host.press({ type: "choose_written" })}>{t("inWriting")}</Button>
        )}
        <Button onClick={() => host.press({ type: "stay_with_assistant" })}>{t("goOnWithAssistant")}</Button>
      </div>
    </>
  );
}

function title(queue: CustomerQueue | null): string {
  if (!queue) return t("inLine");
  // With nobody online, "next" would promise too much.
  const next = queue.ahead === 0 && queue.wait;
  return next ? t("placeNext") : t("place", { place: queue.place });
}

function waitWords({ wait, options }: CustomerQueue): string {
  if (!wait) return t("waitUnknown");
  const range = rangeWords(wait);
  return options ? `${range}. ${t("longWait")}.` : range;
}

function rangeWords(wait: Wait): string {
  const { low, high } = waitMinutes(wait);
  if (high <= 1 && low === 0) return t("waitUnderMinute");
  if (low === high) return t("waitAbout", { n: high });
  return t("waitRange", { low: Math.max(1, low), high });
}
