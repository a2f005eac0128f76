import { BadgeCheck, CircleHelp, CornerUpLeft } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import { ApplicationLogo } from '@/components/application-logo'
import { Badge } from '@/components/ui/badge'
import type { PublicApplication } from '@/lib/applications/schema'
import type { VisitedRequest } from '@/lib/oauth/authorization/visit-request'

/** Who asks, whether anybody has checked that, and where the answer goes. */
export async function Asker({ application, request }: { application: PublicApplication; request: VisitedRequest }) {
  const t = await getTranslations('AuthWeb')
  const wallet = await getTranslations('Wallet.approval')
  const { name, ownerName } = application
  const title = request.scopes.length > 0 ? 'asksAccounts' : 'asksPayment'
  return (
    <header className="flex flex-col gap-5 pt-2 sm:pt-6">
      <ApplicationLogo applicationId={application.id} hasLogo={application.hasLogo} size="md" />
      <div className="flex flex-col gap-3">
        <h1 className="text-h2 break-words">
          {t.rich(title, { application: name, b: (chunks) => <bdi>{chunks}</bdi> })}
        </h1>
        <p className="max-w-prose text-lead text-muted">{t('purpose')}</p>
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
        {ownerName ? (
          <>
            <span dir="auto" className="min-w-0 break-words">
              {wallet('ownerIs', { name: ownerName })}
            </span>
            <Badge meaning="success">
              <BadgeCheck aria-hidden />
              {wallet('verified')}
            </Badge>
          </>
        ) : (
          <>
            <Badge meaning="warning">
              <CircleHelp aria-hidden />
              {wallet('notVerified')}
            </Badge>
            <span className="text-muted">{wallet('notVerifiedHint')}</span>
          </>
        )}
      </div>
      <p className="flex items-start gap-2 text-muted">
        <CornerUpLeft aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 break-words">
          {t.rich('goesTo', {
            host: request.callbackHost,
            b: (chunks) => <strong className="font-medium text-ink">{chunks}</strong>,
          })}
        </span>
      </p>
    </header>
  )
}
