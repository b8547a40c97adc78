import { lazy, Suspense } from 'react';
import s from './pdf-pages.module.css';

const Pages = lazy(() => import('./pdf-pages'));

/** The page that is shown is somebody else's to say: two documents are turned together. */
export type Turned = { page: number; onTurn: (page: number) => void };

type PdfViewProps = {
  /** The API's path of the document's bytes. */
  path: string;
  label: string;
  /** Told with each page that was looked at, and how many there are. */
  onPage?: (page: number, pages: number) => void;
  turned?: Turned;
};

/** A page of the usual proportions, as long as what draws it is on its way. */
const Blank = () => (
  <div className={s.view} aria-busy="true">
    <div className={s.bar} />
    <div className={s.paper}>
      <div className={s.sheet} data-usual="" />
    </div>
  </div>
);

/** A document page by page; what draws it is loaded when it is first needed. */
export const PdfView = (props: PdfViewProps) => (
  <Suspense fallback={<Blank />}>
    <Pages {...props} />
  </Suspense>
);
