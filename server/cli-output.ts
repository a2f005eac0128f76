/** A result for people: names and values in two columns, lists as tables. For programs there is `--json`. */
export function describeResult(result: unknown): string {
  if (Array.isArray(result)) return result.length === 0 ? 'None.' : describeTable(result as Row[])
  const entries = Object.entries(result as Row).filter(([, value]) => !Array.isArray(value))
  const lists = Object.entries(result as Row).filter(([, value]) => Array.isArray(value))
  const nested = lists.map(([name, rows]) => {
    const told = (rows as Row[]).map(describeNested).join('\n\n')
    return lists.length + entries.length === 1 ? told : `${name}:\n${indent(told || 'none')}`
  })
  return [...(entries.length > 0 ? [describeEntries(entries)] : []), ...nested].join('\n')
}

function describeEntries(entries: [string, unknown][]): string {
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${show(value)}`).join('\n')
}

type Row = Record<string, unknown>

function describeNested(row: Row): string {
  return Object.entries(row)
    .flatMap(([name, value]) => {
      if (!Array.isArray(value)) return [`${name}: ${show(value)}`]
      return (value as Row[]).map((item) => indent(describeNested(item)))
    })
    .join('\n')
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}

function describeTable(rows: Row[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names, ...rows.map((row) => names.map((name) => show(row[name])))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function show(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return value instanceof Date ? value.toISOString() : String(value)
}
