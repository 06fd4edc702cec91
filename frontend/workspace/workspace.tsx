/** The agent's screens: home with switch, own conversations and queue; and one conversation. */

import { useEffect, useRef, useState } from "preact/hooks";

import { BrandMark } from "../shared/account/sign_in";
import { Button, LiveRegion } from "../shared/components";
import type { Agent, Config } from "../shared/frames";
import { Conversation } from "./conversation";
import type { Desk } from "./desk";
import { MyConversations } from "./my_conversations";
import { Online, PayMeter, Settings } from "./online/later";
import { OnlineSwitch } from "./online_switch";
import { WaitingList } from "./waiting_list";
import { addressOf, conversationInAddress } from "./route";
import { t } from "./words";

export interface WorkspaceProps {
  desk: Desk;
  agent: Agent;
  config: Config | null;
  left(): void;
}

export function Workspace({ desk, agent, config, left }: WorkspaceProps) {
  const [account, setAccount] = useState(false);
  useAddress(desk);
  const current = desk.current.value;
  useHomeFocus(current);
  return (
    <div class={current ? "workspace talking" : "workspace"}>
      <header class="top">
        <h1 class="brand">
          <BrandMark /> <span>{config?.company ?? "Alltid"}</span>
          <span class="quiet page-name">{t("page")}</span>
        </h1>
        {agent.role !== "agent" && (
          <a class="button plain" href="/console">
            {t("console")}
          </a>
        )}
        <Button look="plain" class="account" aria-haspopup="dialog" onClick={() => setAccount(true)}>
          <span class="avatar small agent" aria-hidden="true">
            {agent.name.charAt(0)}
          </span>
          <span class="unseen">{t("account")}: </span>
          {agent.name.split(" ")[0]}
        </Button>
      </header>
      <ConnectionBar desk={desk} />
      <Online desk={desk} />
      <main>
        <div class="side">
          <OnlineSwitch desk={desk} />
          {desk.session.online.value && <PayMeter desk={desk} />}
          <MyConversations desk={desk} />
          <WaitingList desk={desk} />
        </div>
        <div class="stage">
          {current ? (
            <Conversation key={current} desk={desk} agent={agent} config={config} id={current} />
          ) : (
            <p class="pick quiet">{t("pick")}</p>
          )}
        </div>
      </main>
      <Notice desk={desk} />
      {account && <Settings agent={agent} close={() => setAccount(false)} left={left} />}
    </div>
  );
}

/** The address and the conversation on screen follow each other. */
function useAddress(desk: Desk): void {
  useEffect(() => {
    const follow = (): void => desk.show(conversationInAddress(location.hash));
    follow();
    addEventListener("hashchange", follow);
    const stop = desk.current.subscribe((id) => {
      if (conversationInAddress(location.hash) === id) return;
      if (id) location.hash = addressOf(id);
      else history.replaceState(null, "", location.pathname + location.search);
    });
    return () => {
      removeEventListener("hashchange", follow);
      stop();
    };
  }, [desk]);
}

/** Whoever leaves a conversation lands on the list of their conversations, not nowhere. */
function useHomeFocus(current: string | null): void {
  const before = useRef(current);
  useEffect(() => {
    if (before.current && !current) document.getElementById("mine-title")?.focus();
    before.current = current;
  }, [current]);
}

function ConnectionBar({ desk }: { desk: Desk }) {
  const connection = desk.connection.value;
  // A first connection that takes a moment is no news; a lost one is.
  const lost = connection === "lost" || (connection === "connecting" && desk.welcomed.value);
  return (
    <div class="connection" role="status">
      {lost ? t("lost") : ""}
    </div>
  );
}

const noticeShownMilliseconds = 6_000;

function Notice({ desk }: { desk: Desk }) {
  const { words, unseen, count } = desk.notice.value;
  const [over, setOver] = useState(count);
  useEffect(() => {
    if (!words) return;
    const timer = setTimeout(() => setOver(count), noticeShownMilliseconds);
    return () => clearTimeout(timer);
  }, [count]);
  return (
    <>
      <LiveRegion text={words} />
      {words && !unseen && over !== count && (
        <div class="notice" aria-hidden="true">
          {words}
        </div>
      )}
    </>
  );
}
