import { membersOf } from '../arrange-chain'
import { finding } from '../finding'
import type { Rule } from './rule'

/** Seed 001: certificates with reversed order will be rejected. */
export const order: Rule = (chain) => {
  const members = membersOf(chain)
  const found = [...members].sort((a, b) => a.index - b.index)
  const misplaced = found.find((certificate, position) => certificate !== members[position])
  if (!misplaced) return []
  const reversed = found.every((certificate, position) => certificate === members[members.length - 1 - position])
  const wanted = members.map(({ index }) => index + 1).join(', ')
  const place = members.indexOf(misplaced) + 1
  return reversed
    ? [
        finding(
          'order-reversed',
          misplaced,
          `The order is reversed: expected ${wanted}. ${misplaced.label} belongs last.`,
        ),
      ]
    : [
        finding(
          'order-wrong',
          misplaced,
          `Expected the order ${wanted}. ${misplaced.label} belongs at position ${place}.`,
        ),
      ]
}
