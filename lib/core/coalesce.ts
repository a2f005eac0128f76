/**
 * Group commit in the application: requests that arrive while a statement is under way are answered by the next one
 * together. Each caller gets its own outcome, and only after the statement that carries it has been committed.
 */
export type CoalescerOptions<Member, Outcome> = {
  /** Runs one statement for all; outcomes in the order of the members. May be called again with the same members. */
  run(members: readonly Member[]): Promise<readonly Outcome[]>
  /** True for a failure of the way to the database: the batch is sent again as it is, since ids were made beforehand. */
  isRetryable(error: unknown): boolean
  /** A key that may be used once only: two members with one key never share a batch, the later one waits. */
  singleUseKey?(member: Member): string | null
  /** Whose share of the queue a member takes. */
  group(member: Member): string
  maxBatch: number
  maxInFlight: number
  /** A statement is sent beside others that are under way for so many members at least, or once they have waited. */
  minBeside?: number
  maxQueued: number
  maxQueuedPerGroup: number
}

/** The queue, or the group's share of it, is full: answered with 503 before any work is done. */
export class OverloadedError extends Error {
  override name = 'OverloadedError'
}

type Waiting<Member, Outcome> = {
  member: Member
  group: string
  key: string | null
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

export type Coalescer<Member, Outcome> = { submit(member: Member): Promise<Outcome> }

// Each statement costs as much as several members of it do. The statement under way is usually back before this.
const PATIENCE_MS = 5
const RESENDS = 3
const RESEND_DELAY_MS = 100

export function makeCoalescer<Member, Outcome>(options: CoalescerOptions<Member, Outcome>): Coalescer<Member, Outcome> {
  let queue: Waiting<Member, Outcome>[] = []
  const queuedOfGroup = new Map<string, number>()
  const keysInFlight = new Set<string>()
  let inFlight = 0
  let scheduled = false
  let patience: NodeJS.Timeout | null = null

  return { submit }

  function submit(member: Member): Promise<Outcome> {
    const group = options.group(member)
    const share = queuedOfGroup.get(group) ?? 0
    if (queue.length >= options.maxQueued || share >= options.maxQueuedPerGroup) {
      return Promise.reject(new OverloadedError('the queue is full'))
    }
    queuedOfGroup.set(group, share + 1)
    return new Promise<Outcome>((resolve, reject) => {
      queue.push({ member, group, key: options.singleUseKey?.(member) ?? null, resolve, reject })
      schedule()
    })
  }

  function schedule(): void {
    if (scheduled || inFlight >= options.maxInFlight || queue.length === 0) return
    if (inFlight > 0 && queue.length < (options.minBeside ?? 1)) {
      patience ??= setTimeout(flush, PATIENCE_MS)
      return
    }
    scheduled = true
    setImmediate(flush)
  }

  function flush(): void {
    scheduled = false
    if (patience) clearTimeout(patience)
    patience = null
    while (inFlight < options.maxInFlight) {
      const batch = takeBatch()
      if (batch.length === 0) return
      void send(batch)
    }
  }

  function takeBatch(): Waiting<Member, Outcome>[] {
    const batch: Waiting<Member, Outcome>[] = []
    const left: Waiting<Member, Outcome>[] = []
    for (const waiting of queue) {
      const blocked = waiting.key !== null && keysInFlight.has(waiting.key)
      if (blocked || batch.length >= options.maxBatch) {
        left.push(waiting)
        continue
      }
      if (waiting.key !== null) keysInFlight.add(waiting.key)
      const share = (queuedOfGroup.get(waiting.group) ?? 1) - 1
      if (share === 0) queuedOfGroup.delete(waiting.group)
      else queuedOfGroup.set(waiting.group, share)
      batch.push(waiting)
    }
    queue = left
    return batch
  }

  async function send(batch: Waiting<Member, Outcome>[]): Promise<void> {
    inFlight += 1
    try {
      await settle(batch)
    } finally {
      inFlight -= 1
      for (const { key } of batch) if (key !== null) keysInFlight.delete(key)
      schedule()
    }
  }

  async function settle(batch: Waiting<Member, Outcome>[]): Promise<void> {
    try {
      const outcomes = await runWithResends(batch.map((waiting) => waiting.member))
      batch.forEach((waiting, index) => {
        waiting.resolve(outcomes[index] as Outcome)
      })
    } catch (error) {
      if (batch.length === 1 || options.isRetryable(error)) {
        for (const waiting of batch) waiting.reject(error)
        return
      }
      // One member made the statement fail: each runs again alone, so that it fails alone.
      for (const waiting of batch) await settle([waiting])
    }
  }

  async function runWithResends(members: readonly Member[]): Promise<readonly Outcome[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const outcomes = await options.run(members)
        if (outcomes.length !== members.length) throw new Error('a batch answered for another number of members')
        return outcomes
      } catch (error) {
        if (attempt > RESENDS || !options.isRetryable(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, RESEND_DELAY_MS * attempt))
      }
    }
  }
}
