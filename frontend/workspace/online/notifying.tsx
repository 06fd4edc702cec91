/** The switch for notifications while the page is closed, with what to do where it can't be. */

import { useEffect } from "preact/hooks";

import { lookAtPush, pushBusy, pushFailed, pushState, setWishes, wishes } from "./push";
import type { Wishes } from "./push";
import { say } from "./say";

export function Notifying() {
  useEffect(() => void lookAtPush(), []);
  const state = pushState.value;
  if (state === "impossible") return <p class="quiet small">{say("notifyImpossible")}</p>;
  if (state === "denied") return <p class="note small">{say("notifyDenied")}</p>;
  const busy = pushBusy.value || state === "looking";
  const choose = (some: Partial<Wishes>): void => {
    if (!busy) void setWishes({ ...wishes.value, ...some });
  };
  const on = state === "on";
  return (
    <div class="notifying">
      <label class="check">
        <input
          type="checkbox"
          checked={on && wishes.value.offers}
          aria-disabled={busy}
          onClick={(event) => {
            event.preventDefault();
            choose({ offers: !(on && wishes.value.offers) });
          }}
        />
        <span>{say("notifyOffers")}</span>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={on && wishes.value.callIns}
          aria-disabled={busy}
          onClick={(event) => {
            event.preventDefault();
            choose({ callIns: !(on && wishes.value.callIns) });
          }}
        />
        <span>{say("notifyCallIns")}</span>
      </label>
      {on && wishes.value.callIns && (
        <fieldset class="quiet-hours">
          <legend class="quiet small">{say("notifyQuiet")}</legend>
          <Hour name="quietFrom" label={say("notifyQuietFrom")} choose={choose} />
          <Hour name="quietTo" label={say("notifyQuietTo")} choose={choose} />
        </fieldset>
      )}
      <p class="quiet small">{say("notifyHint")}</p>
      <p class="problem" role="alert">
        {pushFailed.value ? say("notifyFailed") : ""}
      </p>
    </div>
  );
}

interface HourProps {
  name: "quietFrom" | "quietTo";
  label: string;
  choose(some: Partial<Wishes>): void;
}

function Hour({ name, label, choose }: HourProps) {
  return (
    <label>
      {label}
      <input
        type="time"
        value={wishes.value[name]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (/^\d\d:\d\d$/.test(value)) choose({ [name]: value });
        }}
      />
    </label>
  );
}
