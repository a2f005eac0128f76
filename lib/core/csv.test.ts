import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCsv, writeCsv } from './csv'

function fieldsOf(text: string): string[][] {
  const parsed = parseCsv(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.ok.map(({ fields }) => fields)
}

describe('parseCsv', () => {
  test('reads rows with either line ending, with or without a last one, after a byte order mark', () => {
    const rows = [
      ['a', 'b'],
      ['1', ''],
    ]
    for (const text of ['a,b\n1,', 'a,b\r\n1,\r\n', '\uFEFFa,b\n\n1,\n']) expect(fieldsOf(text)).toEqual(rows)
    expect(fieldsOf('')).toEqual([])
  })

  test('tells the line that a row begins on, past line breaks in quotes and empty lines', () => {
    expect(parseCsv('a\n"b\nb"\n\nc')).toEqual({
      ok: [
        { line: 1, fields: ['a'] },
        { line: 2, fields: ['b\nb'] },
        { line: 5, fields: ['c'] },
      ],
    })
  })

  test.each(['a\nb,"c', 'a\nb,c"d', 'a\n"b"c,d'])('names the line of a stray quote: %j', (text) => {
    expect(parseCsv(text)).toMatchObject({ line: 2 })
  })

  test('gives back whatever was written by the rules', () => {
    const quote = (field: string) => `"${field.replaceAll('"', '""')}"`
    const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 5 }), { minLength: 1 })
    fc.assert(
      fc.property(rows, (written) => {
        expect(fieldsOf(written.map((row) => row.map(quote).join(',')).join('\r\n'))).toEqual(written)
      }),
    )
  })
})

test('what is written reads back, and nothing in it is a formula to a spreadsheet', () => {
  expect(writeCsv([['a', 'b "c"', 'd,e', 'f\ng']])).toBe('a,"b ""c""","d,e","f\ng"\r\n')
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '|cmd', '%0A=1']) {
    const read = parseCsv(writeCsv([[formula, 'x']]))
    expect('ok' in read && read.ok[0]?.fields[0]).toBe(`'${formula}`)
  }
})
