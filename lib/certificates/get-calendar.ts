import ical, { type ICalCalendar } from 'ical-generator'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { ENVIRONMENTS, isOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, DAY, HOUR } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import * as store from './calendar-store'
import type { ChainSummary } from './chain-schema'
import { endOf, isLive } from './chain-state'
import { listChains } from './chain-store'

/**
 * iCalendar text (RFC 5545) of what will end or change: for whoever has the address, without a session, while the person
 * who made it may still read the certificates. @throws NotFound, alike for every token that opens nothing
 */
export async function getCalendar(ctx: Context, token: string): Promise<string> {
  const found = isOpaqueToken(token) ? await store.findByToken(ctx.db, sha256(token)) : null
  if (!found) throw notFound('no calendar has that token')
  const { applicationId, applicationName, createdBy } = found
  const readers = await listPeopleAllowed(ctx.db, applicationId, 'certificates.read')
  if (!readers.some(({ personId }) => personId === createdBy)) throw notFound(`${createdBy} may read no more`)

  const calendar = ical({
    name: `Certificates of ${applicationName}`,
    prodId: '//Countersign//Certificates//EN',
    ttl: 3600,
  })
  for (const environment of ENVIRONMENTS) {
    const chains = await listChains(ctx.db, { applicationId, environment }, ctx.now)
    for (const chain of chains.filter(({ state }) => isLive(state))) addEvents(calendar, ctx, chain, applicationName)
  }
  return calendar.toString()
}

function addEvents(calendar: ICalCalendar, ctx: Context, chain: ChainSummary, name: string): void {
  const { origin, hostname } = env().publicUrl
  const url = `${origin}/applications/${chain.applicationId}/certificates/${chain.id}`
  for (const [what, start, words] of momentsOf(chain)) {
    const event = calendar.createEvent({
      id: `${chain.id}-${what}@${hostname}`,
      stamp: ctx.now,
      start,
      end: addMs(start, HOUR),
      summary: `${name} (${chain.environment}): ${words}`,
      description: chain.subject,
      url,
    })
    if (what === 'expiry') event.createAlarm({ trigger: (14 * DAY) / 1000 })
  }
}

function momentsOf(chain: ChainSummary): [string, Date, string][] {
  const isCut = endOf(chain) < chain.notAfter
  const moments: [string, Date | null, string][] = [
    ['start', chain.state === 'scheduled' ? chain.startsAt : null, 'certificate becomes active'],
    ['end', isCut ? chain.endsAt : null, 'cut-over, certificate ends'],
    ['mtls', chain.closedOneWayAt ? null : chain.closesOneWayAt, 'mutual TLS becomes the only way'],
    ['expiry', isCut ? null : chain.notAfter, 'certificate expires'],
  ]
  return moments.filter((moment): moment is [string, Date, string] => moment[1] !== null)
}
