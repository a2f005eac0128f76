import { randomUUID } from 'node:crypto'
import { headers } from 'next/headers'
import { database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import type { Actor, Context } from '@/lib/context/context'
import { requestInfo } from '@/lib/context/request-info'

/** The context of a verb that one of our own pages calls. */
export async function requestContext<A extends Actor>(actor: A): Promise<Context<A>> {
  const info = requestInfo()
  return {
    db: database().db,
    actor,
    now: currentTime(),
    requestId: info?.requestId ?? (await headers()).get('x-request-id') ?? randomUUID(),
    address: info?.address ?? null,
  }
}
