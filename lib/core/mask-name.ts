/** `Giulia Rossi` → `G••••• R••••`: shown to whoever started an operation, so that they can tell who imported it. */
export function maskName(name: string): string {
  return name
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [first = '', ...rest] = Array.from(word)
      return first + '•'.repeat(Math.min(rest.length, 6))
    })
    .join(' ')
}
