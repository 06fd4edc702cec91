/** The page's own notices lie under an open sheet: a refusal has to show in there. */

import { useRef } from "preact/hooks";

import type { Desk } from "../desk";

export function Refusal({ desk }: { desk: Desk }) {
  const notice = desk.notice.value;
  const atOpening = useRef(notice.count);
  return (
    <p class="problem" role="alert">
      {notice.count === atOpening.current || notice.unseen ? "" : notice.words}
    </p>
  );
}
