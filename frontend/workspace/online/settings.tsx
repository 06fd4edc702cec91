/** The account's sheet with what this page adds: sounds, and notifications while it is closed. */

import { AccountSheet } from "../../shared/account/account_sheet";
import type { AccountSheetProps } from "../../shared/account/account_sheet";
import { canVibrate, messageSound, offerSound, offerVibration } from "../sound";
import { t } from "../words";
import { Notifying } from "./notifying";
import { say } from "./say";

export function Settings(props: Omit<AccountSheetProps, "children">) {
  return (
    <AccountSheet {...props}>
      <a href="/agent/me">{say("aboutMe")}</a>
      {props.agent.role !== "agent" && <a href="/console">{t("console")}</a>}
      <div>
        <Setting setting={messageSound} words={say("sound")} />
        <Setting setting={offerSound} words={say("soundOffers")} />
        {canVibrate && <Setting setting={offerVibration} words={say("vibrateOffers")} />}
      </div>
      <section aria-labelledby="notify-title">
        <h3 id="notify-title">{say("notifyTitle")}</h3>
        <Notifying />
      </section>
    </AccountSheet>
  );
}

function Setting({ setting, words }: { setting: typeof messageSound; words: string }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={setting.on.value}
        onChange={(event) => setting.set(event.currentTarget.checked)}
      />
      <span>{words}</span>
    </label>
  );
}
