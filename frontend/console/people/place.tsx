/** People, for leads: applications, requests for review, accounts, and what qualifies for a skill. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { PlaceProps } from "../later_places";
import { Agents } from "./agents";
import { Applications } from "./applications";
import { asking } from "./asked";
import { Qualification, Qualifications } from "./qualifications";
import { Reviews } from "./reviews";
import { t } from "./words";

const tabs = ["applications", "reviews", "agents", "qualifications"] as const;
type Tab = (typeof tabs)[number];

const names = {
  applications: "tabApplications",
  reviews: "tabReviews",
  agents: "tabAgents",
  qualifications: "tabQualifications",
} as const;

export interface Counts {
  readonly applications_open: number;
  readonly reviews_open: number;
  readonly reviews_overdue: number;
}

export function PeoplePlace({ path, failed }: PlaceProps) {
  const at: Tab = tabs.find((each) => each === path[0]) ?? "applications";
  const title = useRef<HTMLHeadingElement>(null);
  const [counts, setCounts] = useState<Counts | null>(null);
  const ask = asking(failed);
  const count = (): void => {
    ask<Counts>("/waiting").then(setCounts, () => undefined);
  };
  // The place came after its address: whoever can't see it is led to its title now.
  useEffect(() => title.current?.focus(), []);
  useEffect(count, [at]);
  const badge = (tab: Tab): string => {
    if (!counts) return "";
    const waiting = { applications: counts.applications_open, reviews: counts.reviews_open };
    const some = tab in waiting ? waiting[tab as keyof typeof waiting] : 0;
    return some > 0 ? ` (${some})` : "";
  };
  return (
    <div class="people">
      <h2 tabIndex={-1} ref={title}>
        {t(names[at])}
      </h2>
      {counts !== null && counts.reviews_overdue > 0 && (
        <p class="overdue" role="alert">
          <a href="#/people/reviews">{t("overdueReviews", { n: counts.reviews_overdue })}</a>
        </p>
      )}
      <div class="tabs">
        {tabs.map((each) => (
          <a key={each} href={`#/people/${each}`} aria-current={each === at ? "true" : undefined}>
            {t(names[each])}
            {badge(each)}
          </a>
        ))}
      </div>
      {at === "applications" && <Applications ask={ask} changed={count} />}
      {at === "reviews" && <Reviews ask={ask} changed={count} />}
      {at === "agents" && <Agents ask={ask} />}
      {at === "qualifications" &&
        (path[1] ? <Qualification key={path[1]} skill={path[1]} ask={ask} /> : <Qualifications ask={ask} />)}
    </div>
  );
}
