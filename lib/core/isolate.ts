/**
 * A name inside a sentence that is plain text: whatever direction it has, or carries from before such names were refused, ends
 * with it (UAX #9: first strong isolate, pop directional isolate). Markup has `<bdi>` for it.
 */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}
