/** The live meter under the workspace's switch, loaded once the agent is online. */

import { MeterBar, usePayNow } from "../shared/pay/meter";
import { t } from "../shared/pay/words";
import type { Desk } from "./desk";

export function HomeMeter({ desk }: { desk: Desk }) {
  const told = desk.session.told.value;
  // Pay grows at another rate whenever one of these changes: then the desk is asked again.
  const changed = [told?.capacity, told?.paused, ...(told?.chats ?? [])].join(" ");
  const now = usePayNow(changed);
  if (!now?.meter) return null;
  return (
    <section class="card pay-home">
      <MeterBar meter={now.meter} askedAt={now.askedAt} />
      <a href="/agent/me#/pay">{t("payBack")}</a>
    </section>
  );
}
