/** While waiting: the place in line, an honest range, and the choices. */

import { signal } from "@preact/signals";

import { Button } from "../shared/components";
import type { CustomerQueue, Wait } from "../shared/frames";
import { waitMinutes } from "../shared/time";
import { focusInput } from "./composer";
import * as desk from "./desk";
import { t } from "./strings";

/** The customer has chosen to wait on: the choices step back, the place stays. */
export const folded = signal(false);

export function showQueueCard(): void {
  folded.value = false;
  document.getElementById("queue-card")?.focus();
}

function waitOn(): void {
  folded.value = true;
  focusInput();
}

export function QueueCard() {
  if (desk.status.value !== "waiting") {
    folded.value = false;
    return null;
  }
  const queue = desk.queue.value;
  const place = queue ? placeWords(queue) : t("inLine");
  const wait = queue ? waitWords(queue.wait) : "";
  return (
    <section class="card waiting queue" id="queue-card" tabIndex={-1} aria-label={t("inLine")}>
      <div role="status">
        <h2>{place}</h2>
        <p>{wait}</p>
      </div>
      {!folded.value && (
        <>
          <p class="quiet">{t("waitBeside")}</p>
          <div class="choices">
            <Button look="primary" onClick={waitOn}>
              {t("keepWaiting")}
            </Button>
            <Button onClick={desk.stayWithAssistant}>{t("goOnWithAssistant")}</Button>
          </div>
        </>
      )}
    </section>
  );
}

/** With nobody online, "next" would promise too much. */
function placeWords({ place, ahead, wait }: CustomerQueue): string {
  return ahead === 0 && wait ? t("placeNext") : t("place", { place });
}

/** Null is said as it is: no figure is known, and none is invented. */
function waitWords(wait: Wait | null): string {
  if (!wait) return t("waitUnknown");
  const { low, high } = waitMinutes(wait);
  if (high <= 1 && low === 0) return t("waitUnderMinute");
  if (low === high) return t("waitAbout", { n: high });
  return t("waitRange", { low: Math.max(1, low), high });
}
