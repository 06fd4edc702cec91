/** What an online session needs besides the switch: offers, and the questions around it. */

import type { Desk } from "../desk";
import { Dock } from "./dock";
import { GoingOnline } from "./going_online";
import { Leaving } from "./leaving";

// One door for all of it: several would part the page's script into many small files.
export { FinishSheet, GiveBackSheet } from "../wrap_up";
export { forget } from "./push";
export { Settings } from "./settings";

export function Online({ desk }: { desk: Desk }) {
  const question = desk.session.question.value;
  return (
    <>
      <Dock desk={desk} />
      {question === "leaving" && <Leaving desk={desk} />}
      {(question === "online" || question === "choices") && (
        <GoingOnline key={question} desk={desk} question={question} />
      )}
    </>
  );
}
