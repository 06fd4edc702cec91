/** Dispatching, for leads: the policy, who is needed, honest waits, and every offer. */

import { useEffect, useRef } from "preact/hooks";

import { CapacityPage } from "./capacity_page";
import type { Failed } from "./asked";
import { OffersPage } from "./offers_page";
import { PolicyPage } from "./policy_page";
import { WaitsPage } from "./waits_page";
import { t } from "./words";

const tabs = ["policy", "capacity", "waits", "offers"] as const;
type Tab = (typeof tabs)[number];

const names = {
  policy: "tabPolicy",
  capacity: "tabCapacity",
  waits: "tabWaits",
  offers: "tabOffers",
} as const;

export function DispatchPlace({ path, failed }: { path: readonly string[]; failed: Failed }) {
  const at: Tab = tabs.find((each) => each === path[0]) ?? "policy";
  const title = useRef<HTMLHeadingElement>(null);
  // The place came after its address: whoever can't see it is led to its title now.
  useEffect(() => title.current?.focus(), []);
  return (
    <div class="dispatch">
      <h2 tabIndex={-1} ref={title}>
        {t(names[at])}
      </h2>
      <div class="tabs">
        {tabs.map((each) => (
          <a key={each} href={`#/dispatch/${each}`} aria-current={each === at ? "true" : undefined}>
            {t(names[each])}
          </a>
        ))}
      </div>
      {at === "policy" && <PolicyPage failed={failed} />}
      {at === "capacity" && <CapacityPage failed={failed} />}
      {at === "waits" && <WaitsPage failed={failed} />}
      {at === "offers" && <OffersPage failed={failed} />}
    </div>
  );
}
