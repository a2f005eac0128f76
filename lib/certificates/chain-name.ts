/** The most telling part of a subject: its common name, or else its organization, or else all of it. */
export function chainName(subject: string): string {
  return (
    /(?:^|, )CN=([^,]+)/.exec(subject)?.[1] ?? /(?:^|, )O=([^,]+)/.exec(subject)?.[1] ?? (subject || 'Without a name')
  )
}
