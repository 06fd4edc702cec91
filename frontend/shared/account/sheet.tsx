/** A native dialog: from below on a phone, in the middle elsewhere. It keeps focus, and gives it back. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Button } from "../components";
import { Close } from "../icons";

export interface SheetProps {
  title: string;
  closeLabel: string;
  close(): void;
  children: ComponentChildren;
}

export function Sheet({ title, closeLabel, close, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-title"
      onClose={close}
      onClick={(event) => {
        // Only the backdrop is the dialog itself; its content lies in the inner box.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="sheet-box">
        <header>
          <h2 id="sheet-title">{title}</h2>
          <Button look="icon" aria-label={closeLabel} onClick={() => dialog.current?.close()}>
            <Close />
          </Button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
