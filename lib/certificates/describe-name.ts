/**
 * A distinguished name in one line, empty for one without attributes, which Node gives as undefined. Strangers wrote it: control
 * and direction characters are shown as what they are.
 */
export function describeName(lines: string | undefined): string {
  const parts = (lines ?? '').split('\n').filter(Boolean)
  return stripControls(parts.join(', ')).slice(0, 500)
}

function stripControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{FFFD}')
}
