import { expect, test } from 'vitest'
import { type CoalescerOptions, makeCoalescer, OverloadedError } from './coalesce'

type Member = { id: number; key?: string; group?: string }

function coalescer(overrides: Partial<CoalescerOptions<Member, string>> = {}) {
  const batches: Member[][] = []
  const made = makeCoalescer<Member, string>({
    run: async (members) => {
      batches.push([...members])
      await new Promise((resolve) => setImmediate(resolve))
      return members.map(({ id }) => `outcome ${id}`)
    },
    isRetryable: (error) => (error as Error).message === 'connection lost',
    singleUseKey: (member) => member.key ?? null,
    group: (member) => member.group ?? '',
    maxBatch: 8,
    maxInFlight: 2,
    maxQueued: 100,
    maxQueuedPerGroup: 50,
    ...overrides,
  })
  return { ...made, batches }
}

test('each of many concurrent members gets its own outcome, and they share statements', async () => {
  const { submit, batches } = coalescer()
  const ids = Array.from({ length: 40 }, (_, id) => id)
  expect(await Promise.all(ids.map((id) => submit({ id })))).toEqual(ids.map((id) => `outcome ${id}`))
  expect(batches.length).toBeLessThan(40)
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(8)
})

test('two members with one single-use key never share a batch and keep their order', async () => {
  const { submit, batches } = coalescer()
  await Promise.all([submit({ id: 1, key: 'k' }), submit({ id: 2, key: 'k' }), submit({ id: 3 })])
  expect(batches[0]?.map(({ id }) => id)).toEqual([1, 3])
  expect(batches[1]?.map(({ id }) => id)).toEqual([2])
})

test('a member that makes the statement fail fails alone', async () => {
  const { submit } = coalescer({
    run: async (members) => {
      if (members.some(({ id }) => id === 3)) throw new Error('bad member')
      return members.map(({ id }) => `outcome ${id}`)
    },
  })
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((id) => submit({ id })))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
})

test('a batch whose reply was lost is sent again as it was, and answered once', async () => {
  const sent: number[][] = []
  const { submit } = coalescer({
    run: async (members) => {
      sent.push(members.map(({ id }) => id))
      if (sent.length === 1) throw new Error('connection lost')
      return members.map(({ id }) => `outcome ${id}`)
    },
  })
  expect(await Promise.all([submit({ id: 1 }), submit({ id: 2 })])).toEqual(['outcome 1', 'outcome 2'])
  expect(sent).toEqual([
    [1, 2],
    [1, 2],
  ])
})

test('a way to the database that stays down rejects the batch instead of keeping it', async () => {
  const { submit } = coalescer({
    run: async () => {
      throw new Error('connection lost')
    },
  })
  const outcomes = await Promise.allSettled([submit({ id: 1 }), submit({ id: 2 })])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('a full queue and a group over its share are refused at once; the others go on', async () => {
  const { submit } = coalescer({ maxQueued: 4, maxQueuedPerGroup: 2 })
  const outcomes = await Promise.allSettled([
    submit({ id: 1, group: 'a' }),
    submit({ id: 2, group: 'a' }),
    submit({ id: 3, group: 'a' }),
    submit({ id: 4, group: 'b' }),
    submit({ id: 5, group: 'b' }),
    submit({ id: 6, group: 'c' }),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'rejected',
  ])
  expect((outcomes[2] as PromiseRejectedResult).reason).toBeInstanceOf(OverloadedError)
})

test('a statement is sent beside another one for enough members, or once they have waited', async () => {
  const held: (() => void)[] = []
  const batches: number[] = []
  const { submit } = makeCoalescer<Member, string>({
    run: (members) => {
      batches.push(members.length)
      return new Promise((resolve) => held.push(() => resolve(members.map(() => 'done'))))
    },
    isRetryable: () => false,
    group: () => '',
    maxBatch: 8,
    maxInFlight: 3,
    minBeside: 3,
    maxQueued: 100,
    maxQueuedPerGroup: 100,
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const answers = [submit({ id: 1 })]
  await turn()
  expect(batches).toEqual([1])
  answers.push(submit({ id: 2 }), submit({ id: 3 }))
  await turn()
  expect(batches).toEqual([1])
  answers.push(submit({ id: 4 }))
  await turn()
  expect(batches).toEqual([1, 3])
  answers.push(submit({ id: 5 }))
  await expect.poll(() => batches).toEqual([1, 3, 1]) // nobody waits for a statement that hangs
  for (const release of held) release()
  expect(await Promise.all(answers)).toEqual(answers.map(() => 'done'))
})
