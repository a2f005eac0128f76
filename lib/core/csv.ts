/**
 * Rows as RFC 4180 has them. A field that a spreadsheet would take for a formula gets an apostrophe in front: names and
 * details are text that strangers wrote.
 */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(writeField).join(',')}\r\n`).join('')
}

function writeField(value: string): string {
  const guarded = /^[\s]*[=+\-@|%\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

export type CsvRow = { line: number; fields: string[] }

/**
 * Comma-separated values as RFC 4180 has them: quotes around what holds commas, quotes (doubled) or line breaks. A byte order
 * mark and empty lines are passed over. Each row knows the line that it begins on.
 */
export function parseCsv(text: string): { ok: CsvRow[] } | { problem: string; line: number } {
  const rows: CsvRow[] = []
  let line = 1
  let row: CsvRow = { line, fields: [] }
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y
  pattern.lastIndex = text.startsWith('\uFEFF') ? 1 : 0
  while (pattern.lastIndex < text.length || row.fields.length > 0) {
    const match = pattern.exec(text)
    if (!match) return { problem: 'a quote is missing, or stands where none may', line }
    const [whole, quoted, plain = '', end] = match
    row.fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    line += whole.split('\n').length - 1
    if (end === ',') continue
    if (row.fields.length > 1 || row.fields[0] !== '') rows.push(row)
    row = { line, fields: [] }
  }
  return { ok: rows }
}
