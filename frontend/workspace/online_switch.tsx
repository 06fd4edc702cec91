/** The large switch: online or not, and what it means. */

import { locale } from "../shared/i18n";
import { clockTime } from "../shared/time";
import type { Desk } from "./desk";
import { t } from "./words";

export function OnlineSwitch({ desk }: { desk: Desk }) {
  const online = desk.online.value;
  const wanted = desk.switchingTo.value;
  const since = desk.onlineSince.value;
  const ready = desk.connection.value === "live" && wanted === null;
  return (
    <section class={online ? "switch-card on" : "switch-card"}>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={online}
        aria-describedby="switch-means"
        aria-disabled={!ready}
        onClick={() => ready && desk.setOnline(!online)}
      >
        <span class="switch-words">{t(online ? "online" : "offline")}</span>
        <span class="switch-track" aria-hidden="true">
          <i />
        </span>
      </button>
      <p id="switch-means" class="quiet">
        {wanted !== null
          ? t("switching")
          : online
            ? t("onlineMeans", { time: since ? clockTime(since, locale.value) : "" })
            : t("offlineMeans")}
      </p>
    </section>
  );
}
