export function SkipLink({ children = 'Skip to content', href = '#content' }: { children?: string; href?: string }) {
  return (
    <a
      href={href}
      className="absolute top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
    >
      {children}
    </a>
  )
}
