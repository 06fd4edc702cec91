/** The large switch: online or not, what that means and promises, and pausing. */

import { useEffect } from "preact/hooks";

import { Button } from "../shared/components";
import { halfMinute } from "../shared/clock";
import { language, locale } from "../shared/i18n";
import { clockTime } from "../shared/time";
import type { Desk } from "./desk";
import { money } from "./online/money";
import type { OnlineSession } from "./online/session";
import { t } from "./words";

export function OnlineSwitch({ desk }: { desk: Desk }) {
  const { session } = desk;
  const online = session.online.value;
  const pending = session.pending.value;
  const paused = online && session.told.value?.paused;
  const ready = desk.connection.value === "live" && pending === null;
  useOutlook(desk);
  return (
    <section class={`switch-card${online ? " on" : ""}${paused ? " paused" : ""}`}>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={online}
        aria-describedby="switch-means"
        aria-haspopup={online ? undefined : "dialog"}
        aria-disabled={!ready}
        onClick={() => {
          if (!ready) return;
          if (online) session.turnOff();
          else session.question.value = "online";
        }}
      >
        <span class="switch-words">{t(paused ? "paused" : online ? "online" : "offline")}</span>
        <span class="switch-track" aria-hidden="true">
          <i />
        </span>
      </button>
      <p id="switch-means" class="quiet">
        {pending === "online" || pending === "offline" ? t("switching") : <Means session={session} />}
      </p>
      {online && session.told.value && (
        <div class="switch-steps">
          {paused ? (
            <Button look="primary" aria-disabled={!ready} onClick={() => ready && session.resume()}>
              {t("resume")}
            </Button>
          ) : (
            <Button aria-disabled={!ready} onClick={() => ready && session.pause()}>
              {t("pause")}
            </Button>
          )}
          <Button aria-haspopup="dialog" onClick={() => (session.question.value = "choices")}>
            {t("choices")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Means({ session }: { session: OnlineSession }) {
  const told = session.told.value;
  const outlook = session.outlook.value;
  if (!session.online.value) {
    return (
      <>
        {outlook && <b>{t(outlook.capacity)}. </b>}
        {t("offlineMeans")}
      </>
    );
  }
  if (told?.paused) {
    const unseen = told.paused === "unseen_offers";
    return <>{t(unseen ? "pausedUnseen" : session.leaving.value ? "leavingSoon" : "pausedByYou")}</>;
  }
  const since = session.since.value;
  const pay = outlook && money(outlook.floor_minor_per_hour, outlook.currency, locale.value);
  return (
    <>
      {told?.capacity && <b>{t(told.capacity)}. </b>}
      {told?.capacity === "guaranteed" && pay && `${t("floor", { pay })} `}
      {t("onlineMeans", { time: since ? clockTime(since, locale.value) : "" })}
    </>
  );
}

/** What going online would mean is asked again while the page is looked at, now and then. */
function useOutlook(desk: Desk): void {
  const live = desk.connection.value === "live";
  const online = desk.session.online.value;
  const moment = online ? 0 : halfMinute.value;
  useEffect(() => {
    if (live) void desk.session.look();
  }, [live, online, moment, language.value]);
}
