import type { AnyRouter } from '@tanstack/react-router';

let watching: MutationObserver | null = null;
let frame: string | undefined;

const frameNow = () => document.querySelector('main')?.id;

/** Where the focus goes when another page is drawn: a browser does that by itself only for pages that it loads.
    Inside, to the heading of the page; in another frame (after signing in) above everything, as on a page that was loaded. */
export function arriveByKeyboard(router: AnyRouter) {
  router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
    const before = frame;
    frame = frameNow();
    if (!fromLocation || !pathChanged) return;
    watching?.disconnect();
    if (document.querySelector('dialog[open]')) return;
    if (frame === before) toHeading();
    else toTop();
  });
}

function toTop() {
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute('tabindex');
}

function toHeading() {
  const main = document.querySelector('main');
  // A page that chose for itself, or a link that is still there.
  if (!main || main.contains(document.activeElement)) return;
  const found = () => {
    const heading = main.querySelector('h1');
    if (!heading) return false;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    return true;
  };
  if (found()) return;
  // What the heading says is still on its way.
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
  watching = new MutationObserver(() => {
    if (document.activeElement !== main || found()) watching?.disconnect();
  });
  watching.observe(main, { childList: true, subtree: true });
}
