import { z } from 'zod'
import { SCOPES } from '@/lib/applications/schema'

/** What can be allowed or denied by itself: each scope, and the payments of a request together. */
export const ITEMS = [...SCOPES, 'payment'] as const
export type Item = (typeof ITEMS)[number]

/** The field of a form that holds the choice for one item. */
export function choiceField(item: string): string {
  return `choice-${item}`
}

const Choice = z.enum(['allow', 'deny']).default('deny')
const Choices = Object.fromEntries(ITEMS.map((item) => [choiceField(item), Choice])) as Record<string, typeof Choice>
const Id = z.string().regex(/^\w{1,64}$/)

/** One checked box comes as a text, several as a list. */
const Customers = z.preprocess(
  (value) => [value ?? []].flat(),
  z
    .array(Id)
    .max(50, 'too-many-customers')
    .transform((ids) => [...new Set(ids)]),
)

export const AnswerInput = z
  .object({ requestId: Id, decision: z.enum(['deny', 'allow', 'allow-all']), customer: Customers, ...Choices })
  .transform(({ requestId, decision, customer, ...choices }) => ({
    requestId,
    decision,
    customerIds: customer,
    items: ITEMS.filter((item) => (choices as Record<string, unknown>)[choiceField(item)] === 'allow'),
  }))
/** `allow`: the choices decide, each `deny` unless it says otherwise; `allow-all`: everything that was asked, whatever they say. */
export type AnswerInput = z.infer<typeof AnswerInput>

type Answered = Pick<AnswerInput, 'decision' | 'items'>
type Asked = { scopes: readonly string[]; authorizationDetails: readonly object[] | null }

/** What is allowed of a request. Of the items of a form some may never have been asked for. */
export function allowedItems({ decision, items }: Answered, asked: Asked): readonly Item[] {
  if (decision === 'allow') return items
  return decision === 'deny' ? [] : ITEMS.filter((item) => isAsked(item, asked))
}

export function isAsked(item: Item, { scopes, authorizationDetails }: Asked): boolean {
  return item === 'payment' ? authorizationDetails !== null : scopes.includes(item)
}

export const VisitInput = z.object({ requestId: Id })
export type VisitInput = z.infer<typeof VisitInput>
