import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { m } from '~/paraglide/messages';
import s from './dialog.module.css';

type DialogProps = { title: string; onClose: () => void; children: ReactNode; wide?: boolean };

/** A dialog of the browser's own: it keeps the focus, closes on Escape, and covers everything. Mounted means open. */
export function Dialog({ title, onClose, children, wide }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const shown = box.current;
    const before = document.activeElement;
    shown?.showModal();
    // A browser would take the first button, which closes: what the dialog is for comes first.
    shown?.querySelector<HTMLElement>('[data-autofocus], input, select, textarea')?.focus();
    document.documentElement.classList.add('locked');
    return () => {
      shown?.close();
      if (!document.querySelector('dialog[open]')) document.documentElement.classList.remove('locked');
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={s.dialog}
      data-wide={wide || undefined}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={s.head}>
        <h2 id={name}>{title}</h2>
        <ActionIcon aria-label={m.close()} onClick={onClose}>
          <IconX size={18} stroke={1.6} aria-hidden="true" />
        </ActionIcon>
      </div>
      <div className={s.body}>{children}</div>
    </dialog>
  );
}

/** The buttons of a dialog or a form, the chosen way last. */
export const Actions = ({ children }: { children: ReactNode }) => <div className={s.actions}>{children}</div>;

type ConfirmProps = {
  title: string;
  children: ReactNode;
  does: string;
  onDo: () => void;
  onClose: () => void;
  pending?: boolean;
};

/** Asks once more; the button says what it does. */
export const Confirm = ({ title, children, does, onDo, onClose, pending }: ConfirmProps) => (
  <Dialog title={title} onClose={onClose}>
    {children}
    <Actions>
      <Button variant="default" onClick={onClose}>
        {m.cancel()}
      </Button>
      <Button loading={pending} onClick={onDo}>
        {does}
      </Button>
    </Actions>
  </Dialog>
);
