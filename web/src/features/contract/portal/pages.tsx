import { ActionIcon } from '@mantine/core';
import { IconCamera, IconFileText, IconTrash } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { bytes } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { FileDrop } from '~/ui/file-drop';
import { withPage } from './photos';
import s from './return-copy.module.css';

const ACCEPTED = 'application/pdf,image/jpeg,image/png';
const PHOTOS = 'image/jpeg,image/png';
/** Bytes; of the house (`upload_limit`), which says so itself when it is less. */
const MOST = 50_000_000;

type PagesProps = { files: File[]; onFiles: (files: File[]) => void; disabled: boolean };

/** What will be sent: one document, or as many photographs as there are pages, in their order. */
export function Pages({ files, onFiles, disabled }: PagesProps) {
  const add = (file: File) => onFiles(withPage(files, file));
  return (
    <>
      {files.length > 0 && (
        <ol className={s.pages} aria-label={m.return_pages()}>
          {files.map((file, index) => (
            <li key={`${file.name} ${file.lastModified} ${file.size}`}>
              <Face file={file} />
              <span>
                {file.type === 'application/pdf' ? file.name : m.return_page({ number: String(index + 1) })}
                <small className="num">{bytes(file.size)}</small>
              </span>
              <ActionIcon
                size={44}
                disabled={disabled}
                aria-label={m.return_leave_out({ name: file.name })}
                onClick={() => onFiles(files.filter((each) => each !== file))}
              >
                <IconTrash size={17} stroke={1.6} aria-hidden="true" />
              </ActionIcon>
            </li>
          ))}
        </ol>
      )}
      <label className={s.camera}>
        <IconCamera size={19} stroke={1.6} aria-hidden="true" />
        {files.some((each) => each.type.startsWith('image/')) ? m.return_photo_next() : m.return_photo()}
        <input
          type="file"
          accept={PHOTOS}
          capture="environment"
          disabled={disabled}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) add(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      <FileDrop label={m.return_choose()} accept={ACCEPTED} most={MOST} onFile={add} />
    </>
  );
}

function Face({ file }: { file: File }) {
  const address = useMemo(() => (file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined), [file]);
  useEffect(() => () => (address ? URL.revokeObjectURL(address) : undefined), [address]);
  if (address) return <img src={address} alt="" />;
  return (
    <span className={s.sheet}>
      <IconFileText size={20} stroke={1.5} aria-hidden="true" />
    </span>
  );
}
