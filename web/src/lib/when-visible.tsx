import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Mounts something heavy only when it comes near the screen and the page has nothing better to do. */
export function WhenVisible({ children, fallback }: { children: ReactNode; fallback: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [shown, show] = useState(false);
  useEffect(() => {
    if (!place.current || shown) return;
    const soon = () =>
      'requestIdleCallback' in window
        ? requestIdleCallback(() => show(true), { timeout: 800 })
        : setTimeout(() => show(true), 150);
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        soon();
      },
      { rootMargin: '120px' },
    );
    near.observe(place.current);
    return () => near.disconnect();
  }, [shown]);
  return <div ref={place}>{shown ? children : fallback}</div>;
}
