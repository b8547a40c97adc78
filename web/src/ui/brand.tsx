import s from './pieces.module.css';

export const Brand = ({ tag }: { tag?: string }) => (
  <span className={s.brand}>
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path
        d="M22 21.500A7.500 7.500 0 1 1 23.500 16c0 2.100-.6 4-1.500 5.500zl3.200 3.200"
        fill="none"
        stroke="var(--bg)"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
    Quittance{tag && <em>{tag}</em>}
  </span>
);
