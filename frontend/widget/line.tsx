/** What happened between the messages, each as one quiet line. */

import { Avatar, Button } from "../shared/components";
import type { Item } from "../shared/frames";
import { locale } from "../shared/i18n";
import { fullTime } from "../shared/time";
import * as desk from "./desk";
import { folded } from "./cards";
import { t } from "./strings";

type LineItem = Exclude<Item, { kind: "message" }>;

export function Line({ item }: { item: LineItem }) {
  // A guess at a wish is undone with one tap; the queue card offers that too while unfolded.
  const mendable =
    item.kind === "human_requested" &&
    (item.how === "sentence" || item.how === "handed_over") &&
    desk.status.value === "waiting" &&
    folded.value &&
    isNewestRequest(item);
  return (
    <div class="line" title={fullTime(item.at, locale.value)}>
      {item.kind === "agent_joined" && <Avatar small kind="agent" name={item.name} />}
      <span>{words(item)}</span>
      {mendable && (
        <Button onClick={desk.stayWithAssistant}>
          {t("goOnWithAssistant")}
        </Button>
      )}
    </div>
  );
}

function isNewestRequest(item: LineItem): boolean {
  return !desk.log.items.value.some(
    (each) => each.kind === "human_requested" && each.version > item.version,
  );
}

function words(item: LineItem): string {
  switch (item.kind) {
    case "human_requested":
      return t(requested[item.how]);
    case "queue_left":
      return t("queueLeft");
    case "agent_joined":
      return t("agentJoined", { name: item.name });
    case "callback_booked":
      return `${t("booked")}: ${fullTime(item.callback_at, locale.value)}`;
    case "written_chosen":
      return t("written");
    case "callback_cancelled":
    case "written_cancelled":
    case "returned_to_queue":
      return t("returned");
    case "resolved":
      return item.by ? t("resolvedBy", { name: item.by }) : t("resolved");
    case "reopened":
      return t("reopened");
    case "rated":
      return t("rated");
  }
}

const requested = {
  button: "humanRequested",
  sentence: "humanBySentence",
  assistant_failed: "humanByFailure",
  handed_over: "humanHandedOver",
} as const;
