/**
 * Where offers lie: from below on a phone, beside the conversation elsewhere. It never takes the
 * focus from who is writing. Only over an open sheet, which would lock it away, does it become
 * a modal dialog of its own.
 */

import { useEffect, useRef, useState } from "preact/hooks";

import { Button, LiveRegion } from "../../shared/components";
import { second } from "../../shared/clock";
import { locale } from "../../shared/i18n";
import { Close } from "../../shared/icons";
import { languageName } from "../../shared/told/told";
import type { Desk } from "../desk";
import { money } from "./money";
import { OfferCard, topicWords } from "./offer_card";
import { stillOpen } from "./offers";
import type { EndedOffer, OpenOffer } from "./offers";
import { clearNotification } from "./push";
import { say } from "./say";

export function Dock({ desk }: { desk: Desk }) {
  const { session } = desk;
  const told = session.offers.value;
  // Read only while there is something to count, so that an idle page is not drawn each second.
  const open = told.length > 0 ? stillOpen(told, second.value) : told;
  const ended = session.ended.value;
  const covered = open.length > 0 && sheetIsOpen();
  const dialog = useRef<HTMLDialogElement>(null);
  const [setAside, putAside] = useState(false);
  const shown = open.length + ended.length > 0;
  const modal = covered && !setAside;
  useShown(dialog, shown, modal);
  useNotifications(open);
  useShortcut(dialog);
  useEffect(() => {
    if (!covered) putAside(false);
  }, [covered]);
  return (
    <>
      <LiveRegion urgent text={announcement(desk, open)} />
      <dialog
        ref={dialog}
        class="offers"
        aria-label={say("offers")}
        aria-keyshortcuts="Alt+O"
        onCancel={(event) => {
          event.preventDefault();
          putAside(true);
        }}
      >
        <h2 tabIndex={-1} class={open.length === 0 ? "unseen" : ""}>
          {open.length > 1 ? say("offersMany", { n: open.length }) : say("offerOne")}
        </h2>
        {open.map((offer) => (
          <OfferCard key={offer.id} desk={desk} offer={offer} covered={covered && !modal} />
        ))}
        {open.length > 0 && <p class="quiet small offer-free">{say("offerFree")}</p>}
        {ended.map((each) => (
          <Ended key={each.offer} desk={desk} ended={each} />
        ))}
      </dialog>
    </>
  );
}

/** Read out once for each set of offers; the running seconds are not. */
function announcement(desk: Desk, open: readonly OpenOffer[]): string {
  const newest = open.at(-1);
  if (!newest) return "";
  return say("offerAnnounce", {
    topic: topicWords(desk, newest),
    language: languageName(newest.language),
    pay: money(newest.pay_minor, newest.currency, locale.value),
  });
}

const sheetIsOpen = (): boolean => document.querySelector("dialog.sheet[open]") !== null;

function useShown(
  dialog: { current: HTMLDialogElement | null },
  shown: boolean,
  modal: boolean,
): void {
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    // Opening it by its method would move the focus: only the modal one may do that.
    if (modal && !element.matches(":modal")) {
      element.removeAttribute("open");
      element.showModal();
      element.querySelector("h2")?.focus();
    } else if (!modal) {
      if (element.matches(":modal")) element.close();
      element.toggleAttribute("open", shown);
    }
  }, [shown, modal]);
}

/** What is answered or over on the page needs no notification any more. */
function useNotifications(open: readonly OpenOffer[]): void {
  const here = useRef<readonly OpenOffer[]>([]);
  useEffect(() => {
    for (const before of here.current) {
      if (!open.some((each) => each.id === before.id)) void clearNotification(before.id);
    }
    here.current = open;
  });
}

/** Twenty seconds are short for who has to tab through a page. */
function useShortcut(dialog: { current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyO") return;
      const first = dialog.current?.querySelector<HTMLElement>(".offer .primary");
      if (!first) return;
      event.preventDefault();
      first.focus();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

const words = {
  declined: "overDeclined",
  expired: "overExpired",
  taken: "overTaken",
  customer_left: "overCustomerLeft",
  session_over: "overSessionOver",
} as const;
/** Counted only while the page is looked at: who comes back later still reads it. */
const shownSeconds = 10;

function Ended({ desk, ended }: { desk: Desk; ended: EndedOffer }) {
  const looked = useRef(-1);
  useEffect(
    () =>
      second.subscribe(() => {
        looked.current += 1;
        if (looked.current >= shownSeconds) desk.session.dismiss(ended.offer);
      }),
    [],
  );
  const known = words[ended.because as keyof typeof words];
  return (
    <div class="offer-over" role="status">
      <p>
        {ended.topic && <b>{topicWords(desk, { topic: ended.topic, skill: null })}: </b>}
        {known ? say(known) : ended.message}
      </p>
      <Button look="icon" aria-label={say("overClose")} onClick={() => desk.session.dismiss(ended.offer)}>
        <Close />
      </Button>
    </div>
  );
}

