import { exportEvents } from '@/lib/applications/export-events'
import { ExportEventsInput } from '@/lib/applications/schema'
import { DomainError } from '@/lib/core/errors'
import { route } from '@/lib/http/route'

/** A form's answer, as a file: an export is written down, so that it is no GET. */
export const POST = route(
  async (ctx, { applicationId = '' }, request) => {
    const form = await request.formData().catch((cause: unknown) => {
      throw new DomainError('invalid', 'body-invalid', 'The body is not a form.', { cause })
    })
    const parsed = ExportEventsInput.safeParse({
      applicationId,
      environment: form.get('environment') ?? '',
      action: form.get('action') ?? '',
    })
    if (!parsed.success) throw new DomainError('invalid', 'body-invalid', 'A member of the body is missing or wrong.')
    const { csv } = await exportEvents(ctx, parsed.data)
    return new Response(csv, {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="activity-${applicationId}.csv"`,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'X-Request-Id': ctx.requestId,
      },
    })
  },
  { area: 'portal' },
)
