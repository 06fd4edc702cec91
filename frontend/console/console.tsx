/** The console's frame: the promises on top, the places on the left, one place in view. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { AccountSheet } from "../shared/account/account_sheet";
import { api } from "../shared/account/api";
import { BrandMark } from "../shared/account/sign_in";
import { Button } from "../shared/components";
import type { Agent } from "../shared/frames";
import { locale } from "../shared/i18n";
import { clockTime } from "../shared/time";
import { countWaiting } from "../shared/waiting";
import type { Counted } from "../shared/waiting";
import { Breaches } from "./breaches";
import { Conversations } from "./conversations";
import { laterPlaces } from "./later_places";
import { Lights } from "./lights";
import { Now } from "./now";
import type { Overview, QueueEntry } from "./overview";
import { PeopleBadge } from "./people_badge";
import { Poller } from "./poller";
import { addresses, laterNames, routeIn } from "./route";
import type { Route } from "./route";
import { StoryView } from "./story";
import { t } from "./words";

export interface ConsoleProps {
  agent: Agent;
  company: string;
  left(): void;
  failed(error: unknown): "stop" | void;
}

const overviewEveryMilliseconds = 2000;

export function Console({ agent, company, left, failed }: ConsoleProps) {
  const [account, setAccount] = useState(false);
  const route = useRoute();
  const { overview, queue, failingSince } = useOverview(failed);
  return (
    <div class="console">
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
      <div class="stale" role="status">
        {failingSince !== null &&
          t("stale", { when: clockTime(new Date(failingSince).toISOString(), locale.value) })}
      </div>
      <Lights promises={overview?.promises ?? null} />
      <Places route={route} broken={brokenToday(overview)} />
      <main>
        <View route={route} overview={overview} queue={queue} failed={failed} />
      </main>
      {account && (
        <AccountSheet agent={agent} close={() => setAccount(false)} left={left}>
          <a href="/agent">{t("workspace")}</a>
        </AccountSheet>
      )}
    </div>
  );
}

function View(props: {
  route: Route;
  overview: Overview | null;
  queue: readonly Counted<QueueEntry>[];
  failed(error: unknown): "stop" | void;
}) {
  const { route, overview, queue, failed } = props;
  switch (route.view) {
    case "now":
      return <Now overview={overview} queue={queue} />;
    case "conversations":
      return <Conversations failed={failed} />;
    case "story":
      return <StoryView key={route.id} id={route.id} version={route.version} failed={failed} />;
    case "breaches":
      return <Breaches key={route.promise} promise={route.promise} failed={failed} />;
    case "place": {
      const Place = laterPlaces[route.place as keyof typeof laterPlaces];
      return <Place path={route.path} failed={failed} />;
    }
  }
}

function Places({ route, broken }: { route: Route; broken: number }) {
  const at =
    route.view === "story" ? "conversations" : route.view === "place" ? route.place : route.view;
  const places = [
    ["now", addresses.now],
    ["conversations", addresses.conversations],
    ["breaches", addresses.breaches()],
    ...laterNames.map((name) => [name, addresses.place(name)] as const),
  ] as const;
  return (
    <nav aria-label={t("nav")}>
      <ul class="plain-list">
        {places.map(([name, address]) => (
          <li key={name}>
            <a href={address} aria-current={at === name ? "page" : undefined}>
              {t(name)}
              {name === "breaches" && broken > 0 && <span class="badge">{broken}</span>}
              {name === "people" && <PeopleBadge />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function brokenToday(overview: Overview | null): number {
  return overview?.promises.reduce((sum, each) => sum + each.breaches_24h, 0) ?? 0;
}

function useOverview(failed: (error: unknown) => "stop" | void) {
  const [state, setState] = useState<{
    overview: Overview | null;
    queue: readonly Counted<QueueEntry>[];
  }>({ overview: null, queue: [] });
  const poller = useMemo(
    () =>
      new Poller<Overview>({
        ask: () => api<Overview>("/api/console/overview"),
        got: (overview) =>
          setState((known) => ({
            overview,
            queue: countWaiting(overview.queue, known.queue, Date.now()),
          })),
        failed,
        everyMilliseconds: overviewEveryMilliseconds,
      }),
    [],
  );
  useEffect(() => {
    poller.start();
    return () => poller.stop();
  }, [poller]);
  return { ...state, failingSince: poller.failingSince.value };
}

/** Follows the address; a new place gets the focus on its title, for those who can't see it. */
function useRoute(): Route {
  const [route, setRoute] = useState(() => routeIn(location.hash));
  const first = useRef(true);
  useEffect(() => {
    const follow = (): void => setRoute(routeIn(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    if (first.current) first.current = false;
    else document.querySelector<HTMLElement>("main h2")?.focus();
  }, [route]);
  return route;
}
