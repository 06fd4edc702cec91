/** JSX by the page's own Preact; the build puts this in place of Preact's for the card. */

import { host } from "./host";

export function jsx(type: unknown, props: object, key?: unknown): unknown {
  return host.jsx(type, props, key);
}

export const jsxs = jsx;

export const Fragment = (props: { children: unknown }): unknown => props.children;
