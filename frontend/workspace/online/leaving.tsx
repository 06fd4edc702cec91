/** Before going offline with conversations in hand: finish them first, or hand them back. */

import { Sheet } from "../../shared/account/sheet";
import { Button } from "../../shared/components";
import type { Desk } from "../desk";
import { Refusal } from "./refusal";
import { say } from "./say";

export function Leaving({ desk }: { desk: Desk }) {
  const { session } = desk;
  const waiting = session.pending.value !== null;
  const close = (): void => void (session.question.value = null);
  return (
    <Sheet
      title={say("leaveTitle", { n: session.told.value?.chats.length ?? 0 })}
      closeLabel={say("overClose")}
      close={close}
    >
      <p>{say("leaveFinishMeans")}</p>
      <Button look="primary" class="wide" aria-disabled={waiting} onClick={() => session.finishFirst()}>
        {say("leaveFinish")}
      </Button>
      <p>{say("leaveBackMeans")}</p>
      <Button class="wide" aria-disabled={waiting} onClick={() => session.goOffline(true)}>
        {say("leaveBack")}
      </Button>
      <Button look="plain" class="wide" onClick={close}>
        {say("leaveStay")}
      </Button>
      <Refusal desk={desk} />
    </Sheet>
  );
}
