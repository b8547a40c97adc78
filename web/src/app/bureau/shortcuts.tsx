import { m } from '~/paraglide/messages';
import { Dialog } from '~/ui/dialog';
import s from './palette.module.css';

/** What the keyboard does here. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const keys = [
    ['Ctrl K', m.shortcut_palette()],
    ['?', m.shortcut_help()],
    ['↑ ↓', m.shortcut_rows()],
    ['Enter', m.shortcut_open()],
    ['J K', m.shortcut_queue()],
    ['A', m.shortcut_approve()],
    ['R', m.shortcut_refuse()],
    ['Esc', m.shortcut_close()],
  ] as const;
  return (
    <Dialog title={m.shortcuts_title()} onClose={onClose}>
      <dl className={s.keys}>
        {keys.map(([key, does]) => (
          <div key={key} className="whole">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
