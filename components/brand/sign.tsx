/** The sign: a stroke left open, and a second one that completes it. */
export function Sign({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" strokeWidth="3" strokeLinecap="round" aria-hidden className={className}>
      <path d="M13.8 4.2A8 8 0 1 0 12.4 20" stroke="currentColor" />
      <path d="M20.8 3.9L17 20.1" stroke="var(--color-accent)" />
    </svg>
  )
}
