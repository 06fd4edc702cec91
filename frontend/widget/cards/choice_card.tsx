/** Under an assistant's message: what can be pressed instead of written. */

import { Button } from "../../shared/components";
import type { Card } from "../../shared/card";
import type { MessageItem } from "../../shared/frames";
import { host } from "./host";
import { t } from "./words";

/** Only the newest card can be pressed; of an older one stays what was chosen. */
export function ChoiceCard({ item }: { item: MessageItem }) {
  const card = item.card as Card;
  const open = isOpen(item);
  const chosen = card.choices.find((each) => each.id === choiceOn(item));
  if (!open && !chosen && card.kind === "choose") return null;
  return (
    <section class="card ask" aria-label={card.title}>
      {card.title !== item.text && <h2>{card.title}</h2>}
      {card.lines.length > 0 && (
        <dl>
          {card.lines.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {open ? <Choices item={item} card={card} /> : chosen && <p class="quiet">{chosen.label}</p>}
    </section>
  );
}

function Choices({ item, card }: { item: MessageItem; card: Card }) {
  return (
    <>
      {card.kind === "confirm" && <p class="quiet">{t("confirmFirst")}</p>}
      <div class="choices">
        {card.choices.map(({ id, label, style }) => (
          <Button
            key={id}
            look={style === "primary" ? "primary" : "soft"}
            disabled={host.pressed(item.version)}
            onClick={() => host.choose(item.version, id, label)}
          >
            {label}
          </Button>
        ))}
      </div>
    </>
  );
}

/** Nobody has written since, and no press on it is stored. */
const isOpen = (item: MessageItem): boolean =>
  !host.items.value.some(
    (each) =>
      each.version > item.version &&
      (each.kind === "resolved" || (each.kind === "message" && (each.author !== "customer" || pressOn(each, item)))),
  );

const pressOn = (each: MessageItem, item: MessageItem): boolean => each.chosen?.card === item.version;

function choiceOn(item: MessageItem): string | undefined {
  for (const each of host.items.value) {
    if (each.kind === "message" && pressOn(each, item)) return each.chosen?.choice;
  }
  return undefined;
}
