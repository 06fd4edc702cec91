/** Places of a page that are loaded when they are first opened: script, style and words. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { joinWords } from "./fetched_words";
import type { Language } from "./i18n";

/** Put in by the build: style and words of each part that is loaded later. */
declare const LATER_FILES: Record<
  string,
  { readonly style: string; readonly strings: Record<Language, string> }
>;

const styled = new Set<string>();

/** Loads everything of a part; `script` is its import(). Throws when something did not come. */
export async function loadPart<M>(name: string, script: () => Promise<M>): Promise<M> {
  const files = LATER_FILES[name];
  if (!files) throw new Error(`there is no part ${name}`);
  const [module] = await Promise.all([script(), joinWords(files.strings), style(files.style)]);
  return module;
}

/** A component that shows `waiting` until its part is here, and `again` when it did not come. */
export function later<P extends object>(
  name: string,
  script: () => Promise<ComponentType<P>>,
  waiting: () => string,
  again: () => string,
): ComponentType<P> {
  let known: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | null>(() => known);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Part || failed) return;
      let here = true;
      loadPart(name, script).then(
        (loaded) => {
          known = loaded;
          if (here) setPart(() => loaded);
        },
        () => here && setFailed(true),
      );
      return () => {
        here = false;
      };
    }, [Part, failed]);
    if (Part) return <Part {...props} />;
    if (!failed) return <p class="quiet">{waiting()}</p>;
    return (
      <button type="button" class="button" onClick={() => setFailed(false)}>
        {again()}
      </button>
    );
  };
}

function style(address: string): Promise<void> {
  if (styled.has(address)) return Promise.resolve();
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = () => {
      styled.add(address);
      done();
    };
    link.onerror = () => {
      link.remove();
      failed(new Error(address));
    };
    document.head.append(link);
  });
}
