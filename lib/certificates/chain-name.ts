const COMMON_NAME = /(?:^|, )CN=((?:\\.|[^,\\])+)/s
const ORGANIZATION = /(?:^|, )O=((?:\\.|[^,\\])+)/s

/** The most telling part of a subject: its common name, or else its organization, or else all of it. Text without escapes. */
export function chainName(subject: string): string {
  const value = COMMON_NAME.exec(subject)?.[1] ?? ORGANIZATION.exec(subject)?.[1]
  return value === undefined ? subject || 'Without a name' : withoutEscapes(value)
}

/** RFC 4514 §2.4: a backslash stands before a special character, or before two hexadecimal digits: of a control here. */
function withoutEscapes(value: string): string {
  return value.replace(/\\(?:[0-9A-Fa-f]{2}|(.))/gs, (_, character?: string) => character ?? '\u{FFFD}')
}
