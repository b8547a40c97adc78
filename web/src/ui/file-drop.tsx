import { IconUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { bytes } from '~/lib/format';
import { m } from '~/paraglide/messages';
import s from './file-drop.module.css';

type FileDropProps = {
  label: string;
  /** Media types, as in `accept`. */
  accept: string;
  /** Bytes, at most. */
  most: number;
  onFile: (file: File) => void;
  /** Opens the camera of a phone at once. */
  camera?: boolean;
};

/** One file: chosen, dropped, or photographed. */
export function FileDrop({ label, accept, most, onFile, camera }: FileDropProps) {
  const [over, setOver] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const take = (file: File | undefined) => {
    if (!file) return;
    const refused =
      file.size > most ? m.file_too_large({ most: bytes(most) }) : accepted(file, accept) ? null : m.file_wrong_type();
    setWrong(refused);
    if (!refused) onFile(file);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div>
      <label
        className={s.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <IconUpload size={22} stroke={1.5} aria-hidden="true" />
        <b>{label}</b>
        <small>{m.file_about({ most: bytes(most) })}</small>
        <input
          type="file"
          accept={accept}
          capture={camera ? 'environment' : undefined}
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {wrong && (
        <p className={s.said} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

const accepted = (file: File, accept: string) =>
  accept
    .split(',')
    .map((each) => each.trim())
    .some((each) => each === file.type || (each.endsWith('/*') && file.type.startsWith(each.slice(0, -1))));
