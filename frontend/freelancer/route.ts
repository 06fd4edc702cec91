/** The pages, in the order of the menu: to add one, add a line (and its words). */

import type { ComponentType } from "preact";

import { later } from "../shared/later";
import { DataPage } from "./data";
import { DecisionsPage } from "./decisions";
import { FairnessPage } from "./fairness";
import { OffersPage } from "./offers";
import { RatingPage } from "./rating";
import { SkillsPage } from "./skills";
import { t } from "./words";
import type { Words } from "./words/en";

export interface PageProps {
  /** What follows the page's own part in the address. */
  readonly rest: readonly string[];
}

export interface Place {
  readonly key: string;
  readonly title: keyof Words;
  readonly view: ComponentType<PageProps>;
}

const PayPage = later(
  "pay",
  () => import("./pay/place").then((place) => place.PayPlace),
  () => t("loading"),
  () => t("again"),
);

export const places: readonly Place[] = [
  { key: "offers", title: "offers", view: OffersPage },
  { key: "pay", title: "pay", view: PayPage },
  { key: "fairness", title: "fairness", view: FairnessPage },
  { key: "skills", title: "skills", view: SkillsPage },
  { key: "rating", title: "rating", view: RatingPage },
  { key: "decisions", title: "decisions", view: DecisionsPage },
  { key: "data", title: "data", view: DataPage },
];

/** The place and what follows, in "#/skills/attempt/ID"; the first place for anything unknown. */
export function routeIn(hash: string): { place: Place; rest: readonly string[] } {
  const [key, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  const place = places.find((each) => each.key === key) ?? (places[0] as Place);
  return { place, rest: place.key === key ? rest : [] };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
