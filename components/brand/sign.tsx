/** The sign: a stroke left open, and a second one that completes it. */
export function Sign({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" strokeWidth="3" strokeLinecap="round" aria-hidden className={className}>
      <path d="M14.1 4.2A8 8 0 1 0 12.9 19.9" stroke="currentColor" />
      <path d="M20.4 3.9L16.2 20.1" stroke="var(--color-accent)" />
    </svg>
  )
}
