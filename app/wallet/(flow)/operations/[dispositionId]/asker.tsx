'use client'

import { BadgeCheck, CircleHelp } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { ApplicationLogo } from '@/components/application-logo'
import { Badge } from '@/components/ui/badge'
import { Countdown } from '@/components/ui/countdown'
import { EnvironmentBar } from '@/components/ui/environment'
import { Notice } from '@/components/ui/notice'
import type { ApprovalProps } from './approval'

/** Who asks, and since nobody may know them: whether that was ever checked. */
export function Asker({ disposition, now }: ApprovalProps) {
  const t = useTranslations('Wallet')
  const locale = useLocale()
  const { application, environment, expiresAt } = disposition
  const isVerified = application.ownerVerified && application.ownerName !== null
  return (
    <section className="flex flex-col gap-4">
      <div className="-mx-4 -mt-2">
        <EnvironmentBar
          environment={environment}
          label={t('environment.sandbox')}
          description={t('environment.sandboxHint')}
        />
      </div>
      <div className="flex items-start gap-4">
        <ApplicationLogo applicationId={application.id} hasLogo={application.hasLogo} size="md" />
        <div className="flex min-w-0 flex-col items-start gap-1">
          <h1 className="text-h3">
            <bdi className="break-words">{application.name}</bdi>{' '}
            <span className="font-normal text-muted">{t('approval.asks')}</span>
          </h1>
          {isVerified ? (
            <>
              <p dir="auto" className="break-words">
                {t('approval.ownerIs', { name: application.ownerName ?? '' })}
              </p>
              <Badge meaning="success">
                <BadgeCheck aria-hidden />
                {t('approval.verified')}
              </Badge>
            </>
          ) : (
            <Badge meaning="warning">
              <CircleHelp aria-hidden />
              {t('approval.notVerified')}
            </Badge>
          )}
          {expiresAt ? (
            <Countdown
              until={expiresAt}
              now={now}
              label={t.raw('time.left') as string}
              overLabel={t('time.over')}
              locale={locale}
              className="text-meta text-muted"
            />
          ) : null}
        </div>
      </div>
      {disposition.isSelfInitiated ? (
        <p className="text-muted">{t('approval.selfInitiated')}</p>
      ) : isVerified ? null : (
        <Notice meaning="warning">{t('approval.notVerifiedHint')}</Notice>
      )}
    </section>
  )
}
