/** The meter in the workspace's header, loaded while the agent is online. */

import { MeterFigure, usePayNow } from "../shared/pay/meter";

/** `changed` is whatever changes with the session: chats taken and ended, pauses, promotions. */
export function HeaderMeter({ changed }: { changed: unknown }) {
  const now = usePayNow(changed);
  return now?.meter ? <MeterFigure meter={now.meter} askedAt={now.askedAt} /> : null;
}
