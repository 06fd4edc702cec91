/** The small parts that all three faces share. Their looks are in components.css. */

import type { ComponentChildren, JSX } from "preact";

import { Spark } from "./icons";

export { LiveRegion } from "./live_region";

export interface AvatarProps {
  kind: "assistant" | "agent" | "customer";
  /** The first letter is shown for a person. The name must also be written beside it. */
  name: string | null;
  small?: boolean;
}

/** Round for a person, a rounded square for the assistant. Decorative: hidden from readers. */
export function Avatar({ kind, name, small }: AvatarProps) {
  const initial = [...(name ?? "").trim()][0]?.toUpperCase() ?? "·";
  return (
    <span class={`avatar ${kind}${small ? " small" : ""}`} aria-hidden="true">
      {kind === "assistant" ? <Spark /> : initial}
    </span>
  );
}

export type ButtonLook = "primary" | "soft" | "plain" | "danger" | "icon" | "";

type ButtonProps = Omit<JSX.IntrinsicElements["button"], "type"> & {
  look?: ButtonLook;
  submit?: boolean;
};

export function Button({ look = "", submit, class: extra = "", ...rest }: ButtonProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      class={`button ${look} ${extra as string}`}
      {...rest}
    />
  );
}

export function Card({
  look = "",
  children,
  ...rest
}: { look?: "waiting" | ""; children: ComponentChildren } & JSX.IntrinsicElements["section"]) {
  return (
    <section {...rest} class={`card ${look} ${typeof rest.class === "string" ? rest.class : ""}`}>
      {children}
    </section>
  );
}

export function Bubble({ own, children }: { own?: boolean; children: ComponentChildren }) {
  return (
    <div class={own ? "bubble own" : "bubble"} dir="auto">
      {children}
    </div>
  );
}

export function TypingDots() {
  return (
    <span class="typing-dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
