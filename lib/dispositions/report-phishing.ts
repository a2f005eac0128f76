import { countFailures } from '@/lib/access/count-failures'
import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert, notFound } from '@/lib/core/errors'
import { DAY, SECOND } from '@/lib/core/time'
import { enqueueMail } from '@/lib/jobs/enqueue-mail'
import type { DispositionRef } from './schema'
import { findAskingApplication, findOfImporter, listOperatorAddresses, refuseAllOf } from './store'

/**
 * The importer thinks that they are being deceived. Refuses everything that this person has open from that application and
 * tells the operators, who alone can stop the application for everybody: a report must not be a weapon. Operators get one
 * mail a day for one person and application; every report is in the audit.
 */
export async function reportPhishing(ctx: Context, input: DispositionRef): Promise<{ refused: number }> {
  const { personId } = requirePerson(ctx).actor
  return ctx.db.transaction(async (tx) => {
    const row = await findOfImporter(tx, input.id, personId)
    if (!row) throw notFound(`no disposition ${input.id} imported by ${personId}`)
    const refused = await refuseAllOf(tx, { personId, applicationId: row.applicationId, now: ctx.now })
    for (const one of refused) {
      await recordEvent(tx, ctx, {
        action: 'disposition.refused',
        applicationId: row.applicationId,
        environment: one.environment,
        subjectId: one.subjectId,
        data: { disposition: one.id, reason: 'phishing' },
      })
    }
    await recordEvent(tx, ctx, {
      action: 'phishing.reported',
      applicationId: row.applicationId,
      environment: row.environment,
      subjectId: row.subjectId,
      data: { disposition: row.id, refused: refused.length },
    })

    const key = `phishing:${personId}:${row.applicationId}`
    const counted = await countFailures(tx, [{ key, count: 1 }], ctx.now, DAY / SECOND)
    if (counted.get(key)?.failures === 1) {
      const application = await findAskingApplication(tx, row.applicationId)
      assert(application, `application ${row.applicationId} of disposition ${row.id}`)
      for (const to of await listOperatorAddresses(tx)) {
        await enqueueMail(tx, { to, ...mailToOperators(application, row) })
      }
    }
    return { refused: refused.length }
  })
}

function mailToOperators(application: { id: string; name: string }, row: { id: string; environment: string }) {
  return {
    subject: `Phishing reported: ${application.name}`,
    text: [
      `An account owner reported a request of the application ${application.name} (${application.id}, ${row.environment}) as phishing.`,
      `Disposition: ${row.id}. What they had open from it has been refused.`,
      'Look at the application and suspend it if the report is right: until then it can ask other people.',
    ].join('\n\n'),
  }
}
