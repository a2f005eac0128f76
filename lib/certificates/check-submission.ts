import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { CheckSubmissionInput } from './chain-schema'
import { checkForApplication } from './check-for-application'
import { limitSubmissions } from './limit-checks'
import { readUpload } from './read-upload'
import type { ChainReport } from './schema'

/**
 * What a submission would be answered, with nothing stored. `chain` is the text that was checked, so that a page can submit
 * what it has shown; null where a private key was in it. @throws NotFound, DomainError `permission-required`,
 * `too-many-checks`
 */
export async function checkSubmission(
  ctx: Context,
  input: CheckSubmissionInput,
): Promise<{ report: ChainReport; chain: string | null; at: string }> {
  const { environment } = input
  const application = await getApplicationFor(ctx, input, 'certificates.submit', environment)
  await limitSubmissions(ctx, application.id)
  const bytes = await readUpload(input)
  const { report } = await checkForApplication(ctx, { applicationId: application.id, environment }, bytes)
  const readable = report.verdict !== 'reject' || report.certificates.length > 0
  const chain = readable && !holdsPrivateKey(report) ? Buffer.from(bytes).toString('utf8') : null
  return { report, chain, at: ctx.now.toISOString() }
}

export function holdsPrivateKey(report: ChainReport): boolean {
  return report.findings.some(({ code }) => code === 'private-key')
}
