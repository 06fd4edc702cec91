/** The frame: the company on top, the menu, one page in view. */

import { useEffect, useRef, useState } from "preact/hooks";

import { AccountSheet } from "../shared/account/account_sheet";
import { BrandMark } from "../shared/account/sign_in";
import { Button } from "../shared/components";
import type { Agent } from "../shared/frames";
import { entry } from "./fetched";
import { places, routeIn } from "./route";
import { t } from "./words";

export function Home({ agent, company }: { agent: Agent; company: string }) {
  const [account, setAccount] = useState(false);
  const { place, rest } = useRoute();
  const View = place.view;
  return (
    <div class="me">
      <header class="top">
        <h1 class="brand">
          <BrandMark /> <span>{company}</span> <span class="quiet page-name">{t("page")}</span>
        </h1>
        <a class="button plain" href="/agent">
          {t("workspace")}
        </a>
        <Button look="plain" class="account" aria-haspopup="dialog" onClick={() => setAccount(true)}>
          <span class="avatar small agent" aria-hidden="true">
            {agent.name.charAt(0)}
          </span>
          <span class="unseen">{t("account")}: </span>
          {agent.name.split(" ")[0]}
        </Button>
      </header>
      <nav aria-label={t("nav")}>
        <ul class="plain-list">
          {places.map(({ key, title }) => (
            <li key={key}>
              <a href={`#/${key}`} aria-current={place.key === key ? "page" : undefined}>
                {t(title)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main>
        <h2 tabIndex={-1}>{t(place.title)}</h2>
        <View key={`${place.key}/${rest.join("/")}`} rest={rest} />
      </main>
      {account && (
        <AccountSheet agent={agent} close={() => setAccount(false)} left={() => entry.leave()}>
          <a href="/agent">{t("workspace")}</a>
        </AccountSheet>
      )}
    </div>
  );
}

/** Follows the address; a new place gets the focus on its title, for those who can't see it. */
function useRoute() {
  const [hash, setHash] = useState(location.hash);
  const first = useRef(true);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    if (first.current) first.current = false;
    else {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>("main h2")?.focus();
    }
  }, [hash]);
  return routeIn(hash);
}
